"""The page of one piece: what it supports, its dates, its versions; correcting, replacing and deleting it."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from assessments.enums import Status
from assessments.models import Assessment, Evidence, EvidenceUse, Share
from tests import files
from tests.factories import make_assessment, make_evidence, make_network, make_user, use_evidence
from tests.people import client_of


@pytest.fixture(autouse=True)
def empty_shelves(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def piece(fabrique, dossier):
    piece = make_evidence(fabrique, "Charte", effective_on=date(2026, 3, 3))
    use_evidence(piece, dossier, "PER-01", expected=1)
    return piece


def url(name: str, piece) -> str:
    return reverse(name, args=[piece.pk])


def page(response) -> str:
    return response.content.decode()


def test_the_page_says_what_the_piece_supports(lea, piece, dossier):
    shown = page(client_of(lea).get(url("evidence_detail", piece)))
    assert f'href="/dossiers/{dossier.pk}/criteres/PER-01/"' in shown
    assert "Statuts · Auto-évaluation 2027" in shown
    assert piece.sha256 in shown


def test_a_link_is_followed_without_telling_where_from(lea, fabrique):
    piece = make_evidence(fabrique, url="https://exemple.fr/?a=1&b=2")
    shown = page(client_of(lea).get(url("evidence_detail", piece)))
    assert 'href="https://exemple.fr/?a=1&amp;b=2" rel="noopener noreferrer nofollow"' in shown


def test_correcting_label_and_dates(lea, piece):
    data = {"label": "Charte signée", "effective_on": "04/04/2026", "expires_on": "2028-04-04"}
    response = client_of(lea).post(url("evidence_detail", piece), data)
    assert (response.status_code, response.url) == (302, url("evidence_detail", piece))
    piece.refresh_from_db()
    assert (piece.label, piece.effective_on, piece.expires_on) == ("Charte signée", date(2026, 4, 4), date(2028, 4, 4))


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("label", "", "Donnez un nom à cette preuve."),
        ("label", "\u200b\u202e", "Donnez un nom à cette preuve."),
        ("expires_on", "2020-01-01", "La date d’expiration précède"),
        ("effective_on", "hier", "celle-ci n’existe pas"),
    ],
)
def test_a_wrong_field_is_said_and_nothing_changes(lea, piece, field, value, said):
    data = {"label": "Charte", "effective_on": "2026-03-03", "expires_on": ""} | {field: value}
    response = client_of(lea).post(url("evidence_detail", piece), data)
    assert (response.status_code, said in page(response)) == (422, True)
    piece.refresh_from_db()
    assert (piece.label, piece.effective_on, piece.expires_on) == ("Charte", date(2026, 3, 3), None)


def test_a_new_version_is_filed(lea, piece, dossier):
    data = {"par": "fichier", "file": SimpleUploadedFile("Charte 2027.pdf", files.PDF), "label": "Charte 2027"}
    response = client_of(lea).post(url("evidence_replace", piece), data)
    new = Evidence.objects.get(label="Charte 2027")
    assert (response.status_code, response.url) == (302, url("evidence_detail", new))
    assert (new.replaces, EvidenceUse.objects.get().evidence) == (piece, new)
    shown = page(client_of(lea).get(url("evidence_detail", piece)))
    assert "Cette version a été remplacée" in shown
    assert "Déposer une nouvelle version" not in shown


def test_the_same_version_sent_twice_is_filed_once(lea, piece):
    client = client_of(lea)
    answers = [
        client.post(
            url("evidence_replace", piece),
            {"par": "fichier", "file": SimpleUploadedFile("b.pdf", files.PDF), "label": "B"},
        )
        for _ in range(2)
    ]
    new = Evidence.objects.get(label="B")
    assert [answer.url for answer in answers] == [url("evidence_detail", new)] * 2
    assert Evidence.objects.count() == 2


def test_a_second_version_of_an_old_one_is_refused(lea, piece):
    client = client_of(lea)
    client.post(url("evidence_replace", piece), {"par": "lien", "url": "https://exemple.fr/1", "label": "Une"})
    response = client.post(
        url("evidence_replace", piece), {"par": "lien", "url": "https://exemple.fr/2", "label": "Deux"}
    )
    assert (response.status_code, Evidence.objects.count()) == (409, 2)
    assert "remplacée par une version plus récente" in page(response)


def test_a_bad_file_is_no_version(lea, piece):
    data = {"par": "fichier", "file": SimpleUploadedFile("b.pdf", b"<html>"), "label": "Gardé"}
    response = client_of(lea).post(url("evidence_replace", piece), data)
    assert (response.status_code, 'value="Gardé"' in page(response), Evidence.objects.count()) == (422, True, 1)


def test_deleting(lea, piece, dossier, tmp_path, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        response = client_of(lea).post(url("evidence_delete", piece))
    assert response.url == f"/dossiers/{dossier.pk}/preuves/"
    assert (Evidence.objects.count(), EvidenceUse.objects.count()) == (0, 0)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert client_of(lea).post(url("evidence_delete", piece)).status_code == 404


def test_what_supports_a_closed_dossier_is_neither_corrected_nor_deleted(lea, piece):
    Assessment.objects.update(status=Status.CLOSED)
    client = client_of(lea)
    shown = page(client.get(url("evidence_detail", piece)))
    assert "elle reste telle quelle" in shown
    assert "Supprimer cette preuve" not in shown
    assert client.post(url("evidence_detail", piece), {"label": "Autre"}).status_code == 409
    assert client.post(url("evidence_delete", piece)).status_code == 409
    assert Evidence.objects.get().label == "Charte"


def test_a_reader_reads_and_changes_nothing(lise, piece):
    client = client_of(lise)
    shown = client.get(url("evidence_detail", piece))
    assert (shown.status_code, "Enregistrer" in page(shown)) == (200, False)
    refused = [
        client.post(url("evidence_detail", piece), {"label": "Autre"}),
        client.get(url("evidence_replace", piece)),
        client.post(url("evidence_replace", piece), {"par": "lien", "url": "https://exemple.fr/", "label": "x"}),
        client.post(url("evidence_delete", piece)),
    ]
    assert [answer.status_code for answer in refused] == [403, 403, 403, 403]
    assert Evidence.objects.get().label == "Charte"


def test_an_advisor_sees_only_what_the_shared_dossier_uses(adele, reseau, dossier, fabrique, edition, piece):
    Share.objects.create(assessment=dossier, network=reseau)
    private = make_assessment(fabrique, edition, title="Dossier privé")
    use_evidence(piece, private, "DEO-01")
    newer = make_evidence(fabrique, "Version interne", replaces=piece)
    client = client_of(adele)
    shown = page(client.get(url("evidence_detail", piece)))
    assert ("PER-01" in shown, "Dossier privé" in shown, "Version interne" in shown, "Léa" in shown) == (
        True,
        False,
        False,
        False,
    )
    assert client.get(url("evidence_detail", newer)).status_code == 404
    assert client.post(url("evidence_delete", piece)).status_code == 403


@pytest.mark.parametrize("name", ["evidence_detail", "evidence_replace", "evidence_delete"])
def test_a_stranger_finds_nothing(oscar, piece, name):
    stranger = make_user()
    make_network(advisor=stranger)
    for user in (oscar, stranger):
        client = client_of(user)
        assert client.post(url(name, piece), {"label": "x"}).status_code == 404
        assert client.get(url(name, piece)).status_code in (404, 405)
    assert Evidence.objects.get().label == "Charte"


@pytest.mark.parametrize("name", ["evidence_detail", "evidence_replace", "evidence_delete"])
def test_an_unknown_visitor_goes_to_login(piece, name):
    assert client_of().post(url(name, piece)).url.startswith("/connexion/")


def test_a_piece_without_any_dossier_has_a_page(lea, fabrique):
    assert "Charte seule" in page(client_of(lea).get(url("evidence_detail", make_evidence(fabrique, "Charte seule"))))
