"""The improvement roadmap: adding, changing, moving and removing actions, one by one or from what the norm proposes."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from assessments import journal
from assessments.enums import ActionStatus
from assessments.models import Action, Assessment, NoticeKind
from assessments.notices import notify
from assessments.planning import actions_of, missing_from_path
from assessments.reading import Reading
from assessments.scoring import NBSP, NNBSP
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
    """One more action. The same form (`submission`), or the same suggestion added in one click, sent twice gives back the
    action it already made. What was typed from a suggestion planned meanwhile is kept, as an action of its own."""
    with transaction.atomic():
        _hold(assessment)
        if known := _already(assessment, suggested, submission):
            return known
        if suggested and _planned(assessment, suggested):
            suggested = None
        action = Action.objects.create(
            assessment=assessment,
            created_by=by,
            suggested_id=suggested and suggested.id,
            submission=submission,
            **fields,
            **_done_at(fields.get("status", ActionStatus.TODO)),
        )
        action.criteria.set(criteria)
        journal.record(
            "action_ajoutee", by=by, assessment=assessment, after={"action": action.pk, "titre": action.title}
        )
        _tell(action, fields.get("owner"), None, by=by, version=1)
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
        _tell(action, fields.get("owner"), before.owner, by=by, version=version + 1)


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


def _tell(action: Action, owner: User | None, before: User | None, *, by: User, version: int) -> None:
    """Whoever now carries the action, unless they gave it to themselves."""
    if owner is None or owner in (by, before):
        return
    notify(
        NoticeKind.ASSIGNED,
        to=[owner],
        key=f"action:{action.pk}:{version}",
        sentence=f"{by} vous confie une action de la feuille de route, dans «{NNBSP}{action.assessment}{NNBSP}».",
        path=reverse("action_edit", args=[action.pk]),
        assessment=action.assessment,
    )


def _hold(assessment: Assessment) -> None:
    """Dates the dossier, and keeps it open and in the edition it was read in until the end of the transaction.

    Raises RoadmapFrozen when it no longer is.
    """
    rows = Assessment.objects.writable().filter(pk=assessment.pk, edition=assessment.edition_id)
    if not rows.update(updated_at=timezone.now()):
        raise RoadmapFrozen


def _already(
    assessment: Assessment, suggested: SuggestedActionContent | None, submission: uuid.UUID | None
) -> Action | None:
    if submission:
        return Action.objects.filter(assessment=assessment, submission=submission).first()
    return _planned(assessment, suggested) if suggested else None


def _planned(assessment: Assessment, suggested: SuggestedActionContent) -> Action | None:
    return Action.objects.filter(assessment=assessment, suggested=suggested.id).first()


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


# --- What the norm proposes becomes actions ---------------------------------------------------


def add_suggested(
    assessment: Assessment, *, by: User, criterion: CriterionContent, suggested: SuggestedActionContent
) -> Action:
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
        steps = missing_from_path(reading, actions_of(assessment))
        for step in steps:
            criterion = reading.content.criterion_by_code[step.criterion]
            if step.action:
                add_suggested(
                    assessment, by=by, criterion=criterion, suggested=reading.content.action_by_key[step.action]
                )
            else:
                fields = {"title": step.title, "effort_days": step.days, "target_level": step.target_level}
                add(assessment, by=by, criteria=[criterion.id], fields=fields)
        return len(steps)
