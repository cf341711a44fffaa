"""Home once signed in: the dossiers of one’s structures, those shared with one’s networks, and where to begin."""

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from assessments import campaigns, workflow
from assessments.models import Assessment
from certif.accounts.models import Network, Role, Service, Structure
from certif.dates import today


@dataclass(frozen=True, slots=True)
class Row:
    """A dossier and how its state is said to the reader."""

    assessment: Assessment
    status: str


@login_required
@require_safe
def assessment_list(request: HttpRequest) -> HttpResponse:
    """A person with one dossier goes straight to it, unless they ask for the list (`?liste`)."""
    dossiers = list(
        Assessment.objects.visible_to(request.user).select_related("structure").order_by("-updated_at", "-pk")
    )
    structures = list(Structure.objects.visible_to(request.user).order_by("name", "pk"))
    if len(dossiers) == 1 and len(structures) <= 1 and "liste" not in request.GET:
        return redirect("dashboard", dossiers[0].pk)
    mine = {structure.pk: [] for structure in structures}
    shared = []
    for dossier in dossiers:
        if dossier.structure_id in mine:
            mine[dossier.structure_id].append(Row(dossier, workflow.label(dossier.status)))
        else:
            shared.append(Row(dossier, workflow.label(dossier.status, workflow.Audience.NETWORK)))
    networks = list(Network.objects.visible_to(request.user).order_by("name"))
    advises = bool(shared) or bool(networks)
    context = {
        "groups": [(structure, mine[structure.pk], _may_open(structure)) for structure in structures],
        "shared": shared,
        "networks": networks,
        "campaigns": campaigns.open_to(request.user, on=today()),
        "today": today(),
        "advises": advises,
        "start": None if dossiers or (advises and not structures) else _start(structures),
    }
    return render(request, "assessments/assessment_list.html", context)


def _may_open(structure: Structure) -> bool:
    return structure.member_role in (Role.OWNER, Role.CONTRIBUTOR)


def _start(structures: list[Structure]) -> dict:
    """The four steps of a newcomer; the first that is not done carries the button."""
    structure = next((each for each in structures if _may_open(each)), structures[0] if structures else None)
    done = [
        structure is not None,
        structure is not None and Service.objects.filter(site__structure=structure).exists(),
    ]
    return {
        "structure": structure,
        "may_open": structure is not None and _may_open(structure),
        "has_services": done[1],
        # Sites and services can be named while opening the dossier: they never hold a newcomer back.
        "current": 0 if structure is None else 2,
    }
