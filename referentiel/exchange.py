"""Editions in and out of files: JSON, YAML, XLSX. A file is read, compared, shown; writing it is another step, and only into a draft."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction

from certif import limits, spreadsheet
from certif.text import clean_text, forbidden_at, thousands
from referentiel import exchange_json, exchange_xlsx, exchange_xlsx_in, exchange_yaml
from referentiel.content import Content, content_of
from referentiel.differences import Differences, compare
from referentiel.document import check, wrong_edition_code
from referentiel.drafts import create_draft, write_content
from referentiel.editions import Refusal, canonical, canonical_content, fingerprint
from referentiel.keys import complete
from referentiel.models import Edition, Standard
from referentiel.source import Problem, Source, Unreadable
from referentiel.writing import usual_rules

_ZIP, _OLE = b"PK", b"\xd0\xcf\x11\xe0"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


# --- Out --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Format:
    content_type: str
    dump: Callable[[dict], bytes]


FORMATS = {
    "json": Format("application/json", lambda document: exchange_json.dump(document).encode()),
    "yaml": Format("application/yaml", lambda document: exchange_yaml.dump(document).encode()),
    "xlsx": Format(spreadsheet.CONTENT_TYPE, exchange_xlsx.dump),
}


def export(content: Content, kind: str) -> bytes:
    """The edition as a file of one of `FORMATS`. Raises Refusal when a text does not fit in a cell."""
    return FORMATS[kind].dump(canonical(content))


# --- In ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Parsed:
    """A file that was read: its document, or what is wrong with it. Keys the file leaves out are still None."""

    document: dict | None
    problems: list[Problem]
    source: Source | None = None


def parse(data: bytes, name: str = "") -> Parsed:
    """Reads a file of any of the three formats, told by its content and its name."""
    try:
        source = _read(data, name.casefold())
    except Unreadable as refusal:
        return Parsed(None, [refusal.problem])
    document, problems = check(source)
    return Parsed(document, problems, source)


def _read(data: bytes, name: str) -> Source:
    if len(data) > limits.NORM_IMPORT_BYTES:
        raise Unreadable(
            "fichier",
            f"il pèse {thousands(len(data))} octets : la limite est de {thousands(limits.NORM_IMPORT_BYTES)} octets (1 Mio).",
        )
    if data.startswith((_ZIP, _OLE)):
        return exchange_xlsx_in.load(data)
    if name.endswith((".xlsx", ".xlsm", ".xls", ".ods")):
        raise Unreadable("fichier", "ce n’est pas un classeur .xlsx lisible.")
    text = _decoded(data)
    if name.endswith(".json") or (text.lstrip()[:1] == "{" and not name.endswith((".yaml", ".yml"))):
        return exchange_json.load(text)
    return exchange_yaml.load(text)


def _decoded(data: bytes) -> str:
    """UTF-8, with or without its mark; line ends become LF. Raises Unreadable with the line of the first wrong byte."""
    if data.startswith(_UTF16) or b"\x00" in data[:200]:
        raise Unreadable("ligne 1", "le fichier est en UTF-16 ou n’est pas un texte : enregistrez-le en UTF-8.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = data.count(b"\n", 0, problem.start) + 1
        raise Unreadable(
            f"ligne {line}",
            "un caractère n’est pas en UTF-8 (fichier en Latin-1 ou Windows-1252 ?) : enregistrez-le en UTF-8.",
        ) from None
    text = text.replace("\r\n", "\n")
    place = forbidden_at(text)
    if place is not None:
        line = text.count("\n", 0, place) + 1
        raise Unreadable(f"ligne {line}", f"caractère invisible ou interdit (U+{ord(text[place]):04X}).")
    return text


# --- Before writing ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Preview:
    """What an import would do. `draft`: the one it would replace; `base`: what it is compared with, None for a first edition.

    `based_on` is the fingerprint of the draft now: `write` refuses when it has changed since.
    """

    document: dict
    draft: Edition | None
    base: Edition | None
    differences: Differences
    based_on: str


def prepare(parsed: Parsed, *, code: str = "", label: str = "") -> Preview | list[Problem]:
    """Compares a document with the draft of its code, else with the edition in force of its norm. Writes nothing.

    `code` and `label` replace those of the file.
    """
    if parsed.document is None:
        return parsed.problems
    document = parsed.document
    cover = document["edition"]
    if code and (wrong := wrong_edition_code(code)):
        return [Problem("code demandé", wrong)]
    cover["code"], cover["libelle"] = code or cover["code"], clean_text(label)[: limits.TITLE_MAX] or cover["libelle"]
    edition = Edition.objects.select_related("seal", "standard").filter(code=cover["code"]).first()
    problems = _refusals(parsed, edition, named="code demandé" if code else "")
    if problems:
        return problems
    editions = Edition.objects.filter(standard__code=document["norme"]["code"])
    base = edition or editions.current()
    before = canonical_content(edition) if edition else canonical(content_of(base.pk)) if base else None
    complete(document, before)
    document["regles"] = _filled(document["regles"], usual_rules([level["valeur"] for level in document["echelle"]]))
    return Preview(
        document=document,
        draft=edition,
        base=base,
        differences=compare(before or _nothing(), document),
        based_on=fingerprint(edition) if edition else "",
    )


def _filled(rules: dict, usual: dict) -> dict:
    """Rules with what they leave out, so that every screen finds the ones it reads."""
    kept = {
        name: _filled(rules[name], value) if isinstance(value, dict) else rules[name]
        for name, value in usual.items()
        if name in rules
    }
    return rules | kept | {name: value for name, value in usual.items() if name not in rules}


def _refusals(parsed: Parsed, edition: Edition | None, *, named: str) -> list[Problem]:
    def problem(sentence: str, *path: str) -> Problem:
        if named and path == ("edition", "code"):
            return Problem(named, clean_text(sentence))
        return Problem(parsed.source.place(path).name if parsed.source else "fichier", clean_text(sentence))

    norm = parsed.document["norme"]
    if edition is not None and edition.status != "brouillon":
        return [
            problem(
                f"l’édition « {edition.label} » ({edition.code}) est publiée : elle ne change plus. Donnez un autre code.",
                "edition",
                "code",
            )
        ]
    if edition is not None and edition.standard.code != norm["code"]:
        return [
            problem(f"le brouillon {edition.code} est de la norme {edition.standard.code}.", "norme", "code"),
        ]
    known = edition.standard if edition else Standard.objects.filter(code=norm["code"]).first()
    if known and (known.title, known.publisher) != (norm["titre"], norm["editeur"]):
        return [
            problem(
                f"la norme {known.code} s’appelle ici « {known.title} », éditée par {known.publisher}.",
                "norme",
                "titre",
            )
        ]
    return []


def _nothing() -> dict:
    """What a first edition is compared with."""
    empty = {"code": "", "libelle": "", "avertissement": ""}
    return {
        "edition": empty,
        "regles": {},
        "eligibilite": {},
        "cycle": {},
        "echelle": [],
        "registres": [],
        "chapitres": [],
    }


# --- Writing ----------------------------------------------------------------------------------


class Overtaken(Exception):
    """Somebody wrote in the draft since the preview; nothing has been written."""


@transaction.atomic
def write(document: dict, *, based_on: str, by=None) -> tuple[Edition, bool]:
    """Writes a previewed document: the draft and whether anything changed. Raises Overtaken, Refusal, PermissionDenied.

    Twice the same is once: the second finds the draft as it would leave it.
    """
    edition = Edition.objects.select_for_update().filter(code=document["edition"]["code"]).first()
    if edition is None:
        if based_on:
            raise Refusal(
                [
                    "Le brouillon que ce fichier remplaçait a été supprimé ou a changé de code : déposez le fichier de nouveau."
                ]
            )
        return create_draft(document, by=by), True
    overtaken = fingerprint(edition) != based_on and canonical_content(edition) != document
    if overtaken and edition.status == "brouillon":
        raise Overtaken
    return edition, write_content(edition, document, by=by)
