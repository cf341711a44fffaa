"""Describing a structure anew."""

from tests.people import client_of

GOOD = {"name": "La Grande Fabrique", "kind": "gip", "city": "Lille", "mediator_count": "40"}


def edit(user, structure, **changes):
    return client_of(user).post(f"/structures/{structure.pk}/modifier/", GOOD | changes)


def test_it_works(lea, fabrique):
    assert edit(lea, fabrique).headers["Location"] == f"/structures/{fabrique.pk}/"
    fabrique.refresh_from_db()
    kept = (fabrique.name, fabrique.kind, fabrique.city, fabrique.mediator_count)
    assert kept == ("La Grande Fabrique", "gip", "Lille", 40)


def test_the_logo_survives(lea, fabrique):
    fabrique.logo = b"PNG"
    fabrique.save()
    edit(lea, fabrique)
    fabrique.refresh_from_db()
    assert bytes(fabrique.logo) == b"PNG"


def test_a_neighbour_may_not(karim, lise, fabrique):
    assert [edit(user, fabrique).status_code for user in (karim, lise)] == [403, 403]


def test_a_stranger_finds_nothing(oscar, adele, reseau, fabrique):
    assert [edit(user, fabrique).status_code for user in (oscar, adele)] == [404, 404]


def test_anonymous_goes_to_login(fabrique):
    path = f"/structures/{fabrique.pk}/modifier/"
    assert client_of().post(path, GOOD).headers["Location"] == f"/connexion/?next={path}"


def test_bad_input_is_kept_and_nothing_changes(lea, fabrique):
    response = edit(lea, fabrique, name="x" * 201)
    assert response.status_code == 422
    assert response.context["form"]["name"].value() == "x" * 201
    fabrique.refresh_from_db()
    assert fabrique.name == "La Fabrique"
