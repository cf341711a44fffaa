"""Editions as workbooks, out: for people who write in Excel. Texts stay texts, identifiers are locked, lists are offered.

A list of lines fills one cell, a line each. What belongs to a criterion names it by its code.
"""

import re
from collections.abc import Iterator, Mapping
from copy import copy
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Border, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from assessments.scoring import Finding
from certif import spreadsheet
from referentiel import exchange_sheets as sheets
from referentiel.editions import Refusal
from referentiel.exchange_sheets import TABLES, Column, Table
from referentiel.source import Path

SPARE_ROWS = 300  # rows under the table where lists are offered too
_LIST_MAX = 255  # characters of a list written in a validation
_TEXT_FORMAT = "@"
_LOOKS_LIVE = ("=", "+", "-", "@")
_ESCAPE_LIKE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_LOCKED_FILL = PatternFill("solid", fgColor="EFEDE8")
_RULE = Border(bottom=Side(style="thin", color=spreadsheet.LINE))


def dump(document: dict) -> bytes:
    book = Workbook()
    pen = _Pen(book.active)
    _write_guide(book.active, document)
    _write_settings(book.create_sheet(sheets.SETTINGS), document, pen)
    rows = _rows(document)
    for table in TABLES:
        _write_table(book.create_sheet(table.title), table, rows[table.title], document, pen)
    for sheet in book.worksheets:
        spreadsheet.landscape(sheet)
        _protect(sheet)
    book.properties.title = document["edition"]["libelle"][:200]
    book.properties.creator = "Certif"
    book.properties.language = "fr-FR"
    return spreadsheet.to_bytes(book)


class _Pen:
    """Writes cells in four dresses only, composed once."""

    def __init__(self, sheet: Worksheet):
        self.dresses = {}
        cell = sheet.cell(1, 1)
        for locked in (True, False):
            for text in (True, False):
                spreadsheet.write(cell, "")
                cell.border = _RULE
                cell.number_format = _TEXT_FORMAT if text else "General"
                cell.protection = Protection(locked=locked)
                if locked:
                    cell.fill = _LOCKED_FILL
                self.dresses[locked, text] = copy(cell._style)
                cell.style = "Normal"
        cell.value = None

    def write(self, cell, value, *, locked: bool) -> None:
        if isinstance(value, str):
            said = ILLEGAL_CHARACTERS_RE.sub("", _ESCAPE_LIKE.sub("_x005F_", value))
            if len(said) > spreadsheet.CELL_MAX:
                raise Refusal(["Un texte ou une liste dépasse ce que tient une cellule : exportez en YAML ou en JSON."])
            cell.value = said
            cell.data_type = "s"
        else:
            cell.value = value
        cell._style = copy(self.dresses[locked, isinstance(value, str)])
        if isinstance(value, str) and value.startswith(_LOOKS_LIVE):
            cell.quotePrefix = True


def _protect(sheet: Worksheet) -> None:
    """No password: the lock prevents slips, not changes."""
    protection = sheet.protection
    protection.sheet = True
    protection.formatColumns = protection.formatRows = protection.autoFilter = protection.sort = False
    protection.insertRows = protection.deleteRows = False


def _write_guide(sheet: Worksheet, document: dict) -> None:
    sheet.title = sheets.GUIDE
    spreadsheet.write_title(sheet, document["edition"]["libelle"])
    for row, line in enumerate(sheets.GUIDANCE, 3):
        spreadsheet.write(sheet.cell(row, 1), line)
    sheet.column_dimensions["A"].width = 110


def _write_settings(sheet: Worksheet, document: dict, pen: _Pen) -> None:
    columns = [(sheets.SECTION, 16), (sheets.NAME, 52), (sheets.FORM, 14), (sheets.VALUE, 70), (sheets.MEANING, 50)]
    spreadsheet.write_table(sheet, columns, [])
    codes = {each["cle"]: each["code"] for chapter in document["chapitres"] for each in chapter["criteres"]}
    findings = []
    leaves = [leaf for section in sheets.SECTIONS for leaf in _leaves((section,), document[section])]
    for row, (path, value) in enumerate(leaves, 2):
        name = ".".join(map(str, path))
        if name == "regles.registres.critere":
            value = codes.get(value, value)
        form, said = _said(value)
        for column, each in enumerate((path[0], _joined(path[1:]), form), 1):
            pen.write(sheet.cell(row, column), each, locked=True)
        pen.write(sheet.cell(row, 4), said, locked=form in (sheets.NOTHING, sheets.NO_LINE, sheets.NO_FIELD))
        pen.write(sheet.cell(row, 5), sheets.MEANINGS.get(name, ""), locked=True)
        if path[:2] == ("regles", "constats") and form == sheets.TEXT:
            findings.append(f"D{row}")
    sheet.auto_filter.ref = f"A1:E{len(leaves) + 1}"
    _offer(sheet, " ".join(findings), [str(finding) for finding in Finding])


def _leaves(path: Path, value: object) -> Iterator[tuple[Path, object]]:
    if isinstance(value, dict) and value:
        for name, inner in value.items():
            yield from _leaves((*path, name), inner)
    elif isinstance(value, list) and value:
        for number, inner in enumerate(value):
            yield from _leaves((*path, number), inner)
    else:
        yield path, value


def _joined(path: Path) -> str:
    """« questions[1].reponses[2].valeur », counted from 1."""
    return "".join(f"[{step + 1}]" if isinstance(step, int) else f".{step}" for step in path).lstrip(".")


def _said(value: object) -> tuple[str, object]:
    match value:
        case bool():
            return sheets.BOOLEAN, sheets.YES_NO["oui" if value else "non"]
        case None:
            return sheets.NOTHING, ""
        case dict():
            return sheets.NO_FIELD, ""
        case list():
            return sheets.NO_LINE, ""
        case str():
            return sheets.TEXT, value
    return sheets.NUMBER, value


def _rows(document: dict) -> dict[str, list[tuple[str, dict]]]:
    """The entries of every sheet, each with the code of what holds it."""
    rows: dict[str, list[tuple[str, dict]]] = {}
    for table in TABLES:
        if table.under is None:
            rows[table.title] = [("", entry) for entry in document[table.list]]
        else:
            rows[table.title] = [
                (holder["code"], entry) for _code, holder in rows[table.under] for entry in holder[table.list]
            ]
    return rows


def _write_table(sheet: Worksheet, table: Table, rows: list[tuple[str, dict]], document: dict, pen: _Pen) -> None:
    parent = [(table.parent, 10.0)] if table.parent else []
    spreadsheet.write_table(sheet, [*parent, *((column.title, column.width) for column in table.columns)], [])
    first = 1 + len(parent)
    for number, (holder, entry) in enumerate(rows, 2):
        if parent:
            pen.write(sheet.cell(number, 1), holder, locked=table.under == sheets.CRITERIA)
        for place, column in enumerate(table.columns, first):
            pen.write(sheet.cell(number, place), _cell(column, entry), locked=column.locked)
    last = len(rows) + 1
    sheet.auto_filter.ref = f"A1:{get_column_letter(first + len(table.columns) - 1)}{last}"
    sheet.freeze_panes = sheet.cell(2, first + sum(column.locked for column in table.columns))
    for place, title in enumerate(table.titles, 1):
        spare = sheet.column_dimensions[get_column_letter(place)]
        spare.protection = Protection(locked=title == "Clé")
        spare.number_format = _TEXT_FORMAT
    _offer_lists(sheet, table, document, last + SPARE_ROWS)


def _cell(column: Column, entry: Mapping) -> object:
    value: object = entry
    for name in column.field:
        value = value[name]
    if column.several:
        return "\n".join(value)
    if isinstance(value, bool):
        return sheets.YES_NO["oui" if value else "non"]
    if column.field == ("charge_jours",):
        return Decimal(value)
    if isinstance(column.offered, Mapping):
        return column.offered.get(value, value)
    return "" if value is None else value


def _offer_lists(sheet: Worksheet, table: Table, document: dict, last: int) -> None:
    if table.under:
        code = get_column_letter(
            1 + next(place for place, title in enumerate(_table(table.under).titles) if title == "Code")
        )
        _offer(sheet, f"A2:A{last}", f"'{table.under}'!${code}$2:${code}${SPARE_ROWS + 2}")
    first = 2 if table.parent else 1
    for place, column in enumerate(table.columns, first):
        area = f"{get_column_letter(place)}2:{get_column_letter(place)}{last}"
        if column.offered == sheets.LEVELS:
            _offer(sheet, area, [str(level["valeur"]) for level in document["echelle"]])
        elif isinstance(column.offered, Mapping):
            _offer(sheet, area, list(column.offered.values()))


def _offer(sheet: Worksheet, area: str, values: list[str] | str) -> None:
    """A list to choose from, given whole or as a range of cells."""
    formula = values if isinstance(values, str) else f'"{",".join(values)}"'
    if not area or not values or len(formula) > _LIST_MAX:
        return
    choice = DataValidation(type="list", formula1=formula, allow_blank=True)
    choice.errorTitle, choice.error = "Valeur inconnue", "Choisissez dans la liste."
    choice.sqref = choice.sqref.__class__(area)
    sheet.add_data_validation(choice)


def _table(title: str) -> Table:
    return next(table for table in TABLES if table.title == title)
