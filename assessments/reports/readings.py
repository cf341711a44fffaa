"""What networks read, beside the structure: for each one a table by chapter, and the criteria on which it gives another level."""

from collections.abc import Mapping
from dataclasses import dataclass

from assessments.canonical import levels_by_network, read_by
from assessments.reports.frame import Source, ball
from assessments.reports.typography import plural, printable, tied
from assessments.scoring import NBSP, CriterionInput, Score, advisor_maturity, percent, percent_text

DIFFERENCES_SHOWN = 20


@dataclass(frozen=True)
class ReadingRow:
    """Percentages of a chapter in both readings, a dash where there is none; `gap` in points."""

    title: str
    mine: str
    theirs: str
    gap: str


@dataclass(frozen=True)
class GapLine:
    code: str
    title: str
    mine_sign: str
    mine: str
    theirs_sign: str
    theirs: str


@dataclass(frozen=True)
class NetworkBlock:
    title: str
    lead: str
    rows: tuple[ReadingRow, ...]
    gaps: tuple[GapLine, ...]
    more: str


def only_score(source: Source) -> Score | None:
    """The second reading, when there is exactly one network to draw beside the structure."""
    levels = levels_by_network(source.data)
    return source.result.advisor if len(levels) == 1 else None


def readings(source: Source) -> tuple[NetworkBlock, ...]:
    """One block for each network that gave a level, under its name."""
    return tuple(_block(source, network, levels) for network, levels in levels_by_network(source.data).items())


def _block(source: Source, network: str, levels: Mapping[str, int]) -> NetworkBlock:
    dossier = read_by(source.dossier, levels)
    score, mine = advisor_maturity(dossier), source.result.maturity
    apart = [each for each in dossier.criteria if each.advisor_level is not None and each.level != each.advisor_level]
    apart.sort(key=lambda each: (-abs((each.level or 0) - each.advisor_level), -each.weight))
    said = plural(len(apart), "niveau diffère", "niveaux diffèrent") if apart else "aucun niveau ne diffère"
    rows = [_row(source.short_title(code), mine.chapters[code], score.chapters[code]) for code, _ in dossier.chapters]
    left = len(apart) - DIFFERENCES_SHOWN
    return NetworkBlock(
        title=f"La lecture de {printable(network)}",
        lead=tied(
            f"Sur {plural(len(levels), 'critère relu', 'critères relus')}, {said}. Maturité indicative{NBSP}: "
            f"{percent_text(mine.total)} selon la structure, {percent_text(score.total)} selon le réseau. Là où le réseau n’a "
            "pas donné de niveau, celui de la structure compte pour les deux."
        ),
        rows=(*rows, _row("Ensemble", mine.total, score.total)),
        gaps=tuple(_gap(source, each) for each in apart[:DIFFERENCES_SHOWN]),
        more=f"{plural(left, 'autre écart figure', 'autres écarts figurent')} au détail des critères." if left > 0 else "",
    )


def _row(title: str, mine, theirs) -> ReadingRow:
    gap = "–"
    if mine is not None and theirs is not None:
        points = percent(theirs) - percent(mine)
        gap = f"{'+' if points > 0 else '−' if points < 0 else ''}{abs(points)}"
    return ReadingRow(title, *("–" if share is None else str(percent(share)) for share in (mine, theirs)), gap)


def _gap(source: Source, criterion: CriterionInput) -> GapLine:
    word = "Non concerné" if criterion.not_applicable else "Sans réponse"
    mine, theirs = criterion.level, criterion.advisor_level
    return GapLine(
        code=criterion.code,
        title=criterion.title,
        mine_sign=source.sign(criterion.code),
        mine=word if mine is None else source.level_text(mine),
        theirs_sign=ball(theirs, source.top),
        theirs=source.level_text(theirs),
    )
