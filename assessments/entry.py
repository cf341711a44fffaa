"""What the entry screen says about one criterion: why it cannot be written, how to go up, where the registers stand."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from assessments import permissions
from assessments.answers import na_allowed, na_refusal
from assessments.grid import Grid, Line
from assessments.margin import Margin, PlannedAction, covered_registers
from assessments.models import Assessment
from assessments.scoring import FINDING_RANK, NBSP, NNBSP, Finding
from assessments.workflow import label_for
from referentiel.content import CriterionContent, LevelContent, RegisterContent, SuggestedActionContent


@dataclass(frozen=True, slots=True)
class WayUp:
    """What the norm suggests to reach the next level."""

    level: LevelContent
    descriptor: str
    actions: tuple[tuple[SuggestedActionContent, PlannedAction | None], ...]

    @property
    def days(self) -> Decimal:
        return sum((suggested.effort_days for suggested, _planned in self.actions), Decimal())


def way_up(grid: Grid, line: Line, planned: Iterable[PlannedAction]) -> WayUp | None:
    """The next level that has suggested actions, and which of them are already planned; None at the top."""
    reached = -1 if line.level is None else line.level
    targets = [action.target_level for action in line.criterion.suggested_actions if action.target_level > reached]
    if not targets:
        return None
    level = grid.content.level_by_value[min(targets)]
    by_suggestion = {action.suggested_id: action for action in planned if action.suggested_id}
    actions = tuple(
        (action, by_suggestion.get(action.id))
        for action in line.criterion.suggested_actions
        if action.target_level == level.value
    )
    return WayUp(level, line.criterion.descriptor(level.value), actions)


@dataclass(frozen=True, slots=True)
class RegisterCounter:
    """The live count beside the criterion that speaks of the number of registers."""

    covered: int
    total: int
    minimum: int
    disagrees: bool


def register_counter(grid: Grid, line: Line, margin: Margin, on: date) -> RegisterCounter | None:
    """None for every other criterion. It disagrees when the chosen level claims what the counter denies, or the reverse."""
    if line.criterion.key != grid.rules.register_criterion:
        return None
    covered = covered_registers(grid.content, grid.rules, margin.registers, on)
    found = grid.finding_of(line)
    claims = found is not None and FINDING_RANK[found] >= FINDING_RANK[Finding.CONFORMING]
    return RegisterCounter(
        covered=covered,
        total=len(grid.content.registers),
        minimum=grid.rules.registers_min,
        disagrees=found is not None and claims != (covered >= grid.rules.registers_min),
    )


def why_readonly(assessment: Assessment) -> str:
    """Why the person may read and not write here; empty when nothing stands in the way."""
    if not assessment.is_writable:
        state = label_for(assessment).lower()
        return f"Ce dossier est «{NNBSP}{state}{NNBSP}»{NBSP}: ses réponses ne changent plus."
    if permissions.can_write(assessment):
        return ""
    if permissions.is_member(assessment):
        return (
            "Vous lisez ce dossier. Les responsables et les contributeurs de la structure y répondent"
            f"{NNBSP}; demandez-leur ce rôle si vous devez écrire."
        )
    return f"Ce dossier vous est partagé{NBSP}: vous le lisez, la structure y répond."


def needed_registers(grid: Grid, criterion: CriterionContent) -> tuple[RegisterContent, ...]:
    """The registers of which one must be declared for the criterion to be in scope."""
    return tuple(grid.content.register_by_id[pk] for pk in criterion.applicable_register_ids)


def na_note(criterion: CriterionContent) -> str:
    """What is said of « non concerné » under the choices; empty where it is one of them."""
    return "" if na_allowed(criterion) else na_refusal(criterion)
