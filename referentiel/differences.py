"""What differs between two editions, field by field and word by word. Pure: two canonical documents in, plain values out.

Chapters, registers and criteria are recognised by their stable key, levels by their value.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from certif.dates import spoken
from referentiel.eligibility import EFFECTS

Document = Mapping[str, object]


class Status(StrEnum):
    ADDED = "ajouté"
    CHANGED = "modifié"
    REMOVED = "retiré"


@dataclass(frozen=True, slots=True)
class Change:
    """One field. `before` is None for what was added, `after` for what was removed."""

    label: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Item:
    """A level, register, chapter or criterion that is not the same on both sides."""

    key: str
    code: str
    title: str
    status: Status
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Differences:
    """`edition` holds the cover; `rules` the rules, eligibility and cycle.

    Items come in the order of the second edition, removed ones last.
    """

    edition: tuple[Change, ...]
    rules: tuple[Change, ...]
    levels: tuple[Item, ...]
    registers: tuple[Item, ...]
    chapters: tuple[Item, ...]
    criteria: tuple[Item, ...]

    def __bool__(self) -> bool:
        return any((self.edition, self.rules, self.levels, self.registers, self.chapters, self.criteria))

    def count(self, status: Status) -> int:
        """How many criteria were added, changed or removed."""
        return sum(item.status is status for item in self.criteria)


def compare(before: Document, after: Document) -> Differences:
    return Differences(
        edition=tuple(_fields(_COVER, before["edition"], after["edition"])),
        rules=tuple(
            change
            for name, label in (("regles", "Règles"), ("eligibilite", "Éligibilité"), ("cycle", "Cycle"))
            for change in _leaves(name, label, before[name], after[name])
        ),
        levels=_items(_by(before["echelle"], "valeur"), _by(after["echelle"], "valeur"), _level_changes),
        registers=_items(_by(before["registres"]), _by(after["registres"]), _register_changes),
        chapters=_items(_by(before["chapitres"]), _by(after["chapitres"]), _chapter_changes),
        criteria=_items(_by(_criteria(before)), _by(_criteria(after)), _criterion_changes),
    )


# --- Items ------------------------------------------------------------------------------------


def _by(entries: Sequence[Mapping], name: str = "cle") -> dict[str, Mapping]:
    """Entries by key, each with its place and the entry before it."""
    return {str(entry[name]): {**entry, "place": number} for number, entry in enumerate(entries, 1)}


def _criteria(document: Document) -> list[dict]:
    return [
        {**criterion, "chapitre": chapter["code"], "cle_chapitre": chapter["cle"]}
        for chapter in document["chapitres"]
        for criterion in chapter["criteres"]
    ]


def _items(
    before: Mapping[str, Mapping], after: Mapping[str, Mapping], changes_of: Callable[[Mapping, Mapping], list[Change]]
) -> tuple[Item, ...]:
    moved = _moved([key for key in before if key in after], [key for key in after if key in before])
    items = []
    for key, entry in after.items():
        if key not in before:
            items.append(_item(key, entry, Status.ADDED))
            continue
        changes = changes_of(before[key], entry)
        if key in moved:
            changes.append(Change("Place", f"n° {before[key]['place']}", f"n° {entry['place']}"))
        if changes:
            items.append(_item(key, entry, Status.CHANGED, changes))
    items += [_item(key, entry, Status.REMOVED) for key, entry in before.items() if key not in after]
    return tuple(items)


def _item(key: str, entry: Mapping, status: Status, changes: Sequence[Change] = ()) -> Item:
    code = str(entry["code"] if "code" in entry else entry["valeur"])
    return Item(key, code, entry["titre"] if "titre" in entry else entry["libelle"], status, tuple(changes))


def _moved(before: Sequence[str], after: Sequence[str]) -> set[str]:
    """Those that changed places: the fewest that, once taken out, leave the others in the same order."""
    if before == after:
        return set()
    rank = {key: place for place, key in enumerate(before)}
    tails: list[str] = []
    previous: dict[str, str | None] = {}
    for key in after:  # longest increasing run of ranks
        low = next((place for place, tail in enumerate(tails) if rank[tail] >= rank[key]), len(tails))
        previous[key] = tails[low - 1] if low else None
        tails[low : low + 1] = [key]
    still = set()
    step = tails[-1] if tails else None
    while step is not None:
        still.add(step)
        step = previous[step]
    return set(after) - still


def _level_changes(before: Mapping, after: Mapping) -> list[Change]:
    return list(_fields(_LEVEL, before, after))


def _register_changes(before: Mapping, after: Mapping) -> list[Change]:
    changes = list(_fields(_REGISTER, before, after))
    for name, label in (("questions", "Question"), ("preuves_attendues", "Preuve possible"), ("sources", "Source")):
        changes += _lines(label, before[name], after[name])
    return changes


def _chapter_changes(before: Mapping, after: Mapping) -> list[Change]:
    return list(_fields(_CHAPTER, before, after))


def _criterion_changes(before: Mapping, after: Mapping) -> list[Change]:
    changes = list(_fields(_CRITERION, before, after))
    if before["cle_chapitre"] != after["cle_chapitre"]:
        changes.append(Change("Chapitre", before["chapitre"], after["chapitre"]))
    changes += _fields(_NOT_APPLICABLE, before["non_concerne"], after["non_concerne"])
    for name, label in _LISTS:
        changes += _lines(label, before[name], after[name])
    for name, label in (
        ("registres", "Registres liés"),
        ("applicable_si_registre", "Seulement si un registre est déclaré"),
    ):
        if before[name] != after[name]:
            changes.append(Change(label, ", ".join(before[name]), ", ".join(after[name])))
    changes += _keyed(
        "Descripteur", _texts(before["niveaux"], "valeur", _descriptor), _texts(after["niveaux"], "valeur", _descriptor)
    )
    for name, label, say in (
        ("preuves_attendues", "Preuve attendue", _evidence),
        ("actions_types", "Action type", _action),
    ):
        old, new = before[name], after[name]
        changes += _keyed(label, _texts(old, "cle", say), _texts(new, "cle", say), numbered=False)
        common = {part["cle"] for part in old} & {part["cle"] for part in new}
        order = [[say(part) for part in parts if part["cle"] in common] for parts in (old, new)]
        if [part["cle"] for part in old if part["cle"] in common] != [
            part["cle"] for part in new if part["cle"] in common
        ]:
            changes.append(Change(f"{label}, ordre", "\n".join(order[0]), "\n".join(order[1])))
    changes += _lines(
        "Question d’entretien",
        [_question(part) for part in before["questions_entretien"]],
        [_question(part) for part in after["questions_entretien"]],
    )
    return changes


# --- Fields -----------------------------------------------------------------------------------

_COVER = {"code": "Code", "libelle": "Libellé", "avertissement": "Avertissement"}
_LEVEL = {"libelle": "Libellé", "description": "Description"}
_REGISTER = {
    "code": "Code",
    "libelle": "Libellé",
    "definition": "Définition",
    "confiance": "Confiance dans le libellé",
    "statut": "Statut du libellé",
}
_CHAPTER = {
    "code": "Code",
    "titre": "Titre",
    "titre_court": "Titre court",
    "bloc": "Bloc",
    "presentation": "Présentation",
}
_CRITERION = {
    "code": "Code",
    "titre": "Titre",
    "enonce": "Énoncé",
    "criticite": "Criticité",
    "justification_criticite": "Pourquoi cette criticité",
    "poids": "Poids",
    "nature": "Nature",
    "confiance": "Confiance",
}
_NOT_APPLICABLE = {"autorise": "« Non concerné » admis", "condition": "Condition du « non concerné »"}
_LISTS = (
    ("questions", "Question pour y réfléchir"),
    ("sources", "Source"),
    ("fonctions_interrogees", "Fonction interrogée"),
)


def _say(value: object) -> str:
    if isinstance(value, bool):
        return "oui" if value else "non"
    return "" if value is None else str(value)


def _fields(labels: Mapping[str, str], before: Mapping, after: Mapping) -> Iterator[Change]:
    for name, label in labels.items():
        if before[name] != after[name]:
            yield Change(label, _say(before[name]), _say(after[name]))


def _lines(label: str, before: Sequence[str], after: Sequence[str]) -> Iterator[Change]:
    """A list of texts: those replaced, added and removed, in reading order."""
    for kind, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        old, new = before[i:j], after[k:m]
        for number in range(max(len(old), len(new))):
            yield Change(
                label,
                old[number] if number < len(old) else None,
                new[number] if number < len(new) else None,
            )


def _texts(parts: Sequence[Mapping], name: str, say: Callable[[Mapping], str]) -> dict[str, str]:
    return {str(part[name]): say(part) for part in parts}


def _keyed(
    label: str, before: Mapping[str, str], after: Mapping[str, str], *, numbered: bool = True
) -> Iterator[Change]:
    for key in (*after, *(key for key in before if key not in after)):
        if before.get(key) != after.get(key):
            yield Change(f"{label} {key}" if numbered else label, before.get(key), after.get(key))


def _descriptor(part: Mapping) -> str:
    return part["descripteur"]


def _evidence(part: Mapping) -> str:
    months = part["validite_mois"]
    facts = [
        part["type"],
        "obligatoire" if part["obligatoire"] else "",
        f"valable {months} mois" if months is not None else "",
    ]
    return f"{part['libelle']} ({', '.join(fact for fact in facts if fact)})"


def _action(part: Mapping) -> str:
    effort = str(part["charge_jours"]).replace(".", ",")
    return f"{part['titre']} – charge {effort} j, vise le niveau {part['niveau_vise']}\n{part['detail']}".rstrip("\n")


def _question(part: Mapping) -> str:
    return f"{part['fonction']} : {part['question']}\n{part['attendu']}"


# --- Data of any shape ------------------------------------------------------------------------

_RULES = {
    "regles.seuils.mineures_max": "Non-conformités mineures admises",
    "regles.seuils.niveau_preuve_min": "Niveau à partir duquel les preuves sont exigées",
    "regles.registres.minimum": "Registres à couvrir, au moins",
    "regles.registres.mois": "Âge d’une preuve de registre, en mois",
    "regles.registres.critere": "Critère qui parle des registres",
    "regles.non_concerne.justification_min": "Justification d’un non concerné, en caractères",
    "regles.chemin.jours_par_preuve": "Jours pour réunir une preuve manquante",
}


# How screens call the fields of the questionnaire and of the cycle.
_NAMES = {
    "questions": "question",
    "reponses": "réponse",
    "criteres": "critères concernés",
    "regle_conclusion": "comment on conclut",
    "libelle": "libellé",
    "jalons": "jalon",
    "ancres": "audit",
    "ancre": "par rapport à",
    "definition": "définition",
    "par_defaut": "date calculée",
    "decalage": "quand",
    "lien": "liens",
}


def _leaves(name: str, label: str, before: object, after: object) -> Iterator[Change]:
    old, new = dict(_flat((name,), before)), dict(_flat((name,), after))
    for path in (*new, *(path for path in old if path not in new)):
        if old.get(path) != new.get(path):
            yield Change(_path_label(label, path), _spoken(path, old.get(path)), _spoken(path, new.get(path)))


def _spoken(path: Sequence[str], value: str | None) -> str | None:
    """What a code of the questionnaire or of the cycle means."""
    if value and path[-1] == "decalage":
        return spoken(value)
    return EFFECTS.get(value, value) if value and path[-1] == "effet" else value


def _path_label(label: str, path: Sequence[str]) -> str:
    """« Règles › Non-conformités mineures admises », « Cycle › jalon › JAL-01 › titre »."""
    if path[:2] == ("regles", "constats") and len(path) == 4:
        return f"{label} › Constat, {path[2]}, niveau {path[3]}"
    known = _RULES.get(".".join(path))
    if path[0] == "regles":
        return " › ".join((label, *([known] if known else path[1:])))
    return " › ".join((label, *(_NAMES.get(name, name) for name in path[1:])))


def _flat(path: tuple[str, ...], value: object) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every leaf with its path, fields by name: a database may not keep their order. Entries of a list go by their code."""
    if isinstance(value, Mapping) and value:
        for name, inner in sorted(value.items()):
            yield from _flat((*path, name), inner)
    elif isinstance(value, Sequence) and not isinstance(value, str) and value:
        for number, inner in enumerate(value, 1):
            name = inner.get("code") or inner.get("valeur") if isinstance(inner, Mapping) else None
            yield from _flat((*path, str(number if name is None else name)), inner)
    else:
        yield path, "" if isinstance(value, Mapping | list | tuple) else _say(value)


# --- Words ------------------------------------------------------------------------------------

SAME, GONE, NEW = "=", "-", "+"
_COMPARABLE = 1_500_000  # pairs of words: beyond, a text is shown as replaced whole
_WORDS = re.compile(r"\s+|\w+(?:[’'\-]\w+)*[’']?|[^\w\s]", re.UNICODE)


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text that is the same (=), gone (-) or new (+)."""

    kind: str
    text: str


def words(before: str | None, after: str | None) -> tuple[Piece, ...]:
    """The pieces of both texts in reading order: what is gone stands before what replaces it.

    Joining the pieces that are not new gives `before`; those that are not gone, `after`.
    """
    old, new = _WORDS.findall(before or ""), _WORDS.findall(after or "")
    if len(old) * len(new) > _COMPARABLE:
        return tuple(_changed(before or "", after or "") if before != after else [Piece(SAME, before or "")])
    pieces: list[Piece] = []
    gone = added = ""
    codes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    for number, (kind, i, j, k, m) in enumerate(codes):
        left, right = "".join(old[i:j]), "".join(new[k:m])
        between = kind == "equal" and left.isspace() and 0 < number < len(codes) - 1
        if kind != "equal" or between:  # a blank between two changed words changes with them
            gone, added = gone + left, added + right
            continue
        pieces += _changed(gone, added)
        gone = added = ""
        pieces.append(Piece(SAME, left))
    return (*pieces, *_changed(gone, added))


def _changed(gone: str, added: str) -> list[Piece]:
    return [Piece(kind, text) for kind, text in ((GONE, gone), (NEW, added)) if text]
