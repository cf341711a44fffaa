"""The dossier as an advisor goes through it: what is read, where the two readings differ, what is asked."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from assessments.enums import Status
from assessments.views.desk import criteria_url, filters_of, get_desk, review_of


@login_required
@require_safe
def review(request: HttpRequest, pk: int) -> HttpResponse:
    desk = get_desk(request, pk)
    found = review_of(request, desk)
    requests = [each for line in found.lines for each in line.requests]
    context = {
        "assessment": desk.assessment,
        "desk": desk,
        "review": found,
        "filters": filters_of(desk, found),
        "base": criteria_url(desk),
        "suffix": desk.query(filtre=found.chosen),
        "clear": desk.query() or "?",
        "closed": desk.closed,
        "may_reopen": desk.assessment.status == Status.VALIDATED,
        "gaps": sum(line.counts and line.gap for line in found.lines),
        "unsent": sum(each.sent_at is None for each in requests),
        "waiting": sum(each.sent_at is not None and each.answered_at is None for each in requests),
        "done": sum(each.answered_at is not None for each in requests),
    }
    return render(request, "assessments/review.html", context)
