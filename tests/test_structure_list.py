"""The structures of a person, and the way in for who has none."""

from certif.accounts.models import Role
from tests.factories import join, make_structure
from tests.people import client_of


def names(response):
    return [structure.name for structure in response.context["structures"]]


def test_it_lists_mine_and_only_mine(lea, fabrique, passeurs):
    annexe = make_structure("Annexe")
    join(annexe, lea, Role.READER)
    response = client_of(lea).get("/structures/")
    assert names(response) == ["Annexe", "La Fabrique"]
    assert "Les Passeurs" not in response.content.decode()


def test_an_advisor_is_told_where_the_dossiers_are(adele, reseau):
    response = client_of(adele).get("/structures/")
    assert names(response) == []
    page = response.content.decode()
    assert "Réseau des médiateurs" in page
    assert "Créer ma structure" not in page


def test_who_has_none_is_guided(ines):
    page = client_of(ines).get("/structures/").content.decode()
    assert "Créer ma structure" in page
    assert "vous inviter à l’adresse <strong>ines@certif.fr</strong>" in page


def test_anonymous_goes_to_login(db):
    assert client_of().get("/structures/").headers["Location"] == "/connexion/?next=/structures/"


def test_post_is_refused(lea):
    assert client_of(lea).post("/structures/").status_code == 405


def test_thirty_structures_cost_what_one_does(lea, fabrique, django_assert_num_queries):
    client = client_of(lea)
    client.get("/structures/")  # writes the session
    with django_assert_num_queries(4):
        client.get("/structures/")
    for _ in range(29):
        make_structure(owner=lea)
    with django_assert_num_queries(4):
        assert len(names(client.get("/structures/"))) == 30
