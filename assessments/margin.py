"""What stands in the margin of a criterion, whatever its amount, in one query: what colleagues said, the actions planned,
who could take it on, and the registers the dossier declares."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, F, Max, Q, QuerySet, TextField
from django.db.models.functions import Cast

from assessments import heard, permissions
from assessments.enums import ActionStatus
from assessments.heard import Heard, heard_of
from assessments.models import Action, Assessment, RegisterDeclaration
from assessments.rows import NUMBER, rows
from assessments.scoring import EvidencePiece, RegisterInput, Rules, register_coverage
from assessments.threads import Person, Talk, parts, talk_of
from certif.accounts.models import Role, User
from certif.prepared import Prepared, day, number
from certif.text import alphabetical
from referentiel.content import Content, CriterionContent


@dataclass(frozen=True, slots=True)
class PlannedAction:
    id: int
    title: str
    due_on: date | None
    effort_days: Decimal | None
    status: str
    suggested_id: int | None

    @property
    def is_open(self) -> bool:
        return self.status in (ActionStatus.TODO, ActionStatus.DOING)


@dataclass(frozen=True, slots=True)
class Declared:
    """A declared register: whether services hold it, and the most recent day its evidence is dated of."""

    id: int
    has_services: bool
    proved_on: date | None


@dataclass(frozen=True, slots=True)
class Margin:
    talk: Talk
    heard: Heard
    actions: tuple[PlannedAction, ...]
    colleagues: tuple[Person, ...]
    registers: tuple[Declared, ...]

    @property
    def declared(self) -> frozenset[int]:
        return frozenset(register.id for register in self.registers)


def read_margin(assessment: Assessment, criterion: CriterionContent, user: User, *, on: date) -> Margin:
    """One query. `colleagues` are those who may take the criterion on; an advisor has none."""
    found = _margin(
        assessment=assessment.pk, structure=assessment.structure_id, criterion=criterion.id, user=user.pk, on=on
    )
    kinds = {"action": [], "register": [], "member": []}
    for kind, *row in found:
        if kind in kinds:
            kinds[kind].append(row)
    writers = kinds["member"] if permissions.is_member(assessment) else ()
    actions = (
        PlannedAction(pk, body, day, number, who, ref) for pk, who, body, _at, day, number, ref in kinds["action"]
    )
    colleagues = (Person(pk, who) for pk, who, role, *_ in writers if role in (Role.OWNER, Role.CONTRIBUTOR))
    return Margin(
        talk=talk_of(found, assessment, user),
        heard=heard_of(found, criterion),
        actions=tuple(sorted(actions, key=lambda action: (action.due_on or date.max, action.id))),
        colleagues=tuple(sorted(colleagues, key=lambda colleague: (alphabetical(colleague.name), colleague.id))),
        registers=tuple(Declared(pk, number > 0, day) for pk, _who, _body, _at, day, number, _ref in kinds["register"]),
    )


def covered_registers(content: Content, rules: Rules, declared: Iterable[Declared], on: date) -> int:
    """How many registers are covered on the day `on`, by the one rule of scoring."""
    found = {register.id: register for register in declared}
    return sum(
        register_coverage(_register_input(register, found.get(register.id)), rules, on).covered
        for register in content.registers
    )


def _register_input(register, declared: Declared | None) -> RegisterInput:
    proved_on = declared and declared.proved_on
    return RegisterInput(
        code=register.code,
        label=register.label,
        declared=declared is not None,
        services=("dispositif",) if declared and declared.has_services else (),
        evidence=(EvidencePiece("", proved_on),) if proved_on else (),
    )


def _actions(assessment: int, criterion: int) -> QuerySet:
    planned = Action.objects.filter(assessment=assessment, criteria=criterion).exclude(status=ActionStatus.DROPPED)
    return rows(
        planned,
        "action",
        "pk",
        who=F("status"),
        body=Cast(F("title"), TextField()),
        day=F("due_on"),
        number=Cast(F("effort_days"), NUMBER),
        ref=F("suggested_id"),
    )


def _registers(assessment: int, on: date) -> QuerySet:
    return rows(
        RegisterDeclaration.objects.current().filter(assessment=assessment),
        "register",
        "register_id",
        day=Max("evidence__effective_on", filter=Q(evidence__effective_on__lte=on)),
        number=Cast(Count("services"), NUMBER),
    )


def _union(assessment: int, structure: int, criterion: int, user: int, on: date) -> QuerySet:
    others = [*parts(assessment, structure, criterion, user), *heard.parts(assessment, criterion)]
    return _actions(assessment, criterion).union(_registers(assessment, on), *others, all=True)


_margin = Prepared(_union, assessment=number, structure=number, criterion=number, user=number, on=day)
