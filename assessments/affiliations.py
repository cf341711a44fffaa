"""A structure enters a network and leaves it: asked by one, answered by the other; leaving ends what was shared."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, F, Q
from django.urls import reverse
from django.utils import timezone

from assessments import journal, notices, sharing
from assessments.models import NoticeKind, Share
from certif.accounts import invitations
from certif.accounts.models import Affiliation, Invitation, JoinRequest, Network, NetworkRole, Role, Structure, User

ALREADY_MEMBER = "La structure est déjà membre de ce réseau."
ALREADY_ASKED = "Votre demande est déjà envoyée à ce réseau."
CLOSED = "Ce réseau ne reçoit pas de demandes : son coordinateur peut vous inviter."
ANSWERED = "Cette demande a déjà reçu sa réponse."


def open_to(structure: Structure):
    """Networks the structure may ask to join: those that accept it, but for its own and those asked already."""
    waiting = structure.join_requests.filter(answered_at=None).values("network")
    own = structure.affiliations.values("network")
    return Network.objects.filter(accepts_requests=True).exclude(pk__in=own).exclude(pk__in=waiting)


def of_structure(structure: Structure) -> list[Affiliation]:
    """The networks of a structure by name; `shared_count` is how many dossiers each one reads."""
    return list(with_shared(structure.affiliations.select_related("network")).order_by("network__name"))


def with_shared(affiliations):
    """Each affiliation with `shared_count`, the dossiers its network reads."""
    shared = Q(structure__assessments__shares__network=F("network"), structure__assessments__shares__revoked_at=None)
    return affiliations.annotate(shared_count=Count("structure__assessments__shares", filter=shared))


def requests_of(structure: Structure) -> list[JoinRequest]:
    """What waits for an answer; and, network by network, the last refusal while nothing has changed since."""
    asked = structure.join_requests.exclude(network__in=structure.affiliations.values("network"))
    last = {row.network_id: row for row in asked.select_related("network").order_by("asked_at", "pk")}
    return [row for row in last.values() if not row.accepted]


@transaction.atomic
def ask(structure: Structure, network: Network, *, message: str, by: User) -> JoinRequest:
    """Asks once; raises ValidationError when the answer is known already."""
    _lock(structure)
    if Affiliation.objects.filter(network=network, structure=structure).exists():
        raise ValidationError({"network": ALREADY_MEMBER})
    if not network.accepts_requests:
        raise ValidationError({"network": CLOSED})
    if structure.join_requests.filter(network=network, answered_at=None).exists():
        raise ValidationError({"network": ALREADY_ASKED})
    request = JoinRequest.objects.create(network=network, structure=structure, message=message, asked_by=by)
    _journal("adhesion_demandee", structure, network, by=by)
    sentence = f"{structure} demande à rejoindre {network}."
    _tell(_coordinators(network), f"adhesion-demande:{request.pk}", sentence, _team(network, "demandes"))
    return request


@transaction.atomic
def withdraw(request: JoinRequest, *, by: User) -> None:
    """Takes back a request nobody has answered. Raises ValidationError once it has been."""
    if not JoinRequest.objects.filter(pk=request.pk, answered_at=None).delete()[0]:
        raise ValidationError(ANSWERED)
    _journal("adhesion_demande_retiree", request.structure, request.network, by=by)


@transaction.atomic
def accept(request: JoinRequest, *, by: User) -> Affiliation:
    """The structure joins. Raises ValidationError when the request was withdrawn or answered meanwhile."""
    _answer(request, accepted=True, by=by)
    affiliation = join(request.network, request.structure, by=by)
    sentence = f"{request.network} accepte votre demande : vous pouvez lui partager vos dossiers."
    _tell(_owners(request.structure), f"adhesion-reponse:{request.pk}", sentence, _page(request.structure))
    return affiliation


@transaction.atomic
def decline(request: JoinRequest, *, by: User) -> None:
    """Raises ValidationError when the request was withdrawn or answered meanwhile."""
    _answer(request, accepted=False, by=by)
    _journal("adhesion_refusee", request.structure, request.network, by=by)
    sentence = f"{request.network} ne donne pas suite à votre demande."
    _tell(_owners(request.structure), f"adhesion-reponse:{request.pk}", sentence, _page(request.structure))


def _answer(request: JoinRequest, *, accepted: bool, by: User) -> None:
    answered = {"accepted": accepted, "answered_by": by, "answered_at": timezone.now()}
    if not JoinRequest.objects.filter(pk=request.pk, answered_at=None).update(**answered):
        raise ValidationError(ANSWERED)


@transaction.atomic
def accept_invitation(invitation: Invitation, structure: Structure, *, by: User) -> Affiliation:
    """The structure joins the network that invited its reader. Raises invitations.NotOpen."""
    invitations.use(invitation, by=by)
    affiliation = join(invitation.network, structure, by=by)
    sentence = f"{structure} a rejoint {invitation.network}."
    _tell(_coordinators(invitation.network), f"adhesion-invitation:{invitation.pk}", sentence, _team(invitation.network, "structures"))
    return affiliation


@transaction.atomic
def join(network: Network, structure: Structure, *, by: User | None) -> Affiliation:
    """The structure is a member, and nothing it shared in an earlier time opens again. Joining twice changes nothing."""
    _lock(structure)
    affiliation, is_new = Affiliation.objects.get_or_create(network=network, structure=structure)
    if is_new:
        _withdraw_shares(affiliation, by=by)
        waiting = structure.join_requests.filter(network=network, answered_at=None)
        waiting.update(accepted=True, answered_by=by, answered_at=timezone.now())
        _journal("adhesion", structure, network, by=by)
    return affiliation


@transaction.atomic
def leave(affiliation: Affiliation, *, by: User) -> None:
    """Ends the adhesion and withdraws each dossier shared with the network: whoever it was told loses it at once."""
    network, structure = affiliation.network, affiliation.structure
    _lock(structure)
    _withdraw_shares(affiliation, by=by)
    if not Affiliation.objects.filter(pk=affiliation.pk).delete()[0]:
        return
    _journal("adhesion_fin", structure, network, by=by)
    sentence = f"{structure} n’est plus membre de {network} : ce qu’elle lui partageait ne l’est plus."
    key = f"adhesion-fin:{affiliation.pk}"
    told = {user.pk: user for user in _coordinators(network) if user.pk != by.pk}
    _tell(told.values(), key, sentence, _team(network, "structures"))
    _tell([user for user in _owners(structure) if user.pk not in {by.pk, *told}], key, sentence, _page(structure))


def _withdraw_shares(affiliation: Affiliation, *, by: User | None) -> None:
    shares = Share.objects.filter(
        network=affiliation.network_id, assessment__structure=affiliation.structure_id, revoked_at=None
    )
    for share in shares.select_related("assessment", "network").order_by("pk"):
        sharing.withdraw(share, by=by)


def _journal(verb: str, structure: Structure, network: Network, *, by: User | None) -> None:
    """Both names, for the two journals that tell it."""
    after = {"libelle": structure.name, "reseau": network.name}
    journal.record(verb, by=by, structure=structure, network=network, after=after)


def _lock(structure: Structure) -> None:
    """Joining, leaving and asking of one structure take turns."""
    Structure.objects.select_for_update().only("pk").get(pk=structure.pk)


def _tell(people: Iterable[User], key: str, sentence: str, path: str) -> None:
    notices.notify(NoticeKind.MEMBERSHIP, to=people, key=key, sentence=sentence, path=path)


def _coordinators(network: Network) -> list[User]:
    coordinating = {"network_memberships__network": network, "network_memberships__role": NetworkRole.COORDINATOR}
    return list(User.objects.filter(is_active=True, **coordinating).order_by("pk"))


def _owners(structure: Structure) -> list[User]:
    owning = {"memberships__structure": structure, "memberships__role": Role.OWNER}
    return list(User.objects.filter(is_active=True, **owning).order_by("pk"))


def _team(network: Network, section: str) -> str:
    return reverse("network_team", args=[network.pk]) + f"#{section}"


def _page(structure: Structure) -> str:
    return reverse("structure_detail", args=[structure.pk]) + "#reseaux"
