"""The people of the tests, introduced once: who they are and where they work."""

import pytest
from django.test import Client

from assessments.enums import Status
from assessments.models import Assessment, Share
from certif.accounts.models import Network, NetworkRole, Role, Structure, User
from referentiel.models import Edition
from tests.factories import (
    affiliate,
    answer_all,
    appoint,
    join,
    make_assessment,
    make_edition,
    make_network,
    make_service,
    make_site,
    make_structure,
    make_user,
)


def client_of(user: User | None = None) -> Client:
    """A browser where `user` is signed in, or a stranger’s."""
    client = Client()
    if user:
        client.force_login(user)
    return client


@pytest.fixture
def lea(db) -> User:
    """Owns La Fabrique."""
    return make_user("lea@fabrique.fr", "Léa Martin")


@pytest.fixture
def fabrique(lea) -> Structure:
    return make_structure("La Fabrique", owner=lea)


@pytest.fixture
def karim(fabrique) -> User:
    """Contributes at La Fabrique."""
    return _member(fabrique, "karim@fabrique.fr", "Karim Benali", Role.CONTRIBUTOR)


@pytest.fixture
def lise(fabrique) -> User:
    """Reads at La Fabrique."""
    return _member(fabrique, "lise@fabrique.fr", "Lise Petit", Role.READER)


def _member(structure: Structure, email: str, name: str, role: str) -> User:
    user = make_user(email, name)
    join(structure, user, role)
    return user


@pytest.fixture
def adele(db) -> User:
    """Advises the network of La Fabrique (see `reseau`)."""
    return make_user("adele@reseau.fr", "Adèle Roche")


@pytest.fixture
def reseau(adele, fabrique) -> Network:
    network = make_network("Réseau des médiateurs", advisor=adele)
    affiliate(fabrique, network)
    return network


@pytest.fixture
def chloe(reseau) -> User:
    """Coordinates the network of La Fabrique."""
    user = make_user("chloe@reseau.fr", "Chloé Ravel")
    appoint(reseau, user, NetworkRole.COORDINATOR)
    return user


@pytest.fixture
def thomas(reseau) -> User:
    """Advises with Adèle."""
    user = make_user("thomas@reseau.fr", "Thomas Guérin")
    appoint(reseau, user, NetworkRole.ADVISOR)
    return user


@pytest.fixture
def oscar(db) -> User:
    """Owns Les Passeurs, and works nowhere else."""
    user = make_user("oscar@passeurs.fr", "Oscar Weil")
    make_structure("Les Passeurs", owner=user)
    return user


@pytest.fixture
def passeurs(oscar) -> Structure:
    return oscar.structures.get()


@pytest.fixture
def ines(db) -> User:
    """Keeps the norm."""
    return make_user("ines@certif.fr", "Inès Nowak", is_norm_admin=True)


@pytest.fixture
def edition(db) -> Edition:
    return make_edition()


@pytest.fixture
def dossier(fabrique, edition, lea) -> Assessment:
    """A draft of La Fabrique, nothing answered, on one site with one service."""
    service = make_service(make_site(fabrique, "Centre", city="Villeneuve"), "Médiation de nuit")
    return make_assessment(fabrique, edition, services=[service], by=lea)


@pytest.fixture
def transmis(dossier, reseau, lea) -> Assessment:
    """The same, answered everywhere, shared with the network and transmitted."""
    answer_all(dossier, 3, by=lea)
    Share.objects.create(assessment=dossier, network=reseau, shared_by=lea)
    Assessment.objects.filter(pk=dossier.pk).update(status=Status.SUBMITTED)
    dossier.refresh_from_db()
    return dossier
