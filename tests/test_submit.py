"""Handing a dossier over, taking it back, putting it away, on screen."""

import pytest

from assessments.models import Assessment, Event, Notice, Share, Snapshot
from tests import factories as f

pytestmark = pytest.mark.django_db


def url(dossier, page: str = "transmission") -> str:
    return f"/dossiers/{dossier.pk}/{page}/"


def status(dossier) -> str:
    return Assessment.objects.get(pk=dossier.pk).status


def set_status(dossier, status: str) -> None:
    Assessment.objects.filter(pk=dossier.pk).update(status=status)


@pytest.fixture
def complete(dossier, lea):
    f.answer_all(dossier, 3, by=lea)
    return dossier


@pytest.fixture
def shared(complete, reseau):
    Share.objects.create(assessment=complete, network=reseau)
    return complete


def test_it_works(client, shared, lea, karim, adele):
    client.force_login(lea)
    page = client.get(url(shared)).content.decode()
    assert ("Transmettre le dossier</button>" in page, "Réseau des médiateurs est prévenu" in page) == (True, True)
    assert client.post(url(shared)).headers["Location"] == f"/dossiers/{shared.pk}/"
    snapshot = Snapshot.objects.get()
    assert (status(shared), snapshot.kind) == ("transmise", "transmission")
    assert Event.objects.get().after == {"etat": "transmise", "code": snapshot.code}
    assert [(notice.user, notice.kind) for notice in Notice.objects.all()] == [(adele, "transmission")]
    dashboard = client.get(f"/dossiers/{shared.pk}/").content.decode()
    assert "Réseau des médiateurs relit votre dossier" in dashboard


def test_what_is_missing_is_a_linked_list(client, dossier, lea):
    f.answer_all(dossier, 3, but={"PER-01": None})
    client.force_login(lea)
    for response, code in ((client.get(url(dossier)), 200), (client.post(url(dossier)), 409)):
        page = response.content.decode()
        assert response.status_code == code
        assert "Pas encore\u00a0: 2\u00a0points à régler avant de transmettre" in page
        assert f'href="/dossiers/{dossier.pk}/partage/"' in page
        assert f'href="/dossiers/{dossier.pk}/criteres/PER-01/"' in page
        assert "Transmettre le dossier</button>" not in page
    assert (status(dossier), Event.objects.count(), Snapshot.objects.count()) == ("brouillon", 0, 0)


def test_transmitting_twice_says_so(client, shared, lea):
    client.force_login(lea)
    client.post(url(shared))
    response = client.post(url(shared))
    assert (response.status_code, Snapshot.objects.count()) == (409, 1)
    assert "«\u00a0transmise à votre réseau\u00a0»" in response.content.decode()


def test_a_dossier_sent_back_is_transmitted_again(client, shared, lea, adele, reseau):
    set_status(shared, "a_completer")
    for number in range(2):
        f.ask(shared.answers.get(criterion__code="PER-01"), reseau, adele, f"Pièce {number}.")
    client.force_login(lea)
    page = client.get(url(shared)).content.decode()
    assert ("Transmettre de nouveau</button>" in page, "Il reste 2\u00a0demandes" in page) == (True, True)
    assert client.post(url(shared)).status_code == 302
    assert status(shared) == "transmise"


def test_two_networks_are_both_named(client, shared, fabrique, lea):
    other = f.make_network("Alliance du Sud")
    f.affiliate(fabrique, other)
    Share.objects.create(assessment=shared, network=other)
    client.force_login(lea)
    page = client.get(url(shared)).content.decode()
    assert "Alliance du Sud et Réseau des médiateurs sont prévenus et peuvent relire" in page
    assert "le premier qui vous le renvoie, ou qui le valide, vous rend la main" in page


def test_archiving_what_was_validated(client, shared, lea):
    client.force_login(lea)
    assert client.post(url(shared, "archivage")).status_code == 409
    set_status(shared, "validee")
    assert f'href="{url(shared, "archivage")}"' in client.get(f"/dossiers/{shared.pk}/").content.decode()
    assert "Archiver le dossier</button>" in client.get(url(shared, "archivage")).content.decode()
    assert client.post(url(shared, "archivage")).status_code == 302
    assert status(shared) == "archivee"


@pytest.mark.parametrize("before", ["transmise", "a_completer"])
def test_a_dossier_nobody_reads_any_more_is_taken_back(client, shared, lea, before):
    set_status(shared, before)
    client.force_login(lea)
    response = client.post(url(shared, "reprise"))
    assert (response.status_code, status(shared)) == (409, before)
    assert "retirez d’abord le partage" in response.content.decode()

    Share.objects.update(revoked_at="2026-11-21T10:00Z")

    assert f'href="{url(shared, "reprise")}"' in client.get(f"/dossiers/{shared.pk}/").content.decode()
    assert "Reprendre le dossier</button>" in client.get(url(shared, "reprise")).content.decode()
    assert client.post(url(shared, "reprise")).status_code == 302
    assert (status(shared), Event.objects.get().verb) == ("brouillon", "dossier_repris")


@pytest.mark.parametrize("page", ["transmission", "archivage", "reprise"])
@pytest.mark.parametrize(("who", "code"), [("karim", 403), ("lise", 403), ("adele", 403), ("oscar", 404)])
def test_a_neighbour_may_not_and_a_stranger_finds_nothing(client, request, shared, page, who, code):
    client.force_login(request.getfixturevalue(who))
    codes = (client.get(url(shared, page)).status_code, client.post(url(shared, page)).status_code)
    assert (codes, status(shared)) == ((code, code), "brouillon")


@pytest.mark.parametrize("page", ["transmission", "archivage", "reprise"])
def test_anonymous_goes_to_login(client, shared, page):
    assert client.post(url(shared, page)).headers["Location"] == f"/connexion/?next={url(shared, page)}"


def test_a_late_save_on_a_transmitted_dossier_keeps_its_text(client, shared, lea, karim):
    client.force_login(lea)
    client.post(url(shared))
    client.force_login(karim)
    row = shared.answers.get(criterion__code="PER-01")
    body = {"version": row.version, "niveau": "4", "justification": "Écrit trop tard."}
    response = client.post(f"/dossiers/{shared.pk}/criteres/PER-01/", body)
    assert (response.status_code, response.context["kept"].justification) == (409, "Écrit trop tard.")
    row.refresh_from_db()
    assert row.level == 3
    assert row.versions.get(outcome="conflit").justification == "Écrit trop tard."
