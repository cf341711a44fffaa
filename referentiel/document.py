"""The shape of an edition in a file, field by field, with its limits: from what a reader found to the canonical document.

The result is that of `editions.canonical`, save for the keys that `referentiel.keys` then completes.
"""

from collections.abc import Iterator, Mapping

from assessments.scoring import Finding
from certif import limits
from certif.text import thousands
from referentiel.agreement import agree, all_criteria
from referentiel.editions import FORMAT
from referentiel.eligibility import EFFECTS
from referentiel.kinds import (
    choice,
    code,
    days_text,
    duration,
    effort,
    entries,
    key,
    lines,
    name_of,
    optional,
    record,
    text,
    whole,
    yes_no,
)
from referentiel.models import Confidence, Criticality, Nature
from referentiel.source import MISSING, Check, Path, Place, Problem, Source

# Words of addresses under /referentiel/, that no edition may take as its code.
RESERVED = {"nouvelle", "import", "importer", "comparer", "norme", "correspondances", "modeles"}


def check(source: Source) -> tuple[dict | None, list[Problem]]:
    """The document that a file holds, or everything that is wrong with it."""
    checking = Check(source, list(source.found))
    extra = _beyond_the_limit(source.tree, ())
    if extra is not None:
        checking.complain(
            extra, f"plus de {thousands(limits.NORM_IMPORT_NODES)} éléments : c’est trop pour une édition."
        )
        return None, checking.problems
    document = DOCUMENT(source.tree, (), checking)
    if document:
        agree(document, checking)
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


def _ordered(document: dict) -> dict:
    """Levels by value and registers in the order of the edition, whatever the order of the file."""
    rank = {register["code"]: place for place, register in enumerate(document["registres"])}
    document["echelle"].sort(key=lambda level: level["valeur"])
    for _path, criterion in all_criteria(document):
        criterion["niveaux"].sort(key=lambda part: part["valeur"])
        for name in ("registres", "applicable_si_registre"):
            criterion[name].sort(key=rank.__getitem__)
    return document


def wrong_edition_code(value: str) -> str | None:
    """Why an edition cannot take this code; None when it can."""
    checking = Check(Source(value, {(): Place((0,), "")}, ""))
    edition_code(value, ("code",), checking)
    return checking.problems[0].sentence if checking.found else None


# --- The document ------------------------------------------------------------------------------


def edition_code(value: object, path: Path, checking: Check) -> str:
    value = code(60)(value, path, checking)
    if value.casefold() in RESERVED:
        checking.complain(path, f"le code « {value} » est réservé : choisissez-en un autre.")
    return value


def _by_level(value: object, path: Path, checking: Check) -> dict:
    """Findings by level: names are the levels’ values."""
    if not isinstance(value, dict):
        checking.complain(path, f"« {name_of(path)} » doit donner un constat par niveau.")
        return {}
    return {name: FINDING(each, (*path, name), checking) for name, each in value.items()}


TITLE = text(limits.TITLE_MAX, required=True, line=True)
LINE = text(limits.TITLE_MAX, line=True)
FINDING = choice({str(finding): str(finding) for finding in Finding})


def _format(value: object, path: Path, checking: Check) -> str:
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
                        "par_defaut": record({"ancre": code(100), "decalage": duration}, nullable=True),
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
                        "decalage": duration,
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
