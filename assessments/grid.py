"""The criteria of a dossier as its people go through them: state of each, filters, neighbours, progress by chapter."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.db.models import Case, Exists, F, OuterRef, Q, TextField, Value, When
from django.db.models.functions import Coalesce

from assessments import permissions
from assessments.models import Answer, Assessment, Comment, EvidenceUse, RegisterDeclaration, Thread
from assessments.reading import in_scope
from assessments.scoring import CriterionInput, Finding, Rules, Tally, finding, progress
from certif.accounts.models import User
from certif.prepared import Prepared, number
from referentiel.content import ChapterContent, Content, CriterionContent, content_of

TODO, MINE, BLOCKING, NO_EVIDENCE, COMMENTED = "a-faire", "les-miens", "bloquants", "sans-preuve", "commentes"
TO_CONFIRM, UNREAD = "a-reconfirmer", "non-lus"


@dataclass(frozen=True, slots=True)
class Line:
    """One criterion and the state of its answer, `scored` being what the arithmetic sees of it.

    The justification is only read where the arithmetic or the page needs it.
    """

    criterion: CriterionContent
    scored: CriterionInput
    settled: bool
    word: str
    answer_id: int
    version: int
    updated_at: datetime | None
    updated_by_id: int | None
    updated_by: str
    assigned_to_id: int | None
    assigned_to: str
    to_confirm: bool
    has_evidence: bool
    has_comments: bool
    unread: bool

    @property
    def in_scope(self) -> bool:
        return self.scored.in_scope

    @property
    def level(self) -> int | None:
        return self.scored.level

    @property
    def not_applicable(self) -> bool:
        return self.scored.not_applicable

    @property
    def justification(self) -> str:
        return self.scored.justification

    @property
    def mark(self) -> int | str:
        """What the Harvey ball shows."""
        if self.not_applicable:
            return "n"
        return "x" if self.level is None else self.level

    @property
    def short(self) -> str:
        """« 03 » for « DEO-03 », under the name of its chapter."""
        return self.criterion.code.removeprefix(f"{self.criterion.chapter_code}-")

    @property
    def answered(self) -> bool:
        return self.level is not None or self.not_applicable


@dataclass(frozen=True, slots=True)
class Filter:
    """A way of going through the grid, and how many criteria it keeps."""

    name: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class ChapterLines:
    """A chapter as the rail and the grid list it, under the current filter."""

    chapter: ChapterContent
    lines: tuple[Line, ...]
    tally: Tally

    @property
    def complete(self) -> bool:
        return self.tally.left == 0

    @property
    def entrance(self) -> Line:
        """Where one enters the chapter: the first criterion left to answer, or the first of all."""
        return next((line for line in self.lines if line.in_scope and not line.settled), self.lines[0])


class Grid:
    """All the lines of a dossier, for one person."""

    def __init__(
        self,
        content: Content,
        rules: Rules,
        lines: tuple[Line, ...],
        user: User,
        chosen: str | None = None,
        current: CriterionContent | None = None,
    ):
        self.content = content
        self.rules = rules
        self.lines = lines
        self.user = user
        self.chosen = chosen if chosen in FILTERS else None
        self.current = current

    @cached_property
    def by_code(self) -> dict[str, Line]:
        return {line.criterion.code: line for line in self.lines}

    @cached_property
    def filters(self) -> tuple[Filter, ...]:
        """« À reconfirmer » only where an answer came from another edition, « Non lus » where something is."""
        found = (
            Filter(name, label, sum(keeps(line, self.user) for line in self.lines))
            for name, (label, keeps) in FILTERS.items()
        )
        passing = {TO_CONFIRM, UNREAD} - {self.chosen}
        return tuple(each for each in found if each.count or each.name not in passing)

    @cached_property
    def shown(self) -> tuple[Line, ...]:
        """The lines of the filter and the current one; without a filter, every line, out of scope included."""
        if self.chosen is None:
            return self.lines
        keeps = FILTERS[self.chosen][1]
        return tuple(line for line in self.lines if keeps(line, self.user) or line.criterion is self.current)

    @property
    def chosen_label(self) -> str:
        return FILTERS[self.chosen][0] if self.chosen else ""

    @cached_property
    def tally(self) -> Tally:
        return self._tally(self.lines)

    @cached_property
    def chapters(self) -> tuple[ChapterLines, ...]:
        """Chapters with at least one line of the filter."""
        shown, every = {}, {}
        for line in self.lines:
            every.setdefault(line.criterion.chapter_code, []).append(line)
        for line in self.shown:
            shown.setdefault(line.criterion.chapter_code, []).append(line)
        return tuple(
            ChapterLines(chapter, tuple(shown[chapter.code]), self._tally(every[chapter.code]))
            for chapter in self.content.chapters
            if chapter.code in shown
        )

    @property
    def current_tally(self) -> Tally:
        """Progress in the chapter of the current criterion."""
        return self._tally(line for line in self.lines if line.criterion.chapter_code == self.current.chapter_code)

    def neighbours(self, criterion: CriterionContent) -> tuple[Line | None, Line | None]:
        """The lines before and after in the filter, wherever the criterion itself stands; out of scope ones are skipped."""
        others = [line for line in self.shown if line.in_scope and line.criterion.code != criterion.code]
        before = [line for line in others if line.criterion.number < criterion.number]
        after = [line for line in others if line.criterion.number > criterion.number]
        return before[-1] if before else None, after[0] if after else None

    def finding_of(self, line: Line) -> Finding | None:
        """The simulated finding of a rated line."""
        return finding(line.scored, self.rules)

    def _tally(self, lines: Iterable[Line]) -> Tally:
        return progress((line.scored for line in lines), self.rules)


FILTERS = {
    TODO: ("À faire", lambda line, user: line.in_scope and not line.settled),
    TO_CONFIRM: ("À reconfirmer", lambda line, user: line.in_scope and line.to_confirm),
    MINE: ("Les miens", lambda line, user: line.in_scope and line.assigned_to_id == user.pk),
    BLOCKING: ("Bloquants", lambda line, user: line.in_scope and line.criterion.criticality == "bloquant"),
    NO_EVIDENCE: (
        "Sans preuve",
        lambda line, user: line.in_scope and not line.not_applicable and not line.has_evidence,
    ),
    COMMENTED: ("Commentés", lambda line, user: line.in_scope and line.has_comments),
    UNREAD: ("Non lus", lambda line, user: line.unread),
}


def declared_registers(assessment: Assessment) -> frozenset[int]:
    """Identifiers of the registers the structure declares."""
    declared = RegisterDeclaration.objects.current().filter(assessment=assessment)
    return frozenset(declared.values_list("register_id", flat=True))


def read_grid(
    assessment: Assessment,
    user: User,
    *,
    declared: Iterable[int],
    chosen: str | None = None,
    current: CriterionContent | None = None,
) -> Grid:
    """Every line in one query, with the justification of the `current` criterion. Advisors know of the threads with their
    networks only."""
    content = content_of(assessment.edition_id)
    rules = Rules.from_json(content.rules, content.level_by_value)
    declared = frozenset(declared)
    ask = _rows_of_member if permissions.is_member(assessment) else _rows_of_advisor
    rows = {row[0]: row for row in ask(assessment=assessment.pk, current=current.id if current else 0, user=user.pk)}
    lines = tuple(_line(content, rules, criterion, rows[criterion.id], declared) for criterion in content.criteria)
    return Grid(content, rules, lines, user, chosen, current)


def _answers(assessment: int, current: int, user: int, *, threads):
    of_answer = {"answer": OuterRef("pk")}
    said = Comment.objects.filter(thread__in=threads.filter(answer=OuterRef(OuterRef("pk"))))
    text = Case(
        When(Q(not_applicable=True) | Q(criterion_id=current), then=F("justification")),
        default=Value(""),
        output_field=TextField(),
    )
    return Answer.objects.current().filter(assessment=assessment).values_list(
        "criterion_id",
        "level",
        "not_applicable",
        text,
        "id",
        "version",
        "updated_at",
        "updated_by_id",
        Coalesce(F("updated_by__name"), Value("")),
        "assigned_to_id",
        Coalesce(F("assigned_to__name"), Value("")),
        "to_confirm",
        Exists(EvidenceUse.objects.filter(**of_answer)),
        Exists(threads.filter(**of_answer)),
        Exists(said.unread_by(user)),
    )


_rows_of_member = Prepared(
    lambda **given: _answers(threads=Thread.objects.all(), **given), assessment=number, current=number, user=number
)
_rows_of_advisor = Prepared(
    lambda user, **given: _answers(threads=Thread.objects.advised_by(user), user=user, **given),
    assessment=number,
    current=number,
    user=number,
)


def _line(
    content: Content,
    rules: Rules,
    criterion: CriterionContent,
    row: tuple,
    declared: frozenset[int],
) -> Line:
    _criterion_id, level, not_applicable, justification, *state = row
    scored = scored_input(criterion, level, not_applicable, justification, in_scope(criterion, declared))
    settled = progress((scored,), rules).done == 1
    word = word_of(content, level, not_applicable)
    return Line(criterion, scored, settled, word, *state)


def scored_input(
    criterion: CriterionContent, level: int | None, not_applicable: bool, justification: str, in_scope: bool = True
) -> CriterionInput:
    """What scoring needs to judge one answer on its own."""
    return CriterionInput(
        code=criterion.code,
        key=criterion.key,
        chapter=criterion.chapter_code,
        title=criterion.title,
        criticality=criterion.criticality,
        weight=criterion.weight,
        in_scope=in_scope,
        na_allowed=criterion.na_allowed,
        level=level,
        not_applicable=not_applicable,
        justification=justification,
    )


def word_of(content: Content, level: int | None, not_applicable: bool) -> str:
    """« 2 Partiel », « Non concerné », « Sans réponse »."""
    if not_applicable:
        return "Non concerné"
    return "Sans réponse" if level is None else f"{level} {content.level_by_value[level].label}"
