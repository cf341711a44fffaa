"""Mes sessions: where one is signed in, closed one by one or all at once; a new password closes the others."""

import re
from datetime import datetime, timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client

from certif import limits
from certif.accounts import logins
from tests.factories import PASSWORD, make_user
from tests.people import client_of

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1"
PATH = "/mon-compte/sessions/"


def signed_in(user, agent=FIREFOX) -> Client:
    client = Client(headers={"user-agent": agent})
    client.post("/connexion/", {"login": user.email, "password": PASSWORD})
    return client


def devices(client) -> list[str]:
    return re.findall(r"<h3>([^<]+)</h3>", client.get(PATH).content.decode())


def is_in(client) -> bool:
    return client.get(PATH).status_code == 200


def other_than(client, user) -> int:
    return UserSession.objects.filter(user=user).exclude(session_key=client.session.session_key).get().pk


def test_it_lists_one_s_own_this_one_first(lea, fabrique, oscar):
    phone, computer, _ = signed_in(lea, PHONE), signed_in(lea), signed_in(oscar)
    page = phone.get(PATH).content.decode()
    assert devices(phone) == ["Safari sur iPhone", "Firefox sur Windows"]
    assert devices(computer) == ["Firefox sur Windows", "Safari sur iPhone"]
    assert (page.count("Cette session"), page.count("adresse 127.0.0.1")) == (1, 2)


def test_it_says_when_each_was_last_used(lea, fabrique, time_machine):
    monday = datetime(2027, 3, 1, 8, 0)
    time_machine.move_to(monday, tick=False)
    phone = signed_in(lea, PHONE)
    time_machine.move_to(monday + timedelta(hours=5), tick=False)
    phone.get("/dossiers/")
    time_machine.move_to(monday + timedelta(hours=6), tick=False)
    page = signed_in(lea).get(PATH).content.decode()
    told = [re.sub(r"\s", " ", text) for text in re.findall(r'<p class="muted">([^<]*adresse[^<]*)<', page)]
    assert told[1] == "Vue le 1er mars 2027 à 14 h 00 · ouverte le 1er mars 2027 à 9 h 00 · adresse 127.0.0.1"


def test_one_is_closed_and_the_other_goes_on(lea, fabrique):
    phone, computer = signed_in(lea, PHONE), signed_in(lea)
    assert computer.post(f"{PATH}{other_than(computer, lea)}/fermer/").headers["Location"] == PATH
    assert (is_in(phone), is_in(computer)) == (False, True)
    assert devices(computer) == ["Firefox sur Windows"]


def test_all_the_others_are_closed(lea, fabrique, oscar):
    first, second, computer, stranger = signed_in(lea, PHONE), signed_in(lea), signed_in(lea), signed_in(oscar)
    assert computer.post(f"{PATH}fermer/").headers["Location"] == PATH
    assert [is_in(each) for each in (first, second, computer, stranger)] == [False, False, True, True]


def test_a_new_password_closes_the_others(lea, fabrique):
    phone, computer = signed_in(lea, PHONE), signed_in(lea)
    new = "une autre phrase que je retiens"
    answer = computer.post("/mon-compte/mot-de-passe/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert answer.status_code == 302
    assert (is_in(phone), is_in(computer)) == (False, True)
    assert devices(computer) == ["Firefox sur Windows"]


def test_neither_this_one_nor_somebody_else_s_is_closed_there(lea, fabrique, oscar):
    computer, stranger = signed_in(lea), signed_in(oscar)
    own = UserSession.objects.get(user=lea).pk
    foreign = UserSession.objects.get(user=oscar).pk
    answers = [computer.post(f"{PATH}{pk}/fermer/").status_code for pk in (own, foreign, 987_654)]
    assert answers == [404, 404, 404]
    assert (is_in(computer), is_in(stranger)) == (True, True)


def test_one_that_ended_by_itself_is_not_listed(lea, fabrique, time_machine):
    monday = datetime(2027, 3, 1, 8, 0)
    time_machine.move_to(monday, tick=False)
    signed_in(lea, PHONE)
    time_machine.move_to(monday + limits.SESSION_IDLE + timedelta(seconds=1), tick=False)
    assert devices(signed_in(lea)) == ["Firefox sur Windows"]


def test_what_is_known_of_a_device_goes_with_its_session(lea, oscar, fabrique, time_machine):
    monday = datetime(2027, 3, 1, 8, 0)
    time_machine.move_to(monday, tick=False)
    signed_in(lea)
    time_machine.move_to(monday + limits.SESSION_AGE + timedelta(seconds=1), tick=False)
    signed_in(oscar)
    assert [row.user for row in UserSession.objects.all()] == [oscar]


def test_a_session_from_before_is_listed_too(lea, fabrique):
    assert devices(client_of(lea)) == ["Appareil inconnu"]


def test_anonymous_goes_to_login_and_get_closes_nothing(lea, fabrique):
    assert client_of().get(PATH).headers["Location"] == f"/connexion/?next={PATH}"
    computer = signed_in(lea)
    assert [computer.get(f"{PATH}{path}").status_code for path in ("fermer/", "1/fermer/")] == [405, 405]


def test_thirty_cost_what_two_do(lea, fabrique, django_assert_num_queries):
    for _ in range(2):
        computer = signed_in(lea)
    computer.get(PATH)
    with django_assert_num_queries(4):
        computer.get(PATH)
    for _ in range(5):
        signed_in(lea)
    with django_assert_num_queries(4):
        assert len(devices(computer)) == 7


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (FIREFOX, "Firefox sur Windows"),
        (PHONE, "Safari sur iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36", "Chrome sur Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge sur Windows"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile Safari/537.36", "Chrome sur Android"),
        ("curl/8.5.0 (Linux)", "Navigateur inconnu sur Linux"),
        ("<script>alert(1)</script>", "Appareil inconnu"),
        ("", "Appareil inconnu"),
    ],
)
def test_a_device_in_words(agent, words):
    assert logins.device(agent) == words


def test_a_person_without_dossier_sees_it_too(db):
    assert devices(signed_in(make_user("simon@exemple.fr"))) == ["Firefox sur Windows"]
