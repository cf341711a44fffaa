"""A person’s own page."""

import pytest

from certif.accounts.models import Role
from tests.factories import join, make_structure
from tests.people import client_of


def test_it_shows_who_i_am_and_where_i_work(lea, fabrique, passeurs):
    join(make_structure("Annexe"), lea, Role.READER)
    page = client_of(lea).get("/mon-compte/").content.decode()
    assert [words in page for words in ("lea@fabrique.fr", "La Fabrique", "Annexe", "Pas activée")] == [True] * 4
    assert "Les Passeurs" not in page


def test_the_name_changes(lea):
    response = client_of(lea).post("/mon-compte/", {"name": " Léa\tMartin-Roy ", "email": "x@x.fr", "is_staff": "on"})
    assert response.headers["Location"] == "/mon-compte/"
    lea.refresh_from_db()
    assert (lea.name, lea.email, lea.is_staff) == ("Léa Martin-Roy", "lea@fabrique.fr", False)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("", "Ce champ est obligatoire."),
        ("x" * 201, "Ce texte compte 201 caractères"),
        ("\u202e", "Ce champ est obligatoire."),
    ],
)
def test_bad_input_is_said_in_french_and_kept(lea, name, said):
    response = client_of(lea).post("/mon-compte/", {"name": name})
    page = response.content.decode()
    assert response.status_code == 422
    assert said in page
    assert response.context["form"]["name"].value() == name
    assert "Léa Martin</a>" in page
    lea.refresh_from_db()
    assert lea.name == "Léa Martin"


def test_an_advisor_sees_the_network(adele, reseau):
    assert "Réseau des médiateurs" in client_of(adele).get("/mon-compte/").content.decode()


def test_anonymous_goes_to_login(db):
    assert client_of().get("/mon-compte/").headers["Location"] == "/connexion/?next=/mon-compte/"
