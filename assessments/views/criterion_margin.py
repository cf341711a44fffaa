"""In the margin of a criterion: who takes it on."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from assessments import answers, entry
from assessments.answers import DossierLocked
from assessments.forms.answer import AssignForm
from assessments.models import Answer
from assessments.views.criterion import criterion_page
from assessments.views.lookup import get_answer, get_assessment
from assessments.views.rail import criterion_url, find_criterion


@login_required
@require_POST
def criterion_assign(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    answer = get_answer(request, pk, code, write=True)
    form = AssignForm(request.POST, structure=answer.assessment.structure_id)
    if not form.is_valid():
        messages.error(request, form.errors["personne"][0])
        return _back(request, answer, code, "marge")
    person = form.cleaned_data["personne"]
    try:
        answers.assign(answer, by=request.user, to=person)
    except DossierLocked:
        return _locked(request, answer, code)
    messages.success(request, f"Critère confié à {person}." if person else "Ce critère n’est plus confié à personne.")
    return _back(request, answer, code, "marge")


def _back(request: HttpRequest, answer: Answer, code: str, place: str) -> HttpResponse:
    return redirect(f"{criterion_url(answer.assessment_id, code, request.GET.get('filtre'))}#{place}")


def _locked(request: HttpRequest, answer: Answer, code: str) -> HttpResponse:
    assessment = get_assessment(request, answer.assessment_id)
    messages.error(request, entry.why_readonly(assessment))
    return criterion_page(request, assessment, find_criterion(assessment, code), status=409)
