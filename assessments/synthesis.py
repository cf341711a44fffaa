"""What the synthesis shows, drawn from one reading: reasons, chapters, every criterion, findings, and what networks read."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from assessments.canonical import levels_by_network, read_by
from assessments.reading import Reading
from assessments.scoring import CriterionInput, Finding, Reason, Score, Severity, Tally, advisor_maturity, percent
from referentiel.content import ChapterContent, CriterionContent


@dataclass(frozen=True, slots=True)
class Cited:
    """A criterion named by a reason or a finding, and what its level says."""

    criterion: CriterionContent
    level: int | None
    descriptor: str


@dataclass(frozen=True, slots=True)
class ChapterCount:
    """Criteria of one chapter named by a reason; `first` is where to begin."""

    chapter: ChapterContent
    count: int
    first: str


@dataclass(frozen=True, slots=True)
class ReasonLine:
    """A reason of the verdict with what leads to its remedy: criteria one by one, or by chapter when there are many."""

    reason: Reason
    cited: tuple[Cited, ...]
    by_chapter: tuple[ChapterCount, ...]
    missing: tuple[str, ...]

    @property
    def is_blocking(self) -> bool:
        return self.reason.severity == Severity.BLOCKING

    @property
    def kind(self) -> str:
        return self.reason.severity.capitalize()


def reason_lines(reading: Reading) -> tuple[ReasonLine, ...]:
    return tuple(_reason_line(reading, reason) for reason in reading.result.reasons)


def _reason_line(reading: Reading, reason: Reason) -> ReasonLine:
    by_chapter = _by_chapter(reading, reason.criteria) if reason.link == "grille" else ()
    missing = ()
    if reason.link == "preuves":
        wanted = reason.code.removeprefix("preuve_").rstrip("e")
        missing = tuple(
            gap.expected.label
            for code in reason.criteria
            for gap in reading.result.gaps[code]
            if str(gap.status).startswith(wanted)
        )
    return ReasonLine(reason, () if by_chapter else cited(reading, reason.criteria), by_chapter, missing)


def cited(reading: Reading, codes) -> tuple[Cited, ...]:
    found = []
    for code in codes:
        criterion, level = reading.content.criterion_by_code[code], reading.by_code[code].level
        found.append(Cited(criterion, level, "" if level is None else criterion.descriptor(level)))
    return tuple(found)


def _by_chapter(reading: Reading, codes: tuple[str, ...]) -> tuple[ChapterCount, ...]:
    groups: dict[str, list[str]] = {}
    for code in codes:
        groups.setdefault(reading.by_code[code].chapter, []).append(code)
    counts = [
        ChapterCount(reading.content.chapter_by_code[chapter], len(group), group[0])
        for chapter, group in groups.items()
    ]
    return tuple(sorted(counts, key=lambda each: -each.count))


# --- Chapters ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ChapterRow:
    """One line of the table by chapter; `gap` is in points between the two percentages shown, None without both."""

    code: str
    name: str
    tally: Tally
    maturity: Fraction | None
    advisor: Fraction | None
    gap: int | None

    @property
    def gap_text(self) -> str:
        """« +2 », « −10 », « 0 »; a dash without both readings."""
        if self.gap is None:
            return "–"
        return f"{'+' if self.gap > 0 else '−' if self.gap < 0 else ''}{abs(self.gap)}"


def chapter_rows(reading: Reading) -> tuple[ChapterRow, ...]:
    """What the structure says alone."""
    result = reading.result
    return tuple(
        _chapter_row(chapter.code, chapter.short_title, result.chapter_progress[chapter.code], result.maturity.chapters[chapter.code])
        for chapter in reading.content.chapters
    )  # fmt: skip


def total_row(reading: Reading) -> ChapterRow:
    return _chapter_row("", "Dossier", reading.result.progress, reading.result.maturity.total)


def _chapter_row(code: str, name: str, tally: Tally, maturity, advisor=None) -> ChapterRow:
    both = maturity is not None and advisor is not None
    return ChapterRow(code, name, tally, maturity, advisor, percent(advisor) - percent(maturity) if both else None)


def widest_gaps(rows: tuple[ChapterRow, ...], least: int = 5) -> tuple[ChapterRow, ...]:
    """The two chapters where the readings differ most, by `least` points or more."""
    apart = [row for row in rows if row.gap is not None and abs(row.gap) >= least]
    return tuple(sorted(apart, key=lambda row: -abs(row.gap))[:2])


def weakest(rows: tuple[ChapterRow, ...]) -> tuple[ChapterRow, ...]:
    """The two least mature chapters among those with a figure, when there are enough to compare."""
    rated = [row for row in rows if row.maturity is not None]
    return tuple(sorted(rated, key=lambda row: row.maturity)[:2]) if len(rated) > 2 else ()


# --- Criterion by criterion -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Cell:
    """One criterion of the heatmap: `mark` is what the Harvey ball shows, None when out of scope; `word` says it."""

    criterion: CriterionContent
    mark: int | str | None
    word: str
    is_major: bool

    @property
    def number(self) -> str:
        return self.criterion.code.rpartition("-")[2]


@dataclass(frozen=True, slots=True)
class HeatRow:
    chapter: ChapterContent
    cells: tuple[Cell, ...]
    blanks: int


@dataclass(frozen=True, slots=True)
class Heatmap:
    """Chapters in rows; `columns` numbers the places of the longest chapter."""

    columns: tuple[str, ...]
    rows: tuple[HeatRow, ...]
    has_out_of_scope: bool


def heatmap(reading: Reading) -> Heatmap:
    width = max((len(chapter.criteria) for chapter in reading.content.chapters), default=0)
    rows = tuple(
        HeatRow(
            chapter, tuple(_cell(reading, criterion) for criterion in chapter.criteria), width - len(chapter.criteria)
        )
        for chapter in reading.content.chapters
    )
    outside = any(not criterion.in_scope for criterion in reading.dossier.criteria)
    return Heatmap(tuple(f"{place:02}" for place in range(1, width + 1)), rows, outside)


def _cell(reading: Reading, criterion: CriterionContent) -> Cell:
    scored = reading.by_code[criterion.code]
    is_major = reading.result.findings.get(criterion.code) == Finding.MAJOR
    return Cell(criterion, mark_of(scored), word_of(scored, dict(reading.dossier.scale)), is_major)


def mark_of(scored: CriterionInput) -> int | str | None:
    if not scored.in_scope:
        return None
    return "n" if scored.not_applicable else "x" if scored.level is None else scored.level


def word_of(scored: CriterionInput, labels: Mapping[int, str]) -> str:
    """« 2 Partiel », « Non concerné », « Sans réponse », « Hors périmètre »."""
    if not scored.in_scope:
        return "Hors périmètre"
    if scored.not_applicable:
        return "Non concerné"
    return "Sans réponse" if scored.level is None else f"{scored.level} {labels[scored.level]}"


# --- Findings, and what networks read ----------------------------------------------------------


PLURALS = {
    Finding.MAJOR: "Non-conformités majeures",
    Finding.MINOR: "Non-conformités mineures",
    Finding.SENSITIVE: "Points sensibles",
    Finding.LEAD: "Pistes de progrès",
    Finding.CONFORMING: "Conformes",
    Finding.STRENGTH: "Points forts",
}


@dataclass(frozen=True, slots=True)
class FindingGroup:
    finding: Finding
    label: str
    cited: tuple[Cited, ...]


def finding_groups(reading: Reading) -> tuple[FindingGroup, ...]:
    """Every finding that some criterion has, worst first."""
    groups = (
        FindingGroup(finding, PLURALS[finding], cited(reading, reading.result.criteria_with(finding)))
        for finding in Finding
    )
    return tuple(group for group in groups if group.cited)


@dataclass(frozen=True, slots=True)
class Difference:
    """A criterion on which a network gives another level, and what each level would be found."""

    criterion: CriterionContent
    mine: int | str | None
    mine_word: str
    mine_finding: Finding | None
    theirs: int
    theirs_word: str
    theirs_finding: Finding


@dataclass(frozen=True, slots=True)
class FindingPair:
    """How many criteria of those a network read would be found so: by the structure’s level, by the network’s."""

    label: str
    mine: int
    theirs: int


@dataclass(frozen=True, slots=True)
class NetworkReading:
    """What one network reads, beside what the structure says: by chapter, by finding, and where they differ, the widest
    first. Where it gave no level, the structure’s counts for both."""

    network: str
    score: Score
    rows: tuple[ChapterRow, ...]
    total: ChapterRow
    read: int
    differences: tuple[Difference, ...]
    findings: tuple[FindingPair, ...]

    @property
    def apart(self) -> tuple[ChapterRow, ...]:
        return widest_gaps(self.rows)


def network_readings(reading: Reading) -> tuple[NetworkReading, ...]:
    """One for each network that gave a level, in the order of their names; each stands for itself."""
    levels = levels_by_network(reading.inputs)
    return tuple(_network_reading(reading, network, told) for network, told in levels.items())


def _network_reading(reading: Reading, network: str, levels: Mapping[str, int]) -> NetworkReading:
    result, rules = reading.result, reading.dossier.rules
    dossier = read_by(reading.dossier, levels)
    score = advisor_maturity(dossier)
    rows = tuple(
        _chapter_row(chapter.code, chapter.short_title, result.chapter_progress[chapter.code],
                     result.maturity.chapters[chapter.code], score.chapters[chapter.code])
        for chapter in reading.content.chapters
    )  # fmt: skip
    read = [each for each in dossier.criteria if each.advisor_level is not None]
    theirs = {each.code: rules.findings[each.criticality][each.advisor_level] for each in read}
    mine = {each.code: found for each in read if (found := result.findings.get(each.code))}
    return NetworkReading(
        network=network,
        score=score,
        rows=rows,
        total=_chapter_row("", "Dossier", result.progress, result.maturity.total, score.total),
        read=len(read),
        differences=_differences(reading, read, mine, theirs),
        findings=tuple(
            FindingPair(PLURALS[finding], *(list(found.values()).count(finding) for found in (mine, theirs)))
            for finding in Finding
            if finding in mine.values() or finding in theirs.values()
        ),
    )


def _differences(
    reading: Reading, read: list[CriterionInput], mine: Mapping[str, Finding], theirs: Mapping[str, Finding]
) -> tuple[Difference, ...]:
    apart = [each for each in read if each.level != each.advisor_level]
    apart.sort(key=lambda each: (-abs((each.level or 0) - each.advisor_level), -each.weight))
    labels = dict(reading.dossier.scale)
    return tuple(
        Difference(
            reading.content.criterion_by_code[each.code],
            mark_of(each),
            word_of(each, labels),
            mine.get(each.code),
            each.advisor_level,
            f"{each.advisor_level} {labels[each.advisor_level]}",
            theirs[each.code],
        )
        for each in apart
    )
