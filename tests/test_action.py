"""The form of an action: what it accepts, what it refuses and how, and who may."""

import html
import re
import uuid

import pytest

from assessments.models import Action, Assessment
from tests import factories as f

pytestmark = pytest.mark.django_db


def url(dossier) -> str:
    return f"/dossiers/{dossier.pk}/actions/nouvelle/"


def typed(**changes) -> dict:
    return {"title": "Écrire la charte", "status": "a_faire", "submission": str(uuid.uuid4())} | changes


@pytest.fixture
def action(dossier, lea) -> Action:
    return Action.objects.create(assessment=dossier, title="Écrire la charte", created_by=lea)


def test_it_works(client, dossier, karim, lea):
    client.force_login(karim)
    data = typed(
        detail="En deux réunions.", cause="Jamais écrite.", criteria=["DEO-01", "PER-01"], owner=lea.pk, starts_on="2026-12-01",
        due_on="15/01/2027", effort_days="1,5", cost_euros="1200", target_level="3",
    )  # fmt: skip
    assert client.post(url(dossier), data).headers["Location"] == f"/dossiers/{dossier.pk}/feuille-de-route/"
    action = Action.objects.get()
    assert (
        action.title, action.detail, action.cause, action.owner, str(action.starts_on), str(action.due_on),
        str(action.effort_days), action.cost_euros, action.target_level, action.created_by,
    ) == ("Écrire la charte", "En deux réunions.", "Jamais écrite.", lea, "2026-12-01", "2027-01-15", "1.50", 1200, 3, karim)  # fmt: skip
    assert sorted(criterion.code for criterion in action.criteria.all()) == ["DEO-01", "PER-01"]


def test_the_same_form_sent_twice_makes_one_action(client, dossier, lea):
    client.force_login(lea)
    data = typed()
    assert [client.post(url(dossier), data).status_code for _ in range(2)] == [302, 302]
    assert Action.objects.count() == 1


def test_a_suggestion_fills_the_form(client, dossier, lea):
    client.force_login(lea)
    key = f.key_of("DEO-01", "action", "1")
    form = client.get(f"{url(dossier)}?critere=DEO-01&suggestion={key}").context["form"]
    shown = {name: form[name].value() for name in ("title", "criteria", "effort_days", "target_level")}
    assert shown == {
        "title": "Écrire : Libre consentement",
        "criteria": ["DEO-01"],
        "effort_days": "1,5",
        "target_level": 3,
    }


def test_a_suggestion_planned_from_the_criterion_is_no_longer_proposed(client, dossier, lea):
    client.force_login(lea)
    f.answer(dossier, "DEO-01", 0, by=lea)
    criterion = f"/dossiers/{dossier.pk}/criteres/DEO-01/"
    link = re.search(r'href="([^"]*actions/nouvelle/[^"]*suggestion[^"]*)"', client.get(criterion).content.decode())[1]
    form = client.get(html.unescape(link)).context["form"]
    typed = {name: form[name].value() or "" for name in ("title", "criteria", "submission", "suggestion")}
    client.post(url(dossier), typed | {"status": "a_faire", "title": "À notre façon"})

    action = Action.objects.get()
    assert (action.title, str(action.suggested.key)) == ("À notre façon", str(f.key_of("DEO-01", "action", "1")))
    page = client.get(criterion).content.decode()
    assert ("Déjà dans votre feuille de route" in page, "Créer cette action" in page) == (True, False)


def test_what_was_typed_from_a_suggestion_planned_meanwhile_is_kept(client, dossier, lea):
    client.force_login(lea)
    key = str(f.key_of("DEO-01", "action", "1"))
    for title in ("La première", "La seconde"):
        client.post(url(dossier), typed(title=title, suggestion=key))

    assert [(action.title, action.suggested is None) for action in Action.objects.order_by("pk")] == [
        ("La première", False),
        ("La seconde", True),
    ]


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"title": " \u200b "}, "title", "Donnez un intitulé à l’action."),
        ({"title": "x" * 301}, "title", "Ce texte compte 301 caractères\u00a0: la limite est de 300."),
        ({"detail": "x" * 10_001}, "detail", "Ce texte compte 10\u202f001 caractères\u00a0: la limite est de 10\u202f000."),
        ({"starts_on": "2027-02-01", "due_on": "2027-01-31"}, "due_on", "L’échéance précède le début."),
        ({"due_on": "31/02/2027"}, "due_on", "Écrivez une date comme 31/12/2026\u00a0: celle-ci n’existe pas."),
        ({"due_on": "9999-12-31"}, "due_on", "Choisissez une date entre 2000 et 2100."),
        (
            {"criteria": ["XXX-99"]},
            "criteria",
            "Le critère «\u00a0XXX-99\u00a0» n’existe pas dans l’édition de ce dossier.",
        ),
        ({"effort_days": "beaucoup"}, "effort_days", "Écrivez un nombre de jours, par exemple 1,5."),
        ({"effort_days": "NaN"}, "effort_days", "Écrivez un nombre de jours, par exemple 1,5."),
        ({"effort_days": "-1"}, "effort_days", "La charge ne peut pas être négative."),
        ({"cost_euros": "12,50"}, "cost_euros", "Écrivez un montant en euros, par exemple 1200."),
        ({"target_level": "9"}, "target_level", "Ce niveau n’existe pas dans l’édition de ce dossier."),
        ({"status": "envolée"}, "status", "Choisissez l’un des états proposés."),
    ],
)
def test_bad_input_stays_with_a_french_message_beside_it(client, dossier, lea, changes, field, message):
    client.force_login(lea)
    response = client.post(url(dossier), typed(cause="Gardée.") | changes)
    form = response.context["form"]
    assert (response.status_code, form.errors) == (422, {field: [message]})
    assert {name: form[name].value() for name in changes} == changes
    assert form["cause"].value() == "Gardée."
    assert not Action.objects.exists()


def test_a_foreign_person_cannot_be_the_owner(client, dossier, lea, oscar):
    client.force_login(lea)
    response = client.post(url(dossier), typed(owner=oscar.pk))
    assert response.context["form"].errors == {"owner": ["Cette personne ne fait pas partie de votre structure."]}
    assert oscar.name not in response.content.decode()


def test_a_criterion_is_named_by_its_code_alone(client, dossier, lea):
    client.force_login(lea)
    response = client.post(url(dossier), typed(criteria=[str(dossier.edition.criteria.first().pk)]))
    assert list(response.context["form"].errors) == ["criteria"]


# --- Changing ---------------------------------------------------------------------------------


def test_editing_keeps_what_is_typed_and_moves_the_version(client, action, lea):
    client.force_login(lea)
    assert client.get(f"/actions/{action.pk}/").context["form"]["version"].value() == 1
    assert client.post(f"/actions/{action.pk}/", typed(title="Relire la charte", version="1")).status_code == 302
    stored = Action.objects.get()
    assert (stored.title, stored.version) == ("Relire la charte", 2)


def test_a_stale_edit_shows_both_texts(client, action, lea):
    client.force_login(lea)
    client.post(f"/actions/{action.pk}/", typed(title="Première version", version="1"))
    response = client.post(f"/actions/{action.pk}/", typed(title="Seconde version", version="1"))
    page = response.content.decode()
    assert (response.status_code, Action.objects.get().title) == (409, "Première version")
    assert "Première version" in page
    assert response.context["form"]["title"].value() == "Seconde version"
    assert client.post(f"/actions/{action.pk}/", typed(title="Seconde version", version="2")).status_code == 302
    assert Action.objects.get().title == "Seconde version"


@pytest.mark.parametrize("version", ["", "abc", "-3", "99"])
def test_a_missing_or_absurd_version_overwrites_nothing(client, action, lea, version):
    client.force_login(lea)
    assert client.post(f"/actions/{action.pk}/", typed(title="Autre", version=version)).status_code in (409, 422)
    assert Action.objects.get().title == "Écrire la charte"


def test_moving_and_removing(client, action, lea):
    client.force_login(lea)
    assert client.post(f"/actions/{action.pk}/etat/", {"status": "en_cours", "version": "1"}).status_code == 302
    assert Action.objects.get().status == "en_cours"
    page = client.post(f"/actions/{action.pk}/suppression/", {"version": "1"}, follow=True).content.decode()
    assert ("Rien n’a été supprimé" in page, Action.objects.count()) == (True, 1)
    client.post(f"/actions/{action.pk}/suppression/", {"version": "2"})
    assert not Action.objects.exists()


@pytest.mark.parametrize("data", [{}, {"status": "envolée", "version": "1"}, {"status": "faite", "version": "x"}])
def test_a_move_that_makes_no_sense_is_said_in_french(client, action, lea, data):
    client.force_login(lea)
    page = client.post(f"/actions/{action.pk}/etat/", data, follow=True).content.decode()
    assert ("n’a pas bougé" in page, Action.objects.get().status) == (True, "a_faire")


def test_a_closed_dossier_keeps_the_text_on_the_page(client, action, dossier, lea):
    Assessment.objects.filter(pk=dossier.pk).update(status="cloturee")
    client.force_login(lea)
    for address in (url(dossier), f"/actions/{action.pk}/"):
        response = client.post(address, typed(title="Trop tard", version="1"))
        assert (response.status_code, response.context["form"]["title"].value()) == (409, "Trop tard")
    assert [each.title for each in Action.objects.all()] == ["Écrire la charte"]


# --- Who --------------------------------------------------------------------------------------


ADDRESSES = (
    "/dossiers/{dossier}/actions/nouvelle/",
    "/actions/{action}/",
    "/actions/{action}/etat/",
    "/actions/{action}/suppression/",
)


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize(("who", "status"), [("lise", 403), ("oscar", 404)])
def test_a_reader_may_not_write_and_a_stranger_finds_nothing(client, request, dossier, action, address, who, status):
    client.force_login(request.getfixturevalue(who))
    response = client.post(address.format(dossier=dossier.pk, action=action.pk), typed(version="1"))
    assert (response.status_code, Action.objects.get().version) == (status, 1)


@pytest.mark.parametrize("address", ADDRESSES)
def test_anonymous_goes_to_login(client, dossier, action, address):
    address = address.format(dossier=dossier.pk, action=action.pk)
    assert client.post(address).headers["Location"] == f"/connexion/?next={address}"


@pytest.mark.parametrize("address", ADDRESSES[2:])
def test_get_changes_nothing(client, dossier, action, lea, address):
    client.force_login(lea)
    assert client.get(address.format(action=action.pk)).status_code == 405


def test_a_reader_reads_the_action_without_a_form(client, action, lise):
    client.force_login(lise)
    page = client.get(f"/actions/{action.pk}/").content.decode()
    assert ("Écrire la charte" in page, 'name="title"' in page) == (True, False)


def test_a_closed_dossier_offers_no_new_action(client, dossier, lea):
    Assessment.objects.filter(pk=dossier.pk).update(status="cloturee")
    client.force_login(lea)
    page = client.get(url(dossier), follow=True).content.decode()
    assert "Ce dossier n’est plus modifiable" in page
