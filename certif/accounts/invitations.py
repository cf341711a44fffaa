"""Invitations to join a structure or a network: a secret link, used once, within seven days, by the person it was sent to."""

import hashlib
import secrets
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from certif import limits
from certif.accounts import networks
from certif.accounts.models import AS_STRUCTURE, Invitation, Membership, Network, NetworkMembership, Structure, User

ALREADY_MEMBER = {
    Structure: "Cette personne fait déjà partie de la structure.",
    Network: "Cette personne fait déjà partie du réseau.",
}
TOO_MANY = "Beaucoup d’invitations sont parties aujourd’hui : réessayez demain."

OPEN, USED, REVOKED, EXPIRED, OTHER_ADDRESS = "open", "used", "revoked", "expired", "other_address"


class NotOpen(Exception):
    """The invitation can no longer be accepted, or not by this person; `state` says why."""

    def __init__(self, state: str):
        self.state = state
        super().__init__(state)


@transaction.atomic
def invite(place: Structure | Network, *, email: str, role: str, by: User) -> tuple[Invitation, str]:
    """A new invitation and its token, which is stored nowhere. Replaces the one still pending for this address.

    `role` is a Role in a structure; in a network, a NetworkRole or AS_STRUCTURE.
    """
    now = timezone.now()
    email = email.lower()
    as_structure = Q(role=AS_STRUCTURE)
    same_purpose = as_structure if role == AS_STRUCTURE else ~as_structure
    if role != AS_STRUCTURE and place.memberships.filter(user__email__iexact=email).exists():
        raise ValidationError({"email": ALREADY_MEMBER[type(place)]})
    if place.invitations.filter(created_at__gt=now - timedelta(days=1)).count() >= limits.INVITATIONS_PER_DAY:
        raise ValidationError(TOO_MANY)
    place.invitations.pending().filter(same_purpose, email=email).update(revoked_at=now)
    token = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        structure=place if isinstance(place, Structure) else None,
        network=place if isinstance(place, Network) else None,
        email=email,
        role=role,
        token_hash=_hash(token),
        created_by=by,
        expires_at=now + limits.INVITATION_AGE,
    )
    return invitation, token


def find(token: str) -> Invitation | None:
    invitations = Invitation.objects.select_related("structure", "network", "created_by").defer("structure__logo")
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
def accept(invitation: Invitation, *, by: User) -> Membership | NetworkMembership:
    """Makes the person a member of the structure or of the network. Raises NotOpen."""
    use(invitation, by=by)
    if invitation.network:
        return networks.appoint(invitation.network, by, invitation.role)
    member, _ = Membership.objects.get_or_create(
        structure=invitation.structure, user=by, defaults={"role": invitation.role}
    )
    return member


def use(invitation: Invitation, *, by: User) -> None:
    """The link is spent. Raises NotOpen; of two uses at once, only one succeeds."""
    found = state(invitation, by)
    if found != OPEN:
        raise NotOpen(found)
    now = timezone.now()
    if not Invitation.objects.pending(now).filter(pk=invitation.pk).update(accepted_at=now, accepted_by=by):
        raise NotOpen(USED)


def revoke(invitation: Invitation) -> None:
    Invitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None).update(revoked_at=timezone.now())
