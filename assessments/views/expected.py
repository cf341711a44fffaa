"""What the network expects: saying that one thing is done, or that it was not after all."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from assessments import expected
from assessments.models import ReviewRequest
from assessments.scoring import NBSP
from assessments.views.lookup import dossiers_of, get_assessment
from assessments.views.rail import criterion_url
from referentiel.content import content_of


@login_required
@require_POST
def expectation_answer(request: HttpRequest, pk: int) -> HttpResponse:
    return _change(request, pk, expected.answer, f"C’est noté{NBSP}: cette demande est faite.")


@login_required
@require_POST
def expectation_take_back(request: HttpRequest, pk: int) -> HttpResponse:
    return _change(request, pk, expected.take_back, "Cette demande est de nouveau à faire.")


def _change(request: HttpRequest, pk: int, verb: Callable, done: str) -> HttpResponse:
    """Back to where the person was: the criterion, or the list."""
    rows = ReviewRequest.objects.current().sent().select_related("answer", "network")
    asked = get_object_or_404(rows.filter(answer__assessment__in=dossiers_of(request).values("pk")), pk=pk)
    assessment = get_assessment(request, asked.answer.assessment_id, write=True)
    try:
        verb(asked, assessment, by=request.user)
    except expected.ExpectationFrozen as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    if request.POST.get("retour") == "critere":
        code = content_of(assessment.edition_id).criterion_by_id[asked.answer.criterion_id].code
        return redirect(criterion_url(assessment.pk, code) + "#demandes")
    return redirect(reverse("dashboard", args=[assessment.pk]) + f"#demande-{asked.pk}")
