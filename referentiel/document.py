"""The shape of an edition in a file: every field, its limits, what they must agree on. What is wrong is said in French, with its place.

A file is taken to the letter: nothing is corrected on the way (only line ends become LF), what cannot be kept is refused.
The result is the canonical document of `editions.canonical`, save for the keys that `referentiel.keys` then completes.
"""

import difflib
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from assessments.scoring import Finding, Rules
from certif import limits
from certif.dates import add_duration
from certif.text import clean_text, first_unwanted, thousands
from referentiel.editions import FORMAT
from referentiel.eligibility import EFFECTS
from referentiel.models import Confidence, Criticality, Nature

Path = tuple[str | int, ...]

# Words of addresses under /referentiel/, that no edition may take as its code.
RESERVED = {"nouvelle", "import", "importer", "comparer", "norme", "correspondances", "modeles"}


class Numeral(str):
    """A number as it was written, « 1.10 »: good for a number of days, never for a text."""

    __slots__ = ()


class Place(NamedTuple):
    """Where something is in a file: its rank, to say first what comes first, and its name (« ligne 12 », « Critères!F4 »)."""

    rank: tuple[int, ...]
    name: str


@dataclass(frozen=True, slots=True)
class Problem:
    place: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.place} : {self.sentence}"


class Unreadable(Exception):
    """The file stops being understood at one place."""

    def __init__(self, place: str, sentence: str):
        self.problem = Problem(place, clean_text(sentence))
        super().__init__(str(self.problem))


@dataclass(frozen=True, slots=True)
class Source:
    """What a reader found in a file, and where. `as_text` says how one writes there a number that is a text.

    `found`: what the reader itself had to leave out, and why.
    """

    tree: object
    places: Mapping[Path, Place]
    as_text: str
    found: Sequence[tuple[Place, str]] = ()

    def place(self, path: Path) -> Place:
        """The place of a value, or of what should have held it."""
        while path not in self.places:
            path = path[:-1]
        return self.places[path]


MISSING = object()
Kind = Callable[[object, Path, "_Check"], object]


@dataclass(slots=True)
class _Check:
    source: Source
    found: list[tuple[Place, str]] = field(default_factory=list)

    def complain(self, path: Path, sentence: str) -> None:
        self.found.append((self.source.place(path), clean_text(sentence)))

    @property
    def problems(self) -> list[Problem]:
        """First places first, no more than a person reads."""
        ordered = sorted(self.found, key=lambda each: each[0].rank)
        shown = [Problem(place.name, sentence) for place, sentence in ordered[: limits.NORM_IMPORT_PROBLEMS]]
        if len(ordered) > len(shown):
            rest = len(ordered) - len(shown)
            shown.append(Problem("suite", f"{rest} autre{'s' * (rest > 1)} erreur{'s' * (rest > 1)} après celles-ci."))
        return shown


def check(source: Source) -> tuple[dict | None, list[Problem]]:
    """The document that a file holds, or everything that is wrong with it."""
    checking = _Check(source, list(source.found))
    extra = _beyond_the_limit(source.tree, ())
    if extra is not None:
        checking.complain(
            extra, f"plus de {thousands(limits.NORM_IMPORT_NODES)} éléments : c’est trop pour une édition."
        )
        return None, checking.problems
    document = DOCUMENT(source.tree, (), checking)
    if document:
        _agree(document, checking)
    if checking.found:
        return None, checking.problems
    return _ordered(document), []


def _beyond_the_limit(tree: object, path: Path) -> Path | None:
    """Where the first node too many stands. A node: an entry of a list made of fields; descriptors do not count."""
    nodes = _nodes(tree, path)
    for _node in zip(range(limits.NORM_IMPORT_NODES), nodes, strict=False):
        pass
    return next(nodes, None)


def count_nodes(document: Mapping) -> int:
    return sum(1 for _node in _nodes(document, ()))


def _nodes(tree: object, path: Path) -> Iterator[Path]:
    if isinstance(tree, dict):
        for name, value in tree.items():
            yield from _nodes(value, (*path, name))
    elif isinstance(tree, list):
        for number, value in enumerate(tree):
            here = (*path, number)
            if isinstance(value, dict) and path[-1:] != ("niveaux",):
                yield here
            yield from _nodes(value, here)


# --- Kinds of values --------------------------------------------------------------------------


def _name(path: Path) -> str:
    """How a sentence names a field: « poids », « edition.code », « questions, n° 2 »."""
    if not path:
        return "document"
    *before, last = path
    if isinstance(last, int):
        return f"{before[-1] if before else 'liste'}, n° {last + 1}"
    return f"{before[-1]}.{last}" if before and isinstance(before[-1], str) else last


def _shown(value: object) -> str:
    """A value as a sentence quotes it: no more than a line."""
    said = str(value)
    return said if len(said) <= 60 else f"{said[:59]}…"


def _absent(value: object) -> bool:
    return value is MISSING or value is None


def text(limit: int = limits.TEXT_MAX, *, required: bool = False, line: bool = False) -> Kind:
    """A text of at most `limit` characters, on one line or several."""

    def read(value: object, path: Path, checking: _Check) -> str:
        if _absent(value):
            value = ""
        name = _name(path)
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            checking.complain(path, f"« {name} » doit être un texte.")
            return ""
        if not isinstance(value, str) or isinstance(value, Numeral):
            checking.complain(
                path, f"« {name} » n’est pas lu comme un texte ({_shown(value)}) : {checking.source.as_text}."
            )
            return ""
        value = value.replace("\r\n", "\n")
        unwanted = first_unwanted(value)
        if unwanted is not None:
            checking.complain(path, f"« {name} » contient un caractère invisible ou interdit (U+{ord(unwanted):04X}).")
        elif required and not value.strip():
            checking.complain(path, f"« {name} » manque.")
        elif line and "\n" in value:
            checking.complain(path, f"« {name} » tient sur une seule ligne.")
        elif len(value) > limit:
            checking.complain(
                path, f"« {name} » compte {thousands(len(value))} caractères : la limite est de {thousands(limit)}."
            )
        return value

    return read


def code(limit: int = 20) -> Kind:
    """A label such as « 1.10 »: one word, fit for an address."""
    as_text = text(limit, required=True, line=True)

    def read(value: object, path: Path, checking: _Check) -> str:
        value = as_text(value, path, checking)
        if any(each.isspace() or each == "/" for each in value) or value in (".", ".."):
            checking.complain(path, f"le code « {_shown(value)} » ne peut contenir ni espace ni barre oblique.")
        return value

    return read


def edition_code(value: object, path: Path, checking: _Check) -> str:
    value = code(60)(value, path, checking)
    if value.casefold() in RESERVED:
        checking.complain(path, f"le code « {value} » est réservé : choisissez-en un autre.")
    return value


def wrong_edition_code(value: str) -> str | None:
    """Why an edition cannot take this code; None when it can."""
    checking = _Check(Source(value, {(): Place((0,), "")}, ""))
    edition_code(value, ("code",), checking)
    return checking.problems[0].sentence if checking.found else None


def key(value: object, path: Path, checking: _Check) -> str | None:
    """A stable key; None when the file leaves it to us."""
    if _absent(value) or value == "":
        return None
    try:
        return str(uuid.UUID(value)) if isinstance(value, str) else _refuse_key(value, path, checking)
    except ValueError:
        return _refuse_key(value, path, checking)


def _refuse_key(value: object, path: Path, checking: _Check) -> None:
    checking.complain(
        path, f"« {_shown(value)} » n’est pas une clé stable : reprenez celle de l’export, ou laissez vide."
    )


def whole(low: int, high: int, *, nullable: bool = False) -> Kind:
    def read(value: object, path: Path, checking: _Check) -> int | None:
        if nullable and (_absent(value) or value == ""):
            return None
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 6:
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            allowed = " ou ".join(map(str, range(low, high + 1))) if high - low < 3 else f"de {low} à {high}"
            checking.complain(path, f"« {_name(path)} » doit être un nombre entier, {allowed}.")
            return None
        return value

    return read


def _days(value: object, *, positive: bool) -> Decimal | None:
    """A number of days with at most two decimals, below a thousand; None otherwise."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    try:
        days = Decimal(str(value).replace(",", "."))
    except InvalidOperation:
        return None
    if not days.is_finite() or not 0 <= days < 1000 or days != round(days, 2) or (positive and not days):
        return None
    return days


def effort(value: object, path: Path, checking: _Check) -> str:
    """Working days, written as `editions.canonical` writes them."""
    days = _days(value, positive=True)
    if days is None:
        checking.complain(path, f"« {_name(path)} » est un nombre de jours, par exemple 1.5.")
        return ""
    return format(days.normalize(), "f")


def days_text(value: object, path: Path, checking: _Check) -> object:
    """Working days kept as they are written."""
    if _days(value, positive=False) is None:
        checking.complain(path, f"« {_name(path)} » est un nombre de jours, par exemple 0.5.")
    return value if isinstance(value, str) and not isinstance(value, Numeral) else str(value)


def yes_no(value: object, path: Path, checking: _Check) -> bool:
    if _absent(value) or value == "":
        return False
    said = (
        {"oui": True, "vrai": True, "non": False, "faux": False}.get(value.casefold())
        if isinstance(value, str)
        else value
    )
    if not isinstance(said, bool):
        checking.complain(path, f"« {_name(path)} » se répond par oui ou non (true ou false).")
        return False
    return said


def choice(choices: Mapping[str, str]) -> Kind:
    """One of the values, or its label."""
    known = {word.casefold(): value for value, label in choices.items() for word in (label, value)}

    def read(value: object, path: Path, checking: _Check) -> str:
        chosen = known.get(value.casefold()) if isinstance(value, str) else None
        if chosen is None:
            said = "manque" if _absent(value) or value == "" else f"ne peut pas valoir « {_shown(value)} »"
            checking.complain(path, f"« {_name(path)} » {said} : choisissez parmi {', '.join(choices)}.")
            return ""
        return chosen

    return read


def entries(kind: Kind, *, limit: int | None = None) -> Kind:
    def read(value: object, path: Path, checking: _Check) -> list:
        if _absent(value):
            return []
        if not isinstance(value, list):
            checking.complain(path, f"« {_name(path)} » doit être une liste.")
            return []
        if limit is not None and len(value) > limit:
            checking.complain((*path, limit), f"« {_name(path)} » compte plus de {limit} lignes.")
        return [kind(each, (*path, number), checking) for number, each in enumerate(value)]

    return read


def lines(limit: int = limits.NORM_LINE) -> Kind:
    return entries(text(limit, required=True, line=True), limit=limits.NORM_LINES)


def optional(kind: Kind) -> Kind:
    """What may be absent, and then stays so."""

    def read(value: object, path: Path, checking: _Check) -> object:
        return MISSING if value is MISSING else kind(value, path, checking)

    return read


def record(fields: Mapping[str, Kind], *, nullable: bool = False) -> Kind:
    def read(value: object, path: Path, checking: _Check) -> dict | None:
        if nullable and _absent(value):
            return None
        if value is MISSING:
            value = {}
        if not isinstance(value, dict):
            checking.complain(path, f"« {_name(path)} » doit être un ensemble de champs.")
            return None
        for name in value:
            if name not in fields:
                checking.complain((*path, name), f"le champ « {_shown(name)} » est inconnu ici{_hint(name, fields)}.")
        order = [*(name for name in value if name in fields), *(name for name in fields if name not in value)]
        found = {name: fields[name](value.get(name, MISSING), (*path, name), checking) for name in order}
        return {name: each for name, each in found.items() if each is not MISSING}

    return read


def _hint(name: str, fields: Mapping[str, Kind]) -> str:
    close = difflib.get_close_matches(name[:40].casefold(), fields, n=1, cutoff=0.75)
    return f" (« {close[0]} » ?)" if close else ""


def _by_level(value: object, path: Path, checking: _Check) -> dict:
    """Findings by level: names are the levels’ values."""
    if not isinstance(value, dict):
        checking.complain(path, f"« {_name(path)} » doit donner un constat par niveau.")
        return {}
    return {name: FINDING(each, (*path, name), checking) for name, each in value.items()}


def _duration(value: object, path: Path, checking: _Check) -> str:
    try:
        add_duration(date(2026, 1, 1), value if isinstance(value, str) else "")
    except (ValueError, OverflowError):
        checking.complain(path, f"« {_name(path)} » est une durée, par exemple -P13M ou +P15D.")
    return value if isinstance(value, str) else ""


# --- The document -----------------------------------------------------------------------------

TITLE = text(limits.TITLE_MAX, required=True, line=True)
LINE = text(limits.TITLE_MAX, line=True)
FINDING = choice({str(finding): str(finding) for finding in Finding})


def _format(value: object, path: Path, checking: _Check) -> str:
    if value is not MISSING and value != FORMAT:
        checking.complain(path, f"ce fichier n’est pas au format « {FORMAT} ».")
    return FORMAT


CRITERION = record(
    {
        "code": code(),
        "cle": key,
        "titre": TITLE,
        "enonce": text(),
        "questions": lines(),
        "criticite": choice(dict(Criticality.choices)),
        "justification_criticite": text(),
        "poids": whole(1, 3),
        "nature": choice(dict(Nature.choices)),
        "confiance": choice(dict(Confidence.choices)),
        "sources": lines(limits.NORM_SOURCE),
        "non_concerne": record({"autorise": yes_no, "condition": text()}),
        "registres": entries(code()),
        "applicable_si_registre": entries(code()),
        "fonctions_interrogees": lines(),
        "niveaux": entries(record({"valeur": whole(0, 100), "descripteur": text()})),
        "preuves_attendues": entries(
            record(
                {
                    "cle": key,
                    "libelle": TITLE,
                    "type": text(30, line=True),
                    "obligatoire": yes_no,
                    "validite_mois": whole(1, 600, nullable=True),
                }
            )
        ),
        "actions_types": entries(
            record({"cle": key, "titre": TITLE, "detail": text(), "charge_jours": effort, "niveau_vise": whole(0, 100)})
        ),
        "questions_entretien": entries(
            record({"fonction": text(100, line=True), "question": text(), "attendu": text()})
        ),
    }
)
CHAPTER = record(
    {
        "code": code(),
        "cle": key,
        "titre": TITLE,
        "titre_court": text(60, line=True),
        "bloc": text(200, line=True),
        "presentation": text(limits.NOTE_MAX),
        "criteres": entries(CRITERION),
    }
)
REGISTER = record(
    {
        "code": code(),
        "cle": key,
        "libelle": TITLE,
        "definition": text(limits.NOTE_MAX),
        "confiance": text(20, line=True),
        "statut": LINE,
        "questions": lines(),
        "preuves_attendues": lines(),
        "sources": lines(limits.NORM_SOURCE),
    }
)
RULES = record(
    {
        "constats": optional(record({value: optional(_by_level) for value in Criticality.values})),
        "seuils": optional(
            record({"mineures_max": optional(whole(0, 1000)), "niveau_preuve_min": optional(whole(0, 100))})
        ),
        "registres": optional(
            record(
                {
                    "minimum": optional(whole(0, 1000)),
                    "mois": optional(whole(1, 600)),
                    "critere": optional(
                        lambda value, path, checking: value and text(36, line=True)(value, path, checking)
                    ),
                }
            )
        ),
        "non_concerne": optional(record({"justification_min": optional(whole(0, limits.TEXT_MAX))})),
        "chemin": optional(record({"jours_par_preuve": optional(days_text)})),
    }
)
ELIGIBILITY = record(
    {
        "titre": optional(LINE),
        "avertissement": optional(text()),
        "regle_conclusion": optional(text()),
        "questions": optional(
            entries(
                record(
                    {
                        "code": code(),
                        "question": text(required=True),
                        "aide": optional(text()),
                        "reponses": entries(
                            record(
                                {
                                    "valeur": code(100),
                                    "libelle": TITLE,
                                    "effet": choice(EFFECTS),
                                    "message": text(),
                                }
                            )
                        ),
                        "source": text(limits.NORM_SOURCE),
                        "statut": LINE,
                        "criteres": optional(lines()),
                    }
                )
            )
        ),
    }
)
CYCLE = record(
    {
        "titre": optional(LINE),
        "avertissement": optional(text()),
        "ancres": optional(
            entries(
                record(
                    {
                        "code": code(100),
                        "libelle": TITLE,
                        "definition": text(),
                        "par_defaut": record({"ancre": code(100), "decalage": _duration}, nullable=True),
                    }
                )
            )
        ),
        "jalons": optional(
            entries(
                record(
                    {
                        "code": code(),
                        "titre": TITLE,
                        "description": text(),
                        "ancre": code(100),
                        "decalage": _duration,
                        "responsable": LINE,
                        "statut": LINE,
                        "lien": lines(),
                    }
                )
            )
        ),
    }
)
DOCUMENT = record(
    {
        "format": _format,
        "norme": record({"code": code(40), "titre": TITLE, "editeur": TITLE}),
        "edition": record(
            {
                "code": edition_code,
                "libelle": TITLE,
                "avertissement": text(limits.NOTE_MAX),
            }
        ),
        "regles": RULES,
        "eligibilite": ELIGIBILITY,
        "cycle": CYCLE,
        "echelle": entries(
            record(
                {
                    "valeur": whole(0, 100),
                    "libelle": text(limits.NAME_MAX, required=True, line=True),
                    "description": LINE,
                }
            )
        ),
        "registres": entries(REGISTER),
        "chapitres": entries(CHAPTER),
    }
)


# --- What the fields must agree on ------------------------------------------------------------


def _each(document: Mapping | None, *path: str) -> Iterator[tuple[Path, dict]]:
    """The well-formed entries of a list of the document, with their place."""
    found = document
    for name in path:
        found = (found or {}).get(name)
    for number, entry in enumerate(found or ()):
        if entry is not None:
            yield (*path, number), entry


def _all_criteria(document: Mapping) -> list[tuple[Path, dict]]:
    return [
        ((*path, *inner), criterion)
        for path, chapter in _each(document, "chapitres")
        for inner, criterion in _each(chapter, "criteres")
    ]


def _agree(document: Mapping, checking: _Check) -> None:
    criteria = _all_criteria(document)
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


def _distinct(rows, name: str, what: str, checking: _Check) -> None:
    seen: dict[object, str] = {}
    for path, entry in rows:
        value = entry.get(name)
        if value is None or value == "":
            continue
        place = checking.source.place((*path, name))
        same = value.casefold() if isinstance(value, str) else value
        if same in seen:
            checking.complain((*path, name), f"{what} « {_shown(value)} » est déjà pris ({seen[same]}).")
        seen.setdefault(same, place.name)


def _agree_criterion(criterion: Mapping, path: Path, levels: set, registers: set, checking: _Check) -> None:
    allowed = criterion["non_concerne"] or {}
    if criterion["criticite"] == Criticality.BLOCKING and allowed.get("autorise"):
        checking.complain((*path, "non_concerne", "autorise"), "un critère bloquant n’admet pas « non concerné ».")
    for name in ("registres", "applicable_si_registre"):
        given = criterion[name]
        for number, register in enumerate(given):
            if register and register not in registers:
                checking.complain(
                    (*path, name, number), f"le registre « {_shown(register)} » n’est pas dans l’édition."
                )
            elif register in given[:number]:
                checking.complain((*path, name, number), f"le registre « {_shown(register)} » est cité deux fois.")
    _distinct(_prefixed(criterion, "niveaux", path), "valeur", "le niveau", checking)
    for name, member in (("niveaux", "valeur"), ("actions_types", "niveau_vise")):
        for inner, part in _prefixed(criterion, name, path):
            if part[member] is not None and part[member] not in levels:
                checking.complain((*inner, member), f"le niveau {part[member]} n’est pas dans l’échelle.")


def _prefixed(criterion: Mapping, name: str, path: Path) -> list[tuple[Path, dict]]:
    return [((*path, *inner), part) for inner, part in _each(criterion, name)]


def _agree_rules(document: Mapping, levels: set, criteria: list, checking: _Check) -> None:
    rules = document["regles"] or {}
    values = {str(level) for level in levels}
    findings = rules.get("constats") or {}
    for criticality, row in findings.items():
        for level in row:
            if level not in values:
                path = ("regles", "constats", criticality, level)
                checking.complain(path, f"le niveau {_shown(level)} n’est pas dans l’échelle.")
    required = (rules.get("seuils") or {}).get("niveau_preuve_min")
    if required is not None and levels and required not in levels:
        checking.complain(("regles", "seuils", "niveau_preuve_min"), f"le niveau {required} n’est pas dans l’échelle.")
    criterion = (rules.get("registres") or {}).get("critere")
    if criterion and not any(criterion in (each["cle"], each["code"]) for _path, each in criteria):
        checking.complain(
            ("regles", "registres", "critere"), f"le critère « {_shown(criterion)} » n’est pas dans l’édition."
        )
    _agree_ladders(findings, levels, checking)


def _agree_ladders(findings: Mapping, levels: set, checking: _Check) -> None:
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


def _agree_eligibility(document: Mapping, checking: _Check) -> None:
    questions = [(("eligibilite", *path), each) for path, each in _each(document["eligibilite"], "questions")]
    _distinct(questions, "code", "le code de question", checking)
    for path, question in questions:
        _distinct(_prefixed(question, "reponses", path), "valeur", "la réponse", checking)
        if not question["reponses"]:
            checking.complain((*path, "reponses"), "une question propose au moins une réponse.")


def _agree_cycle(document: Mapping, checking: _Check) -> None:
    anchors = [(("cycle", *path), each) for path, each in _each(document["cycle"], "ancres")]
    milestones = [(("cycle", *path), each) for path, each in _each(document["cycle"], "jalons")]
    _distinct(anchors, "code", "le code d’ancre", checking)
    _distinct(milestones, "code", "le code de jalon", checking)
    before = {each["code"]: (each["par_defaut"] or {}).get("ancre") for _path, each in anchors}
    for path, milestone in milestones:
        if milestone["ancre"] not in before:
            checking.complain((*path, "ancre"), f"l’ancre « {_shown(milestone['ancre'])} » n’existe pas.")
    for path, anchor in anchors:
        origin = before[anchor["code"]]
        if origin is not None and origin not in before:
            checking.complain((*path, "par_defaut", "ancre"), f"l’ancre « {_shown(origin)} » n’existe pas.")
        elif _turns_round(anchor["code"], before):
            checking.complain((*path, "par_defaut"), f"l’ancre « {_shown(anchor['code'])} » dépend d’elle-même.")
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


def _ordered(document: dict) -> dict:
    """Levels by value and registers in the order of the edition, whatever the order of the file."""
    rank = {register["code"]: place for place, register in enumerate(document["registres"])}
    document["echelle"].sort(key=lambda level: level["valeur"])
    for _path, criterion in _all_criteria(document):
        criterion["niveaux"].sort(key=lambda part: part["valeur"])
        for name in ("registres", "applicable_si_registre"):
            criterion[name].sort(key=rank.__getitem__)
    return document
