"""Editions as workbooks, in: the lines of the sheets put back into one document, each value with its cell."""

import re
from collections.abc import Mapping

from certif import limits, spreadsheet_in
from referentiel import exchange_sheets as sheets
from referentiel.exchange_sheets import TABLES, Table
from referentiel.source import Numeral, Path, Place, Source, Unreadable

AS_TEXT = "mettez la cellule au format Texte, puis retapez-la"


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
