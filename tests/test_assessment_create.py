"""Opening a dossier from the screen: proposals, the first site and service, the edition, eligibility."""

from datetime import date

import pytest
from django.urls import reverse

from assessments.models import Assessment
from certif.accounts.models import Service
from certif.dates import today
from tests.factories import join, make_edition, make_service, make_structure, make_user, seal
from tests.people import client_of


def url(structure) -> str:
    return reverse("assessment_create", args=[structure.pk])


def page(response) -> str:
    return response.content.decode()


def post(user, structure, edition, **changes):
    data = {
        "title": "Auto-évaluation 2027",
        "audit_kind": "initial",
        "audit_on": "2027-03-16",
        "edition": edition.pk,
    } | changes
    return client_of(user).post(url(structure), data)


def test_what_is_proposed(fabrique, edition, lea):
    service = make_service(fabrique, "Médiation de nuit")
    make_service(fabrique, "Arrêté", ended_on=today())
    form = client_of(lea).get(url(fabrique)).context["form"]
    assert form["title"].value() == f"Auto-évaluation {today().year}"
    assert (form["edition"].value(), form.chosen_services) == (edition.pk, {str(service.pk)})


def test_a_dossier_is_opened(fabrique, edition, karim):
    service = make_service(fabrique)
    response = post(karim, fabrique, edition, services=[service.pk], **{"eligibilite-ELI-01": "constituee"})
    opened = Assessment.objects.get()
    assert (response.status_code, response.url) == (302, f"/dossiers/{opened.pk}/")
    assert (opened.edition, opened.audit_on, list(opened.services.all())) == (edition, date(2027, 3, 16), [service])
    assert (opened.eligibility, opened.answers.count()) == ({"ELI-01": "constituee"}, 8)


def test_a_newcomer_names_a_first_site_and_service(fabrique, edition, lea):
    assert "Premier site" in page(client_of(lea).get(url(fabrique)))
    post(lea, fabrique, edition, site_name="Centre", service_name="Médiation de nuit")
    service = Service.objects.get()
    assert (service.name, service.site.name, service.site.structure) == ("Médiation de nuit", "Centre", fabrique)
    assert list(Assessment.objects.get().services.all()) == [service]


def test_the_step_may_be_skipped(fabrique, edition, lea):
    assert post(lea, fabrique, edition, site_name="", service_name="").status_code == 302
    assert list(Assessment.objects.get().services.all()) == []


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ({"site_name": "Centre"}, "Nommez aussi le dispositif qui s’y trouve."),
        ({"service_name": "Nuit"}, "Nommez aussi le site où il se trouve."),
        ({"site_name": "x" * 201, "service_name": "Nuit"}, "201 caractères"),
    ],
)
def test_half_a_service_is_refused(fabrique, edition, lea, names, said):
    response = post(lea, fabrique, edition, **names)
    assert (response.status_code, said in page(response)) == (422, True)
    assert (Assessment.objects.count(), Service.objects.count()) == (0, 0)


def test_a_contributor_does_not_create_services(fabrique, edition, karim):
    post(karim, fabrique, edition, site_name="Centre", service_name="Nuit")
    assert (Service.objects.count(), Assessment.objects.count()) == (0, 1)


def test_the_same_form_sent_twice_opens_one_dossier(fabrique, edition, lea):
    names = {"site_name": "Centre", "service_name": "Nuit"}
    first, second = post(lea, fabrique, edition, **names), post(lea, fabrique, edition, **names)
    assert first.url == second.url
    assert (Assessment.objects.count(), Service.objects.count()) == (1, 1)


def test_the_edition_is_chosen_among_the_published_ones(fabrique, edition, lea):
    newer = make_edition(sealed=False)
    seal(newer, date(2026, 6, 1))
    draft = make_edition(sealed=False)
    response = client_of(lea).get(url(fabrique))
    assert response.context["editions"] == [newer, edition]
    assert response.context["form"]["edition"].value() == newer.pk
    refused = post(lea, fabrique, draft)
    assert (refused.status_code, "n’est pas publiée" in page(refused), Assessment.objects.count()) == (422, True, 0)
    post(lea, fabrique, edition)
    assert Assessment.objects.get().edition == edition


@pytest.mark.parametrize("chosen", ["", "x", "999999", "9" * 30])
def test_an_edition_of_nowhere_is_refused(fabrique, edition, lea, chosen):
    response = client_of(lea).post(url(fabrique), {"title": "Mon titre", "audit_kind": "initial", "edition": chosen})
    assert (response.status_code, 'value="Mon titre"' in page(response), Assessment.objects.count()) == (422, True, 0)


def test_a_blocking_answer_opens_the_dossier_and_says_so(fabrique, edition, lea):
    client = client_of(lea)
    data = {"title": "D", "audit_kind": "initial", "edition": edition.pk, "eligibilite-ELI-01": "aucune"}
    response = client.post(url(fabrique), data)
    shown = client.get(reverse("scope", args=[Assessment.objects.get().pk]))
    assert response.status_code == 302
    assert "1\u00a0réponse d’éligibilité empêche de demander la certification" in page(shown)


def test_a_service_of_another_structure_is_refused(fabrique, edition, lea, passeurs):
    response = post(lea, fabrique, edition, services=[make_service(passeurs).pk])
    assert (response.status_code, Assessment.objects.count()) == (422, 0)


def test_without_any_edition_the_page_says_so(fabrique, lea):
    assert "Aucune édition de la norme n’est publiée" in page(client_of(lea).get(url(fabrique)))
    assert client_of(lea).post(url(fabrique), {"title": "D", "audit_kind": "initial"}).status_code == 422


def test_who_may_not(fabrique, edition, lise, oscar, adele, reseau):
    for user, status in ((lise, 403), (oscar, 404), (adele, 404)):
        assert client_of(user).get(url(fabrique)).status_code == status
        assert post(user, fabrique, edition).status_code == status
    assert client_of().get(url(fabrique)).url.startswith("/connexion/")
    assert Assessment.objects.count() == 0


def test_a_role_elsewhere_gives_none_here(fabrique, edition, lise):
    """Owner of another structure, reader of this one."""
    make_structure(owner=lise)
    assert post(lise, fabrique, edition).status_code == 403


def test_an_owner_of_two_structures_opens_in_the_right_one(fabrique, edition):
    both = make_user()
    join(fabrique, both)
    other = make_structure(owner=both)
    post(both, other, edition)
    assert Assessment.objects.get().structure == other
