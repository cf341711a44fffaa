"""The team of a structure: roles change, people leave, an owner always remains."""

import pytest

from assessments.models import Event
from certif.accounts.models import Role
from tests.factories import join, make_user
from tests.people import client_of


@pytest.fixture
def team(fabrique, lea, karim, lise):
    return {member.user: member for member in fabrique.memberships.all()}


def change(user, member, role):
    return client_of(user).post(f"/structures/{member.structure_id}/equipe/{member.pk}/role/", {"role": role})


def remove(user, member):
    return client_of(user).post(f"/structures/{member.structure_id}/equipe/{member.pk}/retirer/")


def roles(structure):
    return {member.user.get_short_name(): member.role for member in structure.memberships.all()}


ALL = {"Léa": Role.OWNER, "Karim": Role.CONTRIBUTOR, "Lise": Role.READER}


def test_an_owner_changes_a_role(team, lea, karim, fabrique):
    response = change(lea, team[karim], Role.OWNER)
    assert response.headers["Location"] == f"/structures/{fabrique.pk}/#equipe"
    assert roles(fabrique) == ALL | {"Karim": Role.OWNER}
    event = Event.objects.get()
    assert (event.verb, event.actor, event.structure) == ("role", lea, fabrique)
    assert (event.before, event.after) == ({"personne": karim.pk, "role": "contributor"}, {"role": "owner"})


def test_an_owner_removes_a_member_and_access_ends_at_once(team, lea, karim, fabrique):
    client = client_of(karim)
    assert client.get(f"/structures/{fabrique.pk}/").status_code == 200
    assert remove(lea, team[karim]).status_code == 302
    assert client.get(f"/structures/{fabrique.pk}/").status_code == 404
    assert roles(fabrique) == {"Léa": Role.OWNER, "Lise": Role.READER}


def test_anyone_may_leave(team, lise, fabrique):
    assert remove(lise, team[lise]).headers["Location"] == "/structures/"
    assert roles(fabrique) == {"Léa": Role.OWNER, "Karim": Role.CONTRIBUTOR}


def test_the_last_owner_stays_and_stays_owner(team, lea, fabrique):
    for response in (remove(lea, team[lea]), change(lea, team[lea], Role.READER)):
        assert response.status_code == 409
        assert "nommez d’abord une autre personne responsable" in response.content.decode()
    assert roles(fabrique) == ALL


def test_with_two_owners_one_may_leave(team, lea, fabrique):
    join(fabrique, make_user(name="Nora"), Role.OWNER)
    assert remove(lea, team[lea]).status_code == 302
    assert roles(fabrique) == {"Karim": Role.CONTRIBUTOR, "Lise": Role.READER, "Nora": Role.OWNER}


def test_a_neighbour_may_not(team, karim, lise, lea, fabrique):
    for user in (karim, lise):
        assert change(user, team[user], Role.OWNER).status_code == 403
        assert remove(user, team[lea]).status_code == 403
    assert roles(fabrique) == ALL


def test_a_stranger_finds_nothing(team, oscar, adele, reseau, karim, fabrique):
    for user in (oscar, adele):
        assert change(user, team[karim], Role.OWNER).status_code == 404
        assert remove(user, team[karim]).status_code == 404
    assert roles(fabrique) == ALL


def test_the_members_of_others_are_not_found(team, lea, karim, passeurs, fabrique):
    foreign = passeurs.memberships.get()
    for verb in ("role", "retirer"):
        path = f"/structures/{fabrique.pk}/equipe/{foreign.pk}/{verb}/"
        assert client_of(lea).post(path, {"role": Role.READER}).status_code == 404
    foreign.refresh_from_db()
    assert foreign.role == Role.OWNER


def test_anonymous_goes_to_login_and_get_is_refused(team, karim, lea, fabrique):
    for verb in ("role", "retirer"):
        path = f"/structures/{fabrique.pk}/equipe/{team[karim].pk}/{verb}/"
        assert client_of().post(path).headers["Location"] == f"/connexion/?next={path}"
        assert client_of(lea).get(path).status_code == 405


def test_an_unknown_role_is_refused_in_french(team, lea, karim, fabrique):
    response = change(lea, team[karim], "roi")
    assert response.status_code == 422
    assert "Sélectionnez un choix valide. roi n’en fait pas partie." in response.content.decode()
    assert roles(fabrique) == ALL
