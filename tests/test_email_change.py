"""Changing one’s address: the old one serves until the new one is confirmed."""

import re

from django.core import mail

from tests.people import client_of


def ask(client, email):
    return client.post("/mon-compte/adresse/", {"action_add": "", "email": email})


def test_the_new_address_replaces_the_old_once_confirmed(lea, fabrique):
    client = client_of(lea)
    assert ask(client, "lea@nouvelle.fr").status_code == 302
    lea.refresh_from_db()
    assert lea.email == "lea@fabrique.fr"
    page = client.get("/mon-compte/adresse/").content.decode()
    assert "Un message est parti à lea@nouvelle.fr" in page
    client.post(re.search(r"http://testserver(/\S+)", mail.outbox[0].body)[1])
    lea.refresh_from_db()
    assert lea.email == "lea@nouvelle.fr"


def test_a_pending_change_can_be_dropped(lea):
    client = client_of(lea)
    ask(client, "lea@nouvelle.fr")
    client.post("/mon-compte/adresse/", {"action_remove": "", "email": "lea@nouvelle.fr"})
    assert list(lea.emailaddress_set.values_list("email", flat=True)) == ["lea@fabrique.fr"]


def test_the_address_of_someone_else_is_not_given_away(lea, oscar):
    response = ask(client_of(lea), oscar.email)
    assert response.status_code == 302
    lea.refresh_from_db()
    assert lea.email == "lea@fabrique.fr"


def test_what_is_not_an_address_is_refused(lea):
    page = ask(client_of(lea), "pas une adresse").content.decode()
    assert 'value="pas une adresse"' in page
    assert 'class="invalid-feedback"' in page
