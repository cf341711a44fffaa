"""The journal: who did what, when, in a dossier, in a structure, in a network."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_safe

from assessments import history
from assessments.models import Event
from assessments.sayings import SAYINGS, Kind
from assessments.views.lookup import get_assessment
from certif.accounts.views.lookup import get_network, get_structure
from certif.fields import whole_number

PER_PAGE = 50


@login_required
@require_safe
def journal(request: HttpRequest, pk: int) -> HttpResponse:
    assessment = get_assessment(request, pk)
    context = {"assessment": assessment, "base": "assessments/base_assessment.html"}
    return _page(request, history.of_dossier(assessment), context)


@login_required
@require_safe
def structure_journal(request: HttpRequest, pk: int) -> HttpResponse:
    structure = get_structure(request, pk, manage=True)
    return _page(request, history.of_structure(structure), {"structure": structure, "base": "base.html"})


@login_required
@require_safe
def network_journal(request: HttpRequest, pk: int) -> HttpResponse:
    network = get_network(request, pk, coordinate=True)
    return _page(request, history.of_network(network), {"network": network, "base": "accounts/base_network.html"})


def _page(request: HttpRequest, events: QuerySet[Event], context: dict) -> HttpResponse:
    """A filter that means nothing is left out: what is shown always says which filters hold."""
    asked = request.GET
    chosen = {
        "kind": next((kind for kind in Kind if kind.slug == asked.get("nature")), None),
        "person": whole_number(asked.get("personne", "")),
        "since": _day(asked.get("du")),
        "until": _day(asked.get("au")),
    }
    people = history.people_in(events)
    if chosen["person"] not in {user.pk for user in people}:
        chosen["person"] = None
    page = Paginator(history.narrowed(events, **chosen), PER_PAGE).get_page(asked.get("page"))
    kept = asked.copy()
    kept.pop("page", None)
    context |= chosen | {
        "page": page,
        "lines": history.told(page.object_list),
        "kinds": [kind for kind in Kind if any(saying.kind == kind for saying in SAYINGS.values())],
        "people": people,
        "kept": kept.urlencode(),
        "filtered": any(chosen.values()),
    }
    return render(request, "assessments/journal.html", context)


def _day(text: str | None):
    try:
        return parse_date(text or "")
    except ValueError:
        return None
