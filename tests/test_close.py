"""Closing alone and opening again, on screen."""

import pytest

from assessments.models import Assessment, Event, Share, Snapshot
from tests import factories as f

pytestmark = pytest.mark.django_db


def url(dossier, page: str = "cloture") -> str:
    return f"/dossiers/{dossier.pk}/{page}/"


def status(dossier) -> str:
    return Assessment.objects.get(pk=dossier.pk).status


@pytest.fixture
def complete(dossier, lea):
    f.answer_all(dossier, 3, by=lea)
    return dossier


@pytest.fixture
def closed(complete):
    Assessment.objects.filter(pk=complete.pk).update(status="cloturee")
    return complete


def test_it_works(client, complete, lea):
    client.force_login(lea)
    assert "Clôturer l’auto-évaluation" in client.get(url(complete)).content.decode()
    assert status(complete) == "brouillon"
    assert client.post(url(complete)).headers["Location"] == f"/dossiers/{complete.pk}/"
    assert (status(complete), Snapshot.objects.count()) == ("cloturee", 1)


def test_what_is_incomplete_is_said_in_french_each_line_linked(client, dossier, lea):
    f.answer_all(dossier, 3, but={"PER-01": None})
    dossier.services.clear()
    client.force_login(lea)
    for response, code in ((client.get(url(dossier)), 200), (client.post(url(dossier)), 409)):
        page = response.content.decode()
        assert response.status_code == code
        assert "Pas encore\u00a0: 2\u00a0points à régler avant de clôturer" in page
        assert f'href="/dossiers/{dossier.pk}/perimetre/"' in page
        assert f'href="/dossiers/{dossier.pk}/criteres/PER-01/"' in page
        assert "Clôturer l’auto-évaluation</button>" not in page
    assert status(dossier) == "brouillon"


def test_a_shared_dossier_leads_to_the_sharing_page(client, complete, lea, reseau):
    Share.objects.create(assessment=complete, network=reseau)
    client.force_login(lea)
    assert f'href="/dossiers/{complete.pk}/partage/"' in client.get(url(complete)).content.decode()
    assert (client.post(url(complete)).status_code, status(complete)) == (409, "brouillon")


def test_closing_twice_says_so(client, complete, lea):
    client.force_login(lea)
    client.post(url(complete))
    response = client.post(url(complete))
    assert (response.status_code, Snapshot.objects.count()) == (409, 1)
    assert "Cette étape n’est pas possible" in response.content.decode()


def test_reopening_asks_why(client, closed, lea):
    client.force_login(lea)
    response = client.post(url(closed, "reouverture"), {"reason": "   "})
    assert (response.status_code, status(closed)) == (422, "cloturee")
    assert response.context["form"].errors == {"reason": ["Dites pourquoi, en une phrase au moins."]}
    assert client.post(url(closed, "reouverture"), {"reason": "Une erreur de périmètre."}).status_code == 302
    assert (status(closed), Event.objects.get().after["motif"]) == ("brouillon", "Une erreur de périmètre.")


def test_a_reason_too_long_comes_back_whole(client, closed, lea):
    client.force_login(lea)
    response = client.post(url(closed, "reouverture"), {"reason": "x" * 10_001})
    assert (response.status_code, len(response.context["form"]["reason"].value())) == (422, 10_001)


def test_a_draft_cannot_be_reopened(client, complete, lea):
    client.force_login(lea)
    assert "ne peut pas être rouvert" in client.get(url(complete, "reouverture")).content.decode()
    assert client.post(url(complete, "reouverture"), {"reason": "Pour voir."}).status_code == 409


@pytest.mark.parametrize("page", ["cloture", "reouverture"])
@pytest.mark.parametrize(("who", "code"), [("karim", 403), ("lise", 403), ("oscar", 404)])
def test_a_neighbour_may_not_and_a_stranger_finds_nothing(client, request, complete, page, who, code):
    client.force_login(request.getfixturevalue(who))
    assert (client.post(url(complete, page)).status_code, status(complete)) == (code, "brouillon")


@pytest.mark.parametrize("page", ["cloture", "reouverture"])
def test_anonymous_goes_to_login(client, complete, page):
    assert client.post(url(complete, page)).headers["Location"] == f"/connexion/?next={url(complete, page)}"


def test_an_advisor_may_not_close_what_is_shared(client, complete, adele, reseau):
    Share.objects.create(assessment=complete, network=reseau)
    client.force_login(adele)
    assert (client.post(url(complete)).status_code, status(complete)) == (403, "brouillon")
