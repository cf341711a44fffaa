"""Editions as workbooks, out and in: for people who write in Excel. Texts stay texts, identifiers are locked, lists are offered.

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
from certif import limits, spreadsheet, spreadsheet_in
from referentiel import exchange_sheets as sheets
from referentiel.document import Numeral, Path, Place, Source, Unreadable
from referentiel.editions import Refusal
from referentiel.exchange_sheets import TABLES, Column, Table

AS_TEXT = "mettez la cellule au format Texte, puis retapez-la"
SPARE_ROWS = 300  # rows under the table where lists are offered too
_LIST_MAX = 255  # characters of a list written in a validation
_TEXT_FORMAT = "@"
_LOOKS_LIVE = ("=", "+", "-", "@")
_ESCAPE_LIKE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_LOCKED_FILL = PatternFill("solid", fgColor="EFEDE8")
_RULE = Border(bottom=Side(style="thin", color=spreadsheet.LINE))


# --- Out --------------------------------------------------------------------------------------


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


# --- In ---------------------------------------------------------------------------------------


def load(data: bytes) -> Source:
    """Raises Unreadable when a sheet or a column is not what is expected; what a line gets wrong is in `Source.found`."""
    try:
        found = spreadsheet_in.read(data, values=limits.NORM_IMPORT_VALUES)
    except spreadsheet_in.Refused as refusal:
        raise Unreadable(refusal.place, refusal.sentence) from None
    return _Desk(found).source()


class _Desk:
    """Puts the lines of the sheets back into one document, remembering where each value comes from."""

    def __init__(self, found: list[spreadsheet_in.Sheet]):
        expected = {sheets.SETTINGS, *(table.title for table in TABLES)}
        self.order = {sheet.title: place for place, sheet in enumerate(found)}
        self.sheets = {sheet.title: sheet for sheet in found}
        for sheet in found:
            if sheet.title not in (sheets.GUIDE, *expected):
                raise Unreadable(sheet.title, "cette feuille n’est pas attendue : supprimez-la ou rendez-lui son nom.")
        missing = [title for title in (sheets.SETTINGS, *(table.title for table in TABLES)) if title not in self.sheets]
        if missing:
            raise Unreadable("fichier", f"il manque la feuille « {missing[0]} ».")
        self.tree: dict = {"registres": [], "chapitres": [], "echelle": []}
        self.places: dict[Path, Place] = {(): Place((0,), "fichier")}
        self.found: list[tuple[Place, str]] = []

    def source(self) -> Source:
        self.read_settings(self.sheets[sheets.SETTINGS])
        holders: dict[str, dict[str, tuple[Path, dict]]] = {}
        for table in TABLES:
            holders[table.title] = self.read_table(table, holders)
        return Source(self.tree, self.places, AS_TEXT, self.found)

    def place(self, sheet: spreadsheet_in.Sheet, row: int, column: int) -> Place:
        return Place((self.order[sheet.title], row, column), sheet.cell(row, column))

    def columns(self, sheet: spreadsheet_in.Sheet, titles: tuple[str, ...]) -> dict[str, int]:
        """Where each heading stands, in any order. Raises Unreadable for one missing, unknown or given twice."""
        places: dict[str, int] = {}
        for column, title in sheet.rows.get(1, {}).items():
            if title not in titles:
                raise Unreadable(sheet.cell(1, column), f"la colonne « {str(title)[:60]} » n’est pas attendue ici.")
            if title in places:
                raise Unreadable(sheet.cell(1, column), f"la colonne « {title} » est là deux fois.")
            places[title] = column
        for title in titles:
            if title not in places:
                raise Unreadable(sheet.title, f"il manque la colonne « {title} ».")
        return places

    def read_table(self, table: Table, holders: Mapping) -> dict[str, tuple[Path, dict]]:
        """Adds the lines of a sheet to what holds them; returns those that have a code, by code."""
        sheet = self.sheets[table.title]
        columns = self.columns(sheet, table.titles)
        coded: dict[str, tuple[Path, dict]] = {}
        for row, cells in sheet.rows.items():
            if row == 1:
                continue
            path, entries = (table.list,), self.tree.get(table.list)
            if table.under:
                column = columns[table.parent]
                code = str(cells.get(column, ""))
                holder = holders[table.under].get(code)
                if holder is None:
                    said = (
                        f"« {code[:60]} » n’est pas dans la feuille « {table.under} »."
                        if code
                        else "cette case est vide."
                    )
                    self.found.append((self.place(sheet, row, column), f"{table.parent.lower()} inconnu : {said}"))
                    continue
                path, entries = (*holder[0], table.list), holder[1].setdefault(table.list, [])
            path = (*path, len(entries))
            entry = self.read_line(table, sheet, row, columns, path)
            entries.append(entry)
            coded.setdefault(str(entry.get("code", "")), (path, entry))
        return coded

    def read_line(
        self, table: Table, sheet: spreadsheet_in.Sheet, row: int, columns: Mapping[str, int], path: Path
    ) -> dict:
        self.places[path] = self.place(sheet, row, 1)
        entry: dict = {}
        for column in table.columns:
            number = columns[column.title]
            self.places[*path, *column.field] = self.place(sheet, row, number)
            if number not in sheet.rows[row]:
                continue
            into = entry
            for step in column.field[:-1]:
                self.places.setdefault((*path, step), self.place(sheet, row, number))
                into = into.setdefault(step, {})
            into[column.field[-1]] = _read(sheet.rows[row][number], several=column.several)
        return entry

    def read_settings(self, sheet: spreadsheet_in.Sheet) -> None:
        titles = (sheets.SECTION, sheets.NAME, sheets.FORM, sheets.VALUE, sheets.MEANING)
        columns = self.columns(sheet, titles)
        planted: dict = {}
        for row, cells in sheet.rows.items():
            if row == 1:
                continue
            said = [cells.get(columns[title], "") for title in titles[:4]]
            steps = _steps(str(said[0]), str(said[1]))
            if steps is None:
                self.found.append(
                    (self.place(sheet, row, columns[sheets.NAME]), "ce champ n’est pas nommé comme à l’export.")
                )
                continue
            place = self.place(sheet, row, columns[sheets.VALUE])
            for depth in range(1, len(steps) + 1):
                self.places.setdefault(steps[:depth], place)
            if not _plant(planted, steps, _meant(str(said[2]), said[3])):
                self.found.append((place, f"le champ « {said[1]} » est donné deux fois, ou contredit un autre."))
        self.tree |= {name: value for name, value in _unfold(planted).items() if name not in self.tree}


def _read(value: spreadsheet_in.Value, *, several: bool) -> object:
    if isinstance(value, str):
        return [line for line in value.replace("\r\n", "\n").split("\n") if line] if several else value
    if isinstance(value, bool):
        return value
    number = Numeral(value) if isinstance(value, float) else value
    return [number] if several else number


_STEPS = re.compile(r"(?:\.?[^.\[\]]{1,100}|\[[1-9]\d{0,4}\])")


def _steps(section: str, name: str) -> Path | None:
    """« questions[1].code » of « eligibilite » → ("eligibilite", "questions", 0, "code")."""
    if section not in sheets.SECTIONS:
        return None
    found = _STEPS.findall(name)
    if "".join(found) != name or len(found) > limits.NORM_IMPORT_DEPTH or len(name) > limits.TITLE_MAX:
        return None
    return (section, *(int(step[1:-1]) - 1 if step.startswith("[") else step.lstrip(".") for step in found))


def _meant(form: str, value: spreadsheet_in.Value) -> object:
    empty = {sheets.NOTHING: None, sheets.NO_LINE: [], sheets.NO_FIELD: {}}
    if form in empty and value == "":
        return empty[form]
    return _read(value, several=False)


def _plant(tree: dict, steps: Path, value: object) -> bool:
    """Puts a value at the end of a path; False when something stands in the way."""
    for step in steps[:-1]:
        tree = tree.setdefault(step, {})
        if not isinstance(tree, dict):
            return False
    if steps[-1] in tree:
        return False
    tree[steps[-1]] = _Leaf(value)
    return True


class _Leaf:
    """A value, to be told from a branch that happens to be empty."""

    def __init__(self, value: object):
        self.value = value


def _unfold(tree: object) -> object:
    """Numbered branches become lists, in their order."""
    if isinstance(tree, _Leaf):
        return tree.value
    if tree and all(isinstance(step, int) for step in tree):
        return [_unfold(tree[step]) for step in sorted(tree)]
    return {str(step): _unfold(inner) for step, inner in tree.items()}
