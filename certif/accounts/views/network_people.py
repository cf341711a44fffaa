"""Who enters a network and who leaves it: people and structures, on the gesture of a coordinator or their own."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from assessments import affiliations, journal
from certif.accounts import emails, invitations, networks
from certif.accounts.forms import AdvisorInvitationForm, MemberInvitationForm, NetworkRoleForm
from certif.accounts.models import AS_STRUCTURE, Affiliation, JoinRequest, Network, NetworkMembership
from certif.accounts.views.lookup import get_network
from certif.accounts.views.networks import LINK_TO_HAND_OVER, page


@login_required
@require_POST
def network_invite(request: HttpRequest, pk: int) -> HttpResponse:
    """Sends the invitation and keeps its link for one reading by the coordinator, who can hand it over."""
    network = get_network(request, pk, coordinate=True)
    is_structure = request.POST.get("role") == AS_STRUCTURE
    name, form_class = ("structure", MemberInvitationForm) if is_structure else ("person", AdvisorInvitationForm)
    form = form_class(request.POST, auto_id=f"{name}-%s")
    if form.is_valid():
        try:
            with transaction.atomic():
                invitation, token = invitations.invite(network, by=request.user, **form.cleaned_data)
                _journal("invitation", request, network, after={"role": invitation.role})
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            request.session[LINK_TO_HAND_OVER] = {
                "email": invitation.email,
                "url": emails.invitation_url(token),
                "is_sent": emails.send_invitation(invitation, token),
                "role": invitation.role,
            }
            return _back(network, "structures" if is_structure else "equipe")
    return page(request, network, status=422, bound={name: form})


@login_required
@require_POST
def network_invitation_revoke(request: HttpRequest, pk: int, invitation: int) -> HttpResponse:
    network = get_network(request, pk, coordinate=True)
    row = get_object_or_404(network.invitations, pk=invitation)
    invitations.revoke(row)
    messages.success(request, f"L’invitation de {row.email} est annulée.")
    return _back(network, "structures" if row.is_for_a_structure else "equipe")


@login_required
@require_POST
def network_member_role(request: HttpRequest, pk: int, member: int) -> HttpResponse:
    network = get_network(request, pk, coordinate=True)
    row = _member(network, member)
    name = f"member-{member}"
    form = NetworkRoleForm(request.POST, auto_id=f"{name}-%s")
    if not form.is_valid():
        return page(request, network, status=422, bound={name: form})
    role = form.cleaned_data["role"]
    try:
        with transaction.atomic():
            networks.change_role(row, role)
            _journal("role", request, network, before=_was(row), after={"role": role})
    except ValidationError as refusal:
        return page(request, network, status=409, refused={name: refusal.message})
    messages.success(request, f"Le rôle de {row.user} est changé.")
    return _back(network, "equipe")


@login_required
@require_POST
def network_member_remove(request: HttpRequest, pk: int, member: int) -> HttpResponse:
    """Coordinators remove anyone; everyone may leave."""
    network = get_network(request, pk)
    row = _member(network, member)
    leaves = row.user_id == request.user.pk
    if not leaves and not networks.can_coordinate(network):
        raise PermissionDenied
    try:
        with transaction.atomic():
            networks.remove(row)
            _journal("depart", request, network, before=_was(row))
    except ValidationError as refusal:
        return page(request, network, status=409, refused={f"member-{member}": refusal.message})
    if leaves:
        messages.success(request, f"Vous ne faites plus partie de {network}.")
        return redirect("structure_list")
    messages.success(request, f"{row.user} ne fait plus partie du réseau.")
    return _back(network, "equipe")


@login_required
@require_POST
def network_structure_end(request: HttpRequest, pk: int, affiliation: int) -> HttpResponse:
    network = get_network(request, pk, coordinate=True)
    rows = Affiliation.objects.select_related("network", "structure").defer("structure__logo")
    row = get_object_or_404(rows, network=network, pk=affiliation)
    affiliations.leave(row, by=request.user)
    messages.success(request, f"{row.structure} n’est plus membre du réseau.")
    return _back(network, "structures")


@login_required
@require_POST
def network_request_accept(request: HttpRequest, pk: int, join_request: int) -> HttpResponse:
    return _answer(request, pk, join_request, affiliations.accept, "{} est membre du réseau.")


@login_required
@require_POST
def network_request_decline(request: HttpRequest, pk: int, join_request: int) -> HttpResponse:
    return _answer(request, pk, join_request, affiliations.decline, "La demande de {} est déclinée.")


def _answer(request: HttpRequest, pk: int, join_request: int, verb, done: str) -> HttpResponse:
    network = get_network(request, pk, coordinate=True)
    rows = JoinRequest.objects.select_related("network", "structure").defer("structure__logo")
    row = get_object_or_404(rows, network=network, pk=join_request)
    try:
        verb(row, by=request.user)
    except ValidationError as refusal:
        return page(request, network, status=409, refused={f"request-{row.pk}": refusal.message})
    messages.success(request, done.format(row.structure))
    return _back(network, "demandes" if network.join_requests.filter(answered_at=None).exists() else "structures")


def _member(network: Network, pk: int) -> NetworkMembership:
    return get_object_or_404(network.memberships.select_related("user", "network"), pk=pk)


def _was(row: NetworkMembership) -> dict:
    """The person by number, never by address: the journal outlives the account."""
    return {"personne": row.user_id, "role": row.role}


def _journal(verb: str, request: HttpRequest, network: Network, *, before: dict | None = None, after: dict | None = None) -> None:
    journal.record(verb, by=request.user, network=network, before=before, after=after)


def _back(network: Network, section: str) -> HttpResponse:
    return redirect(reverse("network_team", args=[network.pk]) + f"#{section}")
