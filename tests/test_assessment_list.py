"""Home once signed in: straight to the only dossier, else the list; where to begin for a newcomer."""

import pytest
from django.urls import reverse

from assessments.models import Share
from tests.factories import affiliate, make_assessment, make_network, make_service, make_structure, make_user
from tests.people import client_of

URL = "/dossiers/"


def page(response) -> str:
    return response.content.decode()


def titles(response) -> list[list[str]]:
    return [[row.assessment.title for row in rows] for _structure, rows, _may_open in response.context["groups"]]


def test_one_dossier_is_opened_at_once(dossier, lea, lise):
    assert [client_of(user).get(URL).url for user in (lea, lise)] == [f"/dossiers/{dossier.pk}/"] * 2


def test_the_list_can_still_be_asked_for(dossier, lea):
    response = client_of(lea).get(URL + "?liste")
    assert titles(response) == [["Auto-évaluation 2027"]]
    assert f'href="{reverse("assessment_create", args=[dossier.structure_id])}"' in page(response)


def test_several_dossiers_are_listed_by_structure(dossier, fabrique, edition, lea):
    make_assessment(fabrique, edition, title="Plus récente")
    second = make_structure("Autre structure", owner=lea)
    response = client_of(lea).get(URL)
    assert [structure for structure, _rows, _may in response.context["groups"]] == [second, fabrique]
    assert titles(response) == [[], ["Plus récente", "Auto-évaluation 2027"]]


def test_a_reader_opens_no_dossier(dossier, lise):
    assert "Ouvrir un dossier" not in page(client_of(lise).get(URL + "?liste"))


def test_nobody_sees_the_dossiers_of_others(dossier, oscar, ines):
    for user in (oscar, ines):
        assert "Auto-évaluation 2027" not in page(client_of(user).get(URL + "?liste"))


def test_an_unknown_visitor_goes_to_login(db):
    assert client_of().get(URL).url == "/connexion/?next=/dossiers/"


def test_writing_is_refused(lea):
    assert client_of(lea).post(URL).status_code == 405


# --- Advisors ---------------------------------------------------------------------------------


def test_an_advisor_sees_shared_dossiers(dossier, fabrique, edition, adele, reseau):
    make_assessment(fabrique, edition, title="Non partagé")
    Share.objects.create(assessment=dossier, network=reseau)
    response = client_of(adele).get(URL + "?liste")
    assert [row.assessment for row in response.context["shared"]] == [dossier]
    assert "Non partagé" not in page(response)


def test_a_withdrawn_share_leaves_the_list(dossier, adele, reseau):
    Share.objects.create(assessment=dossier, network=reseau, revoked_at=dossier.created_at)
    response = client_of(adele).get(URL)
    assert response.context["shared"] == []
    assert "Aucune structure ne partage de dossier" in page(response)


def test_a_dossier_of_ones_own_is_listed_once(dossier, fabrique, lea):
    affiliate(fabrique, network := make_network(advisor=lea))
    Share.objects.create(assessment=dossier, network=network)
    response = client_of(lea).get(URL + "?liste")
    assert (titles(response), response.context["shared"]) == ([["Auto-évaluation 2027"]], [])


# --- The newcomer -----------------------------------------------------------------------------


def test_without_a_structure_one_creates_it(db):
    response = client_of(make_user()).get(URL)
    assert response.context["start"]["current"] == 0
    assert f'class="btn btn-next btn-wide" href="{reverse("structure_create")}"' in page(response)


@pytest.mark.parametrize("services", [False, True])
def test_with_a_structure_one_opens_a_dossier(passeurs, oscar, services):
    if services:
        make_service(passeurs)
    response = client_of(oscar).get(URL)
    start = response.context["start"]
    assert (start["structure"], start["current"], start["has_services"]) == (passeurs, 2, services)
    assert f'class="btn btn-next btn-wide" href="{reverse("assessment_create", args=[passeurs.pk])}"' in page(response)


def test_a_reader_without_a_dossier_is_told_who_opens_it(fabrique, lise):
    shown = page(client_of(lise).get(URL))
    assert ("Vous êtes lecteur de cette structure" in shown, "btn-next" in shown) == (True, False)


def test_thirty_dossiers_cost_what_two_cost(
    fabrique, edition, lea, django_assert_max_num_queries, django_assert_num_queries
):
    make_assessment(fabrique, edition, title="a")
    make_assessment(fabrique, edition, title="b")
    client = client_of(lea)
    client.get(URL)
    with django_assert_max_num_queries(20) as few:
        client.get(URL)
    for number in range(28):
        make_assessment(fabrique, edition, title=str(number))
    with django_assert_num_queries(len(few)):
        client.get(URL)
