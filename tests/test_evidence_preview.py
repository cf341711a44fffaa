"""A piece looked at in place: pixels or text, the right asked for each byte, and nothing that runs."""

import pytest

from assessments.models import Event, Share
from certif import limits, viewer
from tests import factories as f
from tests.files import pdf_of, png

pytestmark = pytest.mark.django_db


def piece_of(dossier, content: bytes, content_type: str, **fields):
    piece = f.make_evidence(dossier.structure, "Registre", content=content, content_type=content_type, **fields)
    f.use_evidence(piece, dossier, "PER-01")
    return piece


@pytest.fixture
def pdf(dossier):
    return piece_of(dossier, pdf_of(["Première", "Deuxième", "Troisième"]), "application/pdf", original_name="r.pdf")


@pytest.fixture
def picture(dossier):
    return piece_of(dossier, png(), "image/png")


def page(piece) -> str:
    return f"/preuves/{piece.pk}/apercu/"


def test_a_pdf_is_shown_page_by_page(client, pdf, lea):
    client.force_login(lea)
    html = client.get(page(pdf)).content.decode()
    assert f'src="/preuves/{pdf.pk}/apercu/1.png"' in html
    assert ("Page 1 sur 3" in html, "Page précédente" in html, "Page suivante" in html) == (True, False, True)
    last = client.get(page(pdf) + "?page=3").content.decode()
    assert ("/apercu/3.png" in last, "Page suivante" in last) == (True, False)
    assert [client.get(page(pdf) + f"?page={number}").status_code for number in ("4", "0", "x")] == [404, 200, 200]


def test_the_bytes_are_pixels_that_nothing_can_run(client, pdf, picture, lea):
    client.force_login(lea)
    for piece, number in ((pdf, 2), (picture, 1)):
        response = client.get(f"{page(piece)}{number}.png")
        assert (response.status_code, response.content[:8]) == (200, b"\x89PNG\r\n\x1a\n")
        assert {name: response.headers[name] for name in ("Content-Type", "X-Content-Type-Options", "Content-Security-Policy")} == {
            "Content-Type": "image/png",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; sandbox",
        }
        assert "no-store" in response.headers["Cache-Control"]


def test_a_page_that_is_not_there(client, pdf, lea):
    client.force_login(lea)
    assert [client.get(f"{page(pdf)}{number}.png").status_code for number in (0, 4)] == [404, 422]


@pytest.mark.parametrize(("content_type", "charset"), [("text/plain; charset=utf-8", "utf-8"), ("text/csv; charset=windows-1252", "cp1252")])
def test_a_text_is_shown_as_text(client, dossier, lea, content_type, charset):
    piece = piece_of(dossier, "Été ; <script>alert(1)</script>\n=1+1".encode(charset), content_type)
    client.force_login(lea)
    html = client.get(page(piece)).content.decode()
    assert ("Été ; &lt;script&gt;alert(1)&lt;/script&gt;\n=1+1" in html, "<script>alert" in html) == (True, False)
    assert client.get(f"{page(piece)}1.png").status_code == 404


def test_a_long_text_is_cut_and_says_so(client, dossier, lea):
    piece = piece_of(dossier, b"x" * (limits.VIEW_TEXT_BYTES + 10), "text/plain; charset=utf-8")
    client.force_login(lea)
    response = client.get(page(piece))
    assert (len(response.context["text"]), response.context["cut"]) == (limits.VIEW_TEXT_BYTES, True)


def test_office_files_and_links_are_only_taken_away(client, dossier, lea):
    office = piece_of(dossier, b"PK", "application/vnd.oasis.opendocument.text")
    link = f.make_evidence(dossier.structure, "Lien", url="https://exemple.fr/")
    client.force_login(lea)
    assert "Ce format ne se montre pas ici" in client.get(page(office)).content.decode()
    assert "Un lien s’ouvre chez ceux qui le tiennent" in client.get(page(link)).content.decode()
    assert [client.get(f"{page(piece)}1.png").status_code for piece in (office, link)] == [404, 404]
    assert Event.objects.count() == 0


@pytest.mark.parametrize("content", [b"%PDF-1.4\nrien", b"rien"])
def test_a_broken_pdf_says_so_in_french(client, dossier, lea, content):
    piece = piece_of(dossier, content, "application/pdf")
    client.force_login(lea)
    assert "Ce fichier ne peut pas être montré ici" in client.get(page(piece)).content.decode()
    assert client.get(f"{page(piece)}1.png").status_code == 422


def test_too_many_at_once_is_said_and_not_suffered(client, pdf, lea, monkeypatch):
    monkeypatch.setattr(limits, "VIEWER_PATIENCE_SECONDS", 0)
    for _ in range(limits.VIEWERS_AT_ONCE):
        viewer._AT_ONCE.acquire()
    try:
        client.force_login(lea)
        assert "Trop de pages sont demandées à la fois" in client.get(page(pdf)).content.decode()
        response = client.get(f"{page(pdf)}1.png")
        assert (response.status_code, response.headers["Retry-After"]) == (503, "5")
    finally:
        for _ in range(limits.VIEWERS_AT_ONCE):
            viewer._AT_ONCE.release()


def test_it_opens_under_its_name_on_the_entry_screen(client, dossier, pdf, lea):
    client.force_login(lea)
    html = client.get(f"/dossiers/{dossier.pk}/criteres/PER-01/").content.decode()
    assert f'hx-get="{page(pdf)}" hx-trigger="toggle once"' in html
    fragment = client.get(page(pdf), headers={"HX-Request": "true"}).content.decode()
    assert ("<html" in fragment, f'src="/preuves/{pdf.pk}/apercu/1.png"' in fragment) == (False, True)


def test_an_advisor_looks_while_the_files_are_shared(client, dossier, pdf, picture, adele, reseau):
    share = Share.objects.create(assessment=dossier, network=reseau)
    client.force_login(adele)
    addresses = [page(pdf), f"{page(pdf)}1.png", f"{page(picture)}1.png"]
    assert [client.get(address).status_code for address in addresses] == [200, 200, 200]
    Share.objects.filter(pk=share.pk).update(with_files=False)
    assert [client.get(address).status_code for address in addresses] == [404, 404, 404]
    names = client.get(f"/dossiers/{dossier.pk}/preuves/").content.decode()
    assert ("Registre" in names, "/apercu/" in names) == (True, False)


def test_looking_leaves_one_trace(client, pdf, lea):
    client.force_login(lea)
    client.get(page(pdf))
    client.get(f"{page(pdf)}1.png")
    client.get(page(pdf) + "?page=2")
    assert [(event.verb, event.actor, event.after) for event in Event.objects.all()] == [
        ("preuve_regardee", lea, {"preuve": pdf.pk})
    ]


def test_what_is_looked_at_in_a_preview_is_looked_at_by_oneself(client, dossier, pdf, lea):
    client.force_login(lea)
    inside = f"/dossiers/{dossier.pk}/apercu/avec{page(pdf)}"
    html = client.get(inside).content.decode()
    assert f'src="/dossiers/{dossier.pk}/apercu/avec{page(pdf)}1.png"' in html
    assert client.get(f"{inside}1.png").content[:4] == b"\x89PNG"
    assert Event.objects.get().actor == lea
    assert client.get(inside.replace("avec", "sans")).status_code == 404


def test_a_stranger_finds_nothing_and_anonymous_goes_to_login(client, pdf, oscar):
    for address in (page(pdf), f"{page(pdf)}1.png"):
        assert client.get(address).headers["Location"].startswith("/connexion/")
    client.force_login(oscar)
    assert [client.get(address).status_code for address in (page(pdf), f"{page(pdf)}1.png")] == [404, 404]


def test_a_file_that_vanished_is_not_found(client, pdf, lea):
    pdf.file.storage.delete(pdf.file.name)
    client.force_login(lea)
    assert [client.get(address).status_code for address in (page(pdf), f"{page(pdf)}1.png")] == [404, 404]
