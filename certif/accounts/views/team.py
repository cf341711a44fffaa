"""The team of a structure: who is invited, with which role, who leaves."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from assessments import journal
from certif.accounts import emails, invitations, structures
from certif.accounts.forms import InvitationForm, RoleForm
from certif.accounts.models import Membership, Structure
from certif.accounts.views.lookup import get_structure
from certif.accounts.views.structures import LINK_TO_HAND_OVER, page


@login_required
@require_POST
def invitation_send(request: HttpRequest, pk: int) -> HttpResponse:
    """Sends the invitation and keeps its link for one reading by the owner, who can hand it over."""
    structure = get_structure(request, pk, manage=True)
    form = InvitationForm(request.POST, auto_id="invitation-%s")
    if form.is_valid():
        try:
            with transaction.atomic():
                invitation, token = invitations.invite(structure, by=request.user, **form.cleaned_data)
                journal.record("invitation", by=request.user, structure=structure, after={"role": invitation.role})
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            request.session[LINK_TO_HAND_OVER] = {
                "email": invitation.email,
                "url": emails.invitation_url(token),
                "is_sent": emails.send_invitation(invitation, token),
            }
            return _back(structure)
    return page(request, structure, status=422, bound={"invitation": form})


@login_required
@require_POST
def invitation_revoke(request: HttpRequest, pk: int, invitation: int) -> HttpResponse:
    structure = get_structure(request, pk, manage=True)
    row = get_object_or_404(structure.invitations, pk=invitation)
    invitations.revoke(row)
    messages.success(request, f"L’invitation de {row.email} est annulée.")
    return _back(structure)


@login_required
@require_POST
def member_role(request: HttpRequest, pk: int, member: int) -> HttpResponse:
    structure = get_structure(request, pk, manage=True)
    row = _member(structure, member)
    name = f"member-{member}"
    form = RoleForm(request.POST, auto_id=f"{name}-%s")
    if not form.is_valid():
        return page(request, structure, status=422, bound={name: form})
    role = form.cleaned_data["role"]
    try:
        with transaction.atomic():
            structures.change_role(row, role)
            _journal("role", request, structure, row, after={"role": role})
    except ValidationError as refusal:
        return page(request, structure, status=409, refused={name: refusal.message})
    messages.success(request, f"Le rôle de {row.user} est changé.")
    return _back(structure)


@login_required
@require_POST
def member_remove(request: HttpRequest, pk: int, member: int) -> HttpResponse:
    """Owners remove anyone; everyone may leave."""
    structure = get_structure(request, pk)
    row = _member(structure, member)
    leaves = row.user_id == request.user.pk
    if not leaves and not structures.can_manage(structure):
        raise PermissionDenied
    try:
        with transaction.atomic():
            structures.remove(row)
            _journal("depart", request, structure, row, after={})
    except ValidationError as refusal:
        return page(request, structure, status=409, refused={f"member-{member}": refusal.message})
    if leaves:
        messages.success(request, f"Vous ne faites plus partie de {structure}.")
        return redirect("structure_list")
    messages.success(request, f"{row.user} ne fait plus partie de la structure.")
    return _back(structure)


def _member(structure: Structure, pk: int) -> Membership:
    return get_object_or_404(structure.memberships.select_related("user", "structure"), pk=pk)


def _journal(verb: str, request: HttpRequest, structure: Structure, row: Membership, *, after: dict) -> None:
    """The person by number, never by address: the journal outlives the account."""
    before = {"personne": row.user_id, "role": row.role}
    journal.record(verb, by=request.user, structure=structure, before=before, after=after)


def _back(structure: Structure) -> HttpResponse:
    return redirect(reverse("structure_detail", args=[structure.pk]) + "#equipe")
