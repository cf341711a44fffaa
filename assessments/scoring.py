"""Where a structure stands: maturity, completeness, simulated findings and verdict, from plain data and nothing else.

No clock, no database, no rounding: figures are exact fractions and the only date is the reference date of the dossier.
Scale, weights, thresholds and the table of findings come from the edition; nothing here knows how many criteria,
chapters or levels it has.

Two properties hold for any dossier and are proved in ``tests/test_scoring_properties.py``:

- raising the level of a rated criterion never lowers a maturity;
- it never worsens the verdict either, provided the required evidence of that criterion is valid. The honest exception:
  reaching the level from which evidence is demanded, without that evidence, may add the evidence reserve, and only it.
"""

from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import MAXYEAR, MINYEAR, date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

NBSP = "\u00a0"
NNBSP = "\u202f"

BLOCKING = "bloquant"
"""Criticality on which « non concerné » is never accepted, whatever the edition says."""


class Finding(StrEnum):
    """What an auditor might write about a criterion, worst first. Simulated: a proposal of this product."""

    MAJOR = "non-conformité majeure"
    MINOR = "non-conformité mineure"
    SENSITIVE = "point sensible"
    LEAD = "piste de progrès"
    CONFORMING = "conforme"
    STRENGTH = "point fort"


class Severity(StrEnum):
    """How much a reason weighs on the verdict, worst first."""

    BLOCKING = "bloquant"
    INCOMPLETE = "incomplet"
    RESERVE = "réserve"


class Verdict(StrEnum):
    """Whether the structure may present itself to the audit, worst first."""

    NOT_READY = "pas prêt"
    INCOMPLETE = "incomplet"
    RESERVES = "prêt sous réserve"
    READY = "prêt"


class EvidenceStatus(StrEnum):
    """Why a required piece does not count on the reference date."""

    MISSING = "manquante"
    EXPIRED = "expirée"


class Uncovered(StrEnum):
    """Why a register of intervention is not covered."""

    NOT_DECLARED = "non_declare"
    NO_SERVICE = "sans_dispositif"
    NO_EVIDENCE = "sans_preuve"
    OLD_EVIDENCE = "preuve_ancienne"


FINDING_RANK = {finding: rank for rank, finding in enumerate(Finding)}
VERDICT_OF = {
    Severity.BLOCKING: Verdict.NOT_READY,
    Severity.INCOMPLETE: Verdict.INCOMPLETE,
    Severity.RESERVE: Verdict.RESERVES,
}


# What goes in


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of an edition. ``levels`` ascend; months are calendar months, days working days."""

    levels: tuple[int, ...]
    findings: Mapping[str, Mapping[int, Finding]]
    minor_limit: int
    evidence_level_min: int
    registers_min: int
    registers_months: int
    register_criterion: str | None
    na_min_chars: int
    days_per_evidence: Decimal

    @property
    def level_max(self) -> int:
        return self.levels[-1]

    @classmethod
    def from_json(cls, data: Mapping, levels: Iterable[int]) -> "Rules":
        """Read ``Edition.rules``. ValueError when the table of findings has a hole or worsens as the level rises."""
        levels = tuple(sorted(levels))
        if not levels or levels[0] < 0 or levels[-1] == 0 or len(set(levels)) != len(levels):
            raise ValueError(f"Échelle inutilisable{NBSP}: {levels}.")
        return cls(
            levels=levels,
            findings={criticality: _ladder(criticality, row, levels) for criticality, row in data["constats"].items()},
            minor_limit=data["seuils"]["mineures_max"],
            evidence_level_min=data["seuils"]["niveau_preuve_min"],
            registers_min=data["registres"]["minimum"],
            registers_months=data["registres"]["mois"],
            register_criterion=data["registres"]["critere"],
            na_min_chars=data["non_concerne"]["justification_min"],
            days_per_evidence=Decimal(data["chemin"]["jours_par_preuve"]),
        )


def _ladder(criticality: str, row: Mapping[str, str], levels: tuple[int, ...]) -> dict[int, Finding]:
    missing = [level for level in levels if str(level) not in row]
    if missing:
        raise ValueError(f"Criticité «{NNBSP}{criticality}{NNBSP}»{NBSP}: aucun constat pour le niveau {missing[0]}.")
    ladder = {level: Finding(row[str(level)]) for level in levels}
    ranks = [FINDING_RANK[finding] for finding in ladder.values()]
    if ranks != sorted(ranks):
        raise ValueError(
            f"Criticité «{NNBSP}{criticality}{NNBSP}»{NBSP}: un niveau plus haut donne un constat plus grave."
        )
    return ladder


@dataclass(frozen=True, slots=True)
class ExpectedEvidence:
    """A piece the norm expects; ``validity_months`` is None when it never goes stale."""

    key: str
    label: str
    required: bool
    validity_months: int | None


@dataclass(frozen=True, slots=True)
class EvidencePiece:
    """A piece the structure filed; ``expected_key`` says which expectation it answers, if any."""

    label: str
    effective_on: date | None
    expires_on: date | None = None
    expected_key: str | None = None
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class SuggestedAction:
    """Work the norm proposes on the way to ``target_level``; ``days`` are working days."""

    key: str
    title: str
    days: Decimal
    target_level: int


@dataclass(frozen=True, slots=True)
class CriterionInput:
    """One criterion and its answer. ``level`` None and not ``not_applicable``: unanswered, which is not 0."""

    code: str
    key: str
    chapter: str
    title: str
    criticality: str
    weight: int
    in_scope: bool = True
    na_allowed: bool = False
    level: int | None = None
    not_applicable: bool = False
    justification: str = ""
    expected: tuple[ExpectedEvidence, ...] = ()
    evidence: tuple[EvidencePiece, ...] = ()
    actions: tuple[SuggestedAction, ...] = ()
    advisor_level: int | None = None

    @property
    def rated(self) -> bool:
        """Counts in maturity: in scope, with a level, not set aside."""
        return self.in_scope and self.level is not None and not self.not_applicable

    @property
    def unanswered(self) -> bool:
        return self.in_scope and self.level is None and not self.not_applicable


@dataclass(frozen=True, slots=True)
class RegisterInput:
    """One register of intervention: declared or not, the services that hold it, what proves it."""

    code: str
    label: str
    declared: bool
    services: tuple[str, ...] = ()
    evidence: tuple[EvidencePiece, ...] = ()


@dataclass(frozen=True, slots=True)
class Dossier:
    """All that a result depends on. ``scale`` holds (value, label), ``chapters`` (code, title), in order."""

    reference_on: date
    rules: Rules
    scale: tuple[tuple[int, str], ...]
    chapters: tuple[tuple[str, str], ...]
    criteria: tuple[CriterionInput, ...]
    registers: tuple[RegisterInput, ...] = ()
    blocking_eligibility: tuple[str, ...] = ()


# What comes out


@dataclass(frozen=True, slots=True)
class Score:
    """An exact share, 0 to 1, of the dossier and of each chapter; None is « sans objet »."""

    total: Fraction | None
    chapters: Mapping[str, Fraction | None]


@dataclass(frozen=True, slots=True)
class Tally:
    """Criteria settled (a level, or an accepted « non concerné ») among those in scope."""

    done: int
    total: int

    @property
    def left(self) -> int:
        return self.total - self.done

    @property
    def share(self) -> Fraction | None:
        return Fraction(self.done, self.total) if self.total else None


@dataclass(frozen=True, slots=True)
class WeightRow:
    """The criteria of one weight: how many are rated, Σ weight × level, Σ weight × highest level."""

    weight: int
    rated: int
    points: int
    maximum: int


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """The division behind a maturity, heaviest weight first."""

    rows: tuple[WeightRow, ...]
    rated: int
    points: int
    maximum: int

    @property
    def value(self) -> Fraction | None:
        return Fraction(self.points, self.maximum) if self.maximum else None


@dataclass(frozen=True, slots=True)
class Gap:
    """A required piece that does not count on the reference date; ``expired_on`` is the last day it was valid."""

    expected: ExpectedEvidence
    status: EvidenceStatus
    expired_on: date | None = None


@dataclass(frozen=True, slots=True)
class Coverage:
    """A register is covered when ``reason`` is None."""

    reason: Uncovered | None = None

    @property
    def covered(self) -> bool:
        return self.reason is None


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that holds the verdict back.

    ``criteria`` are codes of criteria, ``about`` codes of anything else (registers, eligibility questions).
    ``link`` says where it is settled: critere, eligibilite, registres, grille or preuves.
    """

    code: str
    severity: Severity
    sentence: str
    criteria: tuple[str, ...]
    link: str
    about: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """Where the structure stands on the reference date.

    ``findings`` holds rated criteria only; ``gaps`` only the missing pieces that cost a reserve.
    """

    maturity: Score
    completeness: Score
    progress: Tally
    chapter_progress: Mapping[str, Tally]
    findings: Mapping[str, Finding]
    gaps: Mapping[str, tuple[Gap, ...]]
    coverage: Mapping[str, Coverage]
    reasons: tuple[Reason, ...]
    verdict: Verdict
    advisor: Score | None = None

    @property
    def registers_covered(self) -> int:
        return sum(coverage.covered for coverage in self.coverage.values())

    def criteria_with(self, finding: str) -> tuple[str, ...]:
        return tuple(code for code, found in self.findings.items() if found == finding)

    def reasons_of(self, severity: str) -> tuple[Reason, ...]:
        return tuple(reason for reason in self.reasons if reason.severity == severity)


# Maturity and completeness


def maturity(criteria: Iterable[CriterionInput], rules: Rules) -> Fraction | None:
    """Σ weight × level ÷ Σ weight × highest level, over the rated criteria; None if there are none."""
    points = weights = 0
    for criterion in criteria:
        if criterion.rated:
            points += criterion.weight * criterion.level
            weights += criterion.weight
    return Fraction(points, weights * rules.level_max) if weights else None


def explain_maturity(criteria: Iterable[CriterionInput], rules: Rules) -> Arithmetic:
    """The same division, weight by weight, for « Pourquoi ce score ? »."""
    levels: dict[int, list[int]] = {}
    for criterion in criteria:
        if criterion.rated:
            levels.setdefault(criterion.weight, []).append(criterion.level)
    rows = tuple(
        WeightRow(weight, len(rated), weight * sum(rated), weight * rules.level_max * len(rated))
        for weight, rated in sorted(levels.items(), reverse=True)
    )
    return Arithmetic(
        rows, sum(row.rated for row in rows), sum(row.points for row in rows), sum(row.maximum for row in rows)
    )


def na_accepted(criterion: CriterionInput, rules: Rules) -> bool:
    """« Non concerné » counts where the edition allows it, never on a blocking criterion, once justified."""
    return criterion.not_applicable and not _na_forbidden(criterion) and _na_justified(criterion, rules)


def _na_forbidden(criterion: CriterionInput) -> bool:
    return not criterion.na_allowed or criterion.criticality == BLOCKING


def _na_justified(criterion: CriterionInput, rules: Rules) -> bool:
    return len(criterion.justification.strip()) >= rules.na_min_chars


def progress(criteria: Iterable[CriterionInput], rules: Rules) -> Tally:
    done = total = 0
    for criterion in criteria:
        if criterion.in_scope:
            total += 1
            done += criterion.rated or na_accepted(criterion, rules)
    return Tally(done, total)


def completeness(criteria: Iterable[CriterionInput], rules: Rules) -> Fraction | None:
    """(levels + accepted « non concerné ») ÷ criteria in scope; None if there are none."""
    return progress(criteria, rules).share


def percent(value: Fraction | None) -> int | None:
    """Whole percent, half-up; 100 only for exactly 1, 0 only for exactly 0."""
    if value is None or value in (0, 1):
        return None if value is None else int(value) * 100
    return min(99, max(1, (200 * value.numerator + value.denominator) // (2 * value.denominator)))


def percent_text(value: Fraction | None) -> str:
    return "sans objet" if value is None else f"{percent(value)}{NNBSP}%"


# Findings, evidence, registers


def finding(criterion: CriterionInput, rules: Rules) -> Finding | None:
    """The simulated finding of a rated criterion; None for the others."""
    return rules.findings[criterion.criticality][criterion.level] if criterion.rated else None


def add_months(day: date, months: int) -> date:
    """The same day ``months`` later, or the last of a shorter month: 29 February + 12 = 28 February."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not MINYEAR <= year <= MAXYEAR:
        return date.max if year > MAXYEAR else date.min
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def expiry(piece: EvidencePiece, expected: ExpectedEvidence | None = None) -> date | None:
    """Last valid day, included: the date the piece carries, else its effective date plus the validity expected."""
    if piece.expires_on or not piece.effective_on or not expected or expected.validity_months is None:
        return piece.expires_on
    return add_months(piece.effective_on, expected.validity_months)


def missing_required(criterion: CriterionInput, on: date) -> tuple[Gap, ...]:
    """Required pieces that do not count on ``on``. Not yet in force is missing; without any date, never expired."""
    gaps = []
    for expected in criterion.expected:
        if not expected.required:
            continue
        ends = [
            expiry(piece, expected) or date.max
            for piece in criterion.evidence
            if piece.expected_key == expected.key and (piece.effective_on is None or piece.effective_on <= on)
        ]
        if not ends:
            gaps.append(Gap(expected, EvidenceStatus.MISSING))
        elif max(ends) < on:
            gaps.append(Gap(expected, EvidenceStatus.EXPIRED, max(ends)))
    return tuple(gaps)


def register_coverage(register: RegisterInput, rules: Rules, on: date) -> Coverage:
    """Covered: declared, held by a service, proved by a piece less than ``registers_months`` old, strictly."""
    if not register.declared:
        return Coverage(Uncovered.NOT_DECLARED)
    if not register.services:
        return Coverage(Uncovered.NO_SERVICE)
    dates = [piece.effective_on for piece in register.evidence if piece.effective_on and piece.effective_on <= on]
    if not dates:
        return Coverage(Uncovered.NO_EVIDENCE)
    return Coverage() if max(dates) > add_months(on, -rules.registers_months) else Coverage(Uncovered.OLD_EVIDENCE)


# The result


def evaluate(dossier: Dossier) -> Result:
    """Score the whole dossier and say everything that holds its verdict back, worst first."""
    rules, on = dossier.rules, dossier.reference_on
    by_chapter = _by_chapter(dossier, dossier.criteria)
    whole = progress(dossier.criteria, rules)
    chapters = {code: progress(criteria, rules) for code, criteria in by_chapter.items()}
    findings = {criterion.code: finding(criterion, rules) for criterion in dossier.criteria if criterion.rated}
    gaps = {
        criterion.code: missing
        for criterion in dossier.criteria
        if criterion.rated
        and criterion.level >= rules.evidence_level_min
        and (missing := missing_required(criterion, on))
    }
    coverage = {register.code: register_coverage(register, rules, on) for register in dossier.registers}
    reasons = (
        *_blocking_reasons(dossier, findings, coverage),
        *_incomplete_reasons(dossier),
        *_reserve_reasons(rules, findings, gaps),
    )
    return Result(
        maturity=_maturity_score(dossier, dossier.criteria),
        completeness=Score(whole.share, {code: tally.share for code, tally in chapters.items()}),
        progress=whole,
        chapter_progress=chapters,
        findings=findings,
        gaps=gaps,
        coverage=coverage,
        reasons=reasons,
        verdict=VERDICT_OF[reasons[0].severity] if reasons else Verdict.READY,
        advisor=advisor_maturity(dossier),
    )


def advisor_maturity(dossier: Dossier) -> Score | None:
    """The second reading: the advisor’s level where there is one, else the structure’s; None without any."""
    if not any(criterion.in_scope and criterion.advisor_level is not None for criterion in dossier.criteria):
        return None
    return _maturity_score(
        dossier,
        tuple(
            criterion
            if criterion.advisor_level is None
            else replace(criterion, level=criterion.advisor_level, not_applicable=False)
            for criterion in dossier.criteria
        ),
    )


def _by_chapter(dossier: Dossier, criteria: Iterable[CriterionInput]) -> dict[str, list[CriterionInput]]:
    grouped: dict[str, list[CriterionInput]] = {code: [] for code, _ in dossier.chapters}
    for criterion in criteria:
        grouped[criterion.chapter].append(criterion)
    return grouped


def _maturity_score(dossier: Dossier, criteria: tuple[CriterionInput, ...]) -> Score:
    by_chapter = _by_chapter(dossier, criteria)
    return Score(
        maturity(criteria, dossier.rules), {code: maturity(group, dossier.rules) for code, group in by_chapter.items()}
    )


def _blocking_reasons(
    dossier: Dossier, findings: Mapping[str, Finding], coverage: Mapping[str, Coverage]
) -> Iterable[Reason]:
    rules = dossier.rules
    for criterion in dossier.criteria:
        if findings.get(criterion.code) == Finding.MAJOR:
            enough = [level for level, found in rules.findings[criterion.criticality].items() if found != Finding.MAJOR]
            lift = f"{NNBSP}; il faut au moins le niveau {enough[0]}" if enough else ""
            sentence = f"{criterion.title}{NBSP}: non-conformité majeure simulée au niveau {criterion.level}{lift}."
            yield Reason("non_conformite_majeure", Severity.BLOCKING, sentence, (criterion.code,), "critere")
    for code in dossier.blocking_eligibility:
        sentence = f"Éligibilité{NBSP}: la réponse à la question {code} empêche de présenter une demande."
        yield Reason("eligibilite", Severity.BLOCKING, sentence, (), "eligibilite", (code,))
    covered = sum(each.covered for each in coverage.values())
    # The count of registers is only final once every question has been asked.
    if covered < rules.registers_min and not any(criterion.unanswered for criterion in dossier.criteria):
        sentence = (
            f"{count(covered, 'registre d’intervention couvert', 'registres d’intervention couverts')} "
            f"sur{NBSP}{len(coverage)}{NNBSP}; il en faut au moins{NBSP}{rules.registers_min}."
        )
        uncovered = tuple(code for code, each in coverage.items() if not each.covered)
        yield Reason("registres_insuffisants", Severity.BLOCKING, sentence, (), "registres", uncovered)


def _incomplete_reasons(dossier: Dossier) -> Iterable[Reason]:
    set_aside = [criterion for criterion in dossier.criteria if criterion.in_scope and criterion.not_applicable]
    unanswered = tuple(criterion.code for criterion in dossier.criteria if criterion.unanswered)
    forbidden = tuple(criterion.code for criterion in set_aside if _na_forbidden(criterion))
    unjustified = tuple(
        criterion.code
        for criterion in set_aside
        if not _na_forbidden(criterion) and not _na_justified(criterion, dossier.rules)
    )
    if unanswered:
        sentence = f"{count(len(unanswered), 'critère est sans réponse', 'critères sont sans réponse')}."
        yield Reason("sans_reponse", Severity.INCOMPLETE, sentence, unanswered, "grille")
    if forbidden:
        one = f"critère ne peut pas être répondu «{NNBSP}non concerné{NNBSP}»"
        many = f"critères ne peuvent pas être répondus «{NNBSP}non concerné{NNBSP}»"
        yield Reason(
            "non_concerne_interdit", Severity.INCOMPLETE, f"{count(len(forbidden), one, many)}.", forbidden, "critere"
        )
    if unjustified:
        what = count(
            len(unjustified),
            f"«{NNBSP}non concerné{NNBSP}» reste à justifier",
            f"«{NNBSP}non concerné{NNBSP}» restent à justifier",
        )
        sentence = f"{what} en {dossier.rules.na_min_chars}{NBSP}caractères au moins."
        yield Reason("non_concerne_a_justifier", Severity.INCOMPLETE, sentence, unjustified, "critere")


def _reserve_reasons(
    rules: Rules, findings: Mapping[str, Finding], gaps: Mapping[str, tuple[Gap, ...]]
) -> Iterable[Reason]:
    minors = tuple(code for code, found in findings.items() if found == Finding.MINOR)
    if len(minors) > rules.minor_limit:
        what = count(len(minors), "non-conformité mineure simulée", "non-conformités mineures simulées")
        sentence = f"{what}{NNBSP}; le seuil indicatif est de{NBSP}{rules.minor_limit}."
        yield Reason("mineures_trop_nombreuses", Severity.RESERVE, sentence, minors, "critere")
    for status, code, one, many in (
        (EvidenceStatus.MISSING, "preuve_manquante", "preuve obligatoire manque", "preuves obligatoires manquent"),
        (EvidenceStatus.EXPIRED, "preuve_expiree", "preuve obligatoire a expiré", "preuves obligatoires ont expiré"),
    ):
        pieces = [criterion for criterion, missing in gaps.items() for gap in missing if gap.status == status]
        if pieces:
            criteria = tuple(dict.fromkeys(pieces))
            where = count(len(criteria), "critère coté", "critères cotés") if len(criteria) > 1 else "un critère coté"
            sentence = f"{count(len(pieces), one, many)} sur {where} {rules.evidence_level_min} ou plus."
            yield Reason(code, Severity.RESERVE, sentence, criteria, "preuves")


# Saying it


def count(number: int, one: str, many: str) -> str:
    """« 1 critère », « 23 critères »: French takes the plural from 2."""
    return f"{number}{NBSP}{many if number >= 2 else one}"


def headline_parts(result: Result) -> tuple[str, str]:
    """The verdict, and what holds it back or "": (« Pas encore prêt », « 3 points bloquants »)."""
    weighing = [reason for reason in result.reasons if VERDICT_OF[reason.severity] == result.verdict]
    criteria = {reason.code: len(reason.criteria) for reason in weighing}
    match result.verdict:
        case Verdict.NOT_READY:
            return "Pas encore prêt", count(len(weighing), "point bloquant", "points bloquants")
        case Verdict.INCOMPLETE:
            unsettled = criteria.get("non_concerne_interdit", 0) + criteria.get("non_concerne_a_justifier", 0)
            parts = (
                [count(criteria["sans_reponse"], "critère sans réponse", "critères sans réponse")]
                if "sans_reponse" in criteria
                else []
            )
            parts += [f"{unsettled}{NBSP}«{NNBSP}non concerné{NNBSP}» à revoir"] if unsettled else []
            return "Incomplet", " et ".join(parts)
        case Verdict.RESERVES:
            pieces = sum(len(missing) for missing in result.gaps.values())
            minors = criteria.get("mineures_trop_nombreuses", 0)
            parts = [count(minors, "non-conformité mineure", "non-conformités mineures")] if minors else []
            parts += [count(pieces, "preuve obligatoire à fournir", "preuves obligatoires à fournir")] if pieces else []
            return "Prêt sous réserve", " et ".join(parts)
    return "Prêt", ""


def verdict_headline(result: Result) -> str:
    """« Pas encore prêt : 3 points bloquants »."""
    return f"{NBSP}: ".join(part for part in headline_parts(result) if part)
