"""The page a board reads: the verdict, four figures, what blocks, what holds, what to decide, the way to the audit."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from assessments.enums import ActionStatus
from assessments.priorities import Priority, days_text
from assessments.reports.evidence import last_valid_day
from assessments.reports.frame import Source
from assessments.reports.readings import only_score
from assessments.reports.typography import (
    counted,
    figures_date,
    in_words,
    joined,
    of_month,
    quoted,
    registers_covered,
    sentence,
    shortened,
    tied,
)
from assessments.scoring import Finding, Severity, Verdict, percent_text, verdict_headline
from certif.dates import SHORT_MONTHS, long_date
from certif.ui import euros

ITEMS = 5
SOLID = 4
DECISIONS = 4
DATES = 5
OPEN = (ActionStatus.TODO, ActionStatus.DOING)


@dataclass(frozen=True)
class Figure:
    value: str
    label: str
    note: str


@dataclass(frozen=True)
class Item:
    """A line of a list; `anchor` gives its page."""

    text: str
    code: str = ""
    anchor: str = ""
    sign: str = "☐"
    css: str = "t"


@dataclass(frozen=True)
class Stop:
    """A date on the way to the audit."""

    day: str
    label: str
    is_audit: bool = False


@dataclass(frozen=True)
class Board:
    headline: str
    lead: str
    figures: tuple[Figure, ...]
    todo_title: str
    todo: tuple[Item, ...]
    todo_more: str
    solid: tuple[Item, ...]
    solid_none: str
    decisions: tuple[Item, ...]
    stops: tuple[Stop, ...]
    closing: str


def board(source: Source) -> Board:
    title, items = _todo(source)
    more = len(items) - ITEMS
    return Board(
        headline=verdict_headline(source.result),
        lead=tied(_lead(source)),
        figures=tuple(_figures(source)),
        todo_title=title,
        todo=tuple(items[: ITEMS if more > 1 else ITEMS + 1]),
        todo_more=f"Et {in_words(more)} autres, au chapitre suivant." if more > 1 else "",
        solid=tuple(_solid(source)),
        solid_none="Rien n’est encore coté au niveau maîtrisé, preuves à l’appui. C’est le propre d’un début.",
        decisions=tuple(list(_decisions(source))[:DECISIONS]),
        stops=tuple(_stops(source)),
        closing=_closing(source),
    )


def _lead(source: Source) -> str:
    result = source.result
    way = source.path
    match result.verdict:
        case Verdict.NOT_READY:
            majors = len(result.criteria_with(Finding.MAJOR))
            others = [reason.code for reason in result.reasons_of(Severity.BLOCKING)]
            parts = []
            if majors:
                parts.append(counted(majors, "critère bloquant n’est pas tenu", "critères bloquants ne sont pas tenus"))
            if "registres_insuffisants" in others:
                parts.append(f"{_covered(source)} sur les {in_words(source.dossier.rules.registers_min)} attendus")
            if "eligibilite" in others:
                parts.append("une réponse d’éligibilité empêche de présenter une demande")
            return f"{sentence(' ; '.join(parts))}. {_way(source)}"
        case Verdict.INCOMPLETE:
            done, total = result.progress.done, result.progress.total
            if not done:
                return (
                    "L’auto-évaluation commence. Ce rapport montre d’où part le dossier et ce que la grille demandera."
                )
            return (
                f"{sentence(counted(done, 'critère est renseigné', 'critères sont renseignés'))} sur {total}. "
                "Rien de ce qui est répondu ne bloque ; le verdict viendra avec les autres réponses."
            )
        case Verdict.RESERVES:
            return f"Rien ne bloque : le dossier peut se présenter, mais un auditeur relèverait ces réserves. {_way(source)}"
    fragile = len(result.criteria_with(Finding.MINOR)) + len(result.criteria_with(Finding.SENSITIVE))
    rest = (
        f"{sentence(counted(fragile, 'point reste à consolider', 'points restent à consolider'))}, sans retenir le verdict."
        if fragile
        else "Il reste à tenir les preuves à jour jusqu’à l’audit."
    )
    return (
        joined(["Le dossier peut être présenté : rien ne bloque, rien ne manque.", rest if not way.steps else ""])
        or rest
    )


def _covered(source: Source) -> str:
    return registers_covered(source.result.registers_covered)


def _way(source: Source) -> str:
    way = source.path
    if not way.steps:
        return "Aucune action proposée n’y suffit : les motifs disent quoi régler."
    effort = f"{days_text(way.days)} de travail"
    if way.leads_to_ready:
        return f"Le plus court chemin vers {quoted('prêt')} demande {effort}."
    return f"Les actions proposées demandent {effort} ; elles laissent des points que les motifs détaillent."


def _figures(source: Source) -> Iterable[Figure]:
    result, rules = source.result, source.dossier.rules
    second = only_score(source)
    advisor = f"{percent_text(second.total)} selon le réseau" if second else "moyenne pondérée, indicative"
    maturity = result.maturity.total
    yield Figure("–" if maturity is None else percent_text(maturity), "indice de maturité", advisor)
    aside = sum(each.in_scope and each.not_applicable for each in source.dossier.criteria)
    left = result.progress.left
    note = f"dont {counted(aside, 'non concerné', 'non concernés')}" if aside else "dans le périmètre"
    yield Figure(
        f"{result.progress.done}/{result.progress.total}",
        "critères renseignés",
        f"il en reste {left}" if left else note,
    )
    covered, least = result.registers_covered, rules.registers_min
    margin = ", sans marge" if covered == least else ""
    yield Figure(
        f"{covered}/{len(result.coverage)}", "registres couverts", f"seuil attendu : {in_words(least)}{margin}"
    )
    minors = len(result.criteria_with(Finding.MINOR))
    limit = (
        f"{in_words(rules.minor_limit, feminine=True)} au plus pour être prêt"
        if rules.minor_limit
        else "aucune pour être prêt"
    )
    yield Figure(str(minors), "non-conformité mineure" if minors < 2 else "non-conformités mineures", limit)


# What blocks, what holds


def _todo(source: Source) -> tuple[str, list[Item]]:
    result = source.result
    if result.verdict == Verdict.READY:
        return "À tenir jusqu’à l’audit", list(_to_keep(source))
    severity, title = {
        Verdict.NOT_READY: (Severity.BLOCKING, "Ce qui bloque"),
        Verdict.INCOMPLETE: (Severity.INCOMPLETE, "Ce qui manque"),
        Verdict.RESERVES: (Severity.RESERVE, "Ce qui fait réserve"),
    }[result.verdict]
    items = []
    for reason in result.reasons_of(severity):
        if reason.code == "non_conformite_majeure":
            (code,) = reason.criteria
            items.append(Item(source.criterion[code].title, code, source.anchors[code]))
        else:
            items.append(Item(reason.sentence))
    return title, items


def _to_keep(source: Source) -> Iterable[Item]:
    """The first pieces to renew before the audit, or within a year."""
    horizon = source.audit_on or source.on + timedelta(days=365)
    from_reports = sorted(_ends(source, horizon))
    for end, code, label in from_reports[: ITEMS + 1]:
        yield Item(f"{shortened(label, 90)}, à renouveler avant le {figures_date(end)}", code, source.anchors[code])
    if not from_reports:
        yield Item(f"Aucune pièce obligatoire n’arrive à échéance avant le {long_date(horizon)}.", sign="✓", css="v")


def _ends(source: Source, horizon: date) -> Iterable[tuple[date, str, str]]:
    for criterion in source.dossier.criteria:
        if criterion.rated:
            for expected in criterion.expected:
                end = last_valid_day(criterion, expected, source.on)
                if expected.required and end and end <= horizon:
                    yield end, criterion.code, expected.label


def _solid(source: Source) -> Iterable[Item]:
    strong = [
        criterion
        for found in (Finding.STRENGTH, Finding.CONFORMING)
        for criterion in sorted(
            (source.criterion[code] for code in source.result.criteria_with(found)), key=lambda each: -each.weight
        )
        if criterion.code not in source.result.gaps
    ]
    for criterion in strong[:SOLID]:
        yield Item(criterion.title, criterion.code, source.anchors[criterion.code])


def _decisions(source: Source) -> Iterable[Item]:
    """What only a board can give: a date, time, money, names."""
    if source.audit_on is None:
        yield Item("Fixer la date de l’audit.")
    if source.dossier.blocking_eligibility:
        yield Item("Lever la réponse d’éligibilité qui bloque la demande.")
    if source.path.steps:
        until = f" d’ici au {long_date(source.audit_on)}" if source.audit_on and source.audit_on > source.on else ""
        yield Item(tied(f"Dégager {days_text(source.path.days)} de travail{until}."))
    opened = [action for action in source.data["actions"] if action["etat"] in OPEN]
    cost = sum(action["cout_euros"] or 0 for action in opened)
    if cost:
        yield Item(f"Financer {euros(cost)} d’actions prévues.")
    unowned = sum(not action["responsable"] for action in opened)
    if unowned:
        yield Item(f"Nommer un pilote pour {counted(unowned, 'action', 'actions', feminine=True)}.")
    if not opened and source.result.verdict not in (Verdict.READY, Verdict.INCOMPLETE):
        yield Item("Adopter une feuille de route.")
    if source.result.verdict == Verdict.INCOMPLETE:
        yield Item("Donner du temps à l’équipe pour finir l’auto-évaluation.")
    if source.result.registers_covered <= source.dossier.rules.registers_min:
        yield Item("Choisir les registres à déployer ou à conforter.")
    if source.result.verdict == Verdict.READY:
        yield Item("Confirmer la demande auprès de l’organisme certificateur.")
        yield Item("Garder un temps mensuel pour tenir les preuves à jour.")


# The way to the audit


def _stops(source: Source) -> Iterable[Stop]:
    audit = source.audit_on
    if audit is None or audit <= source.on:
        return
    between = [
        (date.fromisoformat(each["date"]), each["titre"])
        for each in source.data["jalons"]
        if source.on <= date.fromisoformat(each["date"]) < audit
    ]
    if len(between) > DATES:
        between = [between[round(rank * (len(between) - 1) / (DATES - 1))] for rank in range(DATES)]
    for day, label in between:
        yield Stop(_short_day(day, source.on), shortened(label, 90))
    yield Stop(_short_day(audit, source.on), source.audit_label, is_audit=True)


def _short_day(day: date, on: date) -> str:
    number = "1er" if day.day == 1 else day.day
    year = f" {day.year}" if day.year > on.year + 1 else ""
    return f"{number} {SHORT_MONTHS[day.month - 1]}{year}"


def _closing(source: Source) -> str:
    mean = "La moyenne ne décide jamais du verdict : un seul critère bloquant non tenu suffit à le retenir."
    audit = source.audit_on
    if audit is None:
        return tied(f"La date de l’audit n’est pas encore fixée : le calendrier du cycle en dépend. {mean}")
    if audit <= source.on:
        return tied(f"L’audit était prévu le {long_date(audit)}. {mean}")
    due = [
        date.fromisoformat(action["echeance"])
        for action in source.data["actions"]
        if action["etat"] in OPEN and action["priorite"] <= Priority.CLEAR_RESERVES and action["echeance"]
    ]
    if not due:
        return tied(f"L’audit est prévu le {long_date(audit)}. {mean}")
    last = max(due)
    pace = f"Au rythme prévu par la feuille de route, les priorités 1 et 2 sont closes en {of_month(last)}"
    when = ", après la date de l’audit" if last > audit else f", avant l’audit du {long_date(audit)}"
    return tied(f"{pace}{when}. {mean}")
