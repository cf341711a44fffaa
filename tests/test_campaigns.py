"""Campaigns: opened by a coordinator, answered by structures with a dossier of theirs, followed, reminded, closed."""

from datetime import datetime, time, timedelta
from fractions import Fraction

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assessments import campaigns, reminders, standings
from assessments.campaigns import NotOpen, Stage
from assessments.enums import Status
from assessments.models import Assessment, Campaign, CampaignPlace, Event, Notice, Share
from certif.accounts.models import NetworkMembership, NetworkRole
from certif.dates import PARIS, today
from tests.factories import (
    affiliate,
    answer_all,
    make_assessment,
    make_edition,
    make_network,
    make_structure,
    make_user,
)
from tests.people import client_of


@pytest.fixture
def coralie(reseau):
    user = make_user("coralie@reseau.fr", "Coralie Ney")
    NetworkMembership.objects.create(user=user, network=reseau, role=NetworkRole.COORDINATOR)
    return user


def url(network, rest="") -> str:
    return f"/reseaux/{network.pk}/campagnes/{rest}"


def open_one(network, by, edition, structures=None, *, opens=0, due=60, title="Campagne 2027") -> Campaign:
    members = structures or [affiliation.structure for affiliation in network.affiliations.order_by("pk")]
    return campaigns.open_campaign(
        network, by=by, edition=edition, title=title, message="Merci de répondre.",
        opens_on=today() + timedelta(days=opens), due_on=today() + timedelta(days=due), structures=members,
    )  # fmt: skip


def place_of(structure) -> CampaignPlace:
    return CampaignPlace.objects.get(structure=structure)


def told(user) -> list[tuple[str, str]]:
    return list(Notice.objects.filter(user=user).order_by("pk").values_list("kind", "path"))


@pytest.fixture
def campaign(reseau, coralie, edition, lea):
    return open_one(reseau, coralie, edition)


# --- Opening ----------------------------------------------------------------------------------


def test_a_coordinator_opens_one_for_every_member(reseau, coralie, edition, fabrique, lea, karim):
    other = make_structure("Autre membre")
    affiliate(other, reseau)
    make_structure("Ailleurs")
    response = client_of(coralie).post(
        url(reseau, "nouvelle/"),
        {"title": "Campagne 2027", "message": "Bonjour,\r\nmerci.", "edition": edition.pk, "opens_on": today(),
         "due_on": today() + timedelta(days=30), "who": "toutes"},
    )  # fmt: skip
    campaign = Campaign.objects.get()
    assert response.url == url(reseau, f"{campaign.pk}/")
    assert (campaign.network, campaign.created_by, campaign.message) == (reseau, coralie, "Bonjour,\nmerci.")
    assert [place.structure for place in campaign.places.all()] == [other, fabrique]
    assert told(lea) == [("campagne", f"/campagnes/{place_of(fabrique).pk}/reponse/")]
    assert told(karim) == []  # owners are told
    event = Event.objects.get(verb="campagne_ouverte")
    assert (event.actor, event.network, event.after["structures"]) == (coralie, reseau, 2)


def test_only_those_chosen_and_only_members(reseau, coralie, edition, fabrique):
    foreign = make_structure("Ailleurs")
    given = {"title": "C", "edition": edition.pk, "opens_on": today(), "due_on": today(), "who": "choisies"}
    refused = client_of(coralie).post(url(reseau, "nouvelle/"), given | {"members": [foreign.pk]})
    assert refused.status_code == 422
    assert "n’est pas membre du réseau" in refused.content.decode()
    client_of(coralie).post(url(reseau, "nouvelle/"), given | {"members": [fabrique.pk]})
    assert [place.structure for place in Campaign.objects.get().places.all()] == [fabrique]


@pytest.mark.parametrize(
    "but, sentence",
    [
        ({"title": ""}, "Donnez un titre"),
        ({"title": "x" * 301}, "301"),
        ({"due_on": "2020-01-01"}, "L’échéance précède l’ouverture."),
        ({"opens_on": "30/02/2027"}, "celle-ci n’existe pas"),
        ({"edition": 999_999}, "Choisissez une édition publiée."),
        ({"who": "choisies"}, "Choisissez au moins une structure."),
        ({"message": "x" * 4001}, "la limite est de"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(reseau, coralie, edition, but, sentence):
    given = {"title": "Mon titre", "message": "Mon message", "edition": edition.pk, "opens_on": today(), "due_on": today(), "who": "toutes"}
    response = client_of(coralie).post(url(reseau, "nouvelle/"), given | but)
    page = response.content.decode()
    assert (response.status_code, Campaign.objects.count()) == (422, 0)
    assert sentence in page
    assert ("Mon titre" in page, "Mon message" in page) == ("title" not in but, "message" not in but)


def test_a_form_sent_twice_opens_one(reseau, coralie, edition, lea):
    first, second = (open_one(reseau, coralie, edition) for _ in range(2))
    assert first == second
    assert Notice.objects.filter(user=lea).count() == 1


def test_advisors_follow_and_do_not_open(reseau, adele, campaign):
    client = client_of(adele)
    assert [client.get(url(reseau, rest)).status_code for rest in ("", f"{campaign.pk}/", "nouvelle/")] == [200, 200, 403]
    assert [client.post(url(reseau, f"{campaign.pk}/{rest}/")).status_code for rest in ("rappel", "fin")] == [403, 403]
    assert "Agir" not in client.get(url(reseau, f"{campaign.pk}/")).content.decode()


def test_a_campaign_of_another_network_is_not_found(reseau, coralie, campaign, edition):
    other = make_network(coordinator=coralie)
    assert client_of(coralie).get(url(other, f"{campaign.pk}/")).status_code == 404
    assert client_of(coralie).post(url(other, f"{campaign.pk}/fin/")).status_code == 404


def test_one_to_come_is_told_the_day_it_opens(reseau, coralie, edition, lea, fabrique):
    open_one(reseau, coralie, edition, opens=3)
    place = place_of(fabrique)
    assert told(lea) == []
    assert client_of(lea).get(f"/campagnes/{place.pk}/reponse/").status_code == 404
    campaigns.remind_due(today() + timedelta(days=2))
    assert told(lea) == []
    for _ in range(2):
        campaigns.remind_due(today() + timedelta(days=3))
    assert told(lea) == [("campagne", f"/campagnes/{place.pk}/reponse/")]


# --- Answering --------------------------------------------------------------------------------


def answer(client, place, dossier):
    return client.post(f"/campagnes/{place.pk}/reponse/", {"dossier": dossier})


def test_a_structure_answers_with_a_dossier_it_has(campaign, fabrique, lea, dossier):
    place = place_of(fabrique)
    response = answer(client_of(lea), place, dossier.pk)
    assert response.url == f"/dossiers/{dossier.pk}/"
    place.refresh_from_db()
    assert place.assessment == dossier
    assert Event.objects.get(verb="campagne_repondue").assessment == dossier
    answer(client_of(lea), place, dossier.pk)
    assert Event.objects.filter(verb="campagne_repondue").count() == 1


def test_or_with_a_new_one_named_after_the_campaign(campaign, fabrique, karim, edition):
    answer(client_of(karim), place_of(fabrique), "nouveau")
    created = Assessment.objects.get()
    assert (created.title, created.structure, created.edition, created.status) == ("Campagne 2027", fabrique, edition, Status.DRAFT)
    assert created.answers.count() == 8
    assert place_of(fabrique).assessment == created
    assert Share.objects.count() == 0  # taking part shares nothing


def test_with_nothing_else(campaign, fabrique, lea, oscar, edition, passeurs):
    foreign, other = make_assessment(passeurs, edition), make_assessment(fabrique, make_edition())
    for wrong in (foreign.pk, other.pk, "", "²"):
        assert answer(client_of(lea), place_of(fabrique), wrong).status_code == 422
    assert place_of(fabrique).assessment is None
    with pytest.raises(ValidationError):
        campaigns.answer(place_of(fabrique), by=lea, dossier=foreign)


def test_a_title_already_taken_says_so(campaign, fabrique, lea):
    make_assessment(fabrique, make_edition(), title="Campagne 2027")
    response = answer(client_of(lea), place_of(fabrique), "nouveau")
    assert (response.status_code, "porte déjà ce titre" in response.content.decode()) == (422, True)


def test_who_may_answer(campaign, fabrique, lise, oscar, adele):
    path = f"/campagnes/{place_of(fabrique).pk}/reponse/"
    assert [client_of(user).get(path).status_code for user in (lise, oscar, adele)] == [403, 404, 404]


def test_a_structure_that_left_the_network_is_asked_no_more(campaign, fabrique, lea):
    fabrique.affiliations.all().delete()
    assert client_of(lea).get(f"/campagnes/{place_of(fabrique).pk}/reponse/").status_code == 404
    assert "Campagne 2027" not in client_of(lea).get("/dossiers/?liste").content.decode()
    assert campaigns.lines_of(campaign, today()) == []


def test_it_is_on_the_list_of_dossiers_and_on_the_dashboard(campaign, fabrique, lea, lise, dossier):
    place = place_of(fabrique)
    link = f'href="/campagnes/{place.pk}/reponse/"'
    pages = ["/dossiers/?liste", f"/dossiers/{dossier.pk}/"]
    for page in pages:
        assert link in client_of(lea).get(page).content.decode()
        read = client_of(lise).get(page).content.decode()
        assert ("Campagne 2027" in read, link in read) == (True, False)
    answer(client_of(lea), place, dossier.pk)
    assert "Vous y répondez avec ce dossier." in client_of(lea).get(pages[1]).content.decode()
    campaigns.close(campaign, by=None)
    assert not any("Campagne 2027" in client_of(lea).get(page).content.decode() for page in pages)


def test_a_newcomer_sees_it_too(reseau, coralie, edition):
    rose = make_user()
    structure = make_structure("Toute neuve", owner=rose)
    affiliate(structure, reseau)
    open_one(reseau, coralie, edition, [structure])
    assert "Répondre à la campagne" in client_of(rose).get("/dossiers/").content.decode()


# --- Following --------------------------------------------------------------------------------


def line(campaign, on=None):
    [found] = campaigns.lines_of(campaign, on or today())
    return found


def test_only_what_sharing_allows(campaign, fabrique, lea, dossier, reseau, adele):
    assert (line(campaign).stage, line(campaign).dossier) == (Stage.NOT_STARTED, None)
    answer_all(dossier, 3, but={"PER-01": None})
    answer(client_of(lea), place_of(fabrique), dossier.pk)
    told = line(campaign)
    assert (told.stage, told.dossier, told.completeness) == (Stage.STARTED, None, None)
    page = client_of(adele).get(url(reseau, f"{campaign.pk}/")).content.decode()
    assert (dossier.title in page, f"/dossiers/{dossier.pk}/" in page) == (False, False)
    Share.objects.create(assessment=dossier, network=reseau)
    standings.refresh(dossier.pk)
    told = line(campaign)
    assert (told.stage, told.dossier, told.completeness) == (Stage.IN_PROGRESS, dossier, Fraction(6, 7))


@pytest.mark.parametrize(
    "status, stage, late",
    [
        (Status.DRAFT, Stage.IN_PROGRESS, True),
        (Status.RETURNED, Stage.IN_PROGRESS, True),
        (Status.SUBMITTED, Stage.SUBMITTED, False),
        (Status.VALIDATED, Stage.DONE, False),
        (Status.ARCHIVED, Stage.DONE, False),
    ],
)
def test_stages_and_lateness(campaign, fabrique, dossier, reseau, status, stage, late):
    Share.objects.create(assessment=dossier, network=reseau)
    Assessment.objects.filter(pk=dossier.pk).update(status=status)
    CampaignPlace.objects.update(assessment=dossier)
    assert (line(campaign).stage, line(campaign).late) == (stage, False)
    assert line(campaign, campaign.due_on).late is False
    assert line(campaign, campaign.due_on + timedelta(days=1)).late is late


def test_as_many_questions_for_thirty_as_for_one(campaign, reseau, adele):
    def asked() -> int:
        client = client_of(adele)
        client.get(url(reseau, f"{campaign.pk}/"))
        with CaptureQueriesContext(connection) as captured:
            client.get(url(reseau, f"{campaign.pk}/"))
        return len(captured)

    few = asked()
    for _ in range(30):
        structure = make_structure()
        affiliate(structure, reseau)
        CampaignPlace.objects.create(campaign=campaign, structure=structure)
    assert asked() == few == 5


# --- Reminding and closing --------------------------------------------------------------------


def test_one_reminder_a_structure_and_a_day(campaign, reseau, coralie, lea, fabrique):
    other = make_user()
    done = make_structure("A transmis", owner=other)
    affiliate(done, reseau)
    dossier = make_assessment(done, campaign.edition, status=Status.SUBMITTED)
    Share.objects.create(assessment=dossier, network=reseau)
    CampaignPlace.objects.create(campaign=campaign, structure=done, assessment=dossier)
    client = client_of(coralie)
    for _ in range(2):
        assert client.post(url(reseau, f"{campaign.pk}/rappel/")).status_code == 302
    assert [kind for kind, _ in told(lea)] == ["campagne", "rappel"]
    assert told(other) == []
    assert Event.objects.filter(verb="campagne_rappelee").count() == 1
    CampaignPlace.objects.update(reminded_at=timezone.now() - timedelta(days=1))
    assert campaigns.remind(campaign, by=coralie) == 1


def test_nobody_is_reminded_of_one_that_is_not_open(campaign, coralie, lea, reseau, edition):
    campaigns.close(campaign, by=coralie)
    campaigns.close(Campaign.objects.get(), by=coralie)
    with pytest.raises(NotOpen):
        campaigns.remind(Campaign.objects.get(), by=coralie)
    assert client_of(coralie).post(url(reseau, f"{campaign.pk}/rappel/")).status_code == 302
    assert [kind for kind, _ in told(lea)] == ["campagne"]
    assert Event.objects.filter(verb="campagne_terminee").count() == 1


@pytest.mark.parametrize(
    ("days", "reminded"),
    [
        ((-8, -7, -6, 0, 1, 2), [0, 1, 0, 0, 1, 0]),
        ((-8, -4, 0, 5, 6, 40), [0, 1, 0, 1, 0, 0]),  # some mornings it did not run
    ],
)
def test_the_scheduled_command_reminds_a_week_before_and_the_day_after(campaign, lea, days, reminded):
    counts = []
    for day in days:
        on = campaign.due_on + timedelta(days=day)
        counts.append(campaigns.remind_due(on))
        if counts[-1]:
            CampaignPlace.objects.update(reminded_at=datetime.combine(on, time(7), PARIS))
    assert counts == reminded


def test_one_announced_in_its_last_week_is_not_reminded_at_once(reseau, coralie, edition, lea):
    open_one(reseau, coralie, edition, due=3)
    assert campaigns.remind_due(today() + timedelta(days=1)) == 0
    assert campaigns.remind_due(today() + timedelta(days=4)) == 1


def test_the_reminders_of_every_morning_speak_of_campaigns(reseau, coralie, edition, lea):
    open_one(reseau, coralie, edition, opens=1, due=20)
    assert [reminders.remind(today() + timedelta(days=day)) for day in (0, 1, 14)] == [0, 0, 1]
    assert [kind for kind, _ in told(lea)] == ["campagne", "rappel"]


def test_one_that_is_over_takes_no_answer(campaign, coralie, lea, fabrique, dossier):
    client_of(coralie).post(url(campaign.network, f"{campaign.pk}/fin/"))
    response = answer(client_of(lea), place_of(fabrique), dossier.pk)
    assert (response.status_code, "est terminée" in response.content.decode()) == (409, True)
    assert place_of(fabrique).assessment is None
