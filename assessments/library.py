"""The library of evidence as one dossier sees it: what each piece supports, how long it stands, what is still missing."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property

from django.db.models import F

from assessments.models import Assessment, Evidence, EvidenceUse, RegisterDeclaration
from assessments.permissions import is_member
from assessments.reading import Reading
from assessments.scoring import EvidenceStatus, Gap, add_months, expiry, missing_required
from certif.dates import long_date
from referentiel.content import Content, CriterionContent, ExpectedEvidenceContent, RegisterContent

SOON_MONTHS = 3


class State(StrEnum):
    """How a piece stands on a day."""

    VALID = "valable"
    SOON = "bientot"
    EXPIRED = "perimee"
    FUTURE = "a_venir"
    UNDATED = "sans_date"


@dataclass(frozen=True, slots=True)
class Validity:
    """`until` is the last valid day, None when nothing limits it."""

    state: State
    sentence: str
    until: date | None = None

    @property
    def stands(self) -> bool:
        """Counts as evidence today."""
        return self.state not in (State.EXPIRED, State.FUTURE)

    @property
    def icon(self) -> str:
        return {State.VALID: "check", State.SOON: "clock", State.EXPIRED: "alert", State.FUTURE: "clock"}.get(
            self.state, "dash"
        )

    @property
    def css(self) -> str:
        return {State.VALID: "st-ok", State.SOON: "st-warn", State.EXPIRED: "st-bad", State.FUTURE: "st-warn"}.get(
            self.state, "st-note"
        )


def horizon(assessment: Assessment, on: date) -> date:
    """What expires before this day is to be renewed: the audit, or three months from now when it is past or not set."""
    audit = assessment.audit_on
    return audit if audit and audit >= on else add_months(on, SOON_MONTHS)


def validity(
    piece: Evidence, expected: Iterable[ExpectedEvidenceContent | None], *, on: date, horizon: date
) -> Validity:
    """How the piece stands for all that is expected of it: the first end counts."""
    wanted = list(expected) or [None]
    if piece.effective_on and piece.effective_on > on:
        return Validity(State.FUTURE, f"Prend effet le {long_date(piece.effective_on)}")
    ends = [end for each in wanted if (end := expiry(piece, each))]
    until = min(ends, default=None)
    if until is None:
        if piece.effective_on is None and any(each and each.validity_months for each in wanted):
            return Validity(State.UNDATED, "Sans date, indiquez-la")
        return Validity(State.VALID, "Sans limite de validité")
    if until < on:
        return Validity(State.EXPIRED, f"Périmée depuis le {long_date(until + timedelta(days=1))}", until)
    if until < horizon:
        return Validity(State.SOON, f"Expire le {long_date(until)}", until)
    return Validity(State.VALID, f"Valable jusqu’au {long_date(until)}", until)


# --- The pieces -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Use:
    """A criterion the piece supports in this dossier, as which expected piece."""

    id: int
    criterion: CriterionContent
    expected: ExpectedEvidenceContent | None


@dataclass(frozen=True, slots=True)
class Line:
    """One piece: what it supports here, in how many other dossiers, and how it stands."""

    piece: Evidence
    uses: tuple[Use, ...]
    registers: tuple[RegisterContent, ...]
    elsewhere: int
    validity: Validity

    @property
    def used(self) -> bool:
        return bool(self.uses or self.registers or self.elsewhere)

    @property
    def used_here(self) -> bool:
        return bool(self.uses or self.registers)


@dataclass(frozen=True, slots=True)
class Missing:
    """A required piece that does not count today; `reserve` when it holds the verdict back."""

    criterion: CriterionContent
    gap: Gap
    reserve: bool

    @property
    def expired(self) -> bool:
        return self.gap.status == EvidenceStatus.EXPIRED


EXPIRING, EXPIRED, UNUSED, MISSING = "a-renouveler", "perimees", "inutilisees", "manquantes"


class Library:
    """Members see every current piece of the structure; an advisor, only what supports the shared dossier."""

    def __init__(self, reading: Reading, *, on: date):
        self.reading = reading
        self.assessment = reading.assessment
        self.content: Content = reading.content
        self.on = on
        self.horizon = horizon(reading.assessment, on)

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """Most recent first, in three queries."""
        member = is_member(self.assessment)
        pieces = Evidence.objects.of_dossier(self.assessment)
        if member:
            pieces = Evidence.objects.current().filter(structure=self.assessment.structure_id)
        uses, registers, others = defaultdict(list), defaultdict(list), defaultdict(set)
        of_structure = {"evidence__structure": self.assessment.structure_id}
        rows = EvidenceUse.objects.current().filter(**of_structure).order_by("pk")
        for pk, piece, dossier, criterion, expected in rows.values_list(
            "pk", "evidence_id", "answer__assessment_id", "answer__criterion_id", "expected_id"
        ):
            if dossier == self.assessment.pk:
                uses[piece].append(self._use(pk, criterion, expected))
            else:
                others[piece].add(dossier)
        links = RegisterDeclaration.evidence.through.objects.filter(
            **of_structure, registerdeclaration__register__edition=F("registerdeclaration__assessment__edition")
        ).order_by("pk")
        for piece, dossier, register in links.values_list(
            "evidence_id", "registerdeclaration__assessment_id", "registerdeclaration__register_id"
        ):
            if dossier == self.assessment.pk:
                registers[piece].append(self.content.register_by_id[register])
            else:
                others[piece].add(dossier)
        return tuple(
            # An advisor is not told of the other dossiers.
            self._line(piece, uses[piece.pk], registers[piece.pk], len(others[piece.pk]) if member else 0)
            for piece in pieces.order_by("-added_at", "-pk")
        )

    @cached_property
    def missing(self) -> tuple[Missing, ...]:
        """Required pieces that do not count today, those that hold the verdict back first."""
        gaps = [
            Missing(self.content.criterion_by_code[criterion.code], gap, criterion.code in self.reading.result.gaps)
            for criterion in self.reading.dossier.criteria
            if criterion.in_scope and not criterion.not_applicable
            for gap in missing_required(criterion, self.on)
        ]
        return tuple(sorted(gaps, key=lambda gap: (not gap.reserve, gap.criterion.number)))

    def kept(self, state: str, words: str) -> tuple[Line, ...]:
        """The lines of a filter whose label, file name or criteria hold every word."""
        keeps = KEEPS.get(state, lambda line: True)
        wanted = words.lower().split()
        return tuple(line for line in self.lines if keeps(line) and all(word in _words_of(line) for word in wanted))

    def count(self, state: str) -> int:
        return len(self.missing) if state == MISSING else sum(map(KEEPS[state], self.lines))

    def _use(self, pk: int, criterion_id: int, expected_id: int | None) -> Use:
        criterion = self.content.criterion_by_id[criterion_id]
        return Use(pk, criterion, expected_of(criterion, expected_id))

    def _line(self, piece: Evidence, uses: list[Use], registers: list[RegisterContent], elsewhere: int) -> Line:
        stands = validity(piece, [use.expected for use in uses], on=self.on, horizon=self.horizon)
        return Line(piece, tuple(uses), tuple(registers), elsewhere, stands)


KEEPS = {
    EXPIRING: lambda line: line.validity.state == State.SOON,
    EXPIRED: lambda line: line.validity.state == State.EXPIRED,
    UNUSED: lambda line: not line.used,
}


def expected_of(criterion: CriterionContent, expected_id: int | None) -> ExpectedEvidenceContent | None:
    return next((expected for expected in criterion.expected_evidence if expected.id == expected_id), None)


def _words_of(line: Line) -> str:
    codes = " ".join(use.criterion.code for use in line.uses)
    return f"{line.piece.label} {line.piece.original_name} {line.piece.url} {codes}".lower()
