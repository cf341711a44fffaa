"""The second factor: an application, keys and recovery codes, all in French."""

import base64
import re
import time

import pytest
import time_machine as clock
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from allauth.mfa.utils import decrypt
from django.core import mail

from certif.accounts import demonstration, networks, second_factor
from certif.accounts.models import NetworkRole
from tests.factories import PASSWORD, TOTP_SECRET, make_user
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


# --- Who must have one ------------------------------------------------------------------------


def signed_in_with_password(user):
    client = client_of()
    client.post("/connexion/", {"login": user.email, "password": PASSWORD})
    client.post("/mon-compte/confirmer/", {"password": PASSWORD, "next": HOME})
    return client


def key_of(user):
    return Authenticator.objects.create(user=user, type="webauthn", data={"name": "Clé", "credential": {}})


@pytest.fixture
def nora(reseau):
    """Advises the network since a moment ago, with a password alone."""
    nora = make_user("nora@reseau.fr", "Nora Diallo")
    networks.appoint(reseau, nora, NetworkRole.ADVISOR)
    return nora


def test_a_password_alone_opens_nothing(nora, reseau, dossier):
    client = signed_in_with_password(nora)
    for path in ("/", "/dossiers/", f"/dossiers/{dossier.pk}/", f"/reseaux/{reseau.pk}/equipe/", "/mon-compte/", "/structures/"):
        for answer in (client.get(path), client.post(path)):
            assert (answer.status_code, answer.headers["Location"]) == (302, HOME)


def test_the_page_says_why_and_how_in_french(nora):
    answer = signed_in_with_password(nora).get(HOME)
    page = answer.content.decode()
    assert english_in(answer) == []
    for words in ("Ajoutez un second facteur", "Vous accompagnez des structures", "Activer une application", "Ajouter une clé", "codes de secours"):
        assert words in page


def test_once_added_the_page_that_was_wanted_opens(nora, reseau):
    client = signed_in_with_password(nora)
    wanted = f"/reseaux/{reseau.pk}/equipe/?page=1"
    client.get(wanted)
    page = client.get(f"{HOME}application/activer/").content.decode()
    secret = re.search(r'class="secret">(\w+)<', page)[1]
    codes = client.post(f"{HOME}application/activer/", {"code": code_of(secret)}).headers["Location"]
    assert codes == f"{HOME}codes/"
    assert f'href="{HOME}continuer/"' in client.get(codes).content.decode()
    assert client.get(f"{HOME}continuer/").headers["Location"] == wanted
    assert client.get(wanted).status_code == 200
    assert "continuer/" not in client.get(HOME).content.decode()


def test_administrators_too_and_their_administration(db):
    admin = make_user("admin@certif.fr", is_staff=True, is_superuser=True)
    keeper = make_user("ines@certif.fr", is_norm_admin=True)
    Authenticator.objects.all().delete()
    assert client_of(admin).get("/admin/").headers["Location"] == HOME
    assert client_of(keeper).get("/referentiel/").headers["Location"] == HOME
    assert "Vous administrez Certif" in client_of(keeper).get(HOME).content.decode()


def test_it_counts_at_the_next_request(lea, reseau, fabrique):
    """Becoming an advisor while signed in, adding a factor, losing it, leaving: the same browser, each time."""
    client = client_of(lea)

    def meets():
        answer = client.get("/dossiers/?liste")
        return answer.headers.get("Location", answer.status_code)

    assert meets() == 200
    member = networks.appoint(reseau, lea, NetworkRole.ADVISOR)
    assert meets() == HOME
    key = key_of(lea)
    assert meets() == 200
    key.delete()
    assert meets() == HOME
    Authenticator.objects.create(user=lea, type="recovery_codes", data={})
    assert meets() == HOME
    networks.appoint(reseau, make_user(), NetworkRole.COORDINATOR)
    networks.remove(member)
    assert meets() == 200


def test_asking_costs_no_query(lea, adele, reseau, django_assert_num_queries):
    for user in (lea, adele):
        client = client_of(user)
        client.get("/accessibilite/")
        with django_assert_num_queries(2):  # the session, the person
            client.get("/methode/")


def test_a_save_in_flight_is_refused_clearly_and_nothing_is_written(dossier, lea, reseau):
    client = client_of(lea)
    path = f"/dossiers/{dossier.pk}/criteres/DEO-01/"
    assert client.get(path).status_code == 200
    networks.appoint(reseau, lea, NetworkRole.ADVISOR)
    answer = client.post(path, {"level": "2", "justification": "Mon texte.", "based_on": "0"}, headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Redirect"], answer.headers["Content-Type"]) == (403, HOME, "text/plain; charset=utf-8")
    assert answer.content.decode() == second_factor.SENTENCE
    assert dossier.answers.get(criterion__code="DEO-01").version == 0


def test_health_style_and_the_way_out_stay_open(nora):
    client = signed_in_with_password(nora)
    assert [client.get(path).status_code for path in ("/sante/", "/accessibilite/", "/donnees-personnelles/")] == [200, 200, 200]
    assert client.post("/deconnexion/").headers["Location"] == "/"


def test_the_last_one_stays_while_the_role_asks_for_it(adele, reseau):
    client = client_of()
    client.post("/connexion/", {"login": adele.email, "password": PASSWORD})
    client.post("/connexion/code/", {"code": code_of(TOTP_SECRET)})
    client.post("/mon-compte/confirmer/", {"password": PASSWORD, "next": HOME})
    refused = client.post(f"{HOME}application/desactiver/").content.decode()
    assert "C’est votre seul second facteur" in refused
    key = key_of(adele)
    assert client.post(f"{HOME}application/desactiver/").headers["Location"] == HOME
    page = client.post(f"{HOME}cles/{key.pk}/retirer/", follow=True).content.decode()
    assert "C’est votre seul second facteur" in page
    assert list(adele.authenticator_set.values_list("type", flat=True)) == ["webauthn"]


def test_the_key_of_somebody_else_is_not_found(adele, reseau, signed_in):
    key = key_of(adele)
    for answer in (signed_in.get(f"{HOME}cles/{key.pk}/retirer/"), signed_in.post(f"{HOME}cles/{key.pk}/retirer/")):
        assert answer.status_code == 404
    assert Authenticator.objects.filter(pk=key.pk).exists()


def test_the_first_one_closes_the_sessions_opened_without_it(nora):
    """Somebody who stole the password and waited does not profit from it."""
    thief, client = signed_in_with_password(nora), signed_in_with_password(nora)
    page = client.get(f"{HOME}application/activer/").content.decode()
    client.post(f"{HOME}application/activer/", {"code": code_of(re.search(r'class="secret">(\w+)<', page)[1])})
    assert client.get("/dossiers/?liste").status_code == 200
    assert thief.get("/dossiers/?liste").headers["Location"].startswith("/connexion/")


# --- The demonstration ------------------------------------------------------------------------

SHOWN = re.compile(r"le code du moment est <strong[^>]*>(\d{3}) (\d{3})<")


@pytest.fixture
def claire(reseau):
    claire = make_user(f"claire@{demonstration.DOMAIN}", "Claire Morel")
    networks.appoint(reseau, claire, NetworkRole.ADVISOR)
    demonstration.enrol()
    return claire


def code_page(user):
    client = client_of()
    assert client.post("/connexion/", {"login": user.email, "password": PASSWORD}).headers["Location"] == "/connexion/code/"
    return client, client.get("/connexion/code/").content.decode()


def test_on_a_local_trial_the_code_of_a_demonstration_account_is_shown(claire, settings):
    settings.LOCAL = True
    with clock.travel(time.time(), tick=False):
        client, page = code_page(claire)
        code = " ".join(SHOWN.search(page).groups())
        assert client.post("/connexion/code/", {"code": code}).headers["Location"] == "/reseaux/"


def test_nowhere_else_and_for_nobody_else(claire, adele, reseau, settings):
    settings.LOCAL = False
    assert SHOWN.search(code_page(claire)[1]) is None
    settings.LOCAL = True
    assert SHOWN.search(code_page(adele)[1]) is None
    for address in (f"paul@{demonstration.DOMAIN}.fr", f"paul@x{demonstration.DOMAIN}"):
        paul = make_user(address)
        TOTP.activate(paul, demonstration.secret_of(paul.email))
        assert SHOWN.search(code_page(paul)[1]) is None


def test_nor_for_a_secret_of_one_s_own(claire, settings):
    settings.LOCAL = True
    claire.authenticator_set.all().delete()
    TOTP.activate(claire, TOTP_SECRET)
    assert SHOWN.search(code_page(claire)[1]) is None


def test_only_demonstration_accounts_that_need_it_get_the_known_secret(claire, nora):
    make_user(f"nadia@{demonstration.DOMAIN}")
    demonstration.enrol()
    demonstration.enrol()
    adele = nora.network_memberships.get().network.memberships.get(user__email="adele@reseau.fr").user
    assert set(Authenticator.objects.values_list("user", "type")) == {(claire.pk, "totp"), (adele.pk, "totp")}
