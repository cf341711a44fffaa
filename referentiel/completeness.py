"""What a draft still lacks before it may be published: one sentence per thing to fix, and the screen where it is fixed."""

from collections.abc import Iterator
from dataclasses import dataclass

from assessments.scoring import Rules
from referentiel.content import Content, CriterionContent
from referentiel.models import Criticality

WEIGHTS = (1, 2, 3)

# What scoring reads in the rules of an edition, besides the table of findings.
RULES = {
    "seuils": ("mineures_max", "niveau_preuve_min"),
    "registres": ("minimum", "mois", "critere"),
    "non_concerne": ("justification_min",),
    "chemin": ("jours_par_preuve",),
}


@dataclass(frozen=True, slots=True)
class Lack:
    """`screen` names where it is fixed; `key` the chapter, the criterion or the question concerned, `field` where on that screen."""

    sentence: str
    screen: str = "draft"
    key: str | None = None
    field: str = ""


def lacks(content: Content) -> list[Lack]:
    """Everything that holds the publication back, rules first, then in reading order; empty when nothing does."""
    return [*_rules(content), *_eligibility(content), *_whole(content), *_chapters(content), *_criteria(content)]


def _rules(content: Content) -> Iterator[Lack]:
    found = [Lack(f"Règles : {sentence}", "draft_rules", field=field) for sentence, field in _rule_holes(content)]
    yield from found
    if not found and content.levels:
        try:
            Rules.from_json(content.rules, content.level_by_value)
        except ValueError as problem:
            yield Lack(f"Règles : {problem}", "draft_rules", field="constats")


def _rule_holes(content: Content) -> Iterator[tuple[str, str]]:
    rules = content.rules
    values = {str(level.value) for level in content.levels}
    for criticality in Criticality.values:
        if not values <= rules.get("constats", {}).get(criticality, {}).keys():
            yield f"il manque un constat pour un niveau de la criticité « {criticality} ».", "constats"
    for group, names in RULES.items():
        for name in names:
            if name not in rules.get(group, {}):
                yield f"il manque « {group}.{name} ».", "seuils"
    registers = rules.get("registres", {})
    if registers.get("critere") is not None and registers["critere"] not in content.criterion_by_key:
        yield "le critère des registres n’est pas dans l’édition.", "seuils"
    if registers.get("minimum", 0) > len(content.registers):
        yield "le minimum de registres dépasse le nombre de registres.", "seuils"


def _eligibility(content: Content) -> Iterator[Lack]:
    for question in content.eligibility.get("questions", ()):
        for code in question.get("criteres", ()):
            if code not in content.criterion_by_code:
                sentence = f"Éligibilité : la question {question['code']} renvoie au critère {code}, qui n’est pas dans l’édition."
                yield Lack(sentence, "draft_question", question["code"], "id_criteres")


def _whole(content: Content) -> Iterator[Lack]:
    if not content.levels:
        yield Lack("L’échelle n’a aucun niveau.", "draft_rules", field="echelle")
    if not content.criteria:
        yield Lack("L’édition n’a aucun critère.")


def _chapters(content: Content) -> Iterator[Lack]:
    for chapter in content.chapters:
        if not chapter.criteria:
            yield Lack(f"Le chapitre {chapter.code} n’a aucun critère.", key=chapter.key)
    for code in _twice(chapter.code for chapter in content.chapters):
        yield Lack(f"Deux chapitres portent le code {code}.")


def _criteria(content: Content) -> Iterator[Lack]:
    values = {level.value for level in content.levels}
    for code in _twice(criterion.code for criterion in content.criteria):
        yield Lack(f"Deux critères portent le code {code}.")
    for criterion in content.criteria:
        for sentence, field in _holes(criterion, values):
            yield Lack(f"{criterion.code} : {sentence}", "draft_criterion", criterion.key, field)


def _holes(criterion: CriterionContent, values: set[int]) -> Iterator[tuple[str, str]]:
    if not criterion.statement.strip():
        yield "l’énoncé est vide.", "enonce"
    if {descriptor.value for descriptor in criterion.descriptors if descriptor.text.strip()} != values:
        yield "il faut un descripteur par niveau de l’échelle.", "niveaux"
    if criterion.weight not in WEIGHTS:
        yield "le poids vaut 1, 2 ou 3.", "poids"
    if criterion.criticality == Criticality.BLOCKING:
        if not any(expected.required for expected in criterion.expected_evidence):
            yield "un critère bloquant demande au moins une preuve obligatoire.", "preuves"
        if criterion.na_allowed:
            yield "un critère bloquant n’admet pas « non concerné ».", "non_concerne"
    if criterion.na_allowed and not criterion.na_condition.strip():
        yield "dites à quelle condition « non concerné » est admis.", "non_concerne"
    if any(action.target_level not in values for action in criterion.suggested_actions):
        yield "une action type vise un niveau absent de l’échelle.", "actions"


def _twice(codes) -> list[str]:
    seen, twice = set(), []
    for code in codes:
        if code.casefold() in seen:
            twice.append(code)
        seen.add(code.casefold())
    return twice
