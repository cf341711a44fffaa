"""One use of a piece: saying which expected piece it is, taking it back; with and without htmx."""

import pytest
from django.urls import reverse

from assessments.enums import Status
from assessments.models import Assessment, EvidenceUse, Share
from tests.factories import key_of, make_evidence, use_evidence
from tests.people import client_of

STATUTES, STAFF = (str(key_of("PER-01", "preuve", number)) for number in "12")


@pytest.fixture
def use(fabrique, dossier):
    return use_evidence(make_evidence(fabrique, "Charte"), dossier, "PER-01", expected=1)


def post(user, name: str, use, *, htmx: bool = False, **data):
    headers = {"hx-request": "true"} if htmx else {}
    return client_of(user).post(reverse(name, args=[use.pk]), data, headers=headers)


@pytest.mark.parametrize(("chosen", "label"), [(STAFF, "Registre du personnel"), ("", None)])
def test_the_expected_piece_changes(lea, use, dossier, chosen, label):
    response = post(lea, "evidence_use_edit", use, expected=chosen)
    assert response.url == f"/dossiers/{dossier.pk}/criteres/PER-01/#preuves"
    stored = EvidenceUse.objects.select_related("expected").get()
    assert (stored.expected and stored.expected.label) == label


def test_taking_it_back(lea, use):
    assert post(lea, "evidence_use_delete", use).status_code == 302
    assert EvidenceUse.objects.count() == 0
    assert post(lea, "evidence_use_delete", use).status_code == 404


def test_from_the_page_of_the_piece_one_returns_there(lea, use):
    response = post(lea, "evidence_use_delete", use, retour="preuve")
    assert response.url == f"/preuves/{use.evidence_id}/"


@pytest.mark.parametrize(
    ("name", "said"), [("evidence_use_edit", "C’est noté."), ("evidence_use_delete", "n’appuie plus PER-01")]
)
def test_with_htmx_the_section_comes_back(lea, use, name, said):
    response = post(lea, name, use, htmx=True, expected=STAFF)
    shown = response.content.decode()
    assert (response.status_code, shown.startswith('<section class="part evidence" id="preuves"'), said in shown) == (
        200,
        True,
        True,
    )


@pytest.mark.parametrize("foreign", ["999", "x", str(key_of("DEO-01", "preuve", "1"))])
def test_a_foreign_expected_piece_is_refused(lea, use, foreign):
    response = post(lea, "evidence_use_edit", use, htmx=True, expected=foreign)
    assert (response.status_code, "n’est pas attendue par ce critère" in response.content.decode()) == (422, True)
    assert EvidenceUse.objects.get().expected.label == "Statuts"


@pytest.mark.parametrize("name", ["evidence_use_edit", "evidence_use_delete"])
def test_who_may_not(use, name, lise, adele, reseau, oscar, dossier):
    Share.objects.create(assessment=dossier, network=reseau)
    assert [post(user, name, use).status_code for user in (lise, adele, oscar)] == [403, 403, 404]
    assert post(None, name, use).url.startswith("/connexion/")
    assert EvidenceUse.objects.get().expected.label == "Statuts"


@pytest.mark.parametrize("name", ["evidence_use_edit", "evidence_use_delete"])
def test_a_closed_dossier_answers_409(lea, use, name):
    Assessment.objects.update(status=Status.CLOSED)
    response = post(lea, name, use, htmx=True, expected=STAFF)
    assert (response.status_code, "n’est plus modifiable" in response.content.decode()) == (409, True)
    assert EvidenceUse.objects.get().expected.label == "Statuts"


def test_reading_is_refused(lea, use):
    assert client_of(lea).get(reverse("evidence_use_edit", args=[use.pk])).status_code == 405
