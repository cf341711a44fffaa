"""A login ends after 12 idle hours or 7 days, and costs a write every 10 minutes at most."""

from datetime import datetime, timedelta

import pytest
from django.contrib.auth import get_user
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from certif import limits

MONDAY = datetime(2027, 3, 1, 9, 0)


@pytest.fixture
def browser(lea, time_machine):
    time_machine.move_to(MONDAY, tick=False)
    client = Client()
    client.force_login(lea)
    client.get("/admin/")
    return client


def is_in(client: Client) -> bool:
    return get_user(client).is_authenticated


def test_it_lasts_as_long_as_it_is_used(browser, time_machine):
    for hours in range(0, 7 * 24, 6):
        time_machine.move_to(MONDAY + timedelta(hours=hours), tick=False)
        browser.get("/admin/")
        assert is_in(browser)


def test_it_ends_after_twelve_idle_hours(browser, time_machine):
    time_machine.move_to(MONDAY + limits.SESSION_IDLE + timedelta(seconds=1), tick=False)
    assert not is_in(browser)


def test_it_ends_after_seven_days_even_when_used(browser, time_machine):
    for hours in range(0, 7 * 24, 6):
        time_machine.move_to(MONDAY + timedelta(hours=hours), tick=False)
        browser.get("/admin/")
    time_machine.move_to(MONDAY + limits.SESSION_AGE + timedelta(seconds=1), tick=False)
    browser.get("/admin/")
    assert not is_in(browser)


def test_it_is_written_every_ten_minutes_at_most(browser, time_machine):
    def writes() -> int:
        with CaptureQueriesContext(connection) as queries:
            browser.get("/admin/")
        return sum(query["sql"].startswith(("UPDATE", "INSERT", "DELETE")) for query in queries.captured_queries)

    time_machine.move_to(MONDAY + timedelta(minutes=9), tick=False)
    assert writes() == 0
    time_machine.move_to(MONDAY + timedelta(minutes=10), tick=False)
    assert writes() == 1
    assert writes() == 0


def test_a_stranger_gets_no_cookie(client, db):
    assert client.get("/sante/").cookies == {}
