"""The link an invited person receives: what it leads to, and what it says when it no longer does."""

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.cache import cache
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from assessments import affiliations, journal
from certif.accounts import emails, invitations
from certif.accounts.forms import JoiningForm
from certif.accounts.models import Invitation, Role, Structure, User

STATUS = {invitations.OTHER_ADDRESS: 403}
ASK_AGAIN_SECONDS = 3600


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation_accept(request: HttpRequest, token: str) -> HttpResponse:
    invitation = invitations.find(token)
    if invitation is None:
        return render(request, "accounts/invitation_unknown.html", status=404)
    person = request.user if request.user.is_authenticated else None
    if invitation.accepted_at and invitation.accepted_by == person:
        return _arrived(invitation)
    state = invitations.state(invitation, person)
    if state != invitations.OPEN:
        return _closed(request, invitation, token, state)
    if request.method == "POST" and person is None:
        return redirect_to_login(request.path)
    form = None
    if person and invitation.is_for_a_structure:
        form = _joining_form(request, invitation, person)
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            return _accept(request, invitation, form)
        except invitations.NotOpen as refusal:
            return _closed(request, invitation, token, refusal.state)
    context = {"invitation": invitation, "token": token, "form": form}
    refused = form is not None and form.is_bound
    return render(request, "accounts/invitation_accept.html", context, status=422 if refused else 200)


def _joining_form(request: HttpRequest, invitation: Invitation, person: User) -> JoiningForm:
    """The structures the person owns, but for those that are members already; the only one is chosen by itself."""
    owned = Structure.objects.visible_to(person).filter(member_role=Role.OWNER)
    free = owned.exclude(pk__in=invitation.network.affiliations.values("structure"))
    only = list(free[:2])
    initial = {"structure": only[0].pk} if len(only) == 1 else {}
    return JoiningForm(request.POST if request.method == "POST" else None, structures=free, initial=initial)


def _accept(request: HttpRequest, invitation: Invitation, form: JoiningForm | None) -> HttpResponse:
    network, person = invitation.network, request.user
    if form:
        structure = form.cleaned_data["structure"]
        affiliations.accept_invitation(invitation, structure, by=person)
        done = f"{structure} est membre de {network} : choisissez, dossier par dossier, ce que vous lui partagez."
        messages.success(request, done)
        return redirect(reverse("structure_detail", args=[structure.pk]) + "#reseaux")
    with transaction.atomic():
        member = invitations.accept(invitation, by=person)
        where = {"structure": invitation.structure, "network": network}
        journal.record("arrivee", by=person, **where, after={"role": member.role})
    messages.success(request, f"Bienvenue dans {invitation.place}.")
    return _arrived(invitation)


def _arrived(invitation: Invitation) -> HttpResponse:
    if invitation.is_for_a_structure:
        return redirect("structure_list")
    if invitation.network:
        return redirect("network_team", invitation.network_id)
    return redirect("structure_detail", invitation.structure_id)


def _closed(request: HttpRequest, invitation: Invitation, token: str, state: str) -> HttpResponse:
    context = {"invitation": invitation, "token": token, "state": state}
    return render(request, "accounts/invitation_closed.html", context, status=STATUS.get(state, 410))


@never_cache
@require_POST
def invitation_ask(request: HttpRequest, token: str) -> HttpResponse:
    """Tells whoever may send one that a new invitation is wanted; once an hour at most."""
    invitation = invitations.find(token)
    if invitation is None:
        raise Http404
    if not cache.add(f"invitation-asked:{invitation.pk}", True, ASK_AGAIN_SECONDS):
        messages.info(request, "Votre demande est déjà partie : laissez-leur un peu de temps.")
    elif emails.ask_for_another(invitation):
        whom = "aux personnes qui coordonnent le réseau" if invitation.network else "aux responsables de la structure"
        messages.success(request, f"Votre demande est envoyée {whom}.")
    else:
        messages.error(request, "Le message n’a pas pu partir : demandez une nouvelle invitation de vive voix.")
    return redirect("invitation_accept", token)
