"""The roadmap beside the reading: what each action lifts, what the norm still proposes, and how far « prêt » is."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F

from assessments.enums import ActionStatus
from assessments.models import Action, Assessment
from assessments.priorities import Lift, Priority, Step, days_text, rank_gains
from assessments.reading import Reading
from assessments.scoring import NBSP, Severity, Verdict, count, verdict_headline
from certif.accounts.models import User
from referentiel.content import CriterionContent, SuggestedActionContent

OPEN = (ActionStatus.TODO, ActionStatus.DOING)


def actions_of(assessment: Assessment):
    """The roadmap with all its screens need, in the order of deadlines, those without one last."""
    return (
        Action.objects.filter(assessment=assessment)
        .select_related("owner", "suggested")
        .prefetch_related("criteria")
        .order_by(F("due_on").asc(nulls_last=True), "pk")
    )


# --- Actions and steps of the shortest way ----------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """An action beside what the reading says of it; `lift` is None off the shortest way."""

    action: Action
    codes: tuple[str, ...]
    lift: Lift | None
    is_late: bool
    is_mine: bool

    @property
    def is_open(self) -> bool:
        return self.action.status in OPEN


def lines(reading: Reading, actions: Iterable[Action], *, user: User) -> tuple[Line, ...]:
    """Every action with what it lifts; what blocks first, then deadlines."""
    lifts = {_key(step): step.lifts for step in reading.path.steps}
    on = reading.dossier.reference_on
    rank = {lift: place for place, lift in enumerate(Lift)}
    found = [
        Line(
            action=action,
            codes=tuple(sorted(criterion.code for criterion in action.criteria.all())),
            lift=next((lifts[key] for key in _carries(action) if key in lifts), None),
            is_late=action.status in OPEN and action.due_on is not None and action.due_on < on,
            is_mine=action.owner_id == user.pk,
        )
        for action in actions
    ]
    return tuple(sorted(found, key=lambda line: rank.get(line.lift, len(rank))))


def missing_from_path(reading: Reading, actions: Iterable[Action]) -> tuple[Step, ...]:
    """The steps of the shortest way that no action of the roadmap carries."""
    planned = {key for action in actions for key in _carries(action)}
    return tuple(step for step in reading.path.steps if _key(step) not in planned)


def _key(step: Step) -> tuple[str, str]:
    """A step is known by its suggested action, or by the piece to file (criterion and title)."""
    return ("action", step.action) if step.action else (step.criterion, step.title)


def _carries(action: Action) -> list[tuple[str, str]]:
    """What an action stands for: its suggestion, or its title on each of its criteria."""
    if action.suggested:
        return [("action", str(action.suggested.key))]
    return [(criterion.code, action.title) for criterion in action.criteria.all()]


def days_of(found: Iterable[Line]) -> Decimal:
    return sum((line.action.effort_days for line in found if line.action.effort_days is not None), Decimal(0))


# --- What the norm proposes -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Proposal:
    """A suggested action of the norm that is not in the roadmap yet."""

    criterion: CriterionContent
    suggested: SuggestedActionContent
    priority: Priority


def proposals(reading: Reading, actions: Iterable[Action]) -> tuple[Proposal, ...]:
    """What would raise each criterion that can rise, by priority then best bargain, without what is already planned."""
    planned = {action.suggested_id for action in actions}
    return tuple(
        Proposal(reading.content.criterion_by_code[gain.criterion], suggested, gain.priority)
        for gain in rank_gains(reading.dossier, reading.result)
        for suggested in (reading.content.action_by_key[each.key] for each in gain.actions)
        if suggested.id not in planned
    )


# --- Saying it --------------------------------------------------------------------------------


def path_title(reading: Reading) -> str:
    """« Au moins 15,5 jours de travail avant « prêt » », or what stands in its place."""
    if reading.result.verdict == Verdict.READY:
        return f"Rien ne retient le verdict{NBSP}: vous êtes «{NBSP}prêt{NBSP}»"
    if not reading.path.steps:
        return verdict_headline(reading.result)
    return f"Au moins {days_text(reading.path.days)} de travail avant «{NBSP}prêt{NBSP}»"


def path_lead(reading: Reading) -> str:
    """« 8 étapes lèvent 3 points bloquants et ramènent les réserves sous le seuil. »"""
    if reading.result.verdict == Verdict.READY:
        return "Les actions de votre feuille de route servent maintenant à progresser."
    return _what_it_lifts(reading) if reading.path.steps else " ".join(reading.path.leaves_out)


def _what_it_lifts(reading: Reading) -> str:
    steps = reading.path.steps
    plural = "nt" if len(steps) > 1 else ""
    blocking = len({step.criterion for step in steps if step.lifts == Lift.BLOCKING})
    parts = [f"lève{plural} {count(blocking, 'point bloquant', 'points bloquants')}"] if blocking else []
    if reading.result.reasons_of(Severity.RESERVE):
        parts.append(f"ramène{plural} les réserves sous le seuil")
    elif any(step.lifts != Lift.BLOCKING for step in steps):
        parts.append(f"évite{plural} de nouvelles réserves")
    return f"{count(len(steps), 'étape', 'étapes')} {' et '.join(parts)}."
