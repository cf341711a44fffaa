"""The journal as people read it: who did what, when, and what it changed, in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet

from assessments.enums import ActionStatus, DocumentKind, Status
from assessments.models import Answer, Assessment, Event
from assessments.permissions import is_member
from assessments.sayings import ADHESIONS, SAYINGS, Kind, verbs
from assessments.scoring import NBSP, NNBSP
from certif.accounts.models import Invitation, Network, Structure, User
from certif.dates import PARIS
from referentiel.models import Criterion, Register

GONE = "Une personne partie"
STATES = {**dict(Status.choices), **dict(ActionStatus.choices)}
ROLES = dict(Invitation.ROLES)
DOCUMENTS = dict(DocumentKind.choices)


@dataclass(frozen=True, slots=True)
class Line:
    """« Léa Martin a confié un critère » and what there is to add: « PER-03, à Karim Benali »."""

    at: datetime
    who: str
    sentence: str
    detail: str
    kind: Kind


# --- Which lines ------------------------------------------------------------------------------


def of_dossier(assessment: Assessment) -> QuerySet[Event]:
    """What the person the dossier was read for may read of it: an advisor, what was done to what is shared."""
    known = verbs() if is_member(assessment) else verbs(shared=True)
    return Event.objects.filter(assessment=assessment.pk, verb__in=known)


def of_structure(structure: Structure) -> QuerySet[Event]:
    """Everything that happened in a structure, its dossiers included."""
    return Event.objects.filter(structure=structure.pk, verb__in=verbs())


def of_network(network: Network) -> QuerySet[Event]:
    """What happened in the network itself, and who entered or left it; nothing of its members’ dossiers."""
    own = Q(structure=None, verb__in=verbs()) | Q(verb__in=ADHESIONS)
    return Event.objects.filter(own, network=network.pk)


def narrowed(
    events: QuerySet[Event], *, kind: Kind | None, person: int | None, since: date | None, until: date | None
) -> QuerySet[Event]:
    """The lines of one kind, of one person, between two days of Paris, both included."""
    if kind:
        events = events.filter(verb__in=verbs(kind=kind))
    if person:
        events = events.filter(actor=person)
    if since:
        events = events.filter(at__gte=datetime.combine(since, time(), PARIS))
    if until:
        events = events.filter(at__lt=datetime.combine(until + timedelta(days=1), time(), PARIS))
    return events


def people_in(events: QuerySet[Event]) -> list[User]:
    """Those who did something there and still have an account, by name."""
    actors = events.order_by().values("actor").distinct()
    return list(User.objects.filter(pk__in=actors).order_by("name", "pk"))


# --- In words ---------------------------------------------------------------------------------


def told(events: Iterable[Event]) -> list[Line]:
    """Four queries, whatever the number of lines."""
    events = list(events)
    ids = {event.actor_id for event in events}
    for event in events:
        ids |= {event.before.get("personne"), event.after.get("personne")}
    names = {user.pk: str(user) for user in User.objects.filter(pk__in=ids - {None})}
    codes, registers = _codes(events), _registers(events)
    return [
        Line(
            at=event.at,
            who=names.get(event.actor_id, GONE),
            sentence=SAYINGS[event.verb].sentence,
            detail=_detail(event, names, codes, registers),
            kind=SAYINGS[event.verb].kind,
        )
        for event in events
    ]


def _codes(events: list[Event]) -> dict[int, str]:
    """The criterion each answer spoken of is about."""
    ids = {event.after.get("reponse") or event.before.get("reponse") for event in events} - {None}
    rows = Answer.objects.filter(pk__in=ids).values_list("pk", "criterion")
    codes = dict(Criterion.objects.filter(pk__in={criterion for _, criterion in rows}).values_list("pk", "code"))
    return {pk: codes[criterion] for pk, criterion in rows}


def _registers(events: list[Event]) -> dict[tuple[int, str], str]:
    """The label of each register spoken of, by dossier and code."""
    said = {(event.assessment_id, event.after.get("registre") or event.before.get("registre")) for event in events}
    codes = {code for _, code in said if isinstance(code, str)}
    rows = Register.objects.filter(code__in=codes, edition__assessments__in={pk for pk, _ in said if pk})
    return {(pk, code): label for pk, code, label in rows.values_list("edition__assessments", "code", "label")}


def _detail(event: Event, names: dict[int, str], codes: dict[int, str], registers: dict[tuple[int, str], str]) -> str:
    """What the line adds to its sentence; empty when it says it all."""
    said = {**event.before, **event.after}
    parts = []
    if code := codes.get(said.get("reponse")):
        parts.append(code)
    for name in ("titre", "libelle"):
        if said.get(name):
            parts.append(f"«{NNBSP}{said[name]}{NNBSP}»")
    if isinstance(said.get("registre"), str):
        parts.append(registers.get((event.assessment_id, said["registre"]), said["registre"]))
    if said.get("reseau"):
        parts.append(str(said["reseau"]))
    if "personne" in said:
        person = event.after.get("personne", event.before.get("personne"))
        parts.append(f"à {names.get(person, GONE.lower())}" if person else "à personne")
    parts += _change(event, "role", ROLES) + _change(event, "etat", STATES)
    if said.get("document") in DOCUMENTS:
        parts.append(DOCUMENTS[said["document"]])
    if said.get("page"):
        parts.append(str(said["page"]))
    if said.get("motif"):
        parts.append(f"motif{NBSP}: {said['motif']}")
    return ", ".join(parts)


def _change(event: Event, name: str, words: dict[str, str]) -> list[str]:
    """« de « Lecteur » à « Responsable » », or the only one of the two that is said."""
    before, after = (words.get(side.get(name)) for side in (event.before, event.after))
    if before and after and before != after:
        return [f"de «{NNBSP}{before}{NNBSP}» à «{NNBSP}{after}{NNBSP}»"]
    one = after or before
    return [f"«{NNBSP}{one}{NNBSP}»"] if one else []
