"""The detail of the audit report: each chapter, each criterion with what was answered, shown and advised."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from assessments.reports.frame import CRITICALITY_SIGNS, Source, ball
from assessments.reports.typography import (
    figures_date,
    paragraphs,
    plural,
    printable,
    sentence,
    shortened,
    tied,
    two_columns,
)
from assessments.scoring import (
    CriterionInput,
    EvidenceStatus,
    Finding,
    expiry,
    explain_maturity,
    missing_required,
    percent_text,
)
from referentiel.content import CriterionContent

RENEWAL_NOTICE = timedelta(days=90)
PIECES_SHOWN = 12
KEPT_WHOLE_UP_TO = 1500  # signs; a piece takes the place of a hundred
PIECE_LENGTH = 100
STRIP_LENGTH = 20
NATURES = {
    "attestee": "Exigence attestée",
    "presumee": "Exigence présumée",
    "legale": "Obligation légale",
    "bonne_pratique": "Bonne pratique",
}
OUT_OF_SCOPE = "\u00a0" * 3

PLURALS = {
    Finding.MAJOR: "non-conformités majeures",
    Finding.MINOR: "non-conformités mineures",
    Finding.SENSITIVE: "points sensibles",
    Finding.LEAD: "pistes de progrès",
    Finding.CONFORMING: "conformes",
    Finding.STRENGTH: "points forts",
}


@dataclass(frozen=True)
class PieceLine:
    """A piece, or the lack of one; `note` gives its dates, `strong` what is wrong with it."""

    sign: str
    css: str
    label: str
    note: str = ""
    strong: str = ""


@dataclass(frozen=True)
class OpinionLine:
    """What the advisor of a network thinks, beside the answer and never over it."""

    who: str
    sign: str
    level: str
    text: tuple[str, ...]


@dataclass(frozen=True)
class Card:
    """One answered criterion."""

    code: str
    anchor: str
    title: str
    sign: str
    level: str
    is_major: bool
    criticality: str
    criticality_sign: str
    weight: int
    finding: str
    is_nonconforming: bool
    nature: str
    descriptor: str
    justification: tuple[str, ...]
    pieces: tuple[PieceLine, ...]
    opinions: tuple[OpinionLine, ...]

    @property
    def is_long(self) -> bool:
        """Whether it may run over two pages: kept whole, it would leave the one before nearly empty."""
        texts = [*self.justification, *(text for opinion in self.opinions for text in opinion.text)]
        return sum(map(len, texts)) + PIECE_LENGTH * len(self.pieces) > KEPT_WHOLE_UP_TO


@dataclass(frozen=True)
class Run:
    """Balls set in one go; those of major non-conformities stand apart."""

    text: str
    is_major: bool


@dataclass(frozen=True)
class Strip:
    """Criteria on one line, in the order of the grid: their numbers, and their balls below."""

    numbers: str
    runs: tuple[Run, ...]

    @property
    def has_major(self) -> bool:
        return any(run.is_major for run in self.runs)


@dataclass(frozen=True)
class Waiting:
    """A criterion without an answer, or out of scope."""

    code: str
    anchor: str
    title: str
    sign: str


@dataclass(frozen=True)
class ChapterDetail:
    number: int
    code: str
    anchor: str
    title: str
    short_title: str
    introduction: str
    strips: tuple[Strip, ...]
    summary: str
    cards: tuple[Card, ...]
    unanswered: tuple[Waiting, ...]
    out_of_scope: tuple[Waiting, ...]

    @property
    def unanswered_columns(self) -> tuple[tuple[tuple[Waiting, ...], ...], ...]:
        return two_columns(self.unanswered)


def chapters(source: Source) -> tuple[ChapterDetail, ...]:
    return tuple(
        _chapter(source, number, code, title) for number, (code, title) in enumerate(source.dossier.chapters, 1)
    )


def _chapter(source: Source, number: int, code: str, title: str) -> ChapterDetail:
    criteria = [criterion for criterion in source.dossier.criteria if criterion.chapter == code]
    known = source.content.chapter_by_code.get(code)
    return ChapterDetail(
        number=number,
        code=code,
        anchor=f"c{number}",
        title=tied(title),
        short_title=source.short_title(code),
        introduction=tied(known.introduction) if known else "",
        strips=strips(source, criteria, STRIP_LENGTH),
        summary=_summary(source, criteria),
        cards=tuple(_card(source, each) for each in criteria if each.in_scope and not each.unanswered),
        unanswered=tuple(_waiting(source, each) for each in criteria if each.unanswered),
        out_of_scope=tuple(_waiting(source, each) for each in criteria if not each.in_scope),
    )


def strips(source: Source, criteria: list[CriterionInput], length: int) -> tuple[Strip, ...]:
    """Lines of at most `length` criteria; a criterion out of scope leaves its place empty."""
    numbered = [(f"{rank:02}", criterion) for rank, criterion in enumerate(criteria, 1)]
    return tuple(_strip(source, numbered[start : start + length]) for start in range(0, len(numbered), length))


def _strip(source: Source, numbered: list[tuple[str, CriterionInput]]) -> Strip:
    runs: list[Run] = []
    for _, criterion in numbered:
        sign, is_major = (
            source.sign(criterion.code) if criterion.in_scope else OUT_OF_SCOPE,
            source.is_major(criterion.code),
        )
        if runs and runs[-1].is_major == is_major:
            runs[-1] = Run(f"{runs[-1].text} {sign}", is_major)
        else:
            runs.append(Run(sign, is_major))
    return Strip(" ".join(number for number, _ in numbered), tuple(runs))


def _waiting(source: Source, criterion: CriterionInput) -> Waiting:
    sign = CRITICALITY_SIGNS.get(criterion.criticality, "")
    return Waiting(criterion.code, source.anchors[criterion.code], criterion.title, sign)


def _summary(source: Source, criteria: list[CriterionInput]) -> str:
    """« Maturité 64 % (69 sur 108), 1 non-conformité majeure, 8 conformes. »"""
    sums = explain_maturity(criteria, source.dossier.rules)
    unanswered = sum(criterion.unanswered for criterion in criteria)
    waiting = [plural(unanswered, "critère sans réponse", "critères sans réponse")] if unanswered else []
    if sums.value is None:
        return f"{', '.join(['Maturité sans objet', *waiting])}."
    found = Counter(source.result.findings[criterion.code] for criterion in criteria if criterion.rated)
    parts = [f"Maturité {percent_text(sums.value)} ({sums.points} sur {sums.maximum})"]
    parts += [plural(found[each], str(each), PLURALS[each]) for each in Finding if found[each]]
    return f"{', '.join(parts + waiting)}."


def _card(source: Source, criterion: CriterionInput) -> Card:
    raw = source.raw[criterion.code]
    known = source.content.criterion_by_code.get(criterion.code)
    found = source.result.findings.get(criterion.code)
    return Card(
        code=criterion.code,
        anchor=source.anchors[criterion.code],
        title=criterion.title,
        sign=source.sign(criterion.code),
        level="Non concerné" if criterion.not_applicable else source.level_text(criterion.level),
        is_major=source.is_major(criterion.code),
        criticality=criterion.criticality.capitalize(),
        criticality_sign=CRITICALITY_SIGNS.get(criterion.criticality, ""),
        weight=criterion.weight,
        finding=sentence(found) if found else "",
        is_nonconforming=found in (Finding.MAJOR, Finding.MINOR),
        nature=NATURES[known.nature] if known else "",
        descriptor=_descriptor(known, criterion),
        justification=paragraphs(raw["justification"]),
        pieces=tuple(_pieces(source, criterion, raw)),
        opinions=tuple(_opinion(source, opinion) for opinion in raw["avis"]),
    )


def _descriptor(known: CriterionContent | None, criterion: CriterionInput) -> str:
    if criterion.not_applicable or known is None:
        return known.na_condition if known else ""
    return tied(known.descriptor(criterion.level))


def _opinion(source: Source, opinion: Mapping) -> OpinionLine:
    level = opinion["niveau"]
    text = (*paragraphs(opinion["remarque"]), *(f"Demande : {each}" for each in paragraphs(opinion["demande"])))
    who = printable(opinion["conseiller"] or opinion["reseau"])
    return OpinionLine(
        who=who,
        sign="" if level is None else ball(level, source.top),
        level="" if level is None else source.level_text(level),
        text=text,
    )


# Pieces


def _pieces(source: Source, criterion: CriterionInput, raw: Mapping) -> Iterable[PieceLine]:
    expected = {each.key: each for each in criterion.expected}
    lines = [
        piece_line(
            printable(piece.label),
            piece.effective_on,
            expiry(piece, expected.get(piece.expected_key)),
            source.on,
            is_link=given["nature"] == "lien",
        )
        for piece, given in zip(criterion.evidence, raw["preuves"], strict=True)
    ]
    more = len(lines) - PIECES_SHOWN
    yield from lines[:PIECES_SHOWN]
    if more > 0:
        yield PieceLine("", "", f"et {plural(more, 'autre pièce', 'autres pièces')}, dans les données jointes")
    if criterion.rated:
        for gap in missing_required(criterion, source.on):
            if gap.status == EvidenceStatus.MISSING:
                yield PieceLine("✗", "t", gap.expected.label, strong="à déposer")


def piece_line(label: str, day: date | None, until: date | None, on: date, *, is_link: bool = False) -> PieceLine:
    """« ◷ Tableau de suivi 08/12/2025, à renouveler avant le 08/12/2026 »."""
    dated = figures_date(day) if day else "sans date"
    if is_link:
        dated = f"lien, {dated}"
    label = shortened(label, 160)
    if until is None:
        return PieceLine("✓", "v", label, f"{dated}, sans échéance")
    if until < on:
        return PieceLine("✗", "t", label, f"{dated},", f"périmée depuis le {figures_date(until)}")
    if until - on <= RENEWAL_NOTICE:
        return PieceLine("◷", "o", label, f"{dated}, à renouveler avant le {figures_date(until)}")
    return PieceLine("✓", "v", label, f"{dated}, expire en {until.month:02}/{until.year}")
