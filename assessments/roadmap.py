"""The improvement roadmap: adding, changing, moving and dropping actions, and proposing them from what is missing."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from assessments import journal
from assessments.enums import ActionStatus
from assessments.models import Action, Assessment
from assessments.priorities import Lift, Priority, Step, rank_gains
from assessments.reading import Reading
from assessments.scoring import NBSP
from certif.accounts.models import User
from referentiel.content import CriterionContent, SuggestedActionContent

FIELDS = (
    "title", "detail", "cause", "owner", "starts_on", "due_on", "effort_days", "cost_euros", "target_level", "status",
)  # fmt: skip


class RoadmapFrozen(Exception):
    """The dossier no longer accepts changes."""

    def __init__(self):
        super().__init__(f"Ce dossier n’est plus modifiable{NBSP}: sa feuille de route non plus.")


class StaleAction(Exception):
    """Somebody changed the action since it was read; `current` is what they left, None when they removed it."""

    def __init__(self, current: Action | None):
        self.current = current
        super().__init__(
            "Cette action a été modifiée entre-temps." if current else "Cette action a été supprimée entre-temps."
        )


# --- Verbs ------------------------------------------------------------------------------------


def add(
    assessment: Assessment,
    *,
    by: User,
    fields: Mapping,
    criteria: Iterable[int] = (),
    suggested: SuggestedActionContent | None = None,
    submission: uuid.UUID | None = None,
) -> Action:
    """One more action. The same form, or the same suggestion, sent twice gives back the action it already made."""
    with transaction.atomic():
        _hold(assessment)
        if known := _already(assessment, suggested, submission):
            return known
        action = Action.objects.create(
            assessment=assessment,
            created_by=by,
            suggested_id=suggested and suggested.id,
            submission=submission,
            **fields,
            **_done_at(fields.get("status", ActionStatus.TODO)),
        )
        action.criteria.set(criteria)
        journal.record("action_ajoutee", by=by, assessment=assessment, after={"action": action.pk, "titre": action.title})
        return action


def edit(action: Action, *, by: User, version: int, fields: Mapping, criteria: Iterable[int]) -> None:
    """Replaces every field, if `version` is still the stored one. Raises StaleAction or RoadmapFrozen."""
    with transaction.atomic():
        before = _write(action, version, fields)
        action.criteria.set(criteria)
        changed = [name for name in FIELDS if name in fields and getattr(before, name) != fields[name]]
        journal.record(
            "action_modifiee",
            by=by,
            assessment=action.assessment,
            before={"action": action.pk, **{name: _plain(getattr(before, name)) for name in changed}},
            after={"action": action.pk, **{name: _plain(fields[name]) for name in changed}},
        )


def move(action: Action, *, by: User, version: int, status: str) -> None:
    """Changes the status alone, if `version` is still the stored one."""
    with transaction.atomic():
        before = _write(action, version, {"status": ActionStatus(status)})
        journal.record(
            "action_deplacee",
            by=by,
            assessment=action.assessment,
            before={"action": action.pk, "etat": before.status},
            after={"action": action.pk, "etat": status, "titre": before.title},
        )


def remove(action: Action, *, by: User, version: int) -> None:
    """Deletes the action, if `version` is still the stored one; its title stays in the journal."""
    with transaction.atomic():
        _hold(action.assessment)
        current = Action.objects.filter(pk=action.pk).first()
        if current is None or current.version != version:
            raise StaleAction(current)
        current.delete()
        journal.record(
            "action_supprimee", by=by, assessment=action.assessment, before={"action": action.pk, "titre": action.title}
        )


def _hold(assessment: Assessment) -> None:
    """Dates the dossier, and keeps it open until the end of the transaction. Raises RoadmapFrozen when it no longer is."""
    if not Assessment.objects.writable().filter(pk=assessment.pk).update(updated_at=timezone.now()):
        raise RoadmapFrozen


def _already(assessment: Assessment, suggested: SuggestedActionContent | None, submission: uuid.UUID | None) -> Action | None:
    actions = Action.objects.filter(assessment=assessment)
    if suggested:
        return actions.filter(suggested=suggested.id).first()
    return actions.filter(submission=submission).first() if submission else None


def _write(action: Action, version: int, fields: Mapping) -> Action:
    """The guarded UPDATE; gives back the action as it was."""
    _hold(action.assessment)
    before = Action.objects.select_related("owner").filter(pk=action.pk).first()
    dated = {} if before is None or before.status == fields["status"] else _done_at(fields["status"])
    rows = Action.objects.filter(pk=action.pk, version=version)
    if not rows.update(**fields, **dated, version=F("version") + 1):
        raise StaleAction(before)
    return before


def _done_at(status: str) -> dict:
    return {"done_at": timezone.now() if status == ActionStatus.DONE else None}


def _plain(value):
    """A value of an action as JSON."""
    if isinstance(value, User):
        return str(value)
    return str(value) if isinstance(value, date | Decimal) else value


# --- What the norm proposes -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Proposal:
    """A suggested action of the norm that is not in the roadmap yet."""

    criterion: CriterionContent
    suggested: SuggestedActionContent
    priority: Priority


def proposals(reading: Reading, actions: Iterable[Action]) -> tuple[Proposal, ...]:
    """What would raise each criterion that can rise, best bargain first, without what is already planned."""
    planned = {action.suggested_id for action in actions}
    return tuple(
        Proposal(reading.content.criterion_by_code[gain.criterion], suggested, gain.priority)
        for gain in rank_gains(reading.dossier, reading.result)
        for suggested in (reading.content.action_by_key[each.key] for each in gain.actions)
        if suggested.id not in planned
    )


def missing_from_path(reading: Reading, actions: Iterable[Action]) -> tuple[Step, ...]:
    """The steps of the shortest way that no action of the roadmap carries."""
    planned = {key for action in actions for key in _carries(action)}
    return tuple(step for step in reading.path.steps if _key(step) not in planned)


def _key(step: Step) -> tuple[str, str]:
    """A step is known by its suggested action, or by the piece to file (criterion and title)."""
    return ("action", step.action) if step.action else (step.criterion, step.title)


def _carries(action: Action) -> list[tuple[str, str]]:
    """What an action stands for: its suggestion, or its title on each of its criteria. Needs both prefetched."""
    if action.suggested:
        return [("action", str(action.suggested.key))]
    return [(criterion.code, action.title) for criterion in action.criteria.all()]


def add_suggested(assessment: Assessment, *, by: User, criterion: CriterionContent, suggested: SuggestedActionContent) -> Action:
    """One proposal becomes an action, whole."""
    return add(
        assessment,
        by=by,
        suggested=suggested,
        criteria=[criterion.id],
        fields={
            "title": suggested.title,
            "detail": suggested.detail,
            "effort_days": suggested.effort_days,
            "target_level": suggested.target_level,
        },
    )


def add_path(reading: Reading, *, by: User) -> int:
    """Every step of the shortest way that is not planned yet becomes an action, in one transaction. How many were added."""
    assessment = reading.assessment
    with transaction.atomic():
        _hold(assessment)
        steps = missing_from_path(reading, with_criteria(assessment))
        for step in steps:
            criterion = reading.content.criterion_by_code[step.criterion]
            if step.action:
                add_suggested(assessment, by=by, criterion=criterion, suggested=reading.content.action_by_key[step.action])
            else:
                fields = {"title": step.title, "effort_days": step.days, "target_level": step.target_level}
                add(assessment, by=by, criteria=[criterion.id], fields=fields)
        return len(steps)


def with_criteria(assessment: Assessment):
    """The roadmap, with all its screens need, in the order of deadlines (those without one last)."""
    return (
        Action.objects.filter(assessment=assessment)
        .select_related("owner", "suggested")
        .prefetch_related("criteria")
        .order_by(F("due_on").asc(nulls_last=True), "pk")
    )


# --- What the screens say of an action --------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """An action beside what the reading says of it."""

    action: Action
    lift: Lift | None
    is_late: bool
    is_mine: bool

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(sorted(criterion.code for criterion in self.action.criteria.all()))

    @property
    def is_open(self) -> bool:
        return self.action.status in (ActionStatus.TODO, ActionStatus.DOING)

    @property
    def on_path(self) -> bool:
        return self.lift is not None


def lines(reading: Reading, actions: Iterable[Action], *, user: User) -> tuple[Line, ...]:
    """Every action with what it lifts on the shortest way (None when it is not on it)."""
    lifts = {_key(step): step.lifts for step in reading.path.steps}
    on = reading.dossier.reference_on
    return tuple(
        Line(
            action=action,
            lift=next((lifts[key] for key in _carries(action) if key in lifts), None),
            is_late=_is_open(action) and action.due_on is not None and action.due_on < on,
            is_mine=action.owner_id == user.pk,
        )
        for action in actions
    )


def _is_open(action: Action) -> bool:
    return action.status in (ActionStatus.TODO, ActionStatus.DOING)


def total_days(actions: Iterable[Action]) -> Decimal:
    return sum((action.effort_days for action in actions if action.effort_days is not None), Decimal(0))
