"""Out and in again: an edition comes back exactly as it was, whatever its scale, its codes and its texts."""

import copy
import json
from io import BytesIO

import pytest
import yaml
from hypothesis import HealthCheck, assume, given, settings
from openpyxl import load_workbook

from referentiel import exchange
from referentiel.content import read_content
from referentiel.document import count_nodes
from referentiel.drafts import create_draft
from referentiel.editions import canonical, fingerprint
from referentiel.keys import complete
from tests.factories import make_edition
from tests.norms import checked, documents, unique_keys

pytestmark = pytest.mark.slow

QUICK = settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))


def read_back(kind: str, data: bytes) -> dict:
    parsed = exchange.parse(data, f"edition.{kind}")
    assert [str(problem) for problem in parsed.problems] == []
    return complete(parsed.document)


@pytest.mark.parametrize("kind", exchange.FORMATS)
@QUICK
@given(document=documents())
def test_nothing_is_lost_on_the_way(kind, document):
    assume(unique_keys(document))
    assert checked(document) == []
    data = exchange.FORMATS[kind].dump(document)
    back = read_back(kind, data)
    assert back == document
    if kind != "xlsx":  # a workbook carries the time it was made
        assert exchange.FORMATS[kind].dump(back) == data


@QUICK
@given(document=documents())
def test_other_readers_of_yaml_read_the_same(document):
    assert yaml.safe_load(exchange.FORMATS["yaml"].dump(document)) == document


@pytest.mark.parametrize("kind", exchange.FORMATS)
def test_the_shipped_norm_comes_back_with_its_fingerprint(shipped, kind):
    document = read_back(kind, exchange.export(shipped, kind))
    assert document == canonical(shipped)
    document["edition"]["code"] = "COPIE"
    draft = create_draft(copy.deepcopy(document))
    again = read_content(draft.pk)
    assert canonical(again) == document
    document["edition"]["code"] = shipped.code
    draft.code = shipped.code
    assert json.loads(exchange.export(again, "json")) | {"edition": document["edition"]} == document


@pytest.mark.parametrize("kind", exchange.FORMATS)
@pytest.mark.parametrize("level_max", [3, 4])
def test_the_fingerprint_of_a_draft_survives(db, kind, level_max):
    edition = make_edition("AVANT", level_max=level_max, sealed=False)
    before = fingerprint(edition)
    data = exchange.export(read_content(edition.pk), kind)
    edition.delete()
    assert fingerprint(create_draft(read_back(kind, data))) == before


def test_every_cell_of_the_workbook_is_a_value(shipped):
    book = load_workbook(BytesIO(exchange.export(shipped, "xlsx")))
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None}
    assert kinds == {"s", "n"}
    assert book.sheetnames == [
        "Lisez-moi", "Édition et règles", "Niveaux", "Registres", "Chapitres", "Critères", "Descripteurs",
        "Preuves attendues", "Actions types", "Questions d’entretien",
    ]  # fmt: skip


def test_the_workbook_locks_identifiers_and_offers_lists(db):
    book = load_workbook(BytesIO(exchange.export(read_content(make_edition().pk), "xlsx")))
    sheet = book["Critères"]
    assert [cell.value for cell in sheet[1] if sheet.cell(2, cell.column).protection.locked] == ["Clé", "Code"]
    assert (sheet.protection.sheet, sheet.protection.password, sheet.freeze_panes) == (True, None, "D2")
    assert {(str(each.sqref), each.formula1) for each in sheet.data_validations.dataValidation} == {
        ("A2:A309", "'Chapitres'!$B$2:$B$302"),
        ("G2:G309", '"Bloquant,Majeur,Mineur"'),
        ("I2:I309", '"1,2,3"'),
        ("J2:J309", '"Exigence attestée publiquement,Exigence présumée,Obligation légale,Bonne pratique"'),
        ("K2:K309", '"Haute,Moyenne,Faible"'),
        ("M2:M309", '"Oui,Non"'),
    }
    actions = book["Actions types"].data_validations.dataValidation
    assert [(str(each.sqref), each.formula1) for each in actions] == [
        ("A2:A317", "'Critères'!$C$2:$C$302"),
        ("F2:F317", '"0,1,2,3,4"'),
    ]


def test_the_shipped_norm_leaves_room_for_a_larger_one(shipped):
    """What is counted is in docs/decisions/0023: with its 535 descriptors it would be close to the limit."""
    assert count_nodes(canonical(shipped)) == 1_098
