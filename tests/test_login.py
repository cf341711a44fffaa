"""Signing in and out: no account is guessed, no one is locked out for good."""

import pytest

from tests.factories import PASSWORD, make_user
from tests.people import client_of


def sign_in(client, email="lea@fabrique.fr", password=PASSWORD, **more):
    return client.post("/connexion/", {"login": email, "password": password, **more})


def test_it_works_and_capitals_do_not_matter(lea, fabrique):
    client = client_of()
    assert sign_in(client, "LEA@Fabrique.fr").headers["Location"] == "/dossiers/"
    assert client.get("/mon-compte/").status_code == 200


def test_it_comes_back_to_the_page_that_was_asked(lea, fabrique):
    client = client_of()
    wanted = f"/structures/{fabrique.pk}/"
    assert client.get(wanted).headers["Location"] == f"/connexion/?next={wanted}"
    assert sign_in(client, next=wanted).headers["Location"] == wanted


def test_it_never_leads_to_another_site(lea, fabrique):
    assert sign_in(client_of(), next="https://ailleurs.example/").headers["Location"] == "/dossiers/"


def test_an_unknown_address_and_a_wrong_password_read_the_same(lea):
    pages = [
        sign_in(client_of(), email, "ce n’est pas le bon").content.decode().replace(email, "…")
        for email in ("lea@fabrique.fr", "personne@fabrique.fr")
    ]
    said = ["L’adresse électronique ou le mot de passe n’est pas le bon." in page for page in pages]
    assert said == [True, True]


def test_a_disabled_account_does_not_open(lea):
    lea.is_active = False
    lea.save()
    client = client_of()
    response = sign_in(client)
    assert response.headers["Location"] == "/connexion/desactive/"
    assert "Ce compte est désactivé" in client.get("/connexion/desactive/").content.decode()
    assert client.get("/mon-compte/").status_code == 302


def test_disabling_an_account_works_on_the_next_request(lea):
    client = client_of(lea)
    assert client.get("/mon-compte/").status_code == 200
    lea.is_active = False
    lea.save()
    assert client.get("/mon-compte/").headers["Location"] == "/connexion/?next=/mon-compte/"


def test_signing_out_takes_a_post(lea):
    client = client_of(lea)
    assert "Vous déconnecter" in client.get("/deconnexion/").content.decode()
    assert client.get("/mon-compte/").status_code == 200
    assert client.post("/deconnexion/").headers["Location"] == "/"
    assert client.get("/mon-compte/").status_code == 302


@pytest.mark.parametrize("email", ["pas une adresse", "a@" + "b" * 300 + ".fr", "é\x00@x.fr", ""])
def test_bad_addresses_are_refused_in_french(db, email):
    page = sign_in(client_of(), email).content.decode()
    assert 'class="invalid-feedback"' in page


def test_a_session_of_another_person_is_not_kept(lea):
    other = make_user("autre@exemple.fr")
    client = client_of(other)
    client.post("/deconnexion/")
    sign_in(client)
    assert "lea@fabrique.fr" in client.get("/mon-compte/").content.decode()
