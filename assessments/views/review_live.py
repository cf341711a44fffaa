"""What colleagues of the network wrote meanwhile: a small answer to a page that asks every few seconds, empty when nothing changed."""

from collections.abc import Iterable

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from assessments.reviewing import ReviewLine
from assessments.views.desk import get_desk, rail_html, review_of, seen_of
from assessments.views.rail import find_criterion
from certif.dates import stamp
from certif.fields import whole_number

NEWS_SHOWN = 3


@login_required
@require_safe
def review_live(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """204 while the review is as the page saw it (`vu`); else the rail anew and who wrote what since."""
    desk = get_desk(request, pk)
    item = find_criterion(desk.assessment, code)
    seen = whole_number(request.GET.get("vu", "")) or 0
    now = seen_of(desk)
    if now <= seen and "jeton" not in request.GET:
        return HttpResponse(status=204)
    review = review_of(request, desk, current=item)
    context = {
        "desk": desk,
        "criterion": item,
        "line": review.by_code[item.code],
        "rail": rail_html(desk, review),
        "seen": now,
        "news": _news(review.lines, seen, request.user.pk),
    }
    return render(request, "assessments/_review_live.html", context)


def _news(lines: Iterable[ReviewLine], seen: int, me: int) -> list[ReviewLine]:
    """The latest opinions of colleagues since the page was last told, the most recent first."""
    others = [
        line
        for line in lines
        if line.opinion.updated_at and line.opinion.advisor_id != me and stamp(line.opinion.updated_at) > seen
    ]
    return sorted(others, key=lambda line: line.opinion.updated_at, reverse=True)[:NEWS_SHOWN]
