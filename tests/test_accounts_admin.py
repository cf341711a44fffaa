"""The platform’s administration of people and networks."""

import pytest
from django.test import Client

from assessments.models import Share
from certif.accounts.models import Network, User
from tests.factories import make_user
from tests.people import client_of


@pytest.fixture
def admin(db) -> Client:
    return client_of(make_user("admin@certif.fr", "Admin", is_staff=True, is_superuser=True))


def test_a_person_added_here_has_no_password_yet(admin):
    admin.post("/admin/accounts/user/add/", {"email": "Nora@Exemple.fr", "name": "Nora", "is_active": "on"})
    nora = User.objects.get(email="nora@exemple.fr")
    assert (nora.has_usable_password(), nora.is_staff, nora.is_active) == (False, False, True)


def rows(prefix, *given, initial=0):
    """What an inline of the administration sends."""
    sizes = {"INITIAL_FORMS": initial, "MIN_NUM_FORMS": 0, "MAX_NUM_FORMS": 1000, "TOTAL_FORMS": len(given)}
    data = {f"{prefix}-{name}": str(value) for name, value in sizes.items()}
    return data | {f"{prefix}-{n}-{name}": value for n, row in enumerate(given) for name, value in row.items()}


def people(network):
    return {member.user: member.role for member in network.memberships.select_related("user")}


def test_a_network_is_made_with_who_coordinates_it(admin, adele, fabrique):
    data = {"name": "Réseau"}
    data |= rows("memberships", {"user": adele.pk, "role": "coordinator"}) | rows("affiliations", {"structure": fabrique.pk})
    admin.post("/admin/accounts/network/add/", data)
    network = Network.objects.get()
    assert people(network) == {adele: "coordinator"}
    assert [row.structure for row in network.affiliations.all()] == [fabrique]
    adele.refresh_from_db()
    assert adele.accompanies is True


def test_a_network_without_a_coordinator_is_refused(admin, adele):
    data = {"name": "Réseau"} | rows("memberships", {"user": adele.pk, "role": "advisor"}) | rows("affiliations")
    page = admin.post("/admin/accounts/network/add/", data).content.decode()
    assert "Un réseau a toujours une personne au moins qui le coordonne." in page
    assert Network.objects.count() == 0


def test_one_coordinator_replaces_another_and_a_structure_goes_with_its_shares(admin, reseau, chloe, adele, fabrique, dossier):
    share = Share.objects.create(assessment=dossier, network=reseau)
    gone, row = reseau.memberships.get(user=chloe), reseau.affiliations.get()
    other = make_user("nour@reseau.fr", "Nour")
    data = {"name": reseau.name}
    data |= rows(
        "memberships",
        {"id": reseau.memberships.get(user=adele).pk, "network": reseau.pk},
        {"id": gone.pk, "network": reseau.pk, "DELETE": "on"},
        {"network": reseau.pk, "user": other.pk, "role": "coordinator"},
        initial=2,
    )
    data |= rows("affiliations", {"id": row.pk, "network": reseau.pk, "DELETE": "on"}, initial=1)
    response = admin.post(f"/admin/accounts/network/{reseau.pk}/change/", data)
    assert response.status_code == 302, response.context["errors"]
    assert people(reseau) == {adele: "advisor", other: "coordinator"}
    share.refresh_from_db()
    assert (reseau.affiliations.count(), share.revoked_at is None) == (0, False)
    marks = {user.email: user.accompanies for user in User.objects.filter(pk__in=[adele.pk, chloe.pk, other.pk])}
    assert marks == {adele.email: True, chloe.email: False, other.email: True}


def test_a_network_is_deleted_with_what_it_opened(admin, reseau, chloe, adele):
    admin.post(f"/admin/accounts/network/{reseau.pk}/delete/", {"post": "yes"})
    assert Network.objects.count() == 0
    assert User.objects.filter(accompanies=True).count() == 0


@pytest.mark.parametrize("listing", ["user", "structure", "network"])
def test_the_lists_open(admin, fabrique, reseau, listing):
    assert admin.get(f"/admin/accounts/{listing}/").status_code == 200


def test_it_is_closed_to_everyone_else(lea, ines, fabrique):
    path = "/admin/accounts/user/"
    assert [client_of(user).get(path, follow=True).status_code for user in (lea, ines)] == [403, 403]
    assert client_of().get(path, follow=True).redirect_chain[-1][0].startswith("/connexion/?next=")
