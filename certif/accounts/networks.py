"""The people of a network: the one room that writes who advises and who coordinates, and says so on each account."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from certif.accounts.models import AS_STRUCTURE, Network, NetworkMembership, NetworkRole, User

LAST_COORDINATOR = "C’est la seule personne qui coordonne le réseau : nommez d’abord une autre personne."


def can_coordinate(network: Network) -> bool:
    """Invite, answer requests, change roles; `member_role` comes from `Network.objects.visible_to`."""
    return network.member_role == NetworkRole.COORDINATOR


@transaction.atomic
def create(name: str, *, coordinator: User, **fields) -> Network:
    """A new network and the first person to coordinate it."""
    network = Network.objects.create(name=name, **fields)
    appoint(network, coordinator, NetworkRole.COORDINATOR)
    return network


@transaction.atomic
def appoint(network: Network, user: User, role: str) -> NetworkMembership:
    """Makes the person one of the network’s; who already is keeps the role already held."""
    member, _ = NetworkMembership.objects.get_or_create(network=network, user=user, defaults={"role": role})
    _mark(user.pk)
    return member


@transaction.atomic
def change_role(member: NetworkMembership, role: str) -> None:
    """Raises ValidationError when nobody would coordinate the network any more."""
    if role != NetworkRole.COORDINATOR:
        _keep_a_coordinator(member)
        _withdraw_invitations(member)
    NetworkMembership.objects.filter(pk=member.pk).update(role=role)


@transaction.atomic
def remove(member: NetworkMembership) -> None:
    """Ends an access, with the invitations the person sent or could still accept."""
    _keep_a_coordinator(member)
    _withdraw_invitations(member)
    NetworkMembership.objects.filter(pk=member.pk).delete()
    _mark(member.user_id)


@transaction.atomic
def delete(network: Network) -> None:
    """Deletes the network with its memberships, adhesions and shares."""
    people = list(network.memberships.values_list("user", flat=True))
    network.delete()
    _mark(*people)


def _mark(*people: int) -> None:
    """`accompanies` is true exactly while the person has a network; one query, whatever happens at the same moment."""
    still = NetworkMembership.objects.filter(user=OuterRef("pk"))
    # The lock makes an arrival and a departure of the same person take turns.
    list(User.objects.select_for_update().filter(pk__in=people).order_by("pk").values_list("pk"))
    User.objects.filter(pk__in=people).update(accompanies=Exists(still))


def _keep_a_coordinator(member: NetworkMembership) -> None:
    # The lock makes two coordinators who leave at the same moment take turns.
    Network.objects.select_for_update().only("pk").get(pk=member.network_id)
    coordinators = NetworkMembership.objects.filter(network=member.network_id, role=NetworkRole.COORDINATOR)
    if set(coordinators.values_list("pk", flat=True)) == {member.pk}:
        raise ValidationError(LAST_COORDINATOR)


def _withdraw_invitations(member: NetworkMembership) -> None:
    """An invitation must not outlive the right to send it, nor reopen the door to who has just left."""
    own = Q(email__iexact=member.user.email) & ~Q(role=AS_STRUCTURE)
    member.network.invitations.pending().filter(Q(created_by=member.user) | own).update(revoked_at=timezone.now())
