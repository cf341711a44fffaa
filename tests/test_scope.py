"""What a dossier covers: title, audit, services, eligibility; the edition never moves, and a stale form overwrites nobody."""

from datetime import date

import pytest
from django.urls import reverse

from assessments.dossiers import stamp
from assessments.enums import Status
from assessments.models import Assessment, Event, RegisterDeclaration, Share
from certif.dates import today
from tests.factories import declare, make_assessment, make_edition, make_service
from tests.people import client_of


@pytest.fixture
def night(dossier):
    return dossier.services.get()


def url(dossier) -> str:
    return reverse("scope", args=[dossier.pk])


def page(response) -> str:
    return response.content.decode()


def post(user, dossier, **changes):
    data = {
        "title": dossier.title,
        "audit_kind": "initial",
        "audit_on": "",
        "services": [service.pk for service in dossier.services.order_by("pk")],
        "based_on": stamp(dossier),
    } | changes
    return client_of(user).post(url(dossier), data)


def test_everything_changes_but_the_edition(dossier, night, karim):
    school = make_service(night.site, "Médiation scolaire")
    response = post(
        karim, dossier, title=" Dossier 2028 ", audit_kind="intermediaire", audit_on="16/03/2028", services=[school.pk],
        **{"eligibilite-ELI-01": "constituee", "edition": make_edition().pk},
    )  # fmt: skip
    assert (response.status_code, response.url) == (302, url(dossier))
    stored = Assessment.objects.get(pk=dossier.pk)
    assert (stored.title, stored.audit_kind, stored.audit_on) == ("Dossier 2028", "intermediaire", date(2028, 3, 16))
    assert (list(stored.services.all()), stored.eligibility) == ([school], {"ELI-01": "constituee"})
    assert stored.edition == dossier.edition
    event = Event.objects.get()
    assert (event.verb, event.before["titre"], event.after["titre"]) == (
        "perimetre_modifie",
        "Auto-évaluation 2027",
        "Dossier 2028",
    )


def test_a_service_that_leaves_the_perimeter_leaves_the_registers(dossier, night, lea):
    school = make_service(night.site, "Médiation scolaire")
    dossier.services.add(school)
    declare(dossier, "REG-1", services=[night, school])
    post(lea, dossier, services=[school.pk])
    assert list(RegisterDeclaration.objects.get().services.all()) == [school]


def test_the_same_form_sent_twice_is_one_event(dossier, lea):
    based_on = stamp(dossier)
    answers = [post(lea, dossier, title="Autre titre", based_on=based_on) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert Event.objects.count() == 1


def test_a_stale_form_overwrites_nobody(dossier, lea, karim):
    based_on = stamp(dossier)
    post(karim, dossier, title="Titre de Karim")
    response = post(lea, dossier, title="Titre de Léa", based_on=based_on)
    assert response.status_code == 409
    assert ("Titre de Karim" in page(response), 'value="Titre de Léa"' in page(response)) == (True, True)
    assert Assessment.objects.get().title == "Titre de Karim"
    again = post(lea, dossier, title="Titre de Léa", based_on=response.context["current_stamp"])
    assert (again.status_code, Assessment.objects.get().title) == (302, "Titre de Léa")


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("title", "", "Donnez un titre au dossier."),
        ("title", "x" * 301, "301 caractères"),
        ("audit_on", "31/02/2027", "celle-ci n’existe pas"),
        ("audit_kind", "surprise", "surprise"),
        ("services", ["999999"], "n’appartient pas à votre structure"),
        ("services", ["x"], "n’appartient pas à votre structure"),
        ("services", ["9" * 30], "n’appartient pas à votre structure"),
        ("eligibilite-ELI-01", "inventée", "Choisissez l’une des réponses proposées."),
    ],
)
def test_a_wrong_field_is_said_and_nothing_changes(dossier, lea, field, value, said):
    response = post(lea, dossier, **{field: value})
    assert (response.status_code, said in page(response)) == (422, True)
    assert Event.objects.count() == 0


def test_a_service_of_another_structure_is_refused(dossier, night, lea, passeurs):
    response = post(lea, dossier, services=[night.pk, make_service(passeurs, "Ailleurs").pk])
    assert (response.status_code, "Ailleurs" in page(response)) == (422, False)
    assert list(dossier.services.all()) == [night]


def test_a_taken_title_is_refused(dossier, fabrique, edition, lea):
    make_assessment(fabrique, edition, title="Ancien")
    response = post(lea, dossier, title="Ancien")
    assert (response.status_code, "porte déjà ce titre" in page(response)) == (422, True)


def test_a_service_that_ended_is_proposed_only_where_it_is(dossier, night, lea):
    night.ended_on = today()
    night.save()
    make_service(night.site, "Arrêté ailleurs", ended_on=today())
    shown = page(client_of(lea).get(url(dossier)))
    assert ("Médiation de nuit" in shown, "Arrêté ailleurs" in shown) == (True, False)


def test_a_blocking_answer_is_explained(dossier, lea):
    post(lea, dossier, **{"eligibilite-ELI-01": "aucune"})
    shown = page(client_of(lea).get(url(dossier)))
    assert "Un collectif sans personnalité : ce qu’il faut faire." in shown
    assert client_of(lea).get(url(dossier)).context["said"][0]["blocks"]


def test_who_reads_and_who_may_not(dossier, lise, adele, reseau, oscar):
    Share.objects.create(assessment=dossier, network=reseau)
    for user, reading, writing in ((lise, 200, 403), (adele, 200, 403), (oscar, 404, 404)):
        shown = client_of(user).get(url(dossier))
        assert (shown.status_code, "Enregistrer le périmètre" in page(shown)) == (reading, False)
        assert post(user, dossier, title="Volé").status_code == writing
    assert client_of().get(url(dossier)).url.startswith("/connexion/")
    assert Assessment.objects.get().title == "Auto-évaluation 2027"


def test_a_closed_dossier_answers_409(dossier, lea):
    Assessment.objects.update(status=Status.CLOSED)
    response = post(lea, dossier, title="Autre")
    assert (response.status_code, "n’est plus modifiable" in page(response)) == (409, True)
    assert Assessment.objects.get().title == "Auto-évaluation 2027"
