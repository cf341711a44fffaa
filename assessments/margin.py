"""What stands in the margin of a criterion, whatever its amount, in one query: what colleagues said, the actions planned,
who could take it on, and the registers the dossier declares."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import (
    BigIntegerField,
    CharField,
    Count,
    DateField,
    DateTimeField,
    DecimalField,
    F,
    Max,
    Q,
    QuerySet,
    TextField,
    Value,
)
from django.db.models.functions import Cast, Coalesce

from assessments.enums import ActionStatus
from assessments.models import Action, Assessment, Comment, RegisterDeclaration
from assessments.scoring import EvidencePiece, RegisterInput, Rules, register_coverage
from certif.accounts.models import Membership, Role
from certif.prepared import Prepared, day, number
from referentiel.content import Content, CriterionContent


@dataclass(frozen=True, slots=True)
class Remark:
    author: str
    body: str
    written_at: datetime


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
class Colleague:
    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Declared:
    """A declared register: whether services hold it, and the most recent day its evidence is dated of."""

    id: int
    has_services: bool
    proved_on: date | None


@dataclass(frozen=True, slots=True)
class Margin:
    remarks: tuple[Remark, ...]
    actions: tuple[PlannedAction, ...]
    colleagues: tuple[Colleague, ...]
    registers: tuple[Declared, ...]

    @property
    def declared(self) -> frozenset[int]:
        return frozenset(register.id for register in self.registers)


def read_margin(assessment: Assessment, criterion: CriterionContent, *, on: date, comments: bool = True) -> Margin:
    """One query. Advisors (`comments` false) read neither the colleagues nor what they say to one another."""
    kinds = {"remark": [], "action": [], "register": [], "colleague": []}
    for kind, *row in _margin(
        assessment=assessment.pk, structure=assessment.structure_id, criterion=criterion.id, on=on
    ):
        kinds[kind].append(row)
    if not comments:
        kinds["remark"], kinds["colleague"] = [], []
    remarks = (Remark(who, body, at) for _pk, who, body, at, *_ in kinds["remark"])
    actions = (
        PlannedAction(pk, body, day, number, who, ref) for pk, who, body, _at, day, number, ref in kinds["action"]
    )
    colleagues = (Colleague(pk, who) for pk, who, *_ in kinds["colleague"])
    return Margin(
        remarks=tuple(sorted(remarks, key=lambda remark: remark.written_at)),
        actions=tuple(sorted(actions, key=lambda action: (action.due_on or date.max, action.id))),
        colleagues=tuple(sorted(colleagues, key=lambda colleague: (colleague.name.lower(), colleague.id))),
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


_NAMES = ("row_kind", "row_id", "row_who", "row_body", "row_at", "row_day", "row_number", "row_ref")
_NUMBER = DecimalField(max_digits=12, decimal_places=2)
_EMPTY = {
    "row_who": Value("", CharField()),
    "row_body": Value("", TextField()),
    "row_at": Cast(Value(None), DateTimeField()),
    "row_day": Cast(Value(None), DateField()),
    "row_number": Cast(Value(None), _NUMBER),
    "row_ref": Cast(Value(None), BigIntegerField()),
}


def _rows(queryset: QuerySet, kind: str, pk: str, **columns) -> QuerySet:
    """`queryset` in the columns every part shares: a union wants the same types in the same places."""
    columns = {
        "row_kind": Value(kind, CharField()),
        "row_id": Cast(F(pk), BigIntegerField()),
        **_EMPTY,
        **{f"row_{name}": expression for name, expression in columns.items()},
    }
    return queryset.order_by().annotate(**columns).values_list(*_NAMES)


def _remarks(assessment: int, criterion: int) -> QuerySet:
    remarks = Comment.objects.filter(answer__assessment=assessment, answer__criterion=criterion)
    return _rows(
        remarks,
        "remark",
        "pk",
        who=Coalesce(F("author__name"), Value("Une personne partie")),
        body=F("body"),
        at=F("created_at"),
    )


def _actions(assessment: int, criterion: int) -> QuerySet:
    planned = Action.objects.filter(assessment=assessment, criteria=criterion).exclude(status=ActionStatus.DROPPED)
    return _rows(
        planned,
        "action",
        "pk",
        who=F("status"),
        body=Cast(F("title"), TextField()),
        day=F("due_on"),
        number=Cast(F("effort_days"), _NUMBER),
        ref=F("suggested_id"),
    )


def _registers(assessment: int, on: date) -> QuerySet:
    return _rows(
        RegisterDeclaration.objects.current().filter(assessment=assessment),
        "register",
        "register_id",
        day=Max("evidence__effective_on", filter=Q(evidence__effective_on__lte=on)),
        number=Cast(Count("services"), _NUMBER),
    )


def _colleagues(structure: int) -> QuerySet:
    may_write = Membership.objects.filter(structure=structure, role__in=(Role.OWNER, Role.CONTRIBUTOR))
    return _rows(may_write, "colleague", "user_id", who=F("user__name"))


def _union(assessment: int, structure: int, criterion: int, on: date) -> QuerySet:
    return _remarks(assessment, criterion).union(
        _actions(assessment, criterion), _registers(assessment, on), _colleagues(structure), all=True
    )


_margin = Prepared(_union, assessment=number, structure=number, criterion=number, on=day)
