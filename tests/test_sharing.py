"""With whom a dossier is shared: one network and not another, with its files or without, and exactly what an advisor sees."""

import re

import pytest
from django.urls import reverse

from assessments import sharing
from assessments.models import Assessment, Event, Notice, Share
from certif.accounts.models import User
from tests import factories as f
from tests.people import client_of
from tests.test_access import GROUPS, READ, TABLE, World, read_whole

pytestmark = pytest.mark.django_db


def url(dossier, page: str = "partage") -> str:
    return f"/dossiers/{dossier.pk}/{page}/"


@pytest.fixture
def autre(fabrique):
    """A second network of La Fabrique, advised by Basile."""
    network = f.make_network("Alliance du Sud", advisor=f.make_user("basile@alliance.fr", "Basile Noir"))
    f.affiliate(fabrique, network)
    return network


def sees(person: User) -> list[str]:
    return [str(each) for each in Assessment.objects.visible_to(person)]


# --- Sharing ----------------------------------------------------------------------------------


def test_it_works_and_the_network_is_told_once(client, dossier, lea, adele, reseau):
    client.force_login(lea)
    for _ in range(2):
        response = client.post(url(dossier), {"network": reseau.pk, "files": "sans"})
        assert (response.status_code, response.headers["Location"]) == (302, url(dossier))
    share = Share.objects.get()
    assert (share.network, share.with_files, share.shared_by, share.revoked_at) == (reseau, False, lea, None)
    assert sees(adele) == ["Auto-évaluation 2027"]
    [event] = Event.objects.all()
    assert (event.verb, event.actor, event.after) == (
        "partage_ouvert", lea, {"reseau": "Réseau des médiateurs", "fichiers": False},
    )  # fmt: skip
    [notice] = Notice.objects.all()
    assert (notice.user, notice.path, notice.sentence) == (
        adele, f"/dossiers/{dossier.pk}/", "La Fabrique partage avec vous «\u202fAuto-évaluation 2027\u202f».",
    )  # fmt: skip


def test_one_network_and_not_the_other(client, dossier, lea, adele, reseau, autre):
    client.force_login(lea)
    client.post(url(dossier), {"network": autre.pk, "files": "avec"})
    basile = User.objects.get(name="Basile Noir")
    assert (sees(adele), sees(basile)) == ([], ["Auto-évaluation 2027"])
    rows = client.get(url(dossier)).context["rows"]
    assert [(str(row.network), bool(row.share)) for row in rows] == [("Alliance du Sud", True), ("Réseau des médiateurs", False)]
    client.post(url(dossier), {"network": reseau.pk, "files": "avec"})
    client.post(f"/dossiers/{dossier.pk}/partages/{Share.objects.get(network=autre).pk}/retrait/")
    assert (sees(adele), sees(basile)) == (["Auto-évaluation 2027"], [])


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"files": "avec"}, "Choisissez le réseau avec lequel partager."),
        ({"network": "987654", "files": "avec"}, "Votre structure ne fait pas partie de ce réseau."),
        ({"network": "x", "files": "avec"}, "Votre structure ne fait pas partie de ce réseau."),
    ],
)
def test_only_a_network_of_the_structure(client, dossier, lea, reseau, body, told):
    client.force_login(lea)
    response = client.post(url(dossier), body)
    assert (response.status_code, Share.objects.count()) == (422, 0)
    assert response.context["refusals"] == [told]


def test_the_network_of_others_is_not_joined_by_sharing(client, dossier, lea, reseau):
    elsewhere = f.make_network("Réseau d’ailleurs")
    client.force_login(lea)
    assert client.post(url(dossier), {"network": elsewhere.pk, "files": "avec"}).status_code == 422
    with pytest.raises(sharing.ShareRefused):
        sharing.share(dossier, elsewhere, with_files=True, by=lea)
    assert Share.objects.count() == 0


def test_what_is_shared_is_said_not_guessed(client, dossier, lea, reseau):
    client.force_login(lea)
    response = client.post(url(dossier), {"network": reseau.pk})
    assert (response.status_code, response.context["refusals"]) == (
        422, ["Choisissez ce que vous partagez\u00a0: avec ou sans les fichiers de preuve."],
    )  # fmt: skip


def test_files_are_closed_and_opened_again(client, dossier, lea, adele, reseau):
    share = Share.objects.create(assessment=dossier, network=reseau)
    page = f"/dossiers/{dossier.pk}/partages/{share.pk}/fichiers/"
    client.force_login(lea)
    for files in ("sans", "sans", "avec"):
        assert client.post(page, {"files": files}).status_code == 302
    share.refresh_from_db()
    assert share.with_files is True
    assert [(event.verb, event.before["fichiers"], event.after["fichiers"]) for event in Event.objects.order_by("pk")] == [
        ("partage_modifie", True, False),
        ("partage_modifie", False, True),
    ]
    client.post(page, {"files": "peut-être"})
    assert Event.objects.count() == 2


def test_an_ended_share_is_not_changed(client, dossier, lea, reseau):
    share = Share.objects.create(assessment=dossier, network=reseau, revoked_at="2026-11-21T10:00Z")
    client.force_login(lea)
    client.post(f"/dossiers/{dossier.pk}/partages/{share.pk}/fichiers/", {"files": "sans"})
    share.refresh_from_db()
    assert (share.with_files, Event.objects.count()) == (True, 0)


def test_the_page_says_since_when_by_whom_and_what(client, dossier, lea, karim, reseau):
    sharing.share(dossier, reseau, with_files=False, by=lea)
    client.force_login(karim)
    page = client.get(url(dossier)).content.decode()
    assert "Le dossier est partagé, sans les fichiers de preuve" in page
    assert "par Léa Martin." in page
    assert "<button class=\"btn btn-outline-primary\">Oui, retirer" not in page


def test_a_structure_without_a_network_is_told(client, dossier, lea):
    client.force_login(lea)
    assert "ne fait partie d’aucun réseau" in client.get(url(dossier)).content.decode()


@pytest.mark.parametrize(("who", "read", "write"), [("karim", 200, 403), ("lise", 200, 403), ("oscar", 404, 404)])
def test_members_read_and_strangers_find_nothing(client, request, dossier, reseau, who, read, write):
    client.force_login(request.getfixturevalue(who))
    body = {"network": reseau.pk, "files": "avec"}
    assert (client.get(url(dossier)).status_code, client.post(url(dossier), body).status_code) == (read, write)
    assert Share.objects.count() == 0


def test_an_advisor_does_not_read_with_whom_else(client, dossier, adele, reseau):
    Share.objects.create(assessment=dossier, network=reseau)
    client.force_login(adele)
    assert client.get(url(dossier)).status_code == 403


def test_anonymous_goes_to_login(client, dossier):
    assert client.get(url(dossier)).headers["Location"] == f"/connexion/?next={url(dossier)}"


# --- Taking it back ---------------------------------------------------------------------------


def test_taking_back_twice_is_harmless_and_once_in_the_journal(client, dossier, lea, adele, reseau):
    share = Share.objects.create(assessment=dossier, network=reseau)
    client.force_login(lea)
    for _ in range(2):
        assert client.post(f"/dossiers/{dossier.pk}/partages/{share.pk}/retrait/").headers["Location"] == url(dossier)
    assert sees(adele) == []
    assert [(event.verb, event.before) for event in Event.objects.all()] == [
        ("partage_retire", {"reseau": "Réseau des médiateurs"})
    ]
    assert [(notice.path, notice.assessment) for notice in Notice.objects.all()] == [("/dossiers/", None)]
    assert "Le partage a été retiré le" in client.get(url(dossier)).content.decode()


@pytest.mark.parametrize("page", ["retrait", "fichiers"])
def test_the_share_of_another_dossier_is_not_found(client, dossier, lea, fabrique, reseau, page):
    other = f.make_assessment(fabrique, dossier.edition, title="Un autre")
    share = Share.objects.create(assessment=other, network=reseau)
    client.force_login(lea)
    assert client.post(f"/dossiers/{dossier.pk}/partages/{share.pk}/{page}/", {"files": "sans"}).status_code == 404
    share.refresh_from_db()
    assert (share.revoked_at, share.with_files) == (None, True)


# --- Exactly what an advisor sees -------------------------------------------------------------

SAME_SCREENS = [
    name
    for name, (reading, _) in TABLE.items()
    if reading == READ and name not in ("evidence_file", "document_file", "sharing_preview", "criterion_threads")
]


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker, tmp_path_factory):
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        yield World()
        transaction.set_rollback(True)


def plain(page: bytes, prefix: str = "") -> str:
    """A page without what differs from one person to another: their name, menu, tokens and threads, the band of the preview."""
    text = page.decode().replace(prefix, "/") if prefix else page.decode()
    text = re.sub(r'<aside class="preview".*?</aside>', "", text, flags=re.S)
    text = re.sub(r'<nav class="nav-main".*?</nav>|<a class="(?:who small muted|bell)".*?</a>', "", text, flags=re.S)
    text = re.sub(r'<section class="margin-note circle".*?</section>', "", text, flags=re.S)  # what is said with this network
    text = re.sub(r'(name="csrfmiddlewaretoken" value|data-utilisateur|id="jeton" value)="[^"]*"', "", text)
    return re.sub(r"\s+", " ", text)


@pytest.mark.parametrize("name", SAME_SCREENS)
@pytest.mark.parametrize("files", ["avec", "sans"])
def test_the_preview_is_the_page_an_advisor_is_given(world, db, name, files):
    Share.objects.filter(pk=world.of_a["share"]).update(with_files=files == "avec")
    path = world.url(name)
    prefix = f"/dossiers/{world.of_a['dossier'].pk}/apercu/{files}/"
    theirs = world.client("advisor_shared").get(path)
    shown = world.client("a_owner").get(prefix.removesuffix("/") + path)
    assert (shown.status_code, shown.headers.get("Location", "").replace(prefix, "/")) == (
        theirs.status_code, theirs.headers.get("Location", ""),
    )  # fmt: skip
    if theirs.headers["Content-Type"].startswith("image/"):
        assert shown.content == theirs.content
    elif theirs.status_code == 200:
        assert plain(shown.content, prefix) == plain(theirs.content)


def preview(client, dossier, files: str, inside: str):
    return client.get(f"/dossiers/{dossier.pk}/apercu/{files}{inside}")


def test_every_address_of_a_preview_stays_in_the_preview(client, dossier, lea):
    client.force_login(lea)
    page = preview(client, dossier, "avec", url(dossier, "synthese")).content.decode()
    prefix = f"/dossiers/{dossier.pk}/apercu/avec/"
    about = {link for link in re.findall(r'href="(/[^"]*)"', page) if not link.startswith("/static/")}
    assert {link for link in about if not link.startswith(prefix)} == {f"/dossiers/{dossier.pk}/partage/"}
    assert reverse("home") == "/"


def test_files_are_opened_as_oneself_and_only_when_an_advisor_would(client, dossier, fabrique, lea):
    used, unused = f.make_evidence(fabrique, "Jointe"), f.make_evidence(fabrique, "Rangée")
    f.use_evidence(used, dossier, "PER-01")
    client.force_login(lea)
    answers = [
        preview(client, dossier, files, f"/preuves/{piece.pk}/fichier/")
        for files, piece in (("avec", used), ("avec", unused), ("sans", used))
    ]
    assert [answer.status_code for answer in answers] == [302, 404, 404]
    assert answers[0].headers["Location"] == f"/preuves/{used.pk}/fichier/"


def test_nothing_is_written_from_a_preview(client, dossier, lea):
    client.force_login(lea)
    assert client.post(f"/dossiers/{dossier.pk}/apercu/avec/dossiers/{dossier.pk}/partage/").status_code == 405


def test_another_dossier_is_not_seen_through_it(client, dossier, fabrique, edition, lea):
    other = f.make_assessment(fabrique, edition, title="Un autre")
    client.force_login(lea)
    assert preview(client, dossier, "avec", url(other, "synthese")).status_code == 404


@pytest.mark.parametrize("inside", ["/mon-compte/", "/dossiers/", "/verifier/", "/norme/"])
def test_what_is_not_about_the_dossier_opens_outside(client, dossier, lea, inside):
    client.force_login(lea)
    response = preview(client, dossier, "avec", inside)
    assert (response.status_code, response.headers["Location"]) == (302, inside)


@pytest.mark.parametrize("inside", ["/nulle-part/", "/dossiers/0/", "/dossiers/1"])
def test_an_address_that_leads_nowhere_is_not_found(client, dossier, lea, inside):
    client.force_login(lea)
    assert preview(client, dossier, "avec", inside).status_code == 404


def test_a_choice_that_does_not_exist_is_not_found(client, dossier, lea):
    client.force_login(lea)
    assert preview(client, dossier, "tout", url(dossier, "grille")).status_code == 404


def test_the_person_is_themselves_again_afterwards(dossier, lea):
    client = client_of(lea)
    preview(client, dossier, "avec", url(dossier, "grille"))
    page = read_whole(client.get(url(dossier)))
    assert (page.context["can_manage"], page.context["user"]) == (True, lea)


def test_groups_are_those_of_the_table():
    assert GROUPS["advisor"] == ("advisor_shared",)
