"""The screen that adds evidence: file, link or reuse; for a criterion, a register or the library; with and without htmx."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from assessments.enums import Status
from assessments.models import Assessment, Evidence, EvidenceUse, Share
from certif import limits
from tests import files
from tests.factories import (
    affiliate,
    declare,
    key_of,
    make_assessment,
    make_evidence,
    make_network,
    make_user,
    use_evidence,
)
from tests.people import client_of

STATUTES = str(key_of("PER-01", "preuve", "1"))


@pytest.fixture(autouse=True)
def empty_shelves(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def url(dossier, **query) -> str:
    return reverse("evidence_add", args=[dossier.pk], query=query)


def post(
    client,
    dossier,
    *,
    content: bytes | None = files.PDF,
    name: str = "Charte.pdf",
    htmx: bool = False,
    critere="PER-01",
    **fields,
):
    data = {"par": "fichier"} | fields
    if content is not None:
        data["file"] = SimpleUploadedFile(name, content)
    headers = {"hx-request": "true"} if htmx else {}
    query = {"critere": critere} if critere else {}
    return client.post(url(dossier, **query), data, headers=headers)


def page(response) -> str:
    return response.content.decode()


# --- It works ---------------------------------------------------------------------------------


def test_a_file_is_dropped_on_a_criterion(dossier, karim):
    response = post(
        client_of(karim),
        dossier,
        expected=STATUTES,
        effective_on="2026-03-03",
        expires_on="2027-03-03",
        label=" Statuts  signés ",
    )
    assert (response.status_code, response.url) == (302, f"/dossiers/{dossier.pk}/criteres/PER-01/#preuves")
    use = EvidenceUse.objects.get()
    piece = use.evidence
    assert (use.answer.criterion.code, use.expected.label, use.added_by) == ("PER-01", "Statuts", karim)
    assert (piece.label, piece.effective_on, piece.expires_on) == (
        "Statuts  signés",
        date(2026, 3, 3),
        date(2027, 3, 3),
    )
    assert (piece.structure, piece.added_by) == (dossier.structure, karim)


def test_without_a_label_the_file_names_the_piece(dossier, lea):
    post(client_of(lea), dossier, name="Compte rendu de mars.pdf")
    piece = Evidence.objects.get()
    assert (piece.label, piece.original_name) == ("Compte rendu de mars", "Compte rendu de mars.pdf")


def test_with_htmx_the_section_comes_back(dossier, lea):
    response = post(client_of(lea), dossier, htmx=True)
    assert response.status_code == 200
    assert page(response).startswith('<section class="part evidence" id="preuves"')
    assert "«\u00a0Charte\u00a0» est jointe à ce critère." in page(response)
    assert EvidenceUse.objects.count() == 1


def test_a_file_goes_to_the_library_alone(dossier, lea):
    response = post(client_of(lea), dossier, critere="")
    assert response.url == f"/dossiers/{dossier.pk}/preuves/"
    assert (Evidence.objects.count(), EvidenceUse.objects.count()) == (1, 0)


def test_a_file_supports_a_register(dossier, lea):
    declaration = declare(dossier, "REG-1")
    response = client_of(lea).post(
        url(dossier, registre="REG-1"), {"par": "fichier", "file": SimpleUploadedFile("a.pdf", files.PDF)}
    )
    assert response.url == f"/dossiers/{dossier.pk}/registres/REG-1/#preuves"
    assert list(declaration.evidence.all()) == [Evidence.objects.get()]


def test_a_link_is_pasted(dossier, lea):
    data = {"par": "lien", "url": "https://exemple.fr/charte", "label": "Charte en ligne", "expected": STATUTES}
    assert client_of(lea).post(url(dossier, critere="PER-01"), data).status_code == 302
    use = EvidenceUse.objects.get()
    assert (use.evidence.url, use.expected.label) == ("https://exemple.fr/charte", "Statuts")


def test_a_piece_of_the_library_is_reused(fabrique, dossier, lea):
    piece = make_evidence(fabrique, "Charte")
    client = client_of(lea)
    assert "Charte" in page(client.get(url(dossier, critere="PER-01", par="bibliotheque")))
    client.post(url(dossier, critere="PER-01"), {"par": "bibliotheque", "evidence": piece.pk, "expected": STATUTES})
    use = EvidenceUse.objects.get()
    assert (use.evidence, use.expected.label) == (piece, "Statuts")


def test_what_is_already_attached_is_not_proposed(fabrique, dossier, lea):
    use_evidence(make_evidence(fabrique, "Déjà jointe"), dossier, "PER-01")
    declare(dossier, "REG-1", evidence=[make_evidence(fabrique, "Déjà au registre")])
    client = client_of(lea)
    assert "Déjà jointe" not in page(client.get(url(dossier, critere="PER-01", par="bibliotheque")))
    assert "Déjà au registre" not in page(client.get(url(dossier, registre="REG-1", par="bibliotheque")))
    assert "Déjà jointe" in page(client.get(url(dossier, registre="REG-1", par="bibliotheque")))


def test_the_library_is_searched(fabrique, dossier, lea):
    make_evidence(fabrique, "Planning de nuit")
    make_evidence(fabrique, "Charte")
    found = page(client_of(lea).get(url(dossier, critere="PER-01", par="bibliotheque", q="planning NUIT")))
    assert ("Planning de nuit" in found, "Charte" in found) == (True, False)


# --- Sent twice -------------------------------------------------------------------------------


@pytest.mark.parametrize("htmx", [False, True])
def test_the_same_form_sent_twice_files_one_piece(dossier, lea, htmx):
    client = client_of(lea)
    first, second = post(client, dossier, htmx=htmx), post(client, dossier, htmx=htmx)
    assert first.status_code == second.status_code == (200 if htmx else 302)
    assert (Evidence.objects.count(), EvidenceUse.objects.count()) == (1, 1)


@pytest.mark.parametrize("htmx", [False, True])
def test_the_same_file_elsewhere_is_offered_for_reuse(dossier, lea, htmx):
    client = client_of(lea)
    post(client, dossier)
    response = post(client, dossier, critere="DEO-01", effective_on="2026-03-03", htmx=htmx)
    assert response.status_code == 409
    assert "Cette pièce est déjà dans votre bibliothèque\u00a0: «\u202fCharte\u202f»." in page(response)
    assert f'name="evidence" value="{Evidence.objects.get().pk}">Réutiliser cette preuve' in page(response)
    assert 'value="2026-03-03"' in page(response)
    assert EvidenceUse.objects.count() == 1


# --- Bad input: nothing is written, the rest of the form is kept -------------------------------


HOSTILE = [
    (b"<!doctype html><script>alert(1)</script>", "page.pdf"),
    (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "dessin.svg"),
    (b"GIF89a/*\x00\x00*/=1;alert(1)//", "image.png"),
    (files.png(8_000, 5_001), "geante.png"),
    (files.openxml("docx", ("word/vbaProject.bin", b"x")), "macro.docx"),
    (files.openxml("xlsx", ("xl/bombe.xml", b"0" * 20 * limits.MIB)), "bombe.xlsx"),
    (files.PDF, "outil.exe"),
    (b"", "vide.pdf"),
]


@pytest.mark.parametrize(("content", "name"), HOSTILE, ids=[name for _, name in HOSTILE])
@pytest.mark.parametrize("htmx", [False, True])
def test_a_hostile_file_is_refused_and_the_form_kept(dossier, lea, content, name, htmx, tmp_path):
    response = post(
        client_of(lea), dossier, content=content, name=name, label="Mon libellé", effective_on="2026-03-03", htmx=htmx
    )
    assert response.status_code == 422
    assert 'value="Mon libellé"' in page(response)
    assert 'value="2026-03-03"' in page(response)
    assert (Evidence.objects.count(), list(tmp_path.rglob("*"))) == (0, [])


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("fac\u202eture\u2066.pdf", "facture.pdf"),
        ("C:\\Users\\lea\\Charte.pdf", "Charte.pdf"),
    ],
)
def test_the_name_is_cleaned(dossier, lea, sent, kept):
    post(client_of(lea), dossier, name=sent)
    assert Evidence.objects.get().original_name == kept


@pytest.mark.slow
def test_fifty_mebibytes_are_accepted_and_one_byte_more_is_not(dossier, lea):
    client = client_of(lea)
    heavy = files.PDF + b"%" * (limits.EVIDENCE_BYTES - len(files.PDF))
    refused = post(client, dossier, content=heavy + b"%", label="Mon libellé", effective_on="2026-03-03")
    assert refused.status_code == 413
    assert "Ce fichier dépasse 50\u00a0Mo." in page(refused)
    assert 'value="Mon libellé"' in page(refused)
    assert 'value="2026-03-03"' in page(refused)
    assert Evidence.objects.count() == 0
    assert post(client, dossier, content=heavy).status_code == 302
    assert Evidence.objects.get().size == limits.EVIDENCE_BYTES


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("effective_on", "31/02/2026", "celle-ci n’existe pas"),
        ("effective_on", "0001-01-01", "entre 2000 et 2100"),
        ("expires_on", "2026-03-02", "La date d’expiration précède la date de la preuve."),
        ("label", "x" * 301, "301 caractères"),
        ("expected", "inconnue", "n’est pas attendue par ce critère"),
        ("expected", str(key_of("DEO-01", "preuve", "1")), "n’est pas attendue par ce critère"),
    ],
)
def test_a_wrong_field_is_said_beside_it(dossier, lea, field, value, said):
    fields = {"effective_on": "2026-03-03", "label": "Mon libellé"} | {field: value}
    response = post(client_of(lea), dossier, **fields)
    assert response.status_code == 422
    assert said in page(response)
    assert Evidence.objects.count() == 0


def test_no_file_is_said(dossier, lea):
    response = post(client_of(lea), dossier, content=None)
    assert (response.status_code, "Choisissez un fichier." in page(response)) == (422, True)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "exemple",
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "ftp://exemple.fr/",
        "https://lea:secret@exemple.fr/",
        "https://exemple.fr/" + "x" * 2000,
    ],
)
def test_a_wrong_address_is_refused(dossier, lea, address):
    response = client_of(lea).post(url(dossier, critere="PER-01"), {"par": "lien", "url": address, "label": "Page"})
    assert response.status_code == 422
    assert 'value="Page"' in page(response)
    assert Evidence.objects.count() == 0


# --- Foreign identifiers ----------------------------------------------------------------------


def test_a_piece_of_another_structure_is_not_found(dossier, passeurs, lea):
    foreign = make_evidence(passeurs, "Secret")
    client = client_of(lea)
    response = client.post(url(dossier, critere="PER-01"), {"par": "bibliotheque", "evidence": foreign.pk})
    assert (response.status_code, EvidenceUse.objects.count()) == (404, 0)
    assert "Secret" not in page(client.get(url(dossier, critere="PER-01", par="bibliotheque")))


@pytest.mark.parametrize("chosen", ["", "abc", "-1", "１", "²", "1; DROP TABLE", "9" * 30, "9" * 5000])
def test_a_choice_that_is_none_is_said(dossier, lea, chosen):
    response = client_of(lea).post(url(dossier, critere="PER-01"), {"par": "bibliotheque", "evidence": chosen})
    assert (response.status_code, "Choisissez une preuve" in page(response)) == (422, True)


@pytest.mark.parametrize("query", [{"critere": "XXX-99"}, {"registre": "REG-99"}, {"registre": "REG-2"}])
def test_a_destination_that_does_not_exist_is_not_found(dossier, lea, query):
    declare(dossier, "REG-1")
    client = client_of(lea)
    assert client.get(url(dossier, **query)).status_code == 404
    assert (
        client.post(url(dossier, **query), {"par": "lien", "url": "https://exemple.fr/", "label": "x"}).status_code
        == 404
    )
    assert Evidence.objects.count() == 0


def test_the_file_of_another_structure_says_nothing(dossier, passeurs, lea, oscar):
    """The same file filed elsewhere is not a duplicate: knowing it exists would already be a leak."""
    other = make_assessment(passeurs, dossier.edition)
    post(client_of(oscar), other)
    assert post(client_of(lea), dossier).status_code == 302
    assert Evidence.objects.count() == 2


# --- Who --------------------------------------------------------------------------------------


def test_a_reader_may_not(dossier, lise):
    client = client_of(lise)
    assert (client.get(url(dossier)).status_code, post(client, dossier).status_code) == (403, 403)
    assert Evidence.objects.count() == 0


def test_an_advisor_may_not(dossier, reseau, adele):
    Share.objects.create(assessment=dossier, network=reseau)
    client = client_of(adele)
    assert (client.get(url(dossier)).status_code, post(client, dossier).status_code) == (403, 403)


def test_a_stranger_finds_nothing(dossier, oscar):
    client = client_of(oscar)
    assert (client.get(url(dossier)).status_code, post(client, dossier).status_code) == (404, 404)


def test_an_unknown_visitor_goes_to_login(dossier):
    assert post(client_of(), dossier).url.startswith("/connexion/")


def test_a_closed_dossier_answers_409_and_keeps_what_was_typed(dossier, lea, tmp_path):
    Assessment.objects.update(status=Status.CLOSED)
    response = post(client_of(lea), dossier, label="Mon libellé")
    assert response.status_code == 409
    assert "Ce dossier n’est plus modifiable" in page(response)
    assert 'value="Mon libellé"' in page(response)
    assert (Evidence.objects.count(), [path for path in tmp_path.rglob("*") if path.is_file()]) == (0, [])


def test_a_network_elsewhere_changes_nothing(dossier, fabrique):
    stranger = make_user()
    affiliate(fabrique, make_network(advisor=stranger))
    assert client_of(stranger).get(url(dossier)).status_code == 404
