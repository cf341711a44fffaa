"""Workbooks in: plain values, each with its cell. What is alive (macro, formula, link), hidden or oversized is refused in French."""

import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import XMLParser

from certif import limits
from certif.text import thousands

_OLE = b"\xd0\xcf\x11\xe0"
_ALIVE = {
    "vbaproject": "des macros",
    "activex": "des contrôles actifs",
    "embeddings": "des objets incorporés",
    "externallinks": "des liens vers d’autres classeurs",
    "connections": "des connexions à des données",
    "querytables": "des connexions à des données",
    "macrosheets": "des macros",
}
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")

Value = str | int | float | bool


class Refused(Exception):
    """A workbook that is not read; `place` is a cell (« Critères!F4 »), a sheet or the file."""

    def __init__(self, place: str, sentence: str):
        self.place, self.sentence = place, sentence
        super().__init__(f"{place} : {sentence}")


@dataclass(frozen=True, slots=True)
class Sheet:
    """`rows[4][6]` is the cell F4; empty cells are absent."""

    title: str
    rows: dict[int, dict[int, Value]]

    def cell(self, row: int, column: int) -> str:
        return f"{self.title}!{letters(column)}{row}"


def letters(column: int) -> str:
    """1 → A, 27 → AA."""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def read(data: bytes, *, values: int) -> list[Sheet]:
    """The sheets of an .xlsx in their order, with at most so many values. Raises Refused."""
    if data.startswith(_OLE):
        raise Refused(
            "fichier",
            "classeur protégé par un mot de passe ou à l’ancien format .xls : enregistrez-le en .xlsx, sans mot de passe.",
        )
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            _check_entries(archive.infolist())
            return list(_sheets(archive, values))
    except (
        zipfile.BadZipFile,
        zlib.error,
        NotImplementedError,
        EOFError,
        OSError,
        RuntimeError,
        ValueError,
    ) as problem:
        raise Refused("fichier", "ce n’est pas un classeur .xlsx lisible.") from problem


def _check_entries(entries: list[zipfile.ZipInfo]) -> None:
    names = [entry.filename.casefold() for entry in entries]
    if len(entries) > limits.NORM_WORKBOOK_ENTRIES or len(set(names)) != len(names):
        raise Refused("fichier", "ce classeur contient trop de fichiers, ou deux fois le même.")
    if sum(entry.file_size for entry in entries) > limits.NORM_WORKBOOK_DECLARED_BYTES:
        raise Refused("fichier", "ce classeur est démesuré une fois décompressé.")
    for entry in entries:
        if entry.flag_bits & 1 or entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Refused("fichier", "ce classeur est chiffré ou comprimé d’une façon inconnue.")
        if entry.file_size > limits.OFFICE_ZIP_RATIO * max(entry.compress_size, 1):
            raise Refused("fichier", "ce classeur est comprimé au-delà du raisonnable.")
    for name in names:
        for mark, what in _ALIVE.items():
            if mark in name:
                raise Refused("fichier", f"ce classeur contient {what} : enregistrez-le en .xlsx simple.")


def _sheets(archive: zipfile.ZipFile, values: int) -> Iterator[Sheet]:
    types = _part(archive, "[Content_Types].xml")
    if any("macroenabled" in each.get("ContentType", "").casefold() for each in types):
        raise Refused("fichier", "ce classeur contient des macros : enregistrez-le en .xlsx simple.")
    book = _part(archive, "xl/workbook.xml")
    targets = _relations(archive, "xl/_rels/workbook.xml.rels")
    texts = _shared_texts(archive, targets)
    for each in _named(book, "sheet"):
        title = each.get("name", "")
        if each.get("state", "visible") != "visible":
            raise Refused(title, "cette feuille est masquée : affichez-la ou supprimez-la.")
        number = next((value for name, value in each.items() if _local(name) == "id"), "")
        kind, target = targets.get(number, ("", ""))
        if kind != "worksheet":
            raise Refused(title, "ce n’est pas une feuille de cellules.")
        _relations(archive, posixpath.join("xl/worksheets/_rels", posixpath.basename(target) + ".rels"), needed=False)
        sheet = Sheet(title, {})
        values = _fill(sheet, _part(archive, target), texts, values)
        yield sheet


class _Counted(TreeBuilder):
    """Stops a part that is short to write and long to read."""

    def __init__(self):
        super().__init__()
        self.left = limits.NORM_WORKBOOK_ELEMENTS

    def start(self, *args):
        self.left -= 1
        if self.left < 0:
            raise Refused("fichier", "ce classeur contient trop de cellules.")
        return super().start(*args)


def _part(archive: zipfile.ZipFile, name: str) -> Element:
    parser = XMLParser(target=_Counted(), forbid_dtd=True)
    try:
        parser.feed(archive.read(name))
        return parser.close()
    except KeyError:
        raise Refused("fichier", "ce n’est pas un classeur .xlsx lisible.") from None
    except (DefusedXmlException, ParseError):
        raise Refused(
            "fichier", f"la partie {name} du classeur est abîmée ou contient ce qui n’a rien à y faire."
        ) from None


def _relations(archive: zipfile.ZipFile, name: str, *, needed: bool = True) -> dict[str, tuple[str, str]]:
    """The parts that one refers to: kind and path by number. A hyperlink is harmless, any other way out is refused."""
    if not needed and name not in archive.namelist():
        return {}
    found = {}
    for each in _part(archive, name):
        kind = each.get("Type", "").rpartition("/")[2]
        if each.get("TargetMode") == "External":
            if kind != "hyperlink":
                raise Refused("fichier", "ce classeur contient des liens vers l’extérieur.")
            continue
        found[each.get("Id", "")] = kind, posixpath.normpath(posixpath.join("/xl", each.get("Target", ""))).lstrip("/")
    return found


def _shared_texts(archive: zipfile.ZipFile, targets: dict[str, tuple[str, str]]) -> list[str]:
    path = next((target for kind, target in targets.values() if kind == "sharedStrings"), None)
    return [_text(each) for each in _part(archive, path)] if path else []


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _named(parent: Element, name: str) -> Iterator[Element]:
    return (each for each in parent.iter() if _local(each.tag) == name)


def _text(entry: Element) -> str:
    """The runs of a text one after the other, but not the pronunciation given beside them."""
    runs = []
    for each in entry:
        if _local(each.tag) == "t":
            runs.append(each.text or "")
        elif _local(each.tag) == "r":
            runs += [inner.text or "" for inner in each if _local(inner.tag) == "t"]
    return _ESCAPED.sub(lambda mark: chr(int(mark[1], 16)), "".join(runs))


def _fill(sheet: Sheet, root: Element, texts: list[str], values: int) -> int:
    """Reads the cells into `sheet`; returns how many values may still follow."""
    merged = next(_named(root, "mergeCell"), None)
    if merged is not None:
        cell = merged.get("ref", "A1").partition(":")[0]
        raise Refused(f"{sheet.title}!{cell}", "cette cellule est fusionnée avec d’autres : défusionnez-les.")
    number = 0
    for row in _named(root, "row"):
        number = int(row.get("r", number + 1))
        column = 0
        cells: dict[int, Value] = {}
        for cell in row:
            column = _column(cell.get("r"), number) or column + 1
            value = _value(sheet, number, column, cell, texts)
            if value is not None and value != "":
                cells[column] = value
        values -= len(cells)
        if values < 0:
            raise Refused(sheet.title, f"plus de {thousands(limits.NORM_IMPORT_VALUES)} valeurs : c’est trop.")
        if cells and row.get("hidden") in ("1", "true"):
            raise Refused(
                sheet.cell(number, 1), "cette ligne est masquée : affichez-la (ou ôtez le filtre), ou supprimez-la."
            )
        if cells:
            sheet.rows[number] = cells
    return values


def _column(reference: str | None, row: int) -> int | None:
    if reference is None:
        return None
    match = _REFERENCE.fullmatch(reference)
    if match is None or int(match[2]) != row:
        raise ValueError(reference)
    column = 0
    for letter in match[1]:
        column = 26 * column + ord(letter) - 64
    return column


def _value(sheet: Sheet, row: int, column: int, cell: Element, texts: list[str]) -> Value | None:
    children = {_local(each.tag): each for each in cell}
    if "f" in children:
        raise Refused(sheet.cell(row, column), "cette cellule contient une formule : remplacez-la par sa valeur.")
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        return _text(children["is"]) if "is" in children else None
    said = children["v"].text if "v" in children else None
    if said is None:
        return None
    if kind == "s":
        place = int(said)
        if not 0 <= place < len(texts):
            raise ValueError(said)
        return texts[place]
    if kind == "str":
        return _ESCAPED.sub(lambda mark: chr(int(mark[1], 16)), said)
    if kind == "b":
        return said == "1"
    if kind == "n":
        number = float(said)
        return int(number) if number.is_integer() and abs(number) < 1e9 else number
    raise Refused(
        sheet.cell(row, column), "cette cellule contient une erreur ou une date : retapez sa valeur en texte."
    )
