"""Bringing an edition in from a file: seen first, written once confirmed, never over a published one."""

import copy
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from referentiel import drafts, exchange
from referentiel.editions import canonical_content, retire
from referentiel.models import Edition
from tests.factories import make_edition, seal
from tests.people import client_of

ADDRESS = "/referentiel/import/"


@pytest.fixture
def client(ines):
    return client_of(ines)


@pytest.fixture
def document(edition) -> dict:
    return copy.deepcopy(canonical_content(edition))


def send(client, document: dict | bytes, *, kind: str = "yaml", code: str = "", label: str = ""):
    body = document if isinstance(document, bytes) else exchange.FORMATS[kind].dump(document)
    return client.post(ADDRESS, {"file": SimpleUploadedFile(f"edition.{kind}", body), "code": code, "label": label})


def preview(client, document: dict, **options):
    """The address of the preview, and its page."""
    response = send(client, document, **options)
    assert response.status_code == 302, text_of(response)
    return response.url, client.get(response.url)


def confirm(client, address: str, page):
    based_on = re.search(r'name="based_on" value="([0-9a-f]*)"', page.content.decode())[1]
    return client.post(address, {"based_on": based_on})


def text_of(response) -> str:
    text = re.sub(r"<[^>]+>", " ", response.content.decode().partition("<main")[2].partition("</main>")[0])
    return " ".join(text.replace("&#x27;", "'").split())


def codes() -> list[str]:
    return list(Edition.objects.order_by("pk").values_list("code", flat=True))


def titled(document: dict, title: str) -> dict:
    document["chapitres"][1]["criteres"][1]["titre"] = title
    return document


# --- It works ---------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", exchange.FORMATS)
def test_seen_then_written(client, edition, document, kind):
    address, page = preview(client, titled(document, "Secret partagé"), kind=kind, code="SUITE", label="La suite")
    shown = text_of(page)
    assert "Ce fichier crée le brouillon SUITE. Rien n’est encore écrit." in shown
    assert "0 ajouté, 1 modifié, 0 retiré" in shown
    assert "[retiré : Confidentialité ] [ajouté : Secret partagé ]" in shown
    assert codes() == [edition.code]
    response = confirm(client, address, page)
    assert response.url == reverse("draft", args=["SUITE"])
    draft = Edition.objects.get(code="SUITE")
    assert (draft.label, draft.status) == ("La suite", "brouillon")
    assert draft.criteria.get(code="DEO-02").title == "Secret partagé"


def test_confirming_twice_writes_once(client, edition, document):
    address, page = preview(client, document, code="SUITE")
    confirm(client, address, page)
    draft = Edition.objects.get(code="SUITE")
    drafts.write_content(draft, titled(copy.deepcopy(canonical_content(draft)), "Travail fait depuis"))
    assert confirm(client, address, page).url == reverse("draft", args=["SUITE"])
    assert client.get(address).url == reverse("draft", args=["SUITE"])
    assert draft.criteria.get(code="DEO-02").title == "Travail fait depuis"


def test_a_draft_changed_since_the_preview_is_not_overwritten(client, edition, document):
    draft = make_edition("SUITE", sealed=False)
    address, page = preview(client, titled(document, "Du fichier"), code="SUITE", label=draft.label)
    drafts.write_content(draft, titled(copy.deepcopy(canonical_content(draft)), "Travail fait depuis"))
    response = confirm(client, address, page)
    assert response.status_code == 409
    assert "Quelqu’un a modifié ce brouillon depuis l’aperçu." in text_of(response)
    assert "[retiré : Travail fait depuis ] [ajouté : Du fichier ]" in text_of(response)
    assert draft.criteria.get(code="DEO-02").title == "Travail fait depuis"
    assert confirm(client, address, response).status_code == 302
    assert draft.criteria.get(code="DEO-02").title == "Du fichier"


def test_nothing_to_write_says_so(client):
    draft = make_edition("SUITE", sealed=False)
    _address, page = preview(client, copy.deepcopy(canonical_content(draft)))
    assert "Le brouillon dit déjà exactement cela : il n’y a rien à écrire." in text_of(page)
    assert b'name="based_on"' not in page.content


def test_a_first_edition_is_all_new(client, edition, document):
    document["norme"]["code"] = "AUTRE"
    _address, page = preview(client, document, code="PREMIERE")
    assert "Première édition de cette norme dans Certif : tout y est nouveau." in text_of(page)
    assert "8 ajoutés, 0 modifié, 0 retiré" in text_of(page)


def test_html_of_a_file_is_shown_as_text(client, edition, document):
    _address, page = preview(client, titled(document, "<script>alert(1)</script>"), code="SUITE")
    assert b"<script>alert(1)" not in page.content
    assert b"&lt;script&gt;" in page.content


# --- It is refused ----------------------------------------------------------------------------


def test_a_published_edition_is_named(client, edition, document):
    response = send(client, titled(document, "Autre"))
    assert response.status_code == 422
    assert f"L’édition « {edition.label} » ({edition.code}) est publiée : elle ne change plus." in text_of(response)
    assert codes() == [edition.code]


def test_published_between_the_preview_and_the_confirmation(client, edition, document):
    draft = make_edition("SUITE", sealed=False)
    before = canonical_content(draft)
    address, page = preview(client, titled(document, "Du fichier"), code="SUITE")
    seal(draft)
    response = confirm(client, address, page)
    assert response.status_code == 422
    assert "(SUITE) est publiée : elle ne change plus." in text_of(response)
    assert canonical_content(draft) == before


def test_the_errors_of_a_file_come_with_their_place(client, edition, document):
    document["chapitres"][0]["criteres"][0]["poids"] = 7
    document["chapitres"][0]["criteres"][1]["registres"] = ["REG-9"]
    response = send(client, document, kind="xlsx", code="SUITE")
    assert response.status_code == 422
    shown = text_of(response)
    assert "Critères!I2 « poids » doit être un nombre entier, 1 ou 2 ou 3." in shown
    assert "Critères!O3 Le registre « REG-9 » n’est pas dans l’édition." in shown
    assert 'value="SUITE"' in response.content.decode()
    assert codes() == [edition.code]


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "Choisissez un fichier qui ne soit pas vide."),
        (b"x" * (1_048_577), "Ce fichier est trop lourd"),
        (b"a: &a 1", "Ligne 1 Les ancres (&amp;a) ne sont pas admises."),
    ],
)
def test_files_that_are_no_edition(client, body, sentence):
    response = send(client, body)
    assert response.status_code == 422
    assert sentence in text_of(response)


def test_a_file_is_needed(client):
    response = client.post(ADDRESS, {"code": "deux mots"})
    assert response.status_code == 422
    assert "Choisissez un fichier qui ne soit pas vide." in text_of(response)
    assert "Le code « deux mots » ne peut contenir ni espace ni barre oblique." in text_of(response)


def test_a_retired_edition_is_no_draft_either(client, edition, document):
    retire(edition)
    assert send(client, document).status_code == 422


# --- Who --------------------------------------------------------------------------------------


def test_others_find_nothing(lea, edition, document):
    assert client_of(lea).get(ADDRESS).status_code == 404
    assert send(client_of(lea), document).status_code == 404
    assert client_of().get(ADDRESS).url == f"/connexion/?next={ADDRESS}"


def test_a_preview_belongs_to_one_person_and_one_session(client, ines, edition, document):
    from tests.factories import make_user

    address, page = preview(client, document, code="SUITE")
    other = make_user("autre@certif.fr", is_norm_admin=True)
    for stranger in (client_of(other), client_of(ines)):
        response = confirm(stranger, address, page)
        assert response.url == reverse("edition_import")
        assert "Cet aperçu n’existe plus : déposez le fichier de nouveau." in text_of(stranger.get(response.url))
    assert codes() == [edition.code]


def test_an_address_made_up_leads_back(client):
    assert client.get(reverse("edition_import_preview", args=["x" * 300])).url == ADDRESS
    assert client.get(reverse("edition_import_preview", args=["inconnu"])).url == ADDRESS


# --- Afterwards -------------------------------------------------------------------------------

BARE = b"""
norme: {code: "AUTRE", titre: "Une autre norme", editeur: "Personne"}
edition: {code: "NUE", libelle: "\xc3\x89dition nue"}
echelle:
  - {valeur: 0, libelle: "Non"}
  - {valeur: 1, libelle: "Oui"}
chapitres:
  - code: "A"
    titre: "Un chapitre"
    criteres:
      - {code: "1.10", titre: "Un crit\xc3\xa8re", criticite: mineur, poids: 1, nature: presumee, confiance: faible}
"""


def test_a_bare_file_becomes_a_draft_that_every_screen_opens(client):
    confirm(client, *preview(client, exchange.parse(BARE).document))
    draft = Edition.objects.get(code="NUE")
    criterion = draft.criteria.get()
    assert criterion.code == "1.10"
    pages = [
        reverse("edition_detail", args=["NUE"]),
        reverse("norm_chapter", args=["NUE", "A"]),
        reverse("norm_criterion", args=["NUE", "1.10"]),
        reverse("norm_search", args=["NUE"]) + "?q=critère",
        reverse("blank_grid_xlsx", args=["NUE"]),
        reverse("draft", args=["NUE"]),
        reverse("draft_rules", args=["NUE"]),
        reverse("draft_registers", args=["NUE"]),
        reverse("draft_criterion", args=["NUE", criterion.key]),
        reverse("draft_preview", args=["NUE", criterion.key]),
        reverse("edition_publish", args=["NUE"]),
        *(reverse("edition_export", args=["NUE", kind]) for kind in exchange.FORMATS),
    ]
    assert {page: client.get(page).status_code for page in pages} == dict.fromkeys(pages, 200)
