"""The page of a structure: its team, its sites, its services."""

import re

from tests.factories import join, make_assessment, make_service, make_site, make_structure, make_user
from tests.people import client_of


def test_the_owner_sees_everything_and_can_change_it(lea, karim, fabrique):
    make_service(make_site(fabrique, "Antenne nord", city="Villeneuve"), "Médiation de nuit")
    page = client_of(lea).get(f"/structures/{fabrique.pk}/").content.decode()
    people, places = ("Léa Martin", "Karim Benali"), ("Antenne nord", "Médiation de nuit")
    for words in (*people, *places, "Inviter une personne", "Ajouter un site"):
        assert words in page


def test_members_see_and_cannot_change(karim, lise, fabrique):
    make_service(make_site(fabrique, "Antenne nord"), "Médiation de nuit")
    for user in (karim, lise):
        page = client_of(user).get(f"/structures/{fabrique.pk}/").content.decode()
        assert "Médiation de nuit" in page
        actions = set(re.findall(r'action="(/structures/[^"]+)"', page))
        mine = fabrique.memberships.get(user=user)
        assert actions == {f"/structures/{fabrique.pk}/equipe/{mine.pk}/retirer/"}
        assert "Inviter une personne" not in page


def test_strangers_find_nothing(oscar, adele, reseau, fabrique):
    for user in (oscar, adele):
        assert client_of(user).get(f"/structures/{fabrique.pk}/").status_code == 404


def test_a_number_out_of_this_world_finds_nothing(lea, fabrique):
    assert client_of(lea).get(f"/structures/{10**30}/").status_code == 404


def test_leaving_works_on_the_next_request(karim, fabrique):
    client = client_of(karim)
    assert client.get(f"/structures/{fabrique.pk}/").status_code == 200
    fabrique.memberships.get(user=karim).delete()
    assert client.get(f"/structures/{fabrique.pk}/").status_code == 404


def test_anonymous_goes_to_login(fabrique):
    page = f"/structures/{fabrique.pk}/"
    assert client_of().get(page).headers["Location"] == f"/connexion/?next={page}"


def test_what_people_type_is_never_executed(lea, fabrique):
    make_service(make_site(fabrique, "<script>alert(1)</script>"), '{{ 7|add:7 }}"><img src=x>')
    page = client_of(lea).get(f"/structures/{fabrique.pk}/").content.decode()
    assert "<script>alert" not in page
    assert "<img src=x>" not in page


def test_thirty_rows_cost_what_one_does(lea, fabrique, django_assert_num_queries):
    client = client_of(lea)
    path = f"/structures/{fabrique.pk}/"
    make_service(make_site(fabrique))
    client.get(path)  # writes the session
    with django_assert_num_queries(11):
        client.get(path)
    for number in range(29):
        make_service(make_site(fabrique))
        join(fabrique, make_user(f"p{number}@exemple.fr"))
    with django_assert_num_queries(11):
        client.get(path)


def test_the_logo_is_never_read_for_the_page(lea, fabrique, django_assert_max_num_queries):
    client = client_of(lea)
    with django_assert_max_num_queries(50) as queries:
        client.get(f"/structures/{fabrique.pk}/")
    read = [query["sql"] for query in queries.captured_queries if re.search(r'"logo"(?! IS NOT NULL)', query["sql"])]
    assert read == []


def test_two_structures_of_one_person_do_not_mix(lea, fabrique):
    other = make_structure("Annexe", owner=lea)
    make_site(other, "Ailleurs")
    assert "Ailleurs" not in client_of(lea).get(f"/structures/{fabrique.pk}/").content.decode()


def test_without_a_dossier_the_next_step_is_to_open_one(lea, karim, lise, fabrique, edition):
    here, opening = f"/structures/{fabrique.pk}/", f"/structures/{fabrique.pk}/dossiers/nouveau/"
    shown = [opening in client_of(user).get(here).content.decode() for user in (lea, karim, lise)]
    assert shown == [True, True, False]
    make_assessment(fabrique, edition)
    page = client_of(lea).get(here).content.decode()
    assert (opening in page, "Voir les dossiers" in page) == (False, True)
