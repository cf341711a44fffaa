"""The figures of the audit report: maturity by chapter, the map of the criteria, registers, simulated findings."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from assessments.reports import charts
from assessments.reports.detail import Strip, strips
from assessments.reports.frame import CRITICALITY_SIGNS, Source, ball
from assessments.reports.readings import only_score
from assessments.reports.typography import (
    counted,
    figures_date,
    in_words,
    listed,
    plural,
    printable,
    quoted,
    sentence,
    shortened,
    tied,
    two_columns,
)
from assessments.scoring import (
    NNBSP,
    Finding,
    RegisterInput,
    Uncovered,
    add_months,
    explain_maturity,
    percent,
    percent_text,
)
from certif.dates import long_date

BAR_WIDTH = 38
MAP_LENGTH = 15
ABSENT = "·"


# Maturity


@dataclass(frozen=True)
class ChapterRow:
    """`bar` is the width of the bar in tenths of a millimetre."""

    title: str
    percent: str
    bar: str
    levels: tuple[str, ...]
    set_aside: str
    unanswered: str
    total: str


@dataclass(frozen=True)
class LevelHead:
    sign: str
    label: str


@dataclass(frozen=True)
class Maturity:
    lead: str
    radar: str
    caption: str
    heads: tuple[LevelHead, ...]
    rows: tuple[ChapterRow, ...]
    whole: ChapterRow
    arithmetic: str


def maturity(source: Source) -> Maturity:
    result = source.result
    codes = [code for code, _ in source.dossier.chapters]
    rows = tuple(_row(source, source.short_title(code), [code], result.maturity.chapters[code]) for code in codes)
    return Maturity(
        lead=_maturity_lead(source),
        radar=_radar(source, codes) if result.maturity.total is not None else "",
        caption=_caption(source),
        heads=tuple(LevelHead(ball(value, source.top), str(value)) for value, _ in source.dossier.scale),
        rows=rows,
        whole=_row(source, "Ensemble", codes, result.maturity.total),
        arithmetic=_arithmetic(source),
    )


def _row(source: Source, title: str, codes: list[str], share: Fraction | None) -> ChapterRow:
    criteria = [each for each in source.dossier.criteria if each.chapter in codes and each.in_scope]
    levels = Counter(each.level for each in criteria if each.rated)
    set_aside = sum(each.not_applicable for each in criteria)
    return ChapterRow(
        title=title,
        percent="–" if share is None else str(percent(share)),
        bar=f"{float(share) * BAR_WIDTH:.1f}" if share else "",
        levels=tuple(str(levels[value]) if levels[value] else ABSENT for value, _ in source.dossier.scale),
        set_aside=str(set_aside) if set_aside else ABSENT,
        unanswered=str(sum(each.unanswered for each in criteria) or ABSENT),
        total=str(len(criteria)),
    )


def _radar(source: Source, codes: list[str]) -> str:
    result = source.result
    values = [result.maturity.chapters[code] for code in codes]
    second = only_score(source)
    other = [second.chapters[code] for code in codes] if second else None
    said = listed(
        [f"{source.short_title(code)} {percent_text(value)}" for code, value in zip(codes, values, strict=True)]
    )
    title = f"Radar de la maturité par chapitre : {said}."
    return charts.radar(
        [source.short_title(code) for code in codes],
        values,
        title=title,
        other=other,
        percents=True,
        paint=charts.PRINT,
    )


def _maturity_lead(source: Source) -> str:
    chapters = source.result.maturity.chapters
    known = sorted((value, code) for code, value in chapters.items() if value is not None)
    if not known:
        return "Aucun chapitre n’est encore coté. La maturité apparaît dès la première réponse."
    if len(known) == 1:
        value, code = known[0]
        return tied(f"Un seul chapitre est coté : {quoted(source.short_title(code))}, à {percent_text(value)}.")
    low, code = known[0]
    first, last = percent(known[1][0]), percent(known[-1][0])
    others = counted(len(known) - 1, "chapitre", "chapitres")
    some = f"{sentence(others)} sur {in_words(len(chapters))}"
    if percent(low) == first == last:
        return tied(
            f"{sentence(counted(len(known), 'chapitre se tient', 'chapitres se tiennent'))} tous à {percent_text(low)}."
        )
    where = f"à {last}{NNBSP}%" if first == last else f"entre {first} et {last}{NNBSP}%"
    stand = "se tient" if len(known) == 2 else "se tiennent"
    if percent(low) + 5 >= first:
        return tied(
            f"Les {in_words(len(known))} chapitres cotés se tiennent entre {percent(low)} et {last}{NNBSP}%. Aucun "
            "ne décroche."
        )
    return tied(
        f"{some} {stand} {where}. {quoted(source.short_title(code))}, à {percent_text(low)}, est le plus fragile."
    )


def _caption(source: Source) -> str:
    result = source.result
    if result.maturity.total is None:
        return ""
    second = only_score(source)
    if second is None:
        return "Échelle de 0 au centre à 100 % au bord. Un chapitre sans réponse laisse la ligne ouverte."
    opinions = sum(each.advisor_level is not None for each in source.dossier.criteria)
    return (
        f"Trait plein : lecture de la structure ({percent_text(result.maturity.total)}). Tireté : lecture du réseau "
        f"({percent_text(second.total)}), sur {plural(opinions, 'critère relu', 'critères relus')}. Échelle "
        "de 0 au centre à 100 % au bord."
    )


def _arithmetic(source: Source) -> str:
    sums = explain_maturity(source.dossier.criteria, source.dossier.rules)
    if sums.value is None:
        return ""
    return tied(
        f"Calcul : somme des niveaux pondérés ({sums.points}) divisée par le maximum possible ({sums.maximum}), soit "
        f"{percent_text(sums.value)}. Un critère non concerné ou sans réponse n’entre dans aucune des deux sommes. "
        "Les poids vont de 1 à 3 et figurent à chaque critère."
    )


# The map


@dataclass(frozen=True)
class MapRow:
    code: str
    title: str
    strips: tuple[Strip, ...]


def criteria_map(source: Source) -> tuple[MapRow, ...]:
    """Chapter by chapter, every criterion in scope as its ball."""
    return tuple(
        MapRow(
            code,
            source.short_title(code),
            strips(source, [each for each in source.dossier.criteria if each.chapter == code], MAP_LENGTH),
        )
        for code, _ in source.dossier.chapters
    )


# Registers


@dataclass(frozen=True)
class RegisterRow:
    number: int
    label: str
    doubt: str
    services: str
    piece: str
    day: str
    sign: str
    css: str
    state: str


@dataclass(frozen=True)
class Registers:
    lead: str
    rows: tuple[RegisterRow, ...]
    rule: str
    advice: tuple[str, ...]


STATES = {
    None: ("✓", "v", "Couvert"),
    Uncovered.NOT_DECLARED: ("", "g", "Non déclaré"),
    Uncovered.NO_SERVICE: ("✗", "t", "Sans dispositif"),
    Uncovered.NO_EVIDENCE: ("✗", "t", "Sans preuve"),
    Uncovered.OLD_EVIDENCE: ("◷", "o", "Preuve ancienne"),
}
DOUBTS = {
    "haute": "",
    "moyenne": "Libellé à confirmer sur la norme.",
    "faible": "Libellé incertain, à vérifier sur la norme.",
}


def registers(source: Source) -> Registers:
    rules = source.dossier.rules
    months, least, total = (
        in_words(rules.registers_months),
        in_words(rules.registers_min),
        in_words(len(source.dossier.registers)),
    )
    return Registers(
        lead=_registers_lead(source),
        rows=tuple(_register(source, number, each) for number, each in enumerate(source.dossier.registers, 1)),
        rule=tied(
            "Un registre compte s’il est déclaré, rattaché à un dispositif et soutenu par une preuve de moins de "
            f"{months} mois. "
            f"Seul le seuil de {least} sur {total} est public ; le mode de calcul est une proposition de l’outil."
        ),
        advice=tuple(tied(text) for text in _advice(source)),
    )


def _register(source: Source, number: int, register: RegisterInput) -> RegisterRow:
    known = source.content.register_by_code.get(register.code)
    last = _last_piece(register, source.on)
    sign, css, state = STATES[source.result.coverage[register.code].reason]
    return RegisterRow(
        number=number,
        label=register.label,
        doubt=DOUBTS.get(known.label_confidence, "") if known else "",
        services=shortened(printable(", ".join(register.services)), 140) or "–",
        piece=shortened(printable(last.label), 120) if last else "–",
        day=figures_date(last.effective_on) if last else "",
        sign=sign,
        css=css,
        state=state,
    )


def _last_piece(register: RegisterInput, on: date):
    dated = [piece for piece in register.evidence if piece.effective_on and piece.effective_on <= on]
    return max(dated, key=lambda piece: piece.effective_on, default=None)


def _registers_lead(source: Source) -> str:
    covered, least = source.result.registers_covered, source.dossier.rules.registers_min
    total = in_words(len(source.dossier.registers))
    if not any(register.declared for register in source.dossier.registers):
        return tied(
            f"Aucun registre n’est encore déclaré. Il en faut {in_words(least)} sur {total}, déployés et prouvés."
        )
    verb = "sont couverts" if covered > 1 else "est couvert" if covered else "n’est couvert"
    begin = f"{sentence(counted(covered, 'registre', 'registres'))} sur {total} {verb}"
    if covered < least:
        return tied(f"{begin} : il en manque {in_words(least - covered)} pour atteindre le seuil attendu.")
    if covered == least:
        return tied(f"{begin} : le seuil attendu est atteint, sans marge.")
    spare = counted(covered - least, "registre", "registres")
    return tied(f"{begin} : le seuil attendu est atteint, avec {spare} de marge.")


def _advice(source: Source) -> Iterable[str]:
    rules = source.dossier.rules
    for register in source.dossier.registers:
        label, last = quoted(register.label), _last_piece(register, source.on)
        reason = source.result.coverage[register.code].reason
        if reason == Uncovered.NO_SERVICE:
            yield f"{label} : rattachez-le au dispositif qui l’exerce."
        elif reason == Uncovered.NO_EVIDENCE:
            yield f"{label} : déposez une trace datée de moins de {in_words(rules.registers_months)} mois."
        elif reason == Uncovered.OLD_EVIDENCE:
            yield f"{label} : la dernière trace est du {long_date(last.effective_on)} ; une plus récente le couvrirait de nouveau."
        elif reason is None and source.audit_on and source.audit_on > source.on:
            end = add_months(last.effective_on, rules.registers_months)
            if end <= source.audit_on:
                yield (
                    f"{label} : la trace du {long_date(last.effective_on)} aura plus de "
                    f"{in_words(rules.registers_months)} mois "
                    f"le jour de l’audit ; prévoyez-en une autre avant le {long_date(end)}."
                )
    declared = sum(register.declared for register in source.dossier.registers)
    if declared < rules.registers_min:
        yield f"Déclarez encore {counted(rules.registers_min - declared, 'registre', 'registres')} parmi ceux que votre équipe exerce déjà."


# Simulated findings


@dataclass(frozen=True)
class FindingRow:
    code: str
    anchor: str
    title: str
    sign: str
    level: str
    criticality: str
    criticality_sign: str


@dataclass(frozen=True)
class FindingList:
    title: str
    count: int
    rows: tuple[FindingRow, ...]

    @property
    def columns(self) -> tuple[tuple[tuple[FindingRow, ...], ...], ...]:
        return two_columns(self.rows)


@dataclass(frozen=True)
class CrossRow:
    label: str
    sign: str
    cells: tuple[str, ...]
    total: str


@dataclass(frozen=True)
class Findings:
    lead: str
    heads: tuple[str, ...]
    cross: tuple[CrossRow, ...]
    whole: CrossRow
    tables: tuple[FindingList, ...]
    columns: tuple[FindingList, ...]


FINDING_TITLES = {
    Finding.MAJOR: "Non-conformités majeures",
    Finding.MINOR: "Non-conformités mineures",
    Finding.SENSITIVE: "Points sensibles",
    Finding.LEAD: "Pistes de progrès",
    Finding.STRENGTH: "Points forts",
}
HEADS = (
    "Non-conformité majeure",
    "Non-conformité mineure",
    "Point sensible",
    "Piste de progrès",
    "Conforme",
    "Point fort",
)


def findings(source: Source) -> Findings:
    found = source.result.findings
    criticalities = [
        each
        for each in source.dossier.rules.findings
        if any(source.criterion[code].criticality == each for code in found)
    ]
    cross = tuple(_cross(source, each.capitalize(), CRITICALITY_SIGNS.get(each, ""), [each]) for each in criticalities)
    lists = [_finding_list(source, finding) for finding in FINDING_TITLES]
    present = [each for each in lists if each.count]
    columns = tuple(each for each in present if each.title in ("Pistes de progrès", "Points forts"))
    return Findings(
        lead=_findings_lead(source),
        heads=HEADS,
        cross=cross,
        whole=_cross(source, "Ensemble", "", criticalities),
        tables=tuple(each for each in present if each not in columns),
        columns=columns,
    )


def _findings_lead(source: Source) -> str:
    if not source.result.findings:
        return "Aucun constat n’est encore simulé : il en vient un avec chaque critère coté."
    return tied(
        "Voici ce qu’un auditeur pourrait écrire aujourd’hui. Ces constats sont calculés par l’outil ; "
        "ils n’engagent aucun organisme certificateur."
    )


def _cross(source: Source, label: str, sign: str, criticalities: list[str]) -> CrossRow:
    count = Counter(
        finding
        for code, finding in source.result.findings.items()
        if source.criterion[code].criticality in criticalities
    )
    return CrossRow(
        label, sign, tuple(str(count[each]) if count[each] else ABSENT for each in Finding), str(count.total())
    )


def _finding_list(source: Source, finding: Finding) -> FindingList:
    rows = []
    for code in source.result.criteria_with(finding):
        criterion = source.criterion[code]
        rows.append(
            FindingRow(
                code=code,
                anchor=source.anchors[code],
                title=criterion.title,
                sign=source.sign(code),
                level=source.level_text(criterion.level),
                criticality=criterion.criticality.capitalize(),
                criticality_sign=CRITICALITY_SIGNS.get(criterion.criticality, ""),
            )
        )
    return FindingList(FINDING_TITLES[finding], len(rows), tuple(rows))
