"""Nothing knows the scale 0–4: an edition with four levels, or with seven, is answered, read and printed like any other."""

import ast
import json
import re

import pytest
from django.urls import reverse

from assessments import snapshots
from assessments.enums import DocumentKind, SnapshotKind
from assessments.models import Assessment
from assessments.reports.press import document_html, source_of
from certif.pdf import render_pdf
from certif.signs import shape
from referentiel.blank_grid import printable
from referentiel.content import content_of
from tests.factories import answer, answer_all, make_assessment, make_edition
from tests.people import client_of
from tests.test_architecture import MODULES, ROOT


@pytest.fixture(params=[3, 6], ids=["0-3", "0-6"])
def other(request, fabrique, lea) -> Assessment:
    """A dossier of La Fabrique on another scale: everything at the top but one answer of each level."""
    edition = make_edition(level_max=request.param)
    dossier = make_assessment(fabrique, edition, by=lea)
    answer_all(dossier, request.param)
    for level, item in enumerate(content_of(edition.pk).criteria[: request.param]):
        answer(dossier, item.code, level, by=lea)
    return dossier


def text_of(client, name: str, *args) -> str:
    response = client.get(reverse(name, args=args))
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize(
    ("top", "shapes"),
    [(3, [0, 1, 3, 4]), (4, [0, 1, 2, 3, 4]), (6, [0, 1, 1, 2, 3, 3, 4]), (9, [0, 1, 1, 1, 2, 2, 3, 3, 3, 4])],
)
def test_the_nearest_ball(top, shapes):
    assert [shape(level, top) for level in range(top + 1)] == shapes


def test_the_entry_offers_every_level(other, lea):
    top = content_of(other.edition_id).top
    page = text_of(client_of(lea), "criterion", other.pk, "DEO-01")
    assert re.findall(r'name="niveau" value="(\d+)"', page) == [str(level) for level in range(top + 1)]
    assert re.findall(r'hb-l" aria-hidden="true"><use href="[^#]*#hb-(\d)"', page) == [
        str(shape(level, top)) for level in range(top + 1)
    ]


@pytest.mark.parametrize("name", ["grid", "synthesis", "dashboard", "registers", "roadmap"])
def test_its_screens_are_shown(other, lea, name):
    assert "La Fabrique" in text_of(client_of(lea), name, other.pk)


def test_the_highest_level_is_a_full_ball_in_the_synthesis(other, lea):
    top = content_of(other.edition_id).top
    page = text_of(client_of(lea), "synthesis", other.pk)
    legend = page[page.index('class="legend"') :]
    assert re.findall(r"#hb-(\d)", legend[: legend.index("</ul>")]) == [str(shape(level, top)) for level in range(top + 1)]


def test_a_level_beyond_the_scale_is_refused(other, lea):
    top = content_of(other.edition_id).top
    address = reverse("criterion", args=[other.pk, "DEO-01"])
    response = client_of(lea).post(address, {"version": 1, "niveau": str(top + 1), "justification": ""})
    assert response.status_code == 422


@pytest.mark.slow
@pytest.mark.parametrize("kind", DocumentKind)
def test_both_documents_are_printed(other, lea, kind):
    snapshot = snapshots.take(other, SnapshotKind.DOCUMENT, by=lea)
    html = document_html(source_of(snapshot), kind)
    assert "La Fabrique" in html
    assert render_pdf(html).startswith(b"%PDF")


@pytest.mark.slow
def test_the_blank_grid_is_printed(other):
    assert printable(content_of(other.edition_id)).startswith(b"%PDF")


def test_the_product_knows_no_code_and_no_number_of_the_shipped_norm():
    """Only the demonstration names its criteria: everywhere else, codes and counts are read in the edition."""
    rows = json.loads((ROOT / "referentiel/fixtures/xp_x60_600.json").read_text("utf-8"))
    parts = [row for row in rows if row["model"] in ("referentiel.chapter", "referentiel.criterion", "referentiel.register")]
    known = {row["fields"]["code"] for row in parts} | {sum(row["model"] == "referentiel.criterion" for row in parts)}
    assert {
        (name, node.value)
        for name, path in MODULES.items()
        if not name.startswith(("assessments.demo", "referentiel.sample_draft"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and type(node.value) in (str, int) and node.value in known
    } == set()
