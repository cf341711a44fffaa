"""Editions drawn at random, as canonical documents: any scale, any text, codes that spreadsheets and YAML love to change."""

import uuid

from hypothesis import strategies as st

from assessments.scoring import Finding
from certif.text import first_unwanted
from referentiel.document import check
from referentiel.exchange_json import dump, load

CODES = (
    "1.10", "007", "=1+1", "+33", "-2", "@A1", "1e3", "0x10", "1:30", "2026-01-01", "no", "null", "true", "~", "*a", "&a",
    "!!str", "#1", "{}", "[]", "é-01", "👩‍👩‍👧", "_x0041_", "'1", '"', "%", "<b>", "DEO-03",
)  # fmt: skip
TEXTS = (
    "", " deux espaces  ", "=HYPERLINK(\"http://exemple.fr\")", "un\ndeux\n\n  trois", "\n", "<script>alert(1)</script>",
    "clé : valeur # rien", "- tiret", "| barre", "\ttabulation", "_x000D_ et x005F_", "fin\n", "« déjà » 👩‍👩‍👧 e\u0301",
)  # fmt: skip
LADDER = list(Finding)


def _kept(text: str) -> bool:
    return first_unwanted(text) is None


codes = st.sampled_from(CODES) | st.text("ABCxyz0123456789.-=+éß", min_size=1, max_size=12).filter(
    lambda code: code.strip(".") != ""
)
texts = st.sampled_from(TEXTS) | st.text(max_size=40).filter(_kept)
titles = st.sampled_from(("=1+1", "007", " Titre ", "1.10", "Énoncé")) | st.text(min_size=1, max_size=30).filter(
    lambda text: _kept(text) and text.strip() and "\n" not in text
)
names = titles | st.just("")
lists = st.lists(titles, max_size=3)
keys = st.uuids().map(str)
days = st.sampled_from(("0.5", "1", "1.25", "10", "999.99"))


def _distinct(kind, **options):
    return st.lists(kind, unique_by=str.casefold, **options)


@st.composite
def documents(draw) -> dict:
    levels = sorted(draw(st.lists(st.integers(0, 12), unique=True, max_size=6)))
    registers = [
        {
            "code": code,
            "cle": draw(keys),
            "libelle": draw(titles),
            "definition": draw(texts),
            "confiance": draw(st.sampled_from(("haute", ""))),
            "statut": draw(names),
            "questions": draw(lists),
            "preuves_attendues": draw(lists),
            "sources": draw(lists),
        }
        for code in draw(_distinct(codes, max_size=3))
    ]
    names_of = [register["code"] for register in registers]
    left = draw(_distinct(codes, max_size=6))
    chapters = []
    for code in draw(_distinct(codes, max_size=3)):
        own, left = (left, []) if len(chapters) == 2 else (left[:2], left[2:])
        chapters.append(
            {
                "code": code,
                "cle": draw(keys),
                "titre": draw(titles),
                "titre_court": draw(names),
                "bloc": draw(names),
                "presentation": draw(texts),
                "criteres": [_criterion(draw, each, levels, names_of) for each in own],
            }
        )
    criteria = [criterion["cle"] for chapter in chapters for criterion in chapter["criteres"]]
    return {
        "format": "certif-norme/1",
        "norme": {"code": draw(codes), "titre": draw(titles), "editeur": draw(titles)},
        "edition": {"code": draw(codes), "libelle": draw(titles), "avertissement": draw(texts)},
        "regles": _rules(draw, levels, criteria),
        "eligibilite": _eligibility(draw),
        "cycle": _cycle(draw),
        "echelle": [{"valeur": level, "libelle": draw(titles), "description": draw(names)} for level in levels],
        "registres": registers,
        "chapitres": chapters,
    }


def _some(draw, registers: list[str]) -> list[str]:
    return [code for code in registers if draw(st.booleans())]


def _criterion(draw, code: str, levels: list[int], registers: list[str]) -> dict:
    criticality = draw(st.sampled_from(("bloquant", "majeur", "mineur")))
    return {
        "code": code,
        "cle": draw(keys),
        "titre": draw(titles),
        "enonce": draw(texts),
        "questions": draw(lists),
        "criticite": criticality,
        "justification_criticite": draw(texts),
        "poids": draw(st.integers(1, 3)),
        "nature": draw(st.sampled_from(("attestee", "presumee", "legale", "bonne_pratique"))),
        "confiance": draw(st.sampled_from(("haute", "moyenne", "faible"))),
        "sources": draw(lists),
        "non_concerne": {"autorise": criticality != "bloquant" and draw(st.booleans()), "condition": draw(texts)},
        "registres": _some(draw, registers),
        "applicable_si_registre": _some(draw, registers),
        "fonctions_interrogees": draw(lists),
        "niveaux": [{"valeur": level, "descripteur": draw(texts)} for level in levels if draw(st.booleans())],
        "preuves_attendues": [
            {
                "cle": key,
                "libelle": draw(titles),
                "type": draw(st.sampled_from(("document", "", "=1"))),
                "obligatoire": draw(st.booleans()),
                "validite_mois": draw(st.none() | st.integers(1, 600)),
            }
            for key in draw(st.lists(keys, max_size=2))
        ],
        "actions_types": [
            {
                "cle": key,
                "titre": draw(titles),
                "detail": draw(texts),
                "charge_jours": draw(days),
                "niveau_vise": draw(st.sampled_from(levels)),
            }
            for key in (draw(st.lists(keys, max_size=2)) if levels else ())
        ],
        "questions_entretien": [
            {"fonction": draw(names), "question": draw(texts), "attendu": draw(texts)}
            for _number in range(draw(st.integers(0, 2)))
        ],
    }


def _rules(draw, levels: list[int], criteria: list[str]) -> dict:
    if draw(st.booleans()):
        return {}
    row = st.tuples(*(st.sampled_from(LADDER) for _level in levels)).map(
        lambda found: dict(zip(map(str, levels), map(str, sorted(found, key=LADDER.index)), strict=True))
    )
    registers = {"minimum": draw(st.integers(0, 9)), "mois": 12, "critere": draw(st.sampled_from([None, *criteria]))}
    return {
        "constats": {each: draw(row) for each in ("bloquant", "majeur", "mineur")} if max(levels, default=0) else {},
        "seuils": {"mineures_max": 2, "niveau_preuve_min": levels[-1]} if levels else {},
        "registres": registers,
        "non_concerne": {"justification_min": 20},
        "chemin": {"jours_par_preuve": draw(st.sampled_from(("0.5", "0.50", "1")))},
    }


def _eligibility(draw) -> dict:
    if draw(st.booleans()):
        return {}
    return {
        "titre": draw(names),
        "questions": [
            {
                "code": code,
                "question": draw(titles),
                "reponses": [
                    {
                        "valeur": value,
                        "libelle": draw(titles),
                        "effet": draw(st.sampled_from(("ok", "bloquant"))),
                        "message": draw(texts),
                    }
                    for value in draw(_distinct(codes, min_size=1, max_size=2))
                ],
                "source": draw(texts),
                "statut": draw(names),
            }
            | draw(st.sampled_from(({}, {"aide": "Aide."}, {"criteres": ["PER-01"]}, {"criteres": []})))
            for code in draw(_distinct(codes, max_size=2))
        ],
    }


def _cycle(draw) -> dict:
    if draw(st.booleans()):
        return {}
    milestone = {"titre": draw(titles), "description": draw(texts), "ancre": "a", "decalage": "-P13M"}
    return {
        "titre": draw(names),
        "avertissement": draw(texts),
        "ancres": [
            {"code": "a", "libelle": draw(titles), "definition": draw(texts), "par_defaut": None},
            {"code": "b", "libelle": "B", "definition": "", "par_defaut": {"ancre": "a", "decalage": "+P2Y"}},
        ],
        "jalons": [milestone | {"code": "J1", "responsable": draw(names), "statut": "", "lien": draw(lists)}],
    }


def checked(document: dict) -> list[str]:
    """What the checks say of a document, placed as in its JSON."""
    _read, problems = check(load(dump(document)))
    return [str(problem) for problem in problems]


def unique_keys(document: dict) -> bool:
    """Random keys hardly ever meet; hypothesis makes them."""
    found = [uuid.UUID(value) for value in _keys(document)]
    return len(found) == len(set(found))


def _keys(value):
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from [inner] if name == "cle" else _keys(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _keys(inner)
