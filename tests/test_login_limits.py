"""Five failures per account, thirty per address, then fifteen minutes of patience: never a permanent lock."""

from datetime import datetime, timedelta

import pytest

from certif import limits
from tests.factories import PASSWORD, make_user

pytestmark = [pytest.mark.urls("tests.broken_urls"), pytest.mark.django_db]
NOON = datetime(2027, 3, 1, 12, 0)


@pytest.fixture(autouse=True)
def noon(time_machine):
    time_machine.move_to(NOON, tick=False)


def login(client, email: str, password: str = "pas le bon mot de passe"):
    return client.post("/essai/comptes/login/", {"login": email, "password": password})


def test_the_sixth_failure_must_wait(client, lea):
    statuses = [login(client, lea.email).status_code for _ in range(limits.LOGIN_FAILURES_PER_ACCOUNT + 1)]
    assert statuses == [200] * 5 + [429]


def test_the_right_password_must_wait_too_then_passes(client, lea, time_machine):
    for _ in range(limits.LOGIN_FAILURES_PER_ACCOUNT):
        login(client, lea.email)
    refused = login(client, lea.email, PASSWORD)
    assert (refused.status_code, refused["Retry-After"]) == (429, "900")
    assert "Trop de tentatives" in refused.content.decode()
    time_machine.move_to(NOON + limits.LOGIN_FAILURES_WINDOW + timedelta(seconds=1), tick=False)
    assert login(client, lea.email, PASSWORD).status_code == 302


def test_the_others_are_not_locked_out(client, lea, karim):
    for _ in range(limits.LOGIN_FAILURES_PER_ACCOUNT + 1):
        login(client, lea.email)
    assert login(client, karim.email, PASSWORD).status_code == 302


def test_an_unknown_account_is_told_the_same(client):
    statuses = [login(client, "personne@exemple.fr").status_code for _ in range(limits.LOGIN_FAILURES_PER_ACCOUNT + 1)]
    assert statuses == [200] * 5 + [429]


def test_thirty_failures_from_one_address(client):
    people = [make_user(f"personne{number}@exemple.fr") for number in range(8)]
    failures = [person.email for person in people for _ in range(4)][: limits.LOGIN_FAILURES_PER_ADDRESS]
    assert {login(client, email).status_code for email in failures} == {200}
    assert login(client, "encore@exemple.fr").status_code == 429
