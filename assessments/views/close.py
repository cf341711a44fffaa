"""Ending a dossier without a network, and opening it again."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from assessments import workflow
from assessments.enums import Status
from assessments.forms.action import ReasonForm
from assessments.models import Assessment
from assessments.reading import read
from assessments.scoring import headline_parts
from assessments.views.lookup import get_assessment
from assessments.views.submit import lines_of


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def close(request: HttpRequest, pk: int) -> HttpResponse:
    assessment = get_assessment(request, pk, manage=True)
    if request.method != "POST":
        return _close_page(request, assessment)
    try:
        workflow.close(assessment, by=request.user)
    except workflow.StepRefused as refusal:
        return _close_page(request, assessment, refusal=refusal)
    messages.success(
        request, "Votre auto-évaluation est clôturée : son état est figé, vos documents peuvent être produits."
    )
    return redirect("dashboard", pk)


def _close_page(
    request: HttpRequest, assessment: Assessment, *, refusal: workflow.StepRefused | None = None
) -> HttpResponse:
    """What closing does, or what stands in the way, each line leading to its remedy."""
    reading = read(assessment)
    possible = assessment.status == Status.DRAFT
    todo = refusal.todo if refusal and refusal.todo else workflow.missing_to_close(reading) if possible else []
    context = {
        "assessment": assessment,
        "status": workflow.label_for(assessment),
        "possible": possible,
        "refusal": refusal,
        "todo": lines_of(todo, reading),
        "headline": headline_parts(reading.result),
    }
    return render(request, "assessments/close.html", context, status=409 if refusal else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    assessment = get_assessment(request, pk, manage=True)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            workflow.reopen(assessment, by=request.user, reason=form.cleaned_data["reason"])
        except workflow.StepRefused as refusal:
            return _reopen_page(request, assessment, form, status=409, refusal=refusal)
        messages.success(request, "Le dossier est rouvert : chacun peut de nouveau y écrire.")
        return redirect("dashboard", pk)
    return _reopen_page(request, assessment, form, status=422 if request.method == "POST" else 200)


def _reopen_page(
    request: HttpRequest, assessment: Assessment, form: ReasonForm, *, status: int, refusal=None
) -> HttpResponse:
    context = {
        "assessment": assessment,
        "form": form,
        "status": workflow.label_for(assessment),
        "possible": assessment.status == Status.CLOSED,
        "refusal": refusal,
    }
    return render(request, "assessments/reopen.html", context, status=status)
