"""Changing a password, or a forgotten one: the link lives an hour and serves once."""

import re
import time

import time_machine as clock
from django.core import mail

from tests.factories import PASSWORD
from tests.people import client_of

NEW = "une autre phrase à retenir"


def ask(email="lea@fabrique.fr"):
    return client_of().post("/mot-de-passe/", {"email": email})


def the_link():
    return re.search(r"http://testserver(/\S+)", mail.outbox[0].body)[1]


def choose(client, link, password=NEW):
    landing = client.get(link, follow=True)
    form = landing.request["PATH_INFO"]
    return client.post(form, {"password1": password, "password2": password})


def test_a_forgotten_password_is_replaced(lea):
    assert ask().headers["Location"] == "/mot-de-passe/envoye/"
    assert [message.subject for message in mail.outbox] == ["[Certif] Choisir un nouveau mot de passe"]
    assert choose(client_of(), the_link()).headers["Location"] == "/mot-de-passe/change/"
    lea.refresh_from_db()
    assert lea.check_password(NEW)


def test_the_link_serves_once(lea):
    ask()
    link = the_link()
    choose(client_of(), link)
    page = client_of().get(link).content.decode()
    assert "Ce lien n’est plus valable" in page
    assert "Redemander un lien" in page


def test_the_link_dies_after_an_hour(lea):
    ask()
    with clock.travel(time.time() + 59 * 60):
        assert client_of().get(the_link()).status_code == 302
    with clock.travel(time.time() + 61 * 60):
        assert "Ce lien n’est plus valable" in client_of().get(the_link()).content.decode()


def test_an_unknown_address_reads_the_same(lea):
    assert ask("personne@exemple.fr").headers["Location"] == "/mot-de-passe/envoye/"
    assert [message.subject for message in mail.outbox] == ["[Certif] Aucun compte à cette adresse"]


def change(client, **changes):
    data = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW} | changes
    return client.post("/mon-compte/mot-de-passe/", data)


def test_changing_it_signs_the_other_devices_out(lea):
    here, elsewhere = client_of(lea), client_of(lea)
    assert change(here).headers["Location"] == "/mon-compte/"
    assert here.get("/mon-compte/").status_code == 200
    assert elsewhere.get("/mon-compte/").status_code == 302
    assert [message.subject for message in mail.outbox] == ["[Certif] Votre mot de passe est changé"]


def test_the_current_one_is_needed(lea):
    page = change(client_of(lea), oldpassword="autre chose").content.decode()
    assert "Ce n’est pas votre mot de passe actuel." in page


def test_anonymous_goes_to_login(db):
    assert change(client_of()).headers["Location"] == "/connexion/?next=/mon-compte/mot-de-passe/"
