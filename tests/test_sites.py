"""Sites and services of a structure: added, renamed, closed, deleted while unused."""

from datetime import date

import pytest

from certif.accounts.models import Service, Site
from tests.factories import declare, make_assessment, make_service, make_site
from tests.people import client_of


@pytest.fixture
def site(fabrique):
    return make_site(fabrique, "Centre", city="Villeneuve")


@pytest.fixture
def service(site):
    return make_service(site, "Médiation de nuit")


@pytest.fixture
def elsewhere(passeurs):
    return make_service(make_site(passeurs, "Quai"), "Ronde")


def post(user, structure, path, **data):
    return client_of(user).post(f"/structures/{structure.pk}/{path}", data)


def test_a_site_is_added_and_renamed(lea, fabrique):
    response = post(lea, fabrique, "sites/", name="Nord", city="Lille")
    assert response.headers["Location"] == f"/structures/{fabrique.pk}/#sites"
    site = fabrique.sites.get()
    post(lea, fabrique, f"sites/{site.pk}/", name="Antenne nord", city="")
    site.refresh_from_db()
    assert (site.name, site.city) == ("Antenne nord", "")


def test_a_service_is_added_renamed_and_closed(lea, fabrique, site):
    post(lea, fabrique, f"sites/{site.pk}/dispositifs/", name="Ronde", description="Le soir")
    service = site.services.get()
    assert (service.name, service.description, service.ended_on) == ("Ronde", "Le soir", None)
    post(lea, fabrique, f"dispositifs/{service.pk}/", name="Ronde du soir", description="", ended_on="31/12/2026")
    service.refresh_from_db()
    assert (service.name, service.description, service.ended_on) == ("Ronde du soir", "", date(2026, 12, 31))


def test_unused_ones_are_deleted(lea, fabrique, site, service):
    post(lea, fabrique, f"dispositifs/{service.pk}/supprimer/")
    assert not Service.objects.exists()
    make_service(site)
    post(lea, fabrique, f"sites/{site.pk}/supprimer/")
    assert not Site.objects.exists()


def test_what_serves_in_a_dossier_stays(lea, fabrique, site, service, edition):
    make_assessment(fabrique, edition, services=[service])
    response = post(lea, fabrique, f"dispositifs/{service.pk}/supprimer/")
    assert response.status_code == 409
    assert "Ce dispositif sert dans un dossier" in response.content.decode()
    response = post(lea, fabrique, f"sites/{site.pk}/supprimer/")
    assert response.status_code == 409
    assert "Ce site ne peut pas être supprimé" in response.content.decode()
    assert Service.objects.get() == service


def test_what_serves_in_a_register_stays(lea, fabrique, service, edition):
    declare(make_assessment(fabrique, edition), "REG-1", services=[service])
    assert post(lea, fabrique, f"dispositifs/{service.pk}/supprimer/").status_code == 409
    assert Service.objects.get() == service


PATHS = (
    "sites/", "sites/{site}/", "sites/{site}/supprimer/", "sites/{site}/dispositifs/",
    "dispositifs/{service}/", "dispositifs/{service}/supprimer/",
)  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_who_may(path, fabrique, service, karim, lise, oscar, adele, reseau):
    path = path.format(site=service.site_id, service=service.pk)
    answers = [post(user, fabrique, path, name="Autre").status_code for user in (karim, lise, oscar, adele)]
    assert answers == [403, 403, 404, 404]
    address = f"/structures/{fabrique.pk}/{path}"
    assert client_of().post(address).headers["Location"] == f"/connexion/?next={address}"
    assert client_of(oscar).get(address).status_code == 405
    assert [(row.name, row.site.name) for row in Service.objects.all()] == [("Médiation de nuit", "Centre")]


@pytest.mark.parametrize("path", PATHS[1:])
def test_the_rows_of_others_are_not_found(path, lea, fabrique, elsewhere):
    path = path.format(site=elsewhere.site_id, service=elsewhere.pk)
    assert post(lea, fabrique, path, name="À moi").status_code == 404
    elsewhere.refresh_from_db()
    assert (elsewhere.name, elsewhere.site.name) == ("Ronde", "Quai")


def test_a_foreign_site_in_the_body_is_ignored(lea, fabrique, service, elsewhere):
    post(lea, fabrique, f"dispositifs/{service.pk}/", name="Nuit", site=elsewhere.site_id, site_id=elsewhere.site_id)
    service.refresh_from_db()
    assert service.site.structure == fabrique


@pytest.mark.parametrize(
    ("path", "data", "said"),
    [
        ("sites/", {"name": "x" * 201}, "Ce texte compte 201 caractères\u00a0: la limite est de 200."),
        ("sites/", {"name": ""}, "Ce champ est obligatoire."),
        ("sites/", {"name": "Centre"}, "Un site de la structure porte déjà ce nom."),
        ("sites/{site}/", {"name": "\x07"}, "Ce champ est obligatoire."),
        ("sites/{site}/dispositifs/", {"name": "Médiation de nuit"}, "Un dispositif de ce site porte déjà ce nom."),
        ("sites/{site}/dispositifs/", {"name": "a", "description": "🙂" * 301}, "la limite est de 300."),
        ("dispositifs/{service}/", {"name": "a", "ended_on": "31 février"}, "Indiquez une date"),
    ],
)
def test_bad_input_is_said_in_french_and_kept(path, data, said, lea, fabrique, service):
    response = post(lea, fabrique, path.format(site=service.site_id, service=service.pk), **data)
    page = response.content.decode()
    assert response.status_code == 422
    assert said in page
    typed = data["name"].strip("\x07")
    assert typed == "" or f'value="{typed}"' in page
    assert [(row.name, row.site.name) for row in Service.objects.all()] == [("Médiation de nuit", "Centre")]


def test_sent_twice_it_makes_one_site(lea, fabrique):
    statuses = [post(lea, fabrique, "sites/", name="Nord").status_code for _ in range(2)]
    assert (statuses, fabrique.sites.count()) == ([302, 422], 1)
