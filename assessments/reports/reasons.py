"""Why the verdict is what it is: each reason, what would lift it and where to read more; or all that was checked."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from assessments.priorities import days_text
from assessments.reports.frame import CRITICALITY_SIGNS, VERDICT_NAMES, Source
from assessments.reports.typography import (
    counted,
    in_words,
    joined,
    listed,
    lowered,
    paragraphs,
    plural,
    quoted,
    registers_covered,
    sentence,
    shortened,
    tied,
)
from assessments.scoring import Finding, Reason, Severity, Verdict

LISTED_BY_TITLE = 9
LISTED_BY_CODE = 24
JUSTIFICATION_SHOWN = 420


@dataclass(frozen=True)
class Named:
    """A criterion in a sentence."""

    code: str
    title: str


@dataclass(frozen=True)
class ReasonCard:
    """`headline` stands in the rail when there is no ball; `criteria` are listed one after the other."""

    headline: str
    hint: str = ""
    sign: str = ""
    level: str = ""
    criticality: str = ""
    criticality_sign: str = ""
    code: str = ""
    anchor: str = ""
    title: str = ""
    text: tuple[str, ...] = ()
    lift: str = ""
    criteria: tuple[Named, ...] = ()


@dataclass(frozen=True)
class Group:
    title: str
    cards: tuple[ReasonCard, ...]


@dataclass(frozen=True)
class Reasons:
    title: str
    lead: str
    groups: tuple[Group, ...]


GROUPS = {
    Severity.BLOCKING: ("motif qui bloque", "motifs qui bloquent"),
    Severity.INCOMPLETE: ("motif qui rend le dossier incomplet", "motifs qui rendent le dossier incomplet"),
    Severity.RESERVE: ("motif de réserve", "motifs de réserve"),
}


def reasons(source: Source) -> Reasons:
    verdict = source.result.verdict
    title = f"Pourquoi {quoted(VERDICT_NAMES[verdict])}"
    if verdict == Verdict.READY:
        lead = "Rien ne retient le verdict. Voici ce qui a été vérifié, et ce qui reste à entretenir."
        return Reasons(title, tied(lead), (Group("Ce qui a été vérifié", tuple(_checks(source))),))
    groups = tuple(
        Group(sentence(counted(len(found), *names)), tuple(_card(source, reason) for reason in found))
        for severity, names in GROUPS.items()
        if (found := source.result.reasons_of(severity))
    )
    lead = (
        "Un seul motif retient le verdict. Voici ce qui est constaté, ce qui le lève et où le lire."
        if len(source.result.reasons) == 1
        else "Les motifs sont rangés du plus grave au moins grave. Chacun dit ce qui est constaté, ce qui le lève et où le lire."
    )
    return Reasons(title, tied(lead), groups)


def _card(source: Source, reason: Reason) -> ReasonCard:
    return {
        "non_conformite_majeure": _major,
        "eligibilite": _eligibility,
        "registres_insuffisants": _registers,
        "sans_reponse": _unanswered,
        "mineures_trop_nombreuses": _minors,
        "preuve_manquante": _evidence,
        "preuve_expiree": _evidence,
    }.get(reason.code, _other)(source, reason)


def _major(source: Source, reason: Reason) -> ReasonCard:
    (code,) = reason.criteria
    criterion = source.criterion[code]
    known = source.content.criterion_by_code.get(code)
    said = paragraphs(shortened(source.raw[code]["justification"], JUSTIFICATION_SHOWN))
    if not said and known:
        said = (tied(known.descriptor(criterion.level)),)
    return ReasonCard(
        headline="",
        sign=source.sign(code),
        level=source.level_text(criterion.level),
        criticality=criterion.criticality.capitalize(),
        criticality_sign=CRITICALITY_SIGNS.get(criterion.criticality, ""),
        code=code,
        anchor=source.anchors[code],
        title=criterion.title,
        text=said,
        lift=_lift(source, code),
    )


def _lift(source: Source, code: str) -> str:
    """« Rédiger une clause type, puis préparer la réponse. Comptez 4 jours. »"""
    steps = [step for step in source.path.steps if step.criterion == code]
    if not steps:
        return "Aucune action proposée n’y suffit : à traiter avec votre équipe ou votre réseau."
    titles = [lowered(step.title) for step in steps[:4]]
    more = len(steps) - len(titles)
    text = sentence(", puis ".join(titles)) + (f", et {plural(more, 'autre étape', 'autres étapes')}" if more else "")
    return tied(f"{text}. Comptez {days_text(sum(step.days for step in steps))}.")


def _eligibility(source: Source, reason: Reason) -> ReasonCard:
    (code,) = reason.about
    question = next((each for each in source.content.eligibility.get("questions", ()) if each["code"] == code), None)
    if question is None:
        return ReasonCard("Éligibilité", text=(reason.sentence,))
    given = source.data["eligibilite"]["reponses"].get(code)
    answer = next((each for each in question["reponses"] if each["valeur"] == given), None)
    text = (f"Réponse donnée : {quoted(answer['libelle'])}.",) if answer else ()
    lift = tied(answer["message"]) if answer else ""
    return ReasonCard(
        "Éligibilité", hint="une réponse bloque la demande", title=question["question"], text=text, lift=lift
    )


def _registers(source: Source, reason: Reason) -> ReasonCard:
    rules, covered = source.dossier.rules, source.result.registers_covered
    short = rules.registers_min - covered
    labels = {register.code: lowered(register.label) for register in source.dossier.registers}
    declared = [
        each.code
        for each in source.dossier.registers
        if each.declared and not source.result.coverage[each.code].covered
    ]
    text = [f"{sentence(registers_covered(covered))} ; il en faut {in_words(rules.registers_min)}."]
    if declared:
        text.append(tied(f"Déclarés sans être couverts : {listed([labels[code] for code in declared])}."))
    lift = f"Couvrir encore {counted(short, 'registre', 'registres')} : déclaré, rattaché à un dispositif, prouvé par une trace récente."
    return ReasonCard(
        plural(covered, "registre couvert", "registres couverts"),
        hint=f"{in_words(rules.registers_min)} au moins pour être prêt",
        text=tuple(text),
        lift=tied(lift),
    )


def _unanswered(source: Source, reason: Reason) -> ReasonCard:
    number = len(reason.criteria)
    total = source.result.progress.total
    headline = plural(number, "critère sans réponse", "critères sans réponse")
    hint = f"sur {total} dans le périmètre"
    if number <= LISTED_BY_CODE:
        text = ("Un critère sans réponse n’est pas un zéro : il ne compte pas, et le dossier n’est pas complet.",)
        return ReasonCard(headline, hint=hint, text=text, criteria=_named(source, reason.criteria))
    left = Counter(source.criterion[code].chapter for code in reason.criteria)
    totals = source.result.chapter_progress
    parts = [
        f"{source.short_title(code)} ({left[code]} sur {totals[code].total})"
        for code, _ in source.dossier.chapters
        if left[code]
    ]
    return ReasonCard(
        headline,
        hint=hint,
        text=(
            "Un critère sans réponse n’est pas un zéro : il ne compte pas, et le dossier n’est pas complet.",
            tied(f"Restent à renseigner : {listed(parts)}."),
        ),
    )


def _minors(source: Source, reason: Reason) -> ReasonCard:
    limit = source.dossier.rules.minor_limit
    blocking = sum(source.criterion[code].criticality == "bloquant" for code in reason.criteria)
    others = len(reason.criteria) - blocking
    parts = [
        f"{counted(number, one, many, feminine=True)}"
        for number, one, many in (
            (
                blocking,
                "porte sur un critère bloquant tenu en partie",
                "portent sur un critère bloquant tenu en partie",
            ),
            (others, "sur un critère majeur peu engagé", "sur un critère majeur peu engagé"),
        )
        if number
    ]
    if not blocking:
        parts = [
            "Toutes portent sur un critère majeur peu engagé"
            if others > 1
            else "Elle porte sur un critère majeur peu engagé"
        ]
    lifted = len(reason.criteria) - limit
    text = f"{sentence(', '.join(parts))}. En lever {in_words(lifted, feminine=True)} suffit."
    return ReasonCard(
        plural(len(reason.criteria), "non-conformité mineure", "non-conformités mineures"),
        hint=f"{in_words(limit, feminine=True)} au plus pour être prêt" if limit else "aucune pour être prêt",
        text=(tied(text),),
        criteria=_named(source, reason.criteria),
    )


def _evidence(source: Source, reason: Reason) -> ReasonCard:
    missing = reason.code == "preuve_manquante"
    level = source.dossier.rules.evidence_level_min
    what = (
        "une pièce obligatoire n’est pas déposée" if missing else "une pièce obligatoire a dépassé sa durée de validité"
    )
    return ReasonCard(
        plural(len(reason.criteria), "critère", "critères")
        + (" sans sa preuve" if missing else " à la preuve périmée"),
        hint=f"cotés au moins {level}" if len(reason.criteria) > 1 else f"coté au moins {level}",
        text=(tied(f"Le niveau annoncé est au moins {level}, mais {what}."),),
        criteria=_named(source, reason.criteria),
    )


def _other(source: Source, reason: Reason) -> ReasonCard:
    number = len(reason.criteria)
    return ReasonCard(
        plural(number, "« non concerné » à revoir", "« non concerné » à revoir"),
        text=(reason.sentence,),
        criteria=_named(source, reason.criteria),
    )


def _named(source: Source, codes: Iterable[str]) -> tuple[Named, ...]:
    """With their titles when they are few; by their codes alone beyond."""
    codes = tuple(codes)
    titled = len(codes) <= LISTED_BY_TITLE
    return tuple(Named(code, lowered(source.criterion[code].title) if titled else "") for code in codes)


def _checks(source: Source) -> Iterable[ReasonCard]:
    """What a dossier « prêt » has passed, one rule after the other."""
    result, rules = source.result, source.dossier.rules
    total = result.progress.total
    set_aside = sum(each.in_scope and each.not_applicable for each in source.dossier.criteria)
    aside = f", dont {counted(set_aside, 'non concerné justifié', 'non concernés justifiés')}" if set_aside else ""
    yield ReasonCard(
        "Tout est renseigné", sign="✓", text=(f"Les {total} critères du périmètre ont une réponse{aside}.",)
    )
    yield ReasonCard(
        "Aucune non-conformité majeure",
        sign="✓",
        text=(
            "Aucun critère bloquant n’est au-dessous du niveau attendu, et aucune réponse d’éligibilité n’empêche "
            "de présenter une demande.",
        ),
    )
    yield ReasonCard(
        f"{source.result.registers_covered} registres couverts",
        sign="✓",
        text=(
            f"Il en faut {in_words(rules.registers_min)} sur {in_words(len(source.dossier.registers))} : "
            "déclarés, rattachés à un dispositif, soutenus par une preuve de moins de "
            f"{in_words(rules.registers_months)} mois.",
        ),
    )
    minors = result.criteria_with(Finding.MINOR)
    few = (
        f"{sentence(counted(len(minors), 'non-conformité mineure', 'non-conformités mineures', feminine=True))}, "
        f"pour un seuil indicatif de {in_words(rules.minor_limit)}."
    )
    yield ReasonCard(
        "Peu de non-conformités mineures" if minors else "Aucune non-conformité mineure",
        sign="✓",
        text=(few if minors else joined(["Aucun critère n’en donne aujourd’hui."]),),
        criteria=_named(source, minors),
    )
    yield ReasonCard(
        "Les preuves sont là",
        sign="✓",
        text=(
            f"Chaque critère coté {rules.evidence_level_min} ou plus a ses pièces obligatoires, en cours de validité "
            "au jour de ce rapport.",
        ),
    )
