"""What the fields of an edition must agree on: codes and keys taken once, levels and registers that exist, rules that hold."""

from collections.abc import Iterator, Mapping

from assessments.scoring import Rules
from referentiel.models import Criticality
from referentiel.source import Check, Path, shown


def _each(document: Mapping | None, *path: str) -> Iterator[tuple[Path, dict]]:
    """The well-formed entries of a list of the document, with their place."""
    found = document
    for name in path:
        found = (found or {}).get(name)
    for number, entry in enumerate(found or ()):
        if entry is not None:
            yield (*path, number), entry


def all_criteria(document: Mapping) -> list[tuple[Path, dict]]:
    return [
        ((*path, *inner), criterion)
        for path, chapter in _each(document, "chapitres")
        for inner, criterion in _each(chapter, "criteres")
    ]


def agree(document: Mapping, checking: Check) -> None:
    criteria = all_criteria(document)
    registers = list(_each(document, "registres"))
    chapters = list(_each(document, "chapitres"))
    levels = {level["valeur"] for _path, level in _each(document, "echelle")}
    _distinct(_each(document, "echelle"), "valeur", "le niveau", checking)
    for rows, what in ((registers, "registre"), (chapters, "chapitre"), (criteria, "critère")):
        _distinct(rows, "code", f"le code de {what}", checking)
        _distinct(rows, "cle", f"la clé de {what}", checking)
    for name, what in (("preuves_attendues", "preuve attendue"), ("actions_types", "action type")):
        parts = [((*path, *inner), part) for path, criterion in criteria for inner, part in _each(criterion, name)]
        _distinct(parts, "cle", f"la clé de {what}", checking)
    codes = {register["code"] for _path, register in registers}
    for path, criterion in criteria:
        _agree_criterion(criterion, path, levels, codes, checking)
    _agree_rules(document, levels, criteria, checking)
    _agree_eligibility(document, checking)
    _agree_cycle(document, checking)


def _distinct(rows, name: str, what: str, checking: Check) -> None:
    seen: dict[object, str] = {}
    for path, entry in rows:
        value = entry.get(name)
        if value is None or value == "":
            continue
        place = checking.source.place((*path, name))
        same = value.casefold() if isinstance(value, str) else value
        if same in seen:
            checking.complain((*path, name), f"{what} « {shown(value)} » est déjà pris ({seen[same]}).")
        seen.setdefault(same, place.name)


def _agree_criterion(criterion: Mapping, path: Path, levels: set, registers: set, checking: Check) -> None:
    allowed = criterion["non_concerne"] or {}
    if criterion["criticite"] == Criticality.BLOCKING and allowed.get("autorise"):
        checking.complain((*path, "non_concerne", "autorise"), "un critère bloquant n’admet pas « non concerné ».")
    for name in ("registres", "applicable_si_registre"):
        given = criterion[name]
        for number, register in enumerate(given):
            if register and register not in registers:
                checking.complain((*path, name, number), f"le registre « {shown(register)} » n’est pas dans l’édition.")
            elif register in given[:number]:
                checking.complain((*path, name, number), f"le registre « {shown(register)} » est cité deux fois.")
    _distinct(_prefixed(criterion, "niveaux", path), "valeur", "le niveau", checking)
    for name, member in (("niveaux", "valeur"), ("actions_types", "niveau_vise")):
        for inner, part in _prefixed(criterion, name, path):
            if part[member] is not None and part[member] not in levels:
                checking.complain((*inner, member), f"le niveau {part[member]} n’est pas dans l’échelle.")


def _prefixed(criterion: Mapping, name: str, path: Path) -> list[tuple[Path, dict]]:
    return [((*path, *inner), part) for inner, part in _each(criterion, name)]


def _agree_rules(document: Mapping, levels: set, criteria: list, checking: Check) -> None:
    rules = document["regles"] or {}
    values = {str(level) for level in levels}
    findings = rules.get("constats") or {}
    for criticality, row in findings.items():
        for level in row:
            if level not in values:
                path = ("regles", "constats", criticality, level)
                checking.complain(path, f"le niveau {shown(level)} n’est pas dans l’échelle.")
    required = (rules.get("seuils") or {}).get("niveau_preuve_min")
    if required is not None and levels and required not in levels:
        checking.complain(("regles", "seuils", "niveau_preuve_min"), f"le niveau {required} n’est pas dans l’échelle.")
    criterion = (rules.get("registres") or {}).get("critere")
    if criterion and not any(criterion in (each["cle"], each["code"]) for _path, each in criteria):
        checking.complain(
            ("regles", "registres", "critere"), f"le critère « {shown(criterion)} » n’est pas dans l’édition."
        )
    _agree_ladders(findings, levels, checking)


def _agree_ladders(findings: Mapping, levels: set, checking: Check) -> None:
    """A whole row of the table of findings never worsens as the level rises."""
    for criticality, row in findings.items():
        if None not in levels and {str(level) for level in levels} <= row.keys() and all(row.values()):
            trial = {
                "constats": {criticality: row},
                "seuils": {"mineures_max": 0, "niveau_preuve_min": 0},
                "registres": {"minimum": 0, "mois": 1, "critere": None},
                "non_concerne": {"justification_min": 0},
                "chemin": {"jours_par_preuve": "0"},
            }
            try:
                Rules.from_json(trial, levels)
            except ValueError as problem:
                checking.complain(("regles", "constats", criticality), str(problem))


def _agree_eligibility(document: Mapping, checking: Check) -> None:
    questions = [(("eligibilite", *path), each) for path, each in _each(document["eligibilite"], "questions")]
    _distinct(questions, "code", "le code de question", checking)
    for path, question in questions:
        _distinct(_prefixed(question, "reponses", path), "valeur", "la réponse", checking)
        if not question["reponses"]:
            checking.complain((*path, "reponses"), "une question propose au moins une réponse.")


def _agree_cycle(document: Mapping, checking: Check) -> None:
    anchors = [(("cycle", *path), each) for path, each in _each(document["cycle"], "ancres")]
    milestones = [(("cycle", *path), each) for path, each in _each(document["cycle"], "jalons")]
    _distinct(anchors, "code", "le code d’ancre", checking)
    _distinct(milestones, "code", "le code de jalon", checking)
    before = {each["code"]: (each["par_defaut"] or {}).get("ancre") for _path, each in anchors}
    for path, milestone in milestones:
        if milestone["ancre"] not in before:
            checking.complain((*path, "ancre"), f"l’ancre « {shown(milestone['ancre'])} » n’existe pas.")
    for path, anchor in anchors:
        origin = before[anchor["code"]]
        if origin is not None and origin not in before:
            checking.complain((*path, "par_defaut", "ancre"), f"l’ancre « {shown(origin)} » n’existe pas.")
        elif _turns_round(anchor["code"], before):
            checking.complain((*path, "par_defaut"), f"l’ancre « {shown(anchor['code'])} » dépend d’elle-même.")
    roots = [path for path, anchor in anchors if before[anchor["code"]] is None]
    for path in roots[1:]:
        checking.complain(path, "une seule ancre ne dépend d’aucune autre.")


def _turns_round(anchor: str, before: Mapping[str, str | None]) -> bool:
    seen = set()
    step: str | None = anchor
    while step is not None and step not in seen:
        seen.add(step)
        step = before.get(step)
    return step is not None
