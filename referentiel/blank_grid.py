"""The blank grid of an edition, to print or to fill in around a table: a PDF and a workbook, made once and kept."""

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.template.loader import render_to_string
from openpyxl import Workbook
from openpyxl.styles import PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from certif import spreadsheet
from certif.pdf import render_pdf
from referentiel.content import Content, CriterionContent
from referentiel.models import Criticality

# Part of the name of the kept files: raise it when the look of the grid changes.
LAYOUT = 1
NOT_APPLICABLE = "NC"
MEANT_TO_BE_FILLED = PatternFill("solid", fgColor=spreadsheet.TINT)


def kept(content: Content, extension: str, make: Callable[[Content], bytes]) -> bytes:
    """The file of a sealed edition, made by the first who asks while the others wait; a draft’s is made each time."""
    if not content.sealed:
        return make(content)
    path = Path(settings.DATA_DIR) / "grilles" / f"{content.fingerprint}-{LAYOUT}.{extension}"
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with path.with_suffix(f".{extension}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not path.exists():
                fresh = path.with_suffix(f".{extension}.{os.getpid()}")
                fresh.write_bytes(make(content))
                fresh.replace(path)
    return path.read_bytes()


def printable(content: Content) -> bytes:
    """The PDF: how to use it, one block per criterion with boxes to tick and room to write, the registers."""
    html = render_to_string("reports/blank_grid.html", {"content": content})
    return render_pdf(html, stylesheet="blank_grid.css")


def workbook(content: Content) -> bytes:
    """Three sheets: how to use it and the scale, the grid with a list of levels to choose from, the registers."""
    book = Workbook()
    guide = book.active
    guide.title = "Mode d’emploi"
    _write_guide(guide, content)
    _write_grid(book.create_sheet("Grille"), content)
    _write_registers(book.create_sheet("Registres"), content)
    for sheet in book.worksheets:
        spreadsheet.landscape(sheet)
    book.active = 0
    book.properties.title = f"Grille vierge – {content.label}"
    book.properties.creator = "Certif"
    book.properties.language = "fr-FR"
    return spreadsheet.to_bytes(book)


def _write_guide(sheet, content: Content) -> None:
    spreadsheet.write_title(sheet, f"Grille vierge – {content.label}")
    lines = [
        *content.notice.split("\n\n"),
        "Pour chaque critère de la feuille « Grille », choisissez la phrase la plus exigeante dont tout est vrai et "
        "notez son niveau ; dites ce qui vous fait dire cela, citez vos preuves, notez ce qu’il reste à faire.",
        f"« {NOT_APPLICABLE} » (non concerné) n’est proposé que là où le critère l’admet, et se justifie par écrit.",
        f"Empreinte de l’édition : {content.fingerprint or 'brouillon, sans empreinte'}",
    ]
    row = 2
    for row, line in enumerate(lines, 3):
        sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=3)
        spreadsheet.write(sheet.cell(row, 1), line)
        sheet.row_dimensions[row].height = 15 * (1 + len(line) // 115)
    spreadsheet.write_table(
        sheet,
        [("Niveau", 12), ("Libellé", 28), ("Ce que cela veut dire", 80)],
        [(level.value, level.label, level.description) for level in content.levels],
        first_row=row + 2,
    )
    sheet.freeze_panes = None
    sheet.auto_filter.ref = None


def _write_grid(sheet, content: Content) -> None:
    levels = [(f"{level.value} {level.label}", 34.0) for level in content.levels]
    columns = [
        ("Code", 9.0), ("Chapitre", 18.0), ("Critère", 28.0), ("Énoncé", 40.0), ("Criticité", 11.0), ("Poids", 7.0),
        ("Source", 20.0), *levels, ("Preuves attendues", 40.0),
        ("Notre niveau", 10.0), ("Ce qui nous fait dire cela", 44.0), ("Nos preuves", 34.0), ("À faire", 34.0),
    ]  # fmt: skip
    rows = [
        (
            criterion.code,
            chapter.short_title,
            criterion.title,
            _statement(content, criterion),
            criterion.criticality_label,
            criterion.weight,
            criterion.nature_label,
            *(criterion.descriptor(level.value) for level in content.levels),
            "\n".join(_expected(criterion)),
            None, None, None, None,
        )
        for chapter in content.chapters
        for criterion in chapter.criteria
    ]  # fmt: skip
    last = spreadsheet.write_table(sheet, columns, rows)
    sheet.freeze_panes = "D2"
    filled = range(len(columns) - 3, len(columns) + 1)
    for row in range(2, last + 1):
        for column in filled:
            sheet.cell(row, column).fill = MEANT_TO_BE_FILLED
    _offer_levels(sheet, get_column_letter(filled[0]), content)


def _statement(content: Content, criterion: CriterionContent) -> str:
    registers = content.conditions(criterion)
    if not registers:
        return criterion.statement
    named = " ou ".join(f"« {register.label} »" for register in registers)
    return f"{criterion.statement}\nSeulement si le registre {named} est déclaré."


def _expected(criterion: CriterionContent) -> list[str]:
    return [
        f"– {expected.label}{' (obligatoire)' if expected.required else ''}" for expected in criterion.expected_evidence
    ]


def _offer_levels(sheet, column: str, content: Content) -> None:
    """One list of levels for most criteria, one more choice where « non concerné » is allowed."""
    values = [str(level.value) for level in content.levels]
    for allowed in (False, True):
        offered = [*values, NOT_APPLICABLE] if allowed else values
        choice = DataValidation(type="list", formula1=f'"{",".join(offered)}"', allow_blank=True)
        choice.errorTitle = "Niveau inconnu"
        choice.error = f"Choisissez parmi {', '.join(offered)}."
        for row, criterion in enumerate(content.criteria, 2):
            if (criterion.na_allowed and criterion.criticality != Criticality.BLOCKING) == allowed:
                choice.add(f"{column}{row}")
        if choice.sqref:
            sheet.add_data_validation(choice)


def _write_registers(sheet, content: Content) -> None:
    columns = [
        ("Code", 9), ("Registre d’intervention", 34), ("Ce que c’est", 50), ("Questions", 50), ("Preuves possibles", 40),
        ("Nos dispositifs", 34), ("Nos preuves récentes", 34),
    ]  # fmt: skip
    rows = [
        (
            register.code,
            register.label,
            register.definition,
            "\n".join(f"– {question}" for question in register.questions),
            "\n".join(f"– {expected}" for expected in register.expected_evidence),
            None,
            None,
        )
        for register in content.registers
    ]
    last = spreadsheet.write_table(sheet, columns, rows)
    sheet.freeze_panes = "C2"
    for row in range(2, last + 1):
        for column in (len(columns) - 1, len(columns)):
            sheet.cell(row, column).fill = MEANT_TO_BE_FILLED
