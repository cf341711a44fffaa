"""The private calendar: one revocable address, read again at each request."""

from datetime import date, timedelta

import icalendar
import pytest
import time_machine

from assessments import calendar
from assessments.models import Action, CalendarFeed, Event, Share
from certif.accounts.models import Membership
from tests import factories as f

pytestmark = pytest.mark.django_db


@pytest.fixture
def address(lea) -> str:
    return f"/calendrier/{calendar.create(by=lea)}.ics"


def plan(dossier, title: str, **fields) -> Action:
    return Action.objects.create(assessment=dossier, title=title, **({"due_on": date(2027, 1, 15)} | fields))


def events(client, address: str) -> list:
    return icalendar.Calendar.from_ical(client.get(address).content).walk("VEVENT")


def titles(client, address: str) -> list[str]:
    return [str(event["SUMMARY"]) for event in events(client, address)]


def test_it_works(client, dossier, lea, address):
    action = plan(
        dossier,
        "Écrire la charte, « à plusieurs » ; puis la relire ✓",
        owner=lea,
        detail="Deux réunions.\nUn vote.",
        effort_days="1.5",
    )
    action.criteria.add(dossier.edition.criteria.get(code="DEO-01"))
    with time_machine.travel("2026-11-21T10:00:00Z", tick=False):
        response = client.get(address)
    [event] = icalendar.Calendar.from_ical(response.content).walk("VEVENT")
    assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert "no-store" in response.headers["Cache-Control"]
    assert (str(event["SUMMARY"]), event["DTSTART"].dt, event["DTEND"].dt) == (
        action.title,
        date(2027, 1, 15),
        date(2027, 1, 16),
    )
    assert event["DTSTAMP"].dt.isoformat() == "2026-11-21T10:00:00+00:00"
    assert str(event["UID"]) == f"action-{action.pk}@testserver"
    assert str(event["URL"]) == f"http://testserver/actions/{action.pk}/"
    assert str(event["DESCRIPTION"]).splitlines() == [
        "La Fabrique, Auto-évaluation 2027", "Critères\u00a0: DEO-01", "Charge\u00a0: 1,5\u00a0jour",
        "Échéance\u00a0: 15\u00a0janvier\u00a02027, jour compris", "Deux réunions.", "Un vote.",
    ]  # fmt: skip


def test_lines_are_folded_and_end_as_the_standard_says(client, dossier, lea, address):
    plan(dossier, "é" * 300, owner=lea)
    body = client.get(address).content
    assert max(len(line) for line in body.split(b"\r\n")) <= 75
    assert (body.count(b"\n"), body[:17], body.decode()[:5]) == (body.count(b"\r\n"), b"BEGIN:VCALENDAR\r\n", "BEGIN")


def test_it_holds_one_s_own_open_actions_and_those_to_hand_out(client, dossier, lea, karim, address):
    plan(dossier, "À Léa", owner=lea)
    plan(dossier, "À Karim", owner=karim)
    plan(dossier, "À personne")
    plan(dossier, "Faite", owner=lea, status="faite")
    plan(dossier, "Sans date", owner=lea, due_on=None)
    assert titles(client, address) == ["À Léa", "À confier\u00a0: À personne"]


def test_a_revoked_membership_empties_it_on_the_next_request(client, dossier, lea, address):
    plan(dossier, "À Léa", owner=lea)
    assert titles(client, address) == ["À Léa"]
    Membership.objects.filter(user=lea).delete()
    assert titles(client, address) == []


def test_an_advisor_is_not_handed_the_unassigned_actions_of_others(client, dossier, adele, reseau):
    Share.objects.create(assessment=dossier, network=reseau)
    plan(dossier, "À personne")
    assert titles(client, f"/calendrier/{calendar.create(by=adele)}.ics") == []


def test_a_disabled_account_and_an_unknown_address_are_not_found(client, lea, address):
    assert client.get("/calendrier/inconnue.ics").status_code == 404
    lea.is_active = False
    lea.save()
    assert client.get(address).status_code == 404


def test_a_new_address_ends_the_former_one(client, lea, address):
    client.force_login(lea)
    page = client.post("/mon-compte/calendrier/")
    new = page.context["address"]
    assert (new in page.content.decode(), new.startswith("http://testserver/calendrier/")) == (True, True)
    assert [client.get(each).status_code for each in (address, new.removeprefix("http://testserver"))] == [404, 200]
    assert CalendarFeed.objects.count() == 1


def test_only_the_fingerprint_is_kept(lea):
    token = calendar.create(by=lea)
    feed = CalendarFeed.objects.get()
    assert (token in feed.token_hash, len(feed.token_hash)) == (False, 64)
    assert token not in str(list(Event.objects.values_list("before", "after")))


def test_revoking_ends_it_and_twice_is_harmless(client, lea, address):
    client.force_login(lea)
    for _ in range(2):
        assert client.post("/mon-compte/calendrier/retrait/").headers["Location"] == "/mon-compte/"
    assert client.get(address).status_code == 404
    assert [event.verb for event in Event.objects.order_by("pk")] == ["calendrier_cree", "calendrier_retire"]


def test_the_account_page_tells_whether_an_address_exists(client, lea):
    client.force_login(lea)
    assert "Créer mon adresse de calendrier" in client.get("/mon-compte/").content.decode()
    calendar.create(by=lea)
    assert "Retirer l’adresse" in client.get("/mon-compte/").content.decode()


@pytest.mark.parametrize("address", ["/mon-compte/calendrier/", "/mon-compte/calendrier/retrait/"])
def test_anonymous_goes_to_login_and_get_is_refused(client, lea, address):
    assert client.post(address).headers["Location"] == f"/connexion/?next={address}"
    client.force_login(lea)
    assert client.get(address).status_code == 405


def test_queries_do_not_grow_with_actions(client, dossier, lea, address, django_assert_num_queries):
    for number in (1, 30):
        for _ in range(number):
            plan(dossier, "Action", owner=lea, due_on=date(2027, 1, 1) + timedelta(days=number))
        with django_assert_num_queries(3):
            client.get(address)


def test_another_s_dossier_never_shows(client, passeurs, lea, address):
    other = f.make_assessment(passeurs)
    plan(other, "Secret", owner=lea)
    assert titles(client, address) == []
