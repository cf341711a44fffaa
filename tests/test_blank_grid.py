"""The blank grid: a PDF to print and a workbook to fill in, whole, inert, made once."""

import zipfile
from io import BytesIO

import pytest
from django.urls import reverse
from openpyxl import load_workbook
from page import ValidationProfile, validate_pdf_bytes
from pypdf import PdfReader

from referentiel import blank_grid
from referentiel.content import content_of
from tests.factories import CRITERIA, make_edition
from tests.people import client_of

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def own_place(settings, tmp_path):
    settings.DATA_DIR = tmp_path


def words(pdf: bytes) -> str:
    """The text of every page on one line."""
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())


def get(edition, kind: str, user=None):
    return client_of(user).get(reverse(f"blank_grid_{kind}", args=[edition.code]))


def test_the_workbook_holds_the_whole_grid(edition):
    response = get(edition, "xlsx")
    assert response.status_code == 200
    assert response["Content-Disposition"] == f'attachment; filename="grille-{edition.code}.xlsx"'
    book = load_workbook(BytesIO(response.content))
    assert book.sheetnames == ["Mode d’emploi", "Grille", "Registres"]
    grid = book["Grille"]
    assert [row[0].value for row in grid.iter_rows(min_row=2)] == [row[0] for row in CRITERIA]
    headings = [cell.value for cell in grid[1]]
    assert headings[7:12] == ["0 Non couvert", "1 En construction", "2 Partiel", "3 Maîtrisé", "4 Amélioré"]
    assert grid["K2"].value == "Entité juridique employeuse au niveau 3."
    assert grid["M2"].value == "– Statuts (obligatoire)\n– Registre du personnel"
    assert grid.freeze_panes == "D2"
    assert [row[1].value for row in book["Registres"].iter_rows(min_row=2, max_row=2)] == [
        "Assurer une présence active de proximité"
    ]
    assert edition.seal.fingerprint in "".join(str(cell.value) for row in book["Mode d’emploi"] for cell in row)


def test_levels_are_chosen_from_a_list_and_na_only_where_allowed(edition):
    grid = load_workbook(BytesIO(get(edition, "xlsx").content))["Grille"]
    lists = {rule.formula1: {str(cell) for cell in rule.sqref.ranges} for rule in grid.data_validations.dataValidation}
    allowed = {f"N{row}" for row, criterion in enumerate(CRITERIA, 2) if criterion[4].get("na_allowed")}
    assert lists['"0,1,2,3,4,NC"'] == allowed
    assert len(grid.data_validations.dataValidation) == 2


def test_another_scale_gives_another_list(db):
    grid = load_workbook(BytesIO(get(make_edition(level_max=3), "xlsx").content))["Grille"]
    assert {rule.formula1 for rule in grid.data_validations.dataValidation} == {'"0,1,2,3"', '"0,1,2,3,NC"'}


def test_nothing_in_the_workbook_is_a_formula(db):
    criteria = (("PER-01", '=HYPERLINK("http://exemple.fr")\x07', "majeur", 2, {}),)
    edition = make_edition(criteria=criteria)
    body = get(edition, "xlsx").content
    cell = load_workbook(BytesIO(body))["Grille"]["C2"]
    assert (cell.value, cell.data_type) == ('=HYPERLINK("http://exemple.fr")', "s")
    sheets = zipfile.ZipFile(BytesIO(body))
    assert not [name for name in sheets.namelist() if b"<f>" in sheets.read(name)]


def test_the_pdf_holds_the_whole_grid(edition):
    response = get(edition, "pdf")
    assert response.status_code == 200
    assert response["Content-Type"] == "application/pdf"
    text = words(response.content)
    assert PdfReader(BytesIO(response.content)).metadata.title == f"Grille vierge, {edition.label}"
    assert all(code in text for code, *_rest in CRITERIA)
    assert "Confidentialité au niveau 4." in text
    assert "Formulaire de consentement" in text
    assert "Lever les incompréhensions" in text
    assert edition.seal.fingerprint in text


@pytest.mark.parametrize("profile", [ValidationProfile.PDF_UA_1, ValidationProfile.PDF_A_3A])
def test_the_pdf_is_accessible_and_archival(edition, profile):
    report = validate_pdf_bytes(get(edition, "pdf").content, profile=profile)
    assert [failure.message for failure in report.failures] == []
    assert report.is_compliant


def test_a_condition_is_printed_beside_its_criterion(edition):
    assert "Seulement si le registre «\u00a0Lever les incompréhensions\u00a0» est déclaré" in words(
        get(edition, "pdf").content
    ).replace("« ", "«\u00a0").replace(" »", "\u00a0»")
    grid = load_workbook(BytesIO(get(edition, "xlsx").content))["Grille"]
    row = [code for code, *_rest in CRITERIA].index("DEO-03") + 2
    assert grid[f"D{row}"].value.endswith(
        "\nSeulement si le registre «\u00a0Lever les incompréhensions\u00a0» est déclaré."
    )


def test_text_of_the_norm_is_only_text_in_the_pdf(db):
    edition = make_edition(criteria=(("PER-01", "<img src='file:///etc/passwd'>", "majeur", 2, {}),))
    assert "<img src='file:///etc/passwd'>" in words(get(edition, "pdf").content)


@pytest.mark.parametrize("kind", ["pdf", "xlsx"])
def test_the_file_of_a_sealed_edition_is_made_once(edition, kind, tmp_path):
    first = get(edition, kind).content
    (kept,) = (path for path in (tmp_path / "grilles").iterdir() if path.suffix == f".{kind}")
    kept.write_bytes(b"la copie")
    assert get(edition, kind).content == b"la copie"
    assert first != b"la copie"


def test_the_file_of_a_draft_is_made_each_time(db, ines, tmp_path):
    draft = make_edition(sealed=False)
    assert get(draft, "xlsx", ines).status_code == 200
    assert not (tmp_path / "grilles").exists()


@pytest.mark.parametrize("kind", ["pdf", "xlsx"])
def test_a_draft_is_for_norm_admins(db, lea, kind):
    draft = make_edition(sealed=False)
    assert get(draft, kind).status_code == 404
    assert get(draft, kind, lea).status_code == 404


@pytest.mark.parametrize("kind", ["pdf", "xlsx"])
def test_grids_only_read(edition, kind):
    assert client_of().post(reverse(f"blank_grid_{kind}", args=[edition.code])).status_code == 405


def test_a_failed_making_leaves_nothing_behind(edition, tmp_path):
    def fail(content):
        raise OSError("disque plein")

    with pytest.raises(OSError, match="disque plein"):
        blank_grid.kept(content_of(edition.pk), "pdf", fail)
    assert blank_grid.kept(content_of(edition.pk), "pdf", lambda content: b"enfin") == b"enfin"
