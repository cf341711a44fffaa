"""The press: accessible and archival, from memory only."""

import io
from datetime import UTC, datetime

import pytest
from pypdf import PdfReader

from certif.glyphs import without_missing
from certif.pdf import Assets, Attached, Refused, render_pdf
from tests.reports import problems, text_of

PAGE = '<!doctype html><html lang="fr"><title>{title}</title><body><h1>Un titre</h1>{body}</body></html>'
MADE_AT = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)


def printed(body: str = "<p>Un texte.</p>", title: str = "Essai", **options) -> bytes:
    return render_pdf(PAGE.format(title=title, body=body), **options)


def test_a_page_is_both_accessible_and_archival():
    body = (
        '<p>Voir <a href="#fin">la fin</a>.</p>'
        '<table><thead><tr><th scope="col">A</th><th scope="col">B</th></tr></thead>'
        '<tbody><tr><th scope="row">1</th><td>2</td></tr></tbody></table>'
        '<svg viewBox="0 0 9 9"><title>Un carré.</title><rect width="9" height="9"/></svg><h2 id="fin">Fin</h2>'
    )
    assert problems(printed(body)) == []


def test_a_header_says_whether_it_heads_a_row_or_a_column():
    pdf = printed(
        "<table><thead><tr><th>A</th></tr></thead><tbody><tr><th>1</th></tr><tr><th>2</th></tr></tbody></table>"
    )
    reader = PdfReader(io.BytesIO(pdf))
    scopes = [
        element["/A"]["/Scope"]
        for number in range(1, len(reader.xref_objStm) + 200)
        if isinstance(element := reader.get_object(number), dict) and element.get("/S") == "/TH"
    ]
    assert scopes == ["/Column", "/Row", "/Row"]


def test_the_title_and_the_language_are_those_of_the_page():
    reader = PdfReader(io.BytesIO(printed(title="Rapport d’essai")))
    assert (reader.metadata.title, reader.root_object["/Lang"]) == ("Rapport d’essai", "fr")


def test_a_file_is_carried_with_what_it_is():
    pdf = printed(attachments=[Attached("donnees.json", b'{"a":1}', "Les données", "Data")], made_at=MADE_AT)
    reader = PdfReader(io.BytesIO(pdf))
    (attached,) = reader.root_object["/AF"]
    attached = attached.get_object()
    assert dict(reader.attachments) == {"donnees.json": [b'{"a":1}']}
    assert (attached["/AFRelationship"], attached["/Desc"]) == ("/Data", "Les données")
    assert problems(pdf) == []


@pytest.mark.parametrize(
    "body",
    [
        '<img src="file:///etc/passwd" alt="x">',
        '<img src="http://127.0.0.1:9/x.png" alt="x">',
        '<link rel="stylesheet" href="file:///etc/hostname">',
        '<link rel="attachment" href="file:///etc/passwd">',
        '<p style="background:url(https://exemple.fr/x.png)">a</p>',
        '<object data="file:///etc/passwd">x</object>',
        '<svg viewBox="0 0 9 9"><title>x</title><image href="file:///etc/passwd" width="9" height="9"/></svg>',
        '<style>@import "file:///etc/passwd"; @font-face{font-family:x;src:url(file:///etc/passwd)}</style><p>a</p>',
    ],
)
def test_nothing_is_fetched(body, monkeypatch):
    asked = []
    original = Assets.fetch

    def fetch(self, url, headers=None):
        try:
            return original(self, url, headers)
        except Refused:
            asked.append(url)
            raise

    monkeypatch.setattr(Assets, "fetch", fetch)
    monkeypatch.setattr("socket.socket.connect", lambda *args: pytest.fail("a connection was opened"))
    pdf = printed(body)
    assert all(not url.startswith("certif:") for url in asked)
    assert "root:" not in text_of(pdf)
    assert PdfReader(io.BytesIO(pdf)).attachments == {}


def test_a_script_is_text_like_any_other():
    assert "/JavaScript" not in repr(PdfReader(io.BytesIO(printed("<script>alert(1)</script><p>a</p>"))).trailer)


def test_the_number_of_pages_is_known_before_they_are_drawn():
    counted = []
    printed('<p style="break-after:page">a</p><p>b</p>', on_layout=counted.append)
    assert counted == [2]


def test_what_is_raised_on_layout_stops_the_press():
    def refuse(pages):
        raise ValueError(pages)

    with pytest.raises(ValueError, match="1"):
        printed(on_layout=refuse)


def test_a_logo_keeps_the_file_archival():
    from PIL import Image

    stream = io.BytesIO()
    Image.new("RGBA", (40, 20), (15, 76, 92, 128)).save(stream, "PNG")
    assert problems(printed('<img src="certif:logo.png" alt="Logo">', images={"logo.png": stream.getvalue()})) == []


def test_a_character_no_font_draws_is_replaced():
    assert without_missing("Łódź, مرحبا, 漢字", "□") == "Łódź, مرحبا, □□"
