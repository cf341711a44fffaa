"""What both documents share: who speaks, of what, from which photograph; and the signs that stand for levels and states."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from assessments.canonical import dossier_from_json
from assessments.enums import AuditKind
from assessments.priorities import Path, shortest_path
from assessments.reports.typography import grouped, listed, printable, shortened
from assessments.scoring import CriterionInput, Dossier, Finding, Result, Verdict, evaluate
from certif.dates import long_date
from certif.signs import shape
from referentiel.content import Content

BALLS = "○◔◑◕●"
NOT_APPLICABLE = "◌"
UNANSWERED = "⊖"
CRITICALITY_SIGNS = {"bloquant": "■", "majeur": "□"}
SERVICES_SHOWN = 8


def ball(level: int | None, top: int) -> str:
    """The Harvey ball of a level out of `top`."""
    return UNANSWERED if level is None else BALLS[shape(level, top)]


@dataclass(frozen=True)
class Source:
    """A photograph and the edition it was taken under, read once for the whole document."""

    data: Mapping
    content: Content
    code: str
    sha256: str
    has_logo: bool = False

    @cached_property
    def dossier(self) -> Dossier:
        return dossier_from_json(self.data)

    @cached_property
    def result(self) -> Result:
        return evaluate(self.dossier)

    @cached_property
    def path(self) -> Path:
        return shortest_path(self.dossier, self.result)

    @cached_property
    def criterion(self) -> Mapping[str, CriterionInput]:
        return {each.code: each for each in self.dossier.criteria}

    @cached_property
    def raw(self) -> Mapping[str, Mapping]:
        """The criteria as the photograph writes them: justification, pieces, opinions."""
        return {each["code"]: each for each in self.data["criteres"]}

    @cached_property
    def anchors(self) -> Mapping[str, str]:
        """Where each criterion is in the document."""
        return {each.code: f"k{rank}" for rank, each in enumerate(self.dossier.criteria, 1)}

    @cached_property
    def level_labels(self) -> Mapping[int, str]:
        return dict(self.dossier.scale)

    @property
    def on(self) -> date:
        return self.dossier.reference_on

    @property
    def top(self) -> int:
        return self.dossier.rules.level_max

    @property
    def audit_on(self) -> date | None:
        day = self.data["dossier"]["date_audit"]
        return date.fromisoformat(day) if day else None

    @property
    def audit_label(self) -> str:
        return AuditKind(self.data["dossier"]["audit"]).label

    def sign(self, code: str) -> str:
        criterion = self.criterion[code]
        return NOT_APPLICABLE if criterion.not_applicable else ball(criterion.level, self.top)

    def is_major(self, code: str) -> bool:
        return self.result.findings.get(code) == Finding.MAJOR

    def level_text(self, level: int) -> str:
        return f"{level} {self.level_labels[level]}"

    def short_title(self, chapter: str) -> str:
        known = self.content.chapter_by_code.get(chapter)
        return known.short_title if known else dict(self.dossier.chapters)[chapter]


VERDICT_NAMES = {
    Verdict.NOT_READY: "pas encore prêt",
    Verdict.INCOMPLETE: "incomplet",
    Verdict.RESERVES: "prêt sous réserve",
    Verdict.READY: "prêt",
}
# The sign of a verdict and its colour: shape first, so that it reads in black and white.
VERDICT_SIGNS = {
    Verdict.NOT_READY: ("■", "t"),
    Verdict.INCOMPLETE: ("⊖", ""),
    Verdict.RESERVES: ("◷", "o"),
    Verdict.READY: ("✓", "v"),
}


@dataclass(frozen=True)
class Frame:
    """Cover, running titles and colophon."""

    title: str
    document: str
    structure: str
    footer: str
    has_logo: bool
    code: str
    scope: str
    edition: str
    fingerprint: str
    sha256: str
    day: str
    verdict: str
    verdict_sign: str
    verdict_css: str


def frame(source: Source, *, document: str, title: str) -> Frame:
    data = source.data
    structure = printable(data["structure"]["nom"])
    city = printable(data["structure"]["ville"])
    named = f"{structure}, {city}" if city else structure
    sign, css = VERDICT_SIGNS[source.result.verdict]
    return Frame(
        title=title,
        document=document,
        structure=named,
        footer=f"{shortened(named, 60)} · Code de vérification {source.code}",
        has_logo=source.has_logo,
        code=source.code,
        scope=_scope(source),
        edition=data["edition"]["libelle"],
        fingerprint=grouped(data["edition"]["empreinte"] or "", 8),
        sha256=source.sha256,
        day=long_date(source.on),
        verdict=VERDICT_NAMES[source.result.verdict],
        verdict_sign=sign,
        verdict_css=css,
    )


def _scope(source: Source) -> str:
    """« Médiation de nuit (Tilleuls, Gare), Présence en gare (Gare). »"""
    sites: dict[str, list[str]] = {}
    for place in source.data["dossier"]["perimetre"]:
        sites.setdefault(printable(place["dispositif"]), []).append(printable(place["site"]))
    if not sites:
        return "À préciser : aucun dispositif n’est encore choisi."
    named = [f"{shortened(service, 60)} ({shortened(', '.join(where), 60)})" for service, where in sites.items()]
    more = len(named) - SERVICES_SHOWN
    if more > 0:
        named = [*named[:SERVICES_SHOWN], f"{more} autres dispositifs" if more > 1 else "un autre dispositif"]
    return f"{listed(named)}."
