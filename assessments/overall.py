"""What a release says, ready to be shown: levels by chapter and by criterion, registers, reasons of « pas prêt », progress.

Everything comes from the tables a release shows. What it keeps back enters nothing: a chapter is the sum of its criteria
that are shown, a reason tied to a criterion is read in the levels of that criterion.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from assessments.anonymity import Table
from assessments.models import Release
from assessments.releases import CRITERION, ELIGIBILITY, REASON, REGISTER, REGISTERS, YES, moment, tables_of
from assessments.scoring import Finding, Rules
from referentiel.content import ChapterContent, Content, CriterionContent

RELEASES_SHOWN = 12
REASONS_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Levels:
    """How many answers at each level, lowest first. `since` is given when it is older than the release that shows it."""

    counts: tuple[int, ...]
    since: datetime | None = None

    @property
    def answers(self) -> int:
        return sum(self.counts)


@dataclass(frozen=True, slots=True)
class CriterionLine:
    """`levels` is None when too few structures answer, or changed: nothing is shown. `mine` is one’s own level."""

    criterion: CriterionContent
    levels: Levels | None
    mine: int | None = None


@dataclass(frozen=True, slots=True)
class ChapterLine:
    """`levels` adds up the criteria that are shown; None when none is."""

    chapter: ChapterContent
    levels: Levels | None
    lines: tuple[CriterionLine, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """Something that structures have or not: a register covered, a reason of « pas prêt »."""

    label: str
    count: int
    structures: int
    since: datetime | None = None
    code: str = ""
    mine: bool | None = None

    @property
    def share(self) -> Fraction:
        return Fraction(self.count, self.structures)


@dataclass(frozen=True, slots=True)
class Overall:
    """A release as a page shows it; `progress` pairs the moment of each release with its average level, as a share of the
    scale, over the criteria that all of them show."""

    release: Release
    chapters: tuple[ChapterLine, ...]
    registers: tuple[Held, ...]
    reasons: tuple[Held, ...]
    progress: tuple[tuple[datetime, Fraction], ...]
    hidden: int


def overall(
    releases: Sequence[Release],
    content: Content,
    *,
    levels: Mapping[str, int] | None = None,
    covered: Mapping[str, bool] | None = None,
) -> Overall:
    """The first of `releases`, latest first, and what led to it; `levels` and `covered` are one’s own, by stable key."""
    release, tables = releases[0], tables_of(releases[0])
    scale = [str(level.value) for level in content.levels]
    levels, covered = levels or {}, covered or {}

    def since(table: Table) -> datetime | None:
        return None if table.since == release.published_at.isoformat() else moment(table.since)

    def of(criterion: CriterionContent) -> CriterionLine:
        table = tables.get(CRITERION + criterion.key)
        shown = table and Levels(tuple(table.counts.get(value, 0) for value in scale), since(table))
        return CriterionLine(criterion, shown, levels.get(criterion.key))

    def having(table: Table | None, label: str, code: str = "", mine: bool | None = None) -> list[Held]:
        """Nothing when the table is not shown."""
        return [Held(label, table.counts.get(YES, 0), table.structures, since(table), code, mine)] if table else []

    chapters = []
    for chapter in content.chapters:
        lines = tuple(of(criterion) for criterion in chapter.criteria)
        shown = [line.levels.counts for line in lines if line.levels]
        total = Levels(tuple(map(sum, zip(*shown, strict=True)))) if shown else None
        chapters.append(ChapterLine(chapter, total, lines))
    registers = [
        held
        for register in content.registers
        for held in having(
            tables.get(REGISTER + register.key), register.label, register.code, covered.get(register.key) if covered else None
        )
    ]
    reasons = [
        *_majors(content, [line for chapter in chapters for line in chapter.lines]),
        *having(tables.get(REASON + REGISTERS), "Trop peu de registres d’intervention couverts"),
        *having(tables.get(REASON + ELIGIBILITY), "Une réponse d’éligibilité qui empêche la demande"),
    ]
    reasons = sorted((each for each in reasons if each.count), key=lambda each: (-each.share, each.code))
    return Overall(
        release=release,
        chapters=tuple(chapters),
        registers=tuple(registers),
        reasons=tuple(reasons[:REASONS_SHOWN]),
        progress=_progress(releases, content),
        hidden=sum(line.levels is None for chapter in chapters for line in chapter.lines),
    )


def _majors(content: Content, lines: Sequence[CriterionLine]) -> list[Held]:
    """Criteria whose level is a simulated major non-conformity, in the distributions that are shown."""
    values = [level.value for level in content.levels]
    findings = Rules.from_json(content.rules, values).findings
    found = []
    for line in lines:
        row = findings[line.criterion.criticality]
        major = [place for place, value in enumerate(values) if row[value] == Finding.MAJOR]
        if line.levels and major:
            count = sum(line.levels.counts[place] for place in major)
            found.append(Held(line.criterion.title, count, line.levels.answers, line.levels.since, line.criterion.code))
    return found


def _progress(releases: Sequence[Release], content: Content) -> tuple[tuple[datetime, Fraction], ...]:
    shown = [tables_of(release) for release in releases[:RELEASES_SHOWN]]
    common = [name for name in shown[0] if name.startswith(CRITERION) and all(name in tables for tables in shown)]
    if not common:
        return ()
    points = []
    for release, tables in zip(releases, shown, strict=False):
        answers = [(int(value), count) for name in common for value, count in tables[name].counts.items()]
        total = sum(count for _, count in answers)
        points.append((release.published_at, Fraction(sum(value * count for value, count in answers), total * content.top)))
    return tuple(reversed(points))
