"""Invitations to join a structure: a secret link, used once, within seven days, by the person it was sent to."""

import hashlib
import secrets
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from certif import limits
from certif.accounts.models import Invitation, Membership, Structure, User

ALREADY_MEMBER = "Cette personne fait déjà partie de la structure."
TOO_MANY = "Votre structure a envoyé beaucoup d’invitations aujourd’hui : réessayez demain."

OPEN, USED, REVOKED, EXPIRED, OTHER_ADDRESS = "open", "used", "revoked", "expired", "other_address"


class NotOpen(Exception):
    """The invitation can no longer be accepted, or not by this person; `state` says why."""

    def __init__(self, state: str):
        self.state = state
        super().__init__(state)


@transaction.atomic
def invite(structure: Structure, *, email: str, role: str, by: User) -> tuple[Invitation, str]:
    """A new invitation and its token, which is stored nowhere. Replaces the one still pending for this address."""
    now = timezone.now()
    email = email.lower()
    if structure.memberships.filter(user__email__iexact=email).exists():
        raise ValidationError({"email": ALREADY_MEMBER})
    if structure.invitations.filter(created_at__gt=now - timedelta(days=1)).count() >= limits.INVITATIONS_PER_DAY:
        raise ValidationError(TOO_MANY)
    structure.invitations.pending().filter(email=email).update(revoked_at=now)
    token = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        structure=structure,
        email=email,
        role=role,
        token_hash=_hash(token),
        created_by=by,
        expires_at=now + limits.INVITATION_AGE,
    )
    return invitation, token


def find(token: str) -> Invitation | None:
    invitations = Invitation.objects.select_related("structure", "created_by").defer("structure__logo")
    return invitations.filter(token_hash=_hash(token)).first()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def state(invitation: Invitation, user: User | None = None) -> str:
    """OPEN, or the reason why it cannot be accepted; with a person, by this person."""
    if invitation.accepted_at:
        return USED
    if invitation.revoked_at:
        return REVOKED
    if invitation.expires_at <= timezone.now():
        return EXPIRED
    if user and user.email.lower() != invitation.email:
        return OTHER_ADDRESS
    return OPEN


@transaction.atomic
def accept(invitation: Invitation, *, by: User) -> Membership:
    """Makes the person a member. Raises NotOpen; of two acceptances at once, only one succeeds."""
    found = state(invitation, by)
    if found != OPEN:
        raise NotOpen(found)
    now = timezone.now()
    if not Invitation.objects.pending(now).filter(pk=invitation.pk).update(accepted_at=now, accepted_by=by):
        raise NotOpen(USED)
    member, _ = Membership.objects.get_or_create(
        structure=invitation.structure, user=by, defaults={"role": invitation.role}
    )
    return member


def revoke(invitation: Invitation) -> None:
    Invitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None).update(revoked_at=timezone.now())
