"""One action: written, changed, moved, removed."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from assessments import permissions, roadmap
from assessments.forms.action import ActionForm, StatusForm, initial_from, initial_of
from assessments.models import Action, Assessment
from assessments.scoring import NBSP
from assessments.views.lookup import dossiers_of, get_assessment
from certif.fields import whole_number
from referentiel.content import content_of


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def action_create(request: HttpRequest, pk: int) -> HttpResponse:
    assessment = get_assessment(request, pk, write=True)
    content = content_of(assessment.edition_id)
    if request.method != "POST":
        if not assessment.is_writable:
            messages.error(request, str(roadmap.RoadmapFrozen()))
            return redirect("roadmap", assessment.pk)
        suggested = content.action_by_key.get(request.GET.get("suggestion", ""))
        criterion = content.criterion_by_code.get(request.GET.get("critere", ""))
        initial = {"submission": uuid.uuid4(), **initial_from(criterion, suggested)}
        form = ActionForm(assessment=assessment, content=content, initial=initial)
        return _page(request, assessment, form)
    form = ActionForm(request.POST, assessment=assessment, content=content)
    if not form.is_valid():
        return _page(request, assessment, form, status=422)
    try:
        action = roadmap.add(
            assessment,
            by=request.user,
            fields=form.action_fields,
            criteria=form.criterion_ids,
            suggested=form.suggested,
            submission=form.cleaned_data["submission"],
        )
    except roadmap.RoadmapFrozen as refusal:
        return _page(request, assessment, form, status=409, refusal=str(refusal))
    messages.success(request, f"«{NBSP}{action.title}{NBSP}» est dans votre feuille de route.")
    return redirect("roadmap", assessment.pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def action_edit(request: HttpRequest, pk: int) -> HttpResponse:
    action, assessment = _find(request, pk, write=request.method == "POST")
    content = content_of(assessment.edition_id)
    if request.method != "POST":
        form = ActionForm(assessment=assessment, content=content, initial=initial_of(action))
        return _page(request, assessment, form, action=action)
    form = ActionForm(request.POST, assessment=assessment, content=content)
    if not form.is_valid():
        return _page(request, assessment, form, action=action, status=422)
    version = form.cleaned_data["version"] or 0
    try:
        roadmap.edit(action, by=request.user, version=version, fields=form.action_fields, criteria=form.criterion_ids)
    except roadmap.RoadmapFrozen as refusal:
        return _page(request, assessment, form, action=action, status=409, refusal=str(refusal))
    except roadmap.StaleAction as refusal:
        return _page(request, assessment, form, action=action, status=409, stale=refusal)
    messages.success(request, f"«{NBSP}{form.cleaned_data['title']}{NBSP}» est enregistrée.")
    return redirect("roadmap", assessment.pk)


@login_required
@require_POST
def action_move(request: HttpRequest, pk: int) -> HttpResponse:
    """From a button of the board, or a card dropped in another column."""
    action, assessment = _find(request, pk, write=True)
    form = StatusForm(request.POST)
    if not form.is_valid():
        messages.error(request, f"«{NBSP}{action.title}{NBSP}» n’a pas bougé{NBSP}: cet état n’existe pas.")
        return redirect("roadmap_board", assessment.pk)
    try:
        roadmap.move(action, by=request.user, version=form.cleaned_data["version"], status=form.cleaned_data["status"])
    except (roadmap.RoadmapFrozen, roadmap.StaleAction) as refusal:
        messages.error(request, f"«{NBSP}{action.title}{NBSP}» n’a pas bougé. {refusal}")
    return redirect("roadmap_board", assessment.pk)


@login_required
@require_POST
def action_delete(request: HttpRequest, pk: int) -> HttpResponse:
    action, assessment = _find(request, pk, write=True)
    version = whole_number(request.POST.get("version", "")) or 0
    try:
        roadmap.remove(action, by=request.user, version=version)
    except roadmap.RoadmapFrozen as refusal:
        messages.error(request, str(refusal))
    except roadmap.StaleAction as refusal:
        messages.error(request, f"Rien n’a été supprimé. {refusal}")
    else:
        messages.success(request, f"«{NBSP}{action.title}{NBSP}» est supprimée de votre feuille de route.")
    return redirect("roadmap", assessment.pk)


def _find(request: HttpRequest, pk: int, *, write: bool) -> tuple[Action, Assessment]:
    """The action and its dossier, read for this person. 404 to a stranger, 403 to a neighbour without the right."""
    dossiers = dossiers_of(request).values("pk")
    actions = Action.objects.filter(assessment__in=dossiers).select_related("owner", "suggested")
    action = get_object_or_404(actions.prefetch_related("criteria"), pk=pk)
    action.assessment = get_assessment(request, action.assessment_id)
    if write and not permissions.can_write(action.assessment):
        raise PermissionDenied
    return action, action.assessment


def _page(
    request: HttpRequest,
    assessment: Assessment,
    form: ActionForm,
    *,
    action: Action | None = None,
    status: int = 200,
    refusal: str = "",
    stale: roadmap.StaleAction | None = None,
) -> HttpResponse:
    """The form. What was typed stays on the page; beside a stale one stands what the colleague left."""
    context = {
        "assessment": assessment,
        "form": form,
        "action": action,
        "picks": _picks(form),
        "chosen": form.chosen,
        "shows_form": permissions.can_write(assessment) and (assessment.is_writable or bool(refusal)),
        "refusal": refusal,
        "stale": stale,
        "current": stale and stale.current,
    }
    return render(request, "assessments/action_form.html", context, status=status)


def _picks(form: ActionForm) -> list[dict]:
    """Criteria to tick, by chapter, with how many are."""
    return [
        {
            "title": chapter.title,
            "criteria": chapter.criteria,
            "chosen": sum(criterion.code in form.chosen for criterion in chapter.criteria),
        }
        for chapter in form.content.chapters
    ]
