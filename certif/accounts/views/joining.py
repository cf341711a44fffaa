"""A structure and its networks, seen from the structure: asking to join, taking the request back, leaving."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from assessments import affiliations
from certif.accounts.forms import JoinRequestForm
from certif.accounts.models import Structure
from certif.accounts.views.lookup import get_structure
from certif.accounts.views.structures import page


@login_required
@require_POST
def join_ask(request: HttpRequest, pk: int) -> HttpResponse:
    structure = get_structure(request, pk, manage=True)
    form = JoinRequestForm(request.POST, networks=affiliations.open_to(structure), auto_id="join-%s")
    if form.is_valid():
        network, message = form.cleaned_data["network"], form.cleaned_data["message"]
        try:
            affiliations.ask(structure, network, message=message, by=request.user)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, f"Votre demande est envoyée à {network}.")
            return _back(structure)
    return page(request, structure, status=422, bound={"join": form})


@login_required
@require_POST
def join_withdraw(request: HttpRequest, pk: int, join_request: int) -> HttpResponse:
    structure = get_structure(request, pk, manage=True)
    row = get_object_or_404(structure.join_requests.select_related("network", "structure"), pk=join_request)
    try:
        affiliations.withdraw(row, by=request.user)
    except ValidationError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, f"Votre demande à {row.network} est retirée.")
    return _back(structure)


@login_required
@require_POST
def network_leave(request: HttpRequest, pk: int, affiliation: int) -> HttpResponse:
    structure = get_structure(request, pk, manage=True)
    row = get_object_or_404(structure.affiliations.select_related("network", "structure"), pk=affiliation)
    affiliations.leave(row, by=request.user)
    messages.success(request, f"{structure} ne fait plus partie de {row.network} ; ce qu’elle lui partageait ne l’est plus.")
    return _back(structure)


def _back(structure: Structure) -> HttpResponse:
    return redirect(reverse("structure_detail", args=[structure.pk]) + "#reseaux")
