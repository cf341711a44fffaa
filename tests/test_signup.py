"""Creating an account: name, address, password; the address is confirmed before anything opens."""

import re
import time

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core import mail

from certif.accounts.models import User
from tests.factories import TOTP_SECRET, make_network, make_structure, make_user
from tests.people import client_of

GOOD = {"name": "Nora Diallo", "email": "Nora@Exemple.fr", "password1": "la phrase que je retiens"}


def sign_up(client, **changes):
    return client.post("/inscription/", GOOD | changes)


def confirm(client, message):
    path = re.search(r"http://testserver(/\S+)", message.body)[1]
    assert client.get(path).status_code == 200
    return client.post(path)


def test_a_new_person_signs_up_confirms_and_is_guided(db):
    client = client_of()
    assert sign_up(client).headers["Location"] == "/inscription/confirmation/"
    user = User.objects.get()
    assert (user.name, user.email) == ("Nora Diallo", "nora@exemple.fr")
    assert client.get("/mon-compte/").status_code == 302
    [message] = mail.outbox
    assert (message.subject, message.to) == ("[Certif] Confirmez votre adresse", ["nora@exemple.fr"])
    assert confirm(client, message).headers["Location"] == "/structures/"
    page = client.get("/structures/").content.decode()
    assert "Créer ma structure" in page
    assert "nora@exemple.fr" in page


def test_the_page_says_who_it_is_for(db):
    page = client_of().get("/inscription/").content.decode()
    assert "Les structures qui emploient des médiateurs sociaux" in page


def test_a_taken_address_looks_like_a_free_one(db):
    make_user("nora@exemple.fr")
    response = sign_up(client_of())
    assert response.headers["Location"] == "/inscription/confirmation/"
    assert User.objects.count() == 1
    assert [message.subject for message in mail.outbox] == ["[Certif] Vous avez déjà un compte"]


def test_a_refused_form_keeps_what_was_typed_and_says_why(db):
    response = sign_up(client_of(), name="x" * 201, password1="court")
    page = response.content.decode()
    assert "Ce texte compte 201 caractères\u00a0: la limite est de 200." in page
    assert "Il doit contenir au minimum 15 caractères." in page
    assert 'value="' + "x" * 201 in page
    assert 'value="Nora@Exemple.fr"' in page
    assert 'value="court"' not in page
    assert User.objects.count() == 0


def test_a_common_password_is_refused(db):
    page = sign_up(client_of(), password1="1q2w3e4r5t6y7u8i9o0p").content.decode()
    assert "Ce mot de passe est trop courant." in page
    assert User.objects.count() == 0


def test_control_characters_and_invisible_names(db):
    sign_up(client_of(), name="No\x00ra\u202e\nDiallo")
    assert User.objects.get().name == "Nora Diallo"
    page = sign_up(client_of(), email="b@exemple.fr", name="\u200b\u2060 ").content.decode()
    assert "Ce champ est obligatoire." in page
    assert User.objects.count() == 1


def test_who_is_signed_in_has_nothing_to_sign_up_for(lea, fabrique):
    assert client_of(lea).get("/inscription/").headers["Location"] == "/dossiers/"


def test_each_arrives_where_they_have_something_to_do(db):
    """A member at the dossiers, an advisor at the network, who keeps the norm at the norm, an invited stranger at the structures."""
    member, stranger, advisor, keeper = (
        make_user("a@exemple.fr"),
        make_user("b@exemple.fr"),
        make_user("c@exemple.fr"),
        make_user("d@exemple.fr", is_norm_admin=True),
    )
    make_structure(owner=member)
    make_network(advisor=advisor)
    password = {"password": "un-mot-de-passe-de-test"}
    for user, place in ((member, "/dossiers/"), (stranger, "/structures/")):
        assert client_of().post("/connexion/", {"login": user.email} | password).headers["Location"] == place
    for user, place in ((advisor, "/reseaux/"), (keeper, "/referentiel/")):
        client = client_of()
        client.post("/connexion/", {"login": user.email} | password)
        code = format_hotp_value(hotp_value(TOTP_SECRET, int(time.time()) // 30))
        assert client.post("/connexion/code/", {"code": code}).headers["Location"] == place
