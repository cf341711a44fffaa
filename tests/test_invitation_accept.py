"""The link of an invitation: accepted by a POST, once, within seven days, by the person it was sent to."""

import re
import time

import pytest
import time_machine as clock
from django.core import mail
from django.db import connection
from django.utils import timezone

from certif import limits
from certif.accounts import invitations
from certif.accounts.models import Role, User
from tests.factories import make_user
from tests.people import client_of


@pytest.fixture
def nora(db):
    return make_user("nora@exemple.fr", "Nora Diallo")


@pytest.fixture
def link(fabrique, lea):
    _, token = invitations.invite(fabrique, email="nora@exemple.fr", role=Role.READER, by=lea)
    return f"/invitations/{token}/"


def role_of(user, structure):
    return list(structure.memberships.filter(user=user).values_list("role", flat=True))


def test_an_account_accepts(nora, link, fabrique):
    client = client_of(nora)
    page = client.get(link).content.decode()
    assert "Léa Martin vous y invite comme lecteur" in page
    assert role_of(nora, fabrique) == []
    assert client.post(link).headers["Location"] == f"/structures/{fabrique.pk}/"
    assert role_of(nora, fabrique) == [Role.READER]
    invitation = fabrique.invitations.get()
    assert (invitation.accepted_by, invitation.accepted_at is None) == (nora, False)


def test_a_new_person_creates_an_account_and_comes_back(link, fabrique):
    client = client_of()
    page = client.get(link).content.decode()
    signup = re.search(r'href="(/inscription/[^"]+)"', page)[1].replace("&amp;", "&")
    assert 'value="nora@exemple.fr"' in client.get(signup).content.decode()
    data = {"name": "Nora", "email": "nora@exemple.fr", "password1": "la phrase que je retiens", "next": link}
    client.post("/inscription/", data)
    assert client.get(link).context["user"].is_anonymous
    confirmation = re.search(r"http://testserver(/\S+)", mail.outbox[-1].body)[1]
    assert client.post(confirmation).headers["Location"] == link
    client.post(link)
    assert role_of(User.objects.get(email="nora@exemple.fr"), fabrique) == [Role.READER]


def test_anonymous_goes_to_login_and_comes_back(nora, link):
    assert client_of().post(link).headers["Location"] == f"/connexion/?next={link}"


def test_it_serves_once(nora, link, fabrique):
    client_of(nora).post(link)
    fabrique.memberships.filter(user=nora).delete()
    response = client_of().get(link)
    assert response.status_code == 410
    assert "Cette invitation a déjà servi" in response.content.decode()
    assert client_of(nora).post(link).headers["Location"] == f"/structures/{fabrique.pk}/"
    assert role_of(nora, fabrique) == []


def test_it_dies_after_seven_days(nora, link, fabrique):
    week = limits.INVITATION_AGE.total_seconds()
    client = client_of(nora)
    with clock.travel(time.time() + week - 60):
        assert client_of().get(link).status_code == 200
    with clock.travel(time.time() + week + 1):
        response = client_of().post(link)
        assert response.status_code == 410
        page = response.content.decode()
    assert "Cette invitation a expiré" in page
    assert "Redemander une invitation" in page
    assert role_of(nora, fabrique) == []
    assert client.get(link).status_code == 200


def test_it_is_bound_to_the_address(oscar, link, fabrique):
    for response in (client_of(oscar).get(link), client_of(oscar).post(link)):
        assert response.status_code == 403
        page = response.content.decode()
        assert "Cette invitation est pour une autre adresse" in page
        assert "Changer de compte" in page
    assert role_of(oscar, fabrique) == []


def test_a_withdrawn_one_is_closed(nora, link, fabrique):
    invitations.revoke(fabrique.invitations.get())
    response = client_of(nora).post(link)
    assert response.status_code == 410
    assert "Cette invitation est annulée" in response.content.decode()
    assert role_of(nora, fabrique) == []


@pytest.mark.parametrize("token", ["inconnu", "x" * 3000, "é", "%00"])
def test_an_unknown_link_says_so(db, token):
    response = client_of().get(f"/invitations/{token}/")
    assert response.status_code == 404
    assert "Ce lien d’invitation n’existe pas" in response.content.decode()


def test_a_member_keeps_the_role_already_held(karim, fabrique, lea):
    invitations.invite(fabrique, email="nora@exemple.fr", role=Role.OWNER, by=lea)
    karim.email = "nora@exemple.fr"
    karim.save()
    invitations.accept(fabrique.invitations.get(), by=karim)
    assert role_of(karim, fabrique) == [Role.CONTRIBUTOR]


def test_of_two_acceptances_one_succeeds(nora, link, fabrique):
    invitation = invitations.find(link.split("/")[2])
    fabrique.invitations.update(accepted_at=timezone.now())
    with pytest.raises(invitations.NotOpen) as refusal:
        invitations.accept(invitation, by=nora)
    assert refusal.value.state == invitations.USED
    assert role_of(nora, fabrique) == []
    assert connection.in_atomic_block


def test_an_owner_who_leaves_takes_the_pending_ones_away(nora, link, fabrique, lea, karim):
    fabrique.memberships.filter(user=karim).update(role=Role.OWNER)
    client_of(lea).post(f"/structures/{fabrique.pk}/equipe/{fabrique.memberships.get(user=lea).pk}/retirer/")
    assert client_of(nora).post(link).status_code == 410


def test_asking_again_tells_the_owners_once_an_hour(link, fabrique, lea, karim):
    for _ in range(2):
        assert client_of().post(f"{link}redemander/").headers["Location"] == link
    [message] = mail.outbox
    assert message.to == [lea.email]
    assert "nora@exemple.fr n’a pas pu accepter votre invitation" in message.body


def test_asking_again_takes_a_post_and_a_known_link(link):
    assert client_of().get(f"{link}redemander/").status_code == 405
    assert client_of().post("/invitations/inconnu/redemander/").status_code == 404
