"""« Pourquoi ce score ? »: for every figure shown, its rule in one sentence, its inputs and the arithmetic, to redo by hand."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from assessments.priorities import days_text
from assessments.reading import Reading
from assessments.scoring import (
    NBSP,
    NNBSP,
    CriterionInput,
    EvidenceStatus,
    Finding,
    Severity,
    Uncovered,
    Verdict,
    count,
    explain_maturity,
    missing_required,
    na_accepted,
    percent_text,
)
from certif.dates import long_date

Row = tuple[str, ...]

UNCOVERED = {
    Uncovered.NOT_DECLARED: "Non déclaré",
    Uncovered.NO_SERVICE: "Aucun dispositif rattaché",
    Uncovered.NO_EVIDENCE: "Aucune preuve datée",
    Uncovered.OLD_EVIDENCE: "Preuve trop ancienne",
}


@dataclass(frozen=True, slots=True)
class Explanation:
    """One figure explained. The first column heads its rows, the others hold figures when `figures` says so."""

    key: str
    title: str
    sentence: str
    columns: Row
    rows: tuple[Row, ...]
    total: Row = ()
    arithmetic: str = ""
    figures: bool = True

    @property
    def labelled(self) -> list[list[tuple[str, str]]]:
        """Each row as (column, cell), for narrow screens where a cell carries its label."""
        return [list(zip(self.columns, row, strict=True)) for row in self.rows]


def explanations(reading: Reading) -> tuple[Explanation, ...]:
    """Every figure of the synthesis, in the order of the page."""
    return (
        maturity(reading),
        chapters(reading),
        completeness(reading),
        registers(reading),
        verdict(reading),
        findings(reading),
        *((path(reading),) if reading.path.steps else ()),
    )


def source(reading: Reading) -> str:
    """Which rules, which edition, which day."""
    mark = reading.content.fingerprint
    seal = " ".join(mark[place : place + 4] for place in range(0, 12, 4)) if mark else "brouillon, non publiée"
    return (
        f"Échelle, poids et seuils proposés par Certif, pas par l’organisme certificateur · {reading.content.label} "
        f"({reading.content.code}) · empreinte {seal} · date de référence {long_date(reading.dossier.reference_on)}"
    )


# --- Maturity and completeness ----------------------------------------------------------------


RULE_OF_MATURITY = (
    "On additionne, pour chaque critère coté, son poids multiplié par son niveau, puis on divise par le maximum possible. "
    f"Les critères sans réponse, «{NBSP}non concernés{NBSP}» ou hors périmètre ne comptent ni en haut ni en bas."
)


def maturity(reading: Reading) -> Explanation:
    share = reading.result.maturity.total
    title = "Pourquoi pas encore de maturité" if share is None else f"Pourquoi {percent_text(share)} de maturité"
    return _maturity("maturite", title, reading, reading.dossier.criteria)


def chapter_maturity(reading: Reading, chapter: str) -> Explanation:
    share = reading.result.maturity.chapters[chapter]
    criteria = [criterion for criterion in reading.dossier.criteria if criterion.chapter == chapter]
    return _maturity("maturite", f"Maturité du chapitre{NBSP}: {percent_text(share)}", reading, criteria)


def _maturity(key: str, title: str, reading: Reading, criteria: Iterable[CriterionInput]) -> Explanation:
    sums = explain_maturity(criteria, reading.dossier.rules)
    decides = " La moyenne ne décide jamais du verdict\u00a0: un seul critère bloquant suffit à le retenir."
    return Explanation(
        key,
        title,
        RULE_OF_MATURITY,
        ("Poids", "Critères cotés", "Poids × niveau", "Maximum"),
        tuple((str(row.weight), str(row.rated), str(row.points), str(row.maximum)) for row in sums.rows),
        ("Total", str(sums.rated), str(sums.points), str(sums.maximum)),
        division(sums.points, sums.maximum) + decides if sums.maximum else f"Aucun critère coté{NBSP}: sans objet.",
    )


def chapters(reading: Reading) -> Explanation:
    rows = []
    for code, title in reading.dossier.chapters:
        criteria = [criterion for criterion in reading.dossier.criteria if criterion.chapter == code]
        sums = explain_maturity(criteria, reading.dossier.rules)
        share = percent_text(reading.result.maturity.chapters[code])
        rows.append((f"{code} {title}", str(sums.rated), str(sums.points), str(sums.maximum), share))
    return Explanation(
        "chapitres",
        "Pourquoi ces chiffres par chapitre",
        f"La même division, sur les critères du chapitre seulement. La maturité du dossier n’est pas la moyenne des "
        f"chapitres{NBSP}: chaque critère y pèse son poids.",
        ("Chapitre", "Critères cotés", "Poids × niveau", "Maximum", "Maturité"),
        tuple(rows),
    )


def completeness(reading: Reading) -> Explanation:
    rules, tally = reading.dossier.rules, reading.result.progress
    inside = [criterion for criterion in reading.dossier.criteria if criterion.in_scope]
    rated = sum(criterion.rated for criterion in inside)
    accepted = sum(na_accepted(criterion, rules) for criterion in inside)
    refused = sum(criterion.not_applicable for criterion in inside) - accepted
    unanswered = sum(criterion.unanswered for criterion in inside)
    outside = len(reading.dossier.criteria) - len(inside)
    rows = [
        ("Un niveau est choisi", str(rated), "compte"),
        (f"«{NBSP}Non concerné{NBSP}» justifié", str(accepted), "compte"),
        (f"«{NBSP}Non concerné{NBSP}» à revoir", str(refused), "reste à faire"),
        ("Sans réponse", str(unanswered), "reste à faire"),
        ("Hors périmètre", str(outside), "ne compte pas"),
    ]
    return Explanation(
        "remplissage",
        f"Pourquoi {count(tally.done, 'critère', 'critères')} sur{NBSP}{tally.total}",
        "Le remplissage compte les critères réglés parmi ceux qui concernent votre périmètre. "
        "Ne pas avoir répondu n’est pas avoir répondu zéro.",
        ("Réponse", "Critères", "Dans le remplissage"),
        tuple(row for row in rows if row[1] != "0"),
        ("Dans le périmètre", str(tally.total), ""),
        division(tally.done, tally.total) if tally.total else "",
    )


def division(numerator: int, denominator: int) -> str:
    """« 449 ÷ 720 = 0,6236, arrondi à 62 %. », the exact fraction beside it when it reduces."""
    value = Fraction(numerator, denominator)
    reduced = f"{value.numerator}/{value.denominator}"
    exact = (
        "" if (value.numerator, value.denominator) in ((numerator, denominator), (0, 1), (1, 1)) else f" = {reduced}"
    )
    scaled, rest = divmod(value.numerator * 10_000, value.denominator)
    scaled += 2 * rest >= value.denominator
    decimal = f"{scaled // 10_000},{scaled % 10_000:04}".rstrip("0").rstrip(",")
    sign = "≈" if rest else "="
    return f"{numerator} ÷ {denominator}{exact} {sign} {decimal}, soit {percent_text(value)}."


# --- Registers, verdict, findings, way --------------------------------------------------------


def registers(reading: Reading) -> Explanation:
    rules, coverage = reading.dossier.rules, reading.result.coverage
    rows = []
    for register in reading.dossier.registers:
        dates = [piece.effective_on for piece in register.evidence if piece.effective_on]
        reason = coverage[register.code].reason
        rows.append(
            (
                register.label,
                "oui" if register.declared else "non",
                str(len(register.services)),
                long_date(max(dates)) if dates else "aucune",
                UNCOVERED[reason] if reason else "Couvert",
            )
        )
    covered = count(reading.result.registers_covered, "registre couvert", "registres couverts")
    return Explanation(
        "registres",
        f"Pourquoi {covered} sur {len(coverage)}",
        f"Un registre est couvert s’il est déclaré, rattaché à un dispositif au moins, et appuyé par une preuve datée de moins de "
        f"{rules.registers_months}{NBSP}mois. Il en faut au moins {rules.registers_min}.",
        ("Registre", "Déclaré", "Dispositifs", "Dernière preuve", "Résultat"),
        tuple(rows),
        figures=False,
    )


def verdict(reading: Reading) -> Explanation:
    result, rules = reading.result, reading.dossier.rules
    majors, minors = len(result.criteria_with(Finding.MAJOR)), len(result.criteria_with(Finding.MINOR))
    unsettled = result.progress.left
    pieces = sum(len(missing) for missing in result.gaps.values())
    complete = not any(criterion.unanswered for criterion in reading.dossier.criteria)
    rows = (
        ("Non-conformités majeures simulées", str(majors), "0", _effect(majors == 0, Verdict.NOT_READY)),
        ("Réponses d’éligibilité qui bloquent", str(len(reading.dossier.blocking_eligibility)), "0",
         _effect(not reading.dossier.blocking_eligibility, Verdict.NOT_READY)),
        ("Registres couverts", str(result.registers_covered), f"{rules.registers_min} au moins",
         _effect(result.registers_covered >= rules.registers_min, Verdict.NOT_READY) if complete else "jugé une fois tout répondu"),
        ("Critères à régler", str(unsettled), "0", _effect(unsettled == 0, Verdict.INCOMPLETE)),
        ("Non-conformités mineures simulées", str(minors), f"{rules.minor_limit} au plus",
         _effect(minors <= rules.minor_limit, Verdict.RESERVES)),
        (f"Preuves obligatoires manquantes ou expirées à partir du niveau {rules.evidence_level_min}", str(pieces), "0",
         _effect(pieces == 0, Verdict.RESERVES)),
    )  # fmt: skip
    return Explanation(
        "verdict",
        f"Pourquoi «{NBSP}{result.verdict}{NBSP}»",
        "Les conditions se lisent dans cet ordre, la plus grave d’abord\u00a0: la première qui n’est pas remplie donne le verdict. "
        f"Aucune moyenne n’entre dans ce calcul{NNBSP}; un audit ne cherche pas le «{NBSP}zéro défaut{NBSP}».",
        ("Condition", "Votre dossier", "Il faut", "Effet"),
        rows,
        figures=False,
    )


def _effect(met: bool, otherwise: Verdict) -> str:
    return "remplie" if met else f"donne «{NBSP}{otherwise}{NBSP}»"


def findings(reading: Reading) -> Explanation:
    rules = reading.dossier.rules
    tally = Counter(reading.result.findings.values())
    rows = tuple(
        (criticality.capitalize(), *(str(ladder[level]) for level in rules.levels))
        for criticality, ladder in rules.findings.items()
    )
    said = " · ".join(f"{finding}{NBSP}: {tally[finding]}" for finding in Finding if tally[finding])
    return Explanation(
        "constats",
        "Comment les constats sont simulés",
        "Le niveau choisi et la criticité du critère donnent un constat simulé, lu dans ce tableau. Un auditeur en juge autrement\u00a0: "
        "il voit, écoute et compare.",
        ("Criticité", *(f"{value} {label}" for value, label in reading.dossier.scale)),
        rows,
        arithmetic=f"Dans ce dossier{NBSP}: {said}." if said else "",
        figures=False,
    )


def path(reading: Reading) -> Explanation:
    way = reading.path
    return Explanation(
        "chemin",
        f"Pourquoi au moins {days_text(way.days)}",
        f"Parmi toutes les combinaisons d’actions proposées par la norme et de preuves à déposer "
        f"({days_text(reading.dossier.rules.days_per_evidence)} chacune), celle qui lève tous les motifs en le moins de jours.",
        ("Étape", "Critère", "Jours"),
        tuple((step.title, step.criterion, days_text(step.days)) for step in way.steps),
        ("Total", "", days_text(way.days)),
        " ".join(way.leaves_out),
    )


# --- One criterion ----------------------------------------------------------------------------


def criterion(reading: Reading, code: str) -> tuple[Explanation, ...]:
    """What one criterion brings to the maturity and to the verdict, and what its evidence is worth."""
    scored = reading.by_code[code]
    return (_contribution(reading, scored), _finding(reading, scored), _evidence(reading, scored))


def _contribution(reading: Reading, scored: CriterionInput) -> Explanation:
    top = reading.dossier.rules.level_max
    if not scored.rated:
        why = "hors périmètre" if not scored.in_scope else "non concerné" if scored.not_applicable else "sans réponse"
        return Explanation(
            "maturite",
            "Dans la maturité",
            RULE_OF_MATURITY,
            (),
            (),
            arithmetic=f"Ce critère est {why}{NBSP}: il ne compte pas.",
        )
    sums = explain_maturity([scored], reading.dossier.rules)
    whole = explain_maturity(reading.dossier.criteria, reading.dossier.rules)
    return Explanation(
        "maturite",
        "Dans la maturité",
        RULE_OF_MATURITY,
        ("Poids", "Niveau", "Poids × niveau", "Maximum"),
        ((str(scored.weight), f"{scored.level} sur {top}", str(sums.points), str(sums.maximum)),),
        ("Dossier", "", str(whole.points), str(whole.maximum)),
        f"Ce critère apporte {sums.points} des {whole.points} points du dossier.",
    )


def _finding(reading: Reading, scored: CriterionInput) -> Explanation:
    ladder = reading.dossier.rules.findings[scored.criticality]
    found = reading.result.findings.get(scored.code)
    mine = scored.level if scored.rated else None
    return Explanation(
        "constat",
        "Constat simulé",
        f"Ce critère est {scored.criticality}{NBSP}: à chaque niveau correspond un constat.",
        ("Niveau", "Constat simulé", "Votre réponse"),
        tuple(
            (f"{level} {label}", str(ladder[level]), "votre niveau" if level == mine else "")
            for level, label in reading.dossier.scale
        ),
        arithmetic=f"Constat simulé{NBSP}: {found}."
        if found
        else f"Pas encore de constat{NBSP}: le critère n’a pas de niveau.",
        figures=False,
    )


def _evidence(reading: Reading, scored: CriterionInput) -> Explanation:
    rules = reading.dossier.rules
    missing = {gap.expected.key: gap for gap in missing_required(scored, reading.dossier.reference_on)}
    rows = []
    for expected in scored.expected:
        gap = missing.get(expected.key)
        filed = sum(piece.expected_key == expected.key for piece in scored.evidence)
        if gap:
            state = (
                "manque" if gap.status == EvidenceStatus.MISSING else f"expirée depuis le {long_date(gap.expired_on)}"
            )
        else:
            state = "valable" if filed else "facultative"
        rows.append((expected.label, "oui" if expected.required else "non", str(filed), state))
    counts = scored.code in reading.result.gaps
    return Explanation(
        "preuves",
        "Preuves attendues",
        f"À partir du niveau {rules.evidence_level_min}, une preuve obligatoire manquante ou expirée devient une réserve.",
        ("Preuve attendue", "Obligatoire", "Pièces jointes", "État"),
        tuple(rows),
        arithmetic="Ce critère ajoute une réserve au verdict."
        if counts
        else "Ce critère n’ajoute pas de réserve pour ses preuves.",
        figures=False,
    )


def weighs_on(reading: Reading, code: str) -> tuple[str, ...]:
    """The sentences of the verdict’s reasons that name the criterion, worst first."""
    order = list(Severity)
    naming = [reason for reason in reading.result.reasons if code in reason.criteria]
    return tuple(reason.sentence for reason in sorted(naming, key=lambda reason: order.index(reason.severity)))
