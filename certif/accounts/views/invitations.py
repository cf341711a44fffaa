"""The link an invited person receives: what it leads to, and what it says when it no longer does."""

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.cache import cache
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from assessments import journal
from certif.accounts import emails, invitations
from certif.accounts.models import Invitation

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
        return redirect("structure_detail", invitation.structure_id)
    state = invitations.state(invitation, person)
    if state != invitations.OPEN:
        return _closed(request, invitation, token, state)
    if request.method != "POST":
        return render(request, "accounts/invitation_accept.html", {"invitation": invitation, "token": token})
    if person is None:
        return redirect_to_login(request.path)
    try:
        with transaction.atomic():
            member = invitations.accept(invitation, by=person)
            journal.record("arrivee", by=person, structure=invitation.structure, after={"role": member.role})
    except invitations.NotOpen as refusal:
        return _closed(request, invitation, token, refusal.state)
    messages.success(request, f"Bienvenue dans {invitation.structure}.")
    return redirect("structure_detail", invitation.structure_id)


def _closed(request: HttpRequest, invitation: Invitation, token: str, state: str) -> HttpResponse:
    context = {"invitation": invitation, "token": token, "state": state}
    return render(request, "accounts/invitation_closed.html", context, status=STATUS.get(state, 410))


@never_cache
@require_POST
def invitation_ask(request: HttpRequest, token: str) -> HttpResponse:
    """Tells the owners that a new invitation is wanted; once an hour at most."""
    invitation = invitations.find(token)
    if invitation is None:
        raise Http404
    if not cache.add(f"invitation-asked:{invitation.pk}", True, ASK_AGAIN_SECONDS):
        messages.info(request, "Votre demande est déjà partie : laissez-leur un peu de temps.")
    elif emails.ask_for_another(invitation):
        messages.success(request, "Votre demande est envoyée aux responsables de la structure.")
    else:
        messages.error(request, "Le message n’a pas pu partir : demandez une nouvelle invitation de vive voix.")
    return redirect("invitation_accept", token)
