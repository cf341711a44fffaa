"""The roadmap: list, board and months; and what the norm proposes, added in one click."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from assessments import permissions
from assessments import roadmap as verbs
from assessments.enums import ActionStatus
from assessments.gantt import gantt
from assessments.milestones import countdown
from assessments.models import Assessment
from assessments.planning import actions_of, days_of, lines, missing_from_path, path_lead, path_title, proposals
from assessments.scoring import NBSP, NNBSP, count
from assessments.snapshots import as_shown
from assessments.views.lookup import get_assessment

PROPOSALS_SHOWN = 6
WHOLE_PATH = "chemin"

FILTERS = {
    "chemin": ("Plus court chemin", lambda line: line.lift is not None),
    "toutes": ("Toutes", lambda line: True),
    "miennes": ("Les miennes", lambda line: line.is_mine),
    "retard": ("En retard", lambda line: line.is_late),
}


@login_required
@require_safe
def roadmap(request: HttpRequest, pk: int) -> HttpResponse:
    assessment = get_assessment(request, pk)
    context = _context(request, assessment)
    reading, shown, actions = context["reading"], context["lines"], context["actions"]
    unplanned = missing_from_path(reading, actions)
    chosen = request.GET.get("filtre")
    if chosen not in FILTERS:
        chosen = "chemin" if reading.path.steps else "toutes"
    keep = FILTERS[chosen][1]
    kept = [line for line in shown if keep(line)]
    found = proposals(reading, actions)
    context |= {
        "chosen": chosen,
        "chips": [_chip(name, label, test, shown, len(unplanned)) for name, (label, test) in FILTERS.items()],
        "kept": kept,
        "unplanned": unplanned if chosen == "chemin" else (),
        "total": reading.path.days if chosen == "chemin" else days_of(kept),
        "to_plan": len(unplanned),
        "proposals": found[:PROPOSALS_SHOWN],
        "more": found[PROPOSALS_SHOWN:],
        "leading": next((line for line in shown if line.lift and line.is_open), None),
    }
    return render(request, "assessments/roadmap.html", context)


def _chip(name, label, test, shown, unplanned: int) -> dict:
    return {"name": name, "label": label, "count": sum(map(test, shown)) + (unplanned if name == "chemin" else 0)}


COLUMNS = {
    ActionStatus.TODO: ((ActionStatus.DOING, "Commencer"), (ActionStatus.DONE, "Terminer")),
    ActionStatus.DOING: ((ActionStatus.DONE, "Terminer"), (ActionStatus.TODO, "Remettre à faire")),
    ActionStatus.DONE: ((ActionStatus.DOING, "Reprendre"),),
    ActionStatus.DROPPED: ((ActionStatus.TODO, "Remettre à faire"),),
}
"""The board: each status and the moves its cards offer."""


@login_required
@require_safe
def roadmap_board(request: HttpRequest, pk: int) -> HttpResponse:
    context = _context(request, get_assessment(request, pk))
    context["columns"] = [
        {
            "status": status,
            "moves": moves,
            "lines": [line for line in context["lines"] if line.action.status == status],
        }
        for status, moves in COLUMNS.items()
    ]
    return render(request, "assessments/roadmap_board.html", context)


@login_required
@require_safe
def roadmap_gantt(request: HttpRequest, pk: int) -> HttpResponse:
    assessment = get_assessment(request, pk)
    context = _context(request, assessment)
    on = context["reading"].dossier.reference_on
    context |= {
        "gantt": gantt(context["lines"], today=on, audit_on=assessment.audit_on),
        "today": on,
        "countdown": countdown(assessment.audit_kind, assessment.audit_on, on),
    }
    return render(request, "assessments/roadmap_gantt.html", context)


def _context(request: HttpRequest, assessment: Assessment) -> dict:
    reading = as_shown(assessment)
    actions = list(actions_of(assessment))
    return {
        "assessment": assessment,
        "reading": reading,
        "actions": actions,
        "lines": lines(reading, actions, user=request.user),
        "title": path_title(reading),
        "lead": path_lead(reading),
        "can_write": permissions.can_write(assessment) and assessment.is_writable,
    }


@login_required
@require_POST
def roadmap_propose(request: HttpRequest, pk: int) -> HttpResponse:
    """Adds one proposal of the norm (its key), or the whole shortest way."""
    assessment = get_assessment(request, pk, write=True)
    reading = as_shown(assessment)
    key = request.POST.get("proposition", "")
    try:
        if key == WHOLE_PATH:
            added = verbs.add_path(reading, by=request.user)
            said = f"{count(added, 'action ajoutée', 'actions ajoutées')} à votre feuille de route."
            messages.success(
                request, said if added else "Tout le plus court chemin est déjà dans votre feuille de route."
            )
        elif suggested := reading.content.action_by_key.get(key):
            criterion = next(each for each in reading.content.criteria if suggested in each.suggested_actions)
            action = verbs.add_suggested(assessment, by=request.user, criterion=criterion, suggested=suggested)
            messages.success(request, f"«{NBSP}{action.title}{NBSP}» est dans votre feuille de route.")
        else:
            messages.error(
                request, f"Cette proposition n’existe pas dans l’édition du dossier{NNBSP}; rien n’a été ajouté."
            )
    except verbs.RoadmapFrozen as refusal:
        messages.error(request, str(refusal))
    return redirect("roadmap", pk)
