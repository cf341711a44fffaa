"""The life of a dossier: the only module that changes its status, from one table that also draws `docs/parcours.md`."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from assessments import journal, publishing, snapshots, standings
from assessments.enums import SnapshotKind, Status
from assessments.models import Assessment, NoticeKind, Share
from assessments.notices import notify
from assessments.permissions import can_manage, is_member
from assessments.reading import Reading, read
from assessments.scoring import NBSP, NNBSP, Severity
from certif.accounts.models import Role, User
from certif.limits import NOTE_MAX
from certif.text import clean_text


class Who(StrEnum):
    """Who may take a step."""

    OWNER = "responsable de la structure"
    ADVISOR = "conseiller du réseau"


class Audience(StrEnum):
    """Who reads the name of a status."""

    STRUCTURE = "structure"
    NETWORK = "réseau"


LABELS = {
    Status.DRAFT: ("En cours", "En cours de saisie"),
    Status.SUBMITTED: ("Transmise à votre réseau", "À relire"),
    Status.RETURNED: ("À compléter", "Renvoyée à la structure"),
    Status.VALIDATED: ("Validée par votre réseau", "Validée"),
    Status.CLOSED: ("Clôturée", "Clôturée par la structure"),
    Status.ARCHIVED: ("Archivée", "Archivée"),
}


def label(status: str, audience: Audience = Audience.STRUCTURE) -> str:
    """The same state, said to the one who reads it."""
    return LABELS[Status(status)][audience == Audience.NETWORK]


def label_for(assessment: Assessment) -> str:
    """The state of the dossier, in the words of the person it was read for (`visible_to`)."""
    return label(assessment.status, Audience.STRUCTURE if is_member(assessment) else Audience.NETWORK)


# --- What stands in the way -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ToDo:
    """One thing to settle before a step; `where` says on which screen: perimetre, partage, grille or critere."""

    sentence: str
    where: str
    criteria: tuple[str, ...] = ()


def missing_to_submit(reading: Reading) -> list[ToDo]:
    """What must be settled before a network is asked to read: the dossier is complete, and shared with it."""
    unshared = [ToDo("Partagez d’abord le dossier avec votre réseau.", "partage")] if not _shares(reading) else []
    return [*unshared, *_unsettled(reading)]


def missing_to_close(reading: Reading) -> list[ToDo]:
    """What must be settled before ending alone: the dossier is complete, and no network reads it any more."""
    shared = [
        ToDo(
            f"Le dossier est partagé avec «{NBSP}{share.network}{NBSP}»{NBSP}: retirez le partage pour le clôturer sans relecture.",
            "partage",
        )
        for share in _shares(reading)
    ]
    return [*shared, *_unsettled(reading)]


def missing_to_take_back(reading: Reading) -> list[ToDo]:
    """A network that was asked to read is not left waiting: the share is withdrawn first."""
    return [
        ToDo(
            f"Le dossier est partagé avec «{NBSP}{share.network}{NBSP}», qui le relit{NBSP}: retirez d’abord le partage.",
            "partage",
        )
        for share in _shares(reading)
    ]


def _shares(reading: Reading) -> list[Share]:
    return list(Share.objects.active().filter(assessment=reading.assessment).select_related("network").order_by("pk"))


def _unsettled(reading: Reading) -> list[ToDo]:
    scope = reading.inputs["dossier"]["perimetre"]
    todo = [] if scope else [ToDo("Choisissez au moins un dispositif dans le périmètre.", "perimetre")]
    reasons = reading.result.reasons_of(Severity.INCOMPLETE)
    return todo + [ToDo(reason.sentence, reason.link, reason.criteria) for reason in reasons]


# --- The table --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Step:
    """One way from a status to another. `publishes`: what the network wrote while reading is told to the structure."""

    name: str
    label: str
    source: Status
    target: Status
    who: Who
    verb: str
    snapshot: SnapshotKind | None = None
    with_reason: bool = False
    publishes: bool = False
    missing: Callable[[Reading], list[ToDo]] | None = None


STEPS = (
    Step("submit", "Transmettre au réseau", Status.DRAFT, Status.SUBMITTED, Who.OWNER, "dossier_transmis",
         snapshot=SnapshotKind.SUBMITTED, missing=missing_to_submit),
    Step("send_back", "Renvoyer avec une liste", Status.SUBMITTED, Status.RETURNED, Who.ADVISOR, "dossier_renvoye", with_reason=True,
         publishes=True),
    Step("submit", "Transmettre de nouveau", Status.RETURNED, Status.SUBMITTED, Who.OWNER, "dossier_transmis",
         snapshot=SnapshotKind.SUBMITTED, missing=missing_to_submit),
    Step("validate", "Valider", Status.SUBMITTED, Status.VALIDATED, Who.ADVISOR, "dossier_valide", publishes=True,
         snapshot=SnapshotKind.VALIDATED),
    Step("archive", "Archiver", Status.VALIDATED, Status.ARCHIVED, Who.OWNER, "dossier_archive"),
    Step("take_back", "Reprendre, sans réseau", Status.SUBMITTED, Status.DRAFT, Who.OWNER, "dossier_repris",
         missing=missing_to_take_back),
    Step("take_back", "Reprendre, sans réseau", Status.RETURNED, Status.DRAFT, Who.OWNER, "dossier_repris",
         missing=missing_to_take_back),
    Step("close", "Clôturer sans réseau", Status.DRAFT, Status.CLOSED, Who.OWNER, "dossier_cloture",
         snapshot=SnapshotKind.CLOSED, missing=missing_to_close),
    Step("reopen", "Rouvrir, avec un motif", Status.CLOSED, Status.DRAFT, Who.OWNER, "dossier_rouvert", with_reason=True),
    Step("reopen", "Rouvrir, avec un motif", Status.VALIDATED, Status.RETURNED, Who.ADVISOR, "dossier_rouvert", with_reason=True),
)  # fmt: skip


class StepRefused(Exception):
    """The dossier’s state does not allow the step: says why, and what to settle first."""

    def __init__(self, sentence: str, todo: list[ToDo] | None = None):
        self.todo = todo or []
        super().__init__(sentence)


def step_from(name: str, status: str) -> Step | None:
    return next((step for step in STEPS if step.name == name and step.source == status), None)


def may_take(step: Step, assessment: Assessment) -> bool:
    """Whether the person `assessment` was read for (`visible_to`) is the one who takes this step."""
    return can_manage(assessment) if step.who == Who.OWNER else assessment.is_shared_with_me


# --- The verbs --------------------------------------------------------------------------------


def submit(assessment: Assessment, *, by: User) -> None:
    _take("submit", assessment, by=by)


def send_back(assessment: Assessment, *, by: User, reason: str) -> None:
    _take("send_back", assessment, by=by, reason=reason)


def validate(assessment: Assessment, *, by: User) -> None:
    _take("validate", assessment, by=by)


def archive(assessment: Assessment, *, by: User) -> None:
    _take("archive", assessment, by=by)


def take_back(assessment: Assessment, *, by: User) -> None:
    _take("take_back", assessment, by=by)


def close(assessment: Assessment, *, by: User) -> None:
    _take("close", assessment, by=by)


def reopen(assessment: Assessment, *, by: User, reason: str) -> None:
    _take("reopen", assessment, by=by, reason=reason)


def _take(name: str, assessment: Assessment, *, by: User, reason: str = "") -> None:
    """One transaction: the status moves if it is still the one read, what the network wrote is told, one photograph when
    the table says so, one event.

    Raises PermissionDenied for the wrong person and StepRefused for the wrong moment. The status moves first, so that the
    photograph holds everything saved before it and nothing saved after.
    """
    steps = [step for step in STEPS if step.name == name]
    if not any(may_take(step, assessment) for step in steps):
        raise PermissionDenied
    step = step_from(name, assessment.status)
    if step is None:
        raise StepRefused(
            f"Cette étape n’est pas possible{NBSP}: le dossier est «{NBSP}{label_for(assessment).lower()}{NBSP}»."
        )
    if not may_take(step, assessment):
        raise PermissionDenied
    reason = clean_text(reason, limit=NOTE_MAX)
    if step.with_reason and not reason:
        raise StepRefused("Dites pourquoi, en une phrase au moins.")
    now = timezone.now()
    with transaction.atomic():
        moved = Assessment.objects.filter(pk=assessment.pk, status=step.source).update(
            status=step.target, updated_at=now
        )
        if not moved:
            raise StepRefused("Quelqu’un a changé l’état du dossier entre-temps. Rechargez la page.")
        if step.missing and (todo := step.missing(read(assessment))):
            raise StepRefused("Il reste à faire avant cette étape.", todo)
        assessment.status = step.target
        if step.publishes:
            publishing.publish(assessment, by=by, at=now)
        after = {"etat": step.target.value} | ({"motif": reason} if reason else {})
        if step.snapshot:
            after["code"] = snapshots.take(assessment, step.snapshot, by=by).code
        journal.record(step.verb, by=by, assessment=assessment, before={"etat": step.source.value}, after=after)
        standings.refresh(assessment.pk)
        _tell(step, assessment, by=by, key=f"{step.verb}:{assessment.pk}:{now.timestamp()}")


# --- Who is told ------------------------------------------------------------------------------


def _tell(step: Step, assessment: Assessment, *, by: User, key: str) -> None:
    """The other side learns what was done: a transmission the networks it is shared with, a reading the structure."""
    title = f"«{NNBSP}{assessment}{NNBSP}»"
    told = {
        "dossier_transmis": (NoticeKind.SUBMITTED, f"{assessment.structure} vous transmet {title}."),
        "dossier_renvoye": (NoticeKind.RETURNED, f"{title} revient avec la liste de ce qui est attendu."),
        "dossier_valide": (NoticeKind.VALIDATED, f"{title} est validée par votre réseau."),
        "dossier_rouvert": (NoticeKind.RETURNED, f"{title} est rouverte par votre réseau{NBSP}: le motif est au tableau de bord."),
    }.get(step.verb)
    if told is None or (step.verb == "dossier_rouvert" and step.who == Who.OWNER):
        return
    kind, sentence = told
    if step.who == Who.OWNER:
        networks = Share.objects.active().filter(assessment=assessment).values("network")
        people = User.objects.filter(network_memberships__network__in=networks)
    else:
        people = User.objects.filter(
            memberships__structure=assessment.structure_id, memberships__role__in=(Role.OWNER, Role.CONTRIBUTOR)
        )
    people = people.filter(is_active=True).exclude(pk=by.pk).distinct().order_by("pk")
    notify(kind, to=people, key=key, sentence=sentence, path=reverse("dashboard", args=[assessment.pk]), assessment=assessment)


# --- The diagram ------------------------------------------------------------------------------


def diagram() -> str:
    """The table as a Mermaid state diagram, for `docs/parcours.md`."""
    lines = ["stateDiagram-v2"]
    lines += [f"    {status.value} : {status.label}" for status in Status]
    lines.append(f"    [*] --> {Status.DRAFT.value}")
    lines += [f"    {step.source.value} --> {step.target.value} : {step.label}" for step in STEPS]
    return "\n".join(lines)
