"""One use of a piece by a criterion: which expected piece it is, or no longer used."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from assessments import evidence
from assessments.forms.evidence import ExpectedForm
from assessments.models import EvidenceUse
from assessments.scoring import NBSP
from assessments.views.evidence_add import section
from assessments.views.lookup import get_assessment
from referentiel.content import CriterionContent, content_of


@login_required
@require_POST
def evidence_use_edit(request: HttpRequest, pk: int) -> HttpResponse:
    use, criterion = _find(request, pk)
    form = ExpectedForm(request.POST, criterion=criterion)
    if not form.is_valid():
        return _answer(request, use, criterion, refusal=form.errors["expected"][0], status=422)
    try:
        evidence.expect(use, by=request.user, expected_id=form.expected_id)
    except evidence.DossierFrozen as refusal:
        return _answer(request, use, criterion, refusal=str(refusal), status=409)
    return _answer(request, use, criterion, notice="C’est noté.")


@login_required
@require_POST
def evidence_use_delete(request: HttpRequest, pk: int) -> HttpResponse:
    use, criterion = _find(request, pk)
    try:
        evidence.detach(use, by=request.user)
    except evidence.DossierFrozen as refusal:
        return _answer(request, use, criterion, refusal=str(refusal), status=409)
    notice = (
        f"«{NBSP}{use.evidence.label}{NBSP}» n’appuie plus {criterion.code} ; la preuve reste dans la bibliothèque."
    )
    return _answer(request, use, criterion, notice=notice)


def _find(request: HttpRequest, pk: int) -> tuple[EvidenceUse, CriterionContent]:
    uses = EvidenceUse.objects.visible_to(request.user).current().select_related("answer", "evidence")
    use = get_object_or_404(uses, pk=pk)
    use.answer.assessment = get_assessment(request, use.answer.assessment_id, write=True)
    return use, content_of(use.answer.assessment.edition_id).criterion_by_id[use.answer.criterion_id]


def _answer(
    request: HttpRequest,
    use: EvidenceUse,
    criterion: CriterionContent,
    *,
    notice: str = "",
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    """The section for htmx; without it, back to the page the form was on."""
    assessment = use.answer.assessment
    if request.htmx:
        return section(request, assessment, criterion, notice=notice, refusal=refusal, status=status)
    if refusal:
        messages.error(request, refusal)
    else:
        messages.success(request, notice)
    if request.POST.get("retour") == "preuve":
        return redirect("evidence_detail", use.evidence_id)
    return redirect(reverse("criterion", args=[assessment.pk, criterion.code]) + "#preuves")
