"""Workbooks out: every cell a text, a number or a date, never a formula, whatever the text begins with."""

from collections.abc import Iterable, Sequence
from io import BytesIO

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

CELL_MAX = 32_767
_CUT = " […] texte coupé ici par le tableur"
CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

INK, PETROL, TINT, LINE = "16262E", "0F4C5C", "E6F0F1", "DAD7CF"
_BODY = Font(name="Calibri", size=10, color=INK)
_HEAD = Font(name="Calibri", size=10, bold=True, color="FFFFFF")
_TITLE = Font(name="Calibri", size=16, bold=True, color=PETROL)
_WRAPPED = Alignment(vertical="top", wrap_text=True)
_RULE = Border(bottom=Side(style="thin", color=LINE))


def write(cell: Cell, value) -> Cell:
    """Puts `value` in the cell; a text stays a text, even « =1+1 », and is cut in the open beyond what a cell holds."""
    if isinstance(value, str):
        value = ILLEGAL_CHARACTERS_RE.sub("", value)
        if len(value) > CELL_MAX:
            value = value[: CELL_MAX - len(_CUT)] + _CUT
        cell.value = value
        cell.data_type = "s"
    else:
        cell.value = value
    cell.font = _BODY
    cell.alignment = _WRAPPED
    return cell


def write_title(sheet: Worksheet, text: str) -> None:
    write(sheet["A1"], text)
    sheet["A1"].font = _TITLE
    sheet["A1"].alignment = Alignment(vertical="center")


def write_table(
    sheet: Worksheet, columns: Sequence[tuple[str, float]], rows: Iterable[Sequence], *, first_row: int = 1
) -> int:
    """A table under its headings (name and width of each column); returns the number of its last row.

    The headings stay in view, are repeated on each printed page and carry a filter.
    """
    for number, (name, width) in enumerate(columns, 1):
        cell = write(sheet.cell(first_row, number), name)
        cell.font, cell.fill = _HEAD, PatternFill("solid", fgColor=PETROL)
        sheet.column_dimensions[get_column_letter(number)].width = width
    last = first_row
    for last, row in enumerate(rows, first_row + 1):
        for number, value in enumerate(row, 1):
            write(sheet.cell(last, number), value).border = _RULE
    sheet.auto_filter.ref = f"A{first_row}:{get_column_letter(len(columns))}{last}"
    sheet.freeze_panes = sheet.cell(first_row + 1, 1)
    sheet.print_title_rows = f"{first_row}:{first_row}"
    return last


def landscape(sheet: Worksheet) -> None:
    """A4 landscape, as wide as the page."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.oddFooter.center.text = "Page &P sur &N"


def to_bytes(workbook: Workbook) -> bytes:
    out = BytesIO()
    workbook.save(out)
    return out.getvalue()
