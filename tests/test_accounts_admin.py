"""The platform’s administration of people and networks."""

import pytest
from django.test import Client

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


def test_a_network_is_made_with_its_advisors_and_structures(admin, adele, fabrique):
    empty = {"INITIAL_FORMS": "0", "MIN_NUM_FORMS": "0", "MAX_NUM_FORMS": "1000", "TOTAL_FORMS": "1"}
    data = {"name": "Réseau"}
    data |= {f"memberships-{name}": value for name, value in empty.items()}
    data |= {f"affiliations-{name}": value for name, value in empty.items()}
    data |= {"memberships-0-user": adele.pk, "memberships-0-role": "advisor", "affiliations-0-structure": fabrique.pk}
    admin.post("/admin/accounts/network/add/", data)
    network = Network.objects.get()
    assert [(member.user, member.role) for member in network.memberships.all()] == [(adele, "advisor")]
    assert [row.structure for row in network.affiliations.all()] == [fabrique]


@pytest.mark.parametrize("listing", ["user", "structure", "network"])
def test_the_lists_open(admin, fabrique, reseau, listing):
    assert admin.get(f"/admin/accounts/{listing}/").status_code == 200


def test_it_is_closed_to_everyone_else(lea, ines, fabrique):
    path = "/admin/accounts/user/"
    assert [client_of(user).get(path, follow=True).status_code for user in (lea, ines)] == [403, 403]
    assert client_of().get(path, follow=True).redirect_chain[-1][0].startswith("/connexion/?next=")
