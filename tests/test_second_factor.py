"""The second factor: an application, keys and recovery codes, all in French."""

import base64
import re
import time

import pytest
import time_machine as clock
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.utils import decrypt
from django.core import mail

from tests.factories import PASSWORD
from tests.people import client_of

HOME = "/mon-compte/double-authentification/"


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


@pytest.fixture
def signed_in(lea, fabrique):
    """Léa’s, freshly signed in with her password."""
    client = client_of()
    client.post("/connexion/", {"login": lea.email, "password": PASSWORD})
    client.post("/mon-compte/confirmer/", {"password": PASSWORD, "next": HOME})
    return client


@pytest.fixture
def secret(signed_in):
    page = signed_in.get(f"{HOME}application/activer/").content.decode()
    secret = re.search(r'class="secret">(\w+)<', page)[1]
    response = signed_in.post(f"{HOME}application/activer/", {"code": code_of(secret)})
    assert response.headers["Location"] == f"{HOME}codes/"
    return secret


def test_an_application_is_activated_and_asked_for(secret, lea):
    later = client_of()
    with clock.travel(time.time() + 60):
        response = later.post("/connexion/", {"login": lea.email, "password": PASSWORD})
        assert response.headers["Location"] == "/connexion/code/"
        assert later.get("/mon-compte/").status_code == 302
        wrong = later.post("/connexion/code/", {"code": "000000"}).content.decode()
        assert "Ce code n’est pas le bon, ou il a expiré." in wrong
        assert later.post("/connexion/code/", {"code": code_of(secret)}).headers["Location"] == "/dossiers/"


def test_a_recovery_code_serves_once(secret, signed_in, lea):
    code = re.search(r"<li>(\w[\w-]+)</li>", signed_in.get(f"{HOME}codes/").content.decode())[1]
    answers = []
    for _ in range(2):
        client = client_of()
        client.post("/connexion/", {"login": lea.email, "password": PASSWORD})
        answers.append(client.post("/connexion/code/", {"code": code}).status_code)
    assert answers == [302, 200]


def test_the_secret_is_encrypted_at_rest(secret, lea):
    stored = Authenticator.objects.get(user=lea, type="totp").data["secret"]
    assert secret not in stored
    assert secret not in base64.urlsafe_b64decode(stored).decode("latin-1")
    assert decrypt(stored) == secret


def test_it_is_deactivated(secret, signed_in, lea):
    assert "Désactiver l’application" in signed_in.get(f"{HOME}application/desactiver/").content.decode()
    assert signed_in.post(f"{HOME}application/desactiver/").headers["Location"] == HOME
    assert not Authenticator.objects.filter(user=lea, type="totp").exists()
    [message] = mail.outbox
    assert message.subject == "[Certif] Double authentification désactivée"
    assert "ne protège plus votre compte" in message.body


def test_each_page_opens_and_speaks_french(secret, signed_in):
    for path in ("", "codes/", "codes/nouveaux/", "cles/", "cles/ajouter/", "application/desactiver/"):
        assert english_in(signed_in.get(HOME + path)) == []
    assert signed_in.get(f"{HOME}codes/telecharger/").headers["Content-Type"] == "text/plain"


def test_the_entrance_speaks_french(db):
    paths = (
        "/connexion/", "/connexion/desactive/", "/inscription/", "/inscription/confirmation/",
        "/inscription/confirmation/abc/", "/mot-de-passe/", "/mot-de-passe/envoye/", "/mot-de-passe/change/",
        "/mot-de-passe/abc-def/",
    )  # fmt: skip
    assert [english_in(client_of().get(path)) for path in paths] == [[]] * len(paths)


def english_in(response) -> list[str]:
    """English words a visitor would read."""
    assert response.status_code == 200
    text = re.sub(r"<script.*?</script>|<style.*?</style>|<[^>]+>", " ", response.content.decode(), flags=re.S)
    return re.findall(r"\b(?:the|your|you|please|email|password|sign|address|account|key|add|remove|and)\b", text, re.I)


def test_settings_ask_for_a_recent_confirmation(lea):
    response = client_of(lea).get(f"{HOME}application/activer/")
    assert response.headers["Location"].startswith("/mon-compte/confirmer/?next=")
    assert english_in(client_of(lea).get("/mon-compte/confirmer/")) == []


def test_anonymous_goes_to_login(db):
    for path in ("", "codes/", "cles/", "cles/ajouter/", "application/activer/"):
        assert client_of().get(HOME + path).headers["Location"].startswith("/connexion/?next=")
