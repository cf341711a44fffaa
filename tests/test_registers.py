"""Registers of intervention: declared per service, proved by evidence, counted; withdrawn without losing anything."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from assessments import registers
from assessments.enums import Status
from assessments.models import Assessment, Event, Evidence, RegisterDeclaration, Share
from certif.dates import add_months, today
from referentiel.content import content_of
from tests.factories import answer, declare, make_evidence, make_service
from tests.people import client_of


@pytest.fixture
def night(dossier):
    return dossier.services.get()


def register(dossier, code: str = "REG-1"):
    return content_of(dossier.edition_id).register_by_code[code]


def held() -> dict:
    return {
        row.register.code: sorted(service.name for service in row.services.all())
        for row in RegisterDeclaration.objects.select_related("register")
    }


def url(dossier, code: str = "REG-1", name: str = "register_detail") -> str:
    return reverse(name, args=[dossier.pk, code])


def page(response) -> str:
    return response.content.decode()


# --- The verbs --------------------------------------------------------------------------------


def test_declaring_then_changing_then_withdrawing(dossier, night, lea):
    school = make_service(night.site, "Médiation scolaire")
    dossier.services.add(school)
    registers.declare(dossier, register(dossier), by=lea, services=[night])
    assert held() == {"REG-1": ["Médiation de nuit"]}
    registers.declare(dossier, register(dossier), by=lea, services=[night, school])
    registers.declare(dossier, register(dossier), by=lea, services=[school, night])
    assert held() == {"REG-1": ["Médiation de nuit", "Médiation scolaire"]}
    registers.withdraw(dossier, register(dossier), by=lea)
    registers.withdraw(dossier, register(dossier), by=lea)
    assert held() == {}
    events = Event.objects.order_by("pk").values_list("verb", "before", "after")
    both = sorted([night.pk, school.pk])
    assert list(events) == [
        ("registre_declare", {}, {"registre": "REG-1", "dispositifs": [night.pk]}),
        (
            "registre_declare",
            {"registre": "REG-1", "dispositifs": [night.pk]},
            {"registre": "REG-1", "dispositifs": both},
        ),
        ("registre_retire", {"registre": "REG-1", "dispositifs": both, "preuves": []}, {}),
    ]


def test_a_service_out_of_the_perimeter_is_refused(dossier, night, lea, passeurs):
    for service in (make_service(night.site), make_service(passeurs)):
        with pytest.raises(ValidationError):
            registers.declare(dossier, register(dossier), by=lea, services=[service])
    assert (held(), Event.objects.count()) == ({}, 0)


def test_a_closed_dossier_does_not_change(dossier, night, lea):
    declare(dossier, "REG-2", services=[night])
    Assessment.objects.update(status=Status.CLOSED)
    with pytest.raises(registers.RegistersFrozen):
        registers.declare(dossier, register(dossier), by=lea, services=[night])
    with pytest.raises(registers.RegistersFrozen):
        registers.withdraw(dossier, register(dossier, "REG-2"), by=lea)
    assert held() == {"REG-2": ["Médiation de nuit"]}


def test_withdrawing_keeps_the_evidence(dossier, lea, fabrique):
    declare(dossier, "REG-1", evidence=[make_evidence(fabrique)])
    registers.withdraw(dossier, register(dossier), by=lea)
    assert (Evidence.objects.count(), held()) == (1, {})


# --- The list ---------------------------------------------------------------------------------


def show(user, dossier):
    return client_of(user).get(reverse("registers", args=[dossier.pk]))


def test_each_tile_says_why(dossier, night, lea, fabrique):
    fresh = make_evidence(fabrique, effective_on=today())
    declare(dossier, "REG-1", services=[night], evidence=[fresh])
    declare(dossier, "REG-2", evidence=[fresh])
    declare(dossier, "REG-3", services=[night])
    declare(
        dossier, "REG-4", services=[night], evidence=[make_evidence(fabrique, effective_on=add_months(today(), -12))]
    )
    response = show(lea, dossier)
    reasons = [(register.code, coverage.reason) for register, coverage in response.context["registers"]][:5]
    assert reasons == [
        ("REG-1", None),
        ("REG-2", "sans_dispositif"),
        ("REG-3", "sans_preuve"),
        ("REG-4", "preuve_ancienne"),
        ("REG-5", "non_declare"),
    ]
    text = page(response).replace("\u00a0", " ")
    for said in (
        "Couvert · 1 dispositif",
        "Aucun dispositif rattaché",
        "Aucune preuve datée",
        "Preuve de plus de 12 mois",
        "Non déclaré",
    ):
        assert said in text
    assert "1 registre couvert sur 8" in text


@pytest.mark.parametrize(
    ("covered", "said"),
    [(4, "il en manque 1"), (5, "Le seuil de 5 est atteint, sans marge"), (7, "avec 2 registres de marge")],
)
def test_the_threshold_is_said(dossier, night, lea, fabrique, covered, said):
    fresh = make_evidence(fabrique, effective_on=today())
    for number in range(1, covered + 1):
        declare(dossier, f"REG-{number}", services=[night], evidence=[fresh])
    assert said in page(show(lea, dossier)).replace("\u00a0", " ")


@pytest.mark.parametrize(("level", "disagrees"), [(None, False), (2, False), (3, True)])
def test_the_rated_criterion_and_the_counter_are_compared(dossier, lea, level, disagrees):
    if level is not None:
        answer(dossier, "PER-08", level, by=lea)
    response = show(lea, dossier)
    assert response.context["rated"]["disagrees"] == disagrees
    assert f'href="/dossiers/{dossier.pk}/criteres/PER-08/"' in page(response)


def test_the_page_costs_the_same_with_all_registers(
    dossier, night, lea, fabrique, django_assert_max_num_queries, django_assert_num_queries
):
    client, address = client_of(lea), reverse("registers", args=[dossier.pk])
    declare(dossier, "REG-1", services=[night], evidence=[make_evidence(fabrique)])
    client.get(address)
    with django_assert_max_num_queries(40) as few:
        client.get(address)
    for number in range(2, 9):
        declare(dossier, f"REG-{number}", services=[night], evidence=[make_evidence(fabrique)])
    with django_assert_num_queries(len(few)):
        client.get(address)


# --- One register -----------------------------------------------------------------------------


def test_declaring_from_the_page(dossier, night, karim):
    response = client_of(karim).post(url(dossier), {"services": [night.pk]})
    assert (response.status_code, response.url) == (302, url(dossier))
    assert held() == {"REG-1": ["Médiation de nuit"]}


def test_sending_the_form_twice_changes_nothing(dossier, night, lea):
    client = client_of(lea)
    for _ in range(2):
        client.post(url(dossier), {"services": [night.pk]})
    assert (held(), Event.objects.count()) == ({"REG-1": ["Médiation de nuit"]}, 1)


@pytest.mark.parametrize("service", ["foreign", "outside", "999999", "9" * 30, "x"])
def test_a_foreign_service_is_refused(dossier, night, lea, passeurs, service):
    chosen = {"foreign": lambda: make_service(passeurs).pk, "outside": lambda: make_service(night.site).pk}.get(
        service, lambda: service
    )()
    response = client_of(lea).post(url(dossier), {"services": [night.pk, chosen]})
    assert (response.status_code, "n’est pas dans le périmètre" in page(response)) == (422, True)
    assert held() == {}


def test_withdrawing_from_the_page(dossier, lea):
    declare(dossier, "REG-1")
    response = client_of(lea).post(url(dossier, name="register_withdraw"))
    assert (response.url, held()) == (f"/dossiers/{dossier.pk}/registres/", {})


def test_evidence_shown_then_taken_back(dossier, lea, fabrique):
    piece = make_evidence(fabrique, "Planning", effective_on=today() + timedelta(days=3))
    declare(dossier, "REG-1", evidence=[piece])
    client = client_of(lea)
    shown = page(client.get(url(dossier)))
    assert ("Planning" in shown, "Prend effet le" in shown) == (True, True)
    response = client.post(reverse("register_evidence_remove", args=[dossier.pk, "REG-1", piece.pk]))
    assert response.url == url(dossier)
    assert list(RegisterDeclaration.objects.get().evidence.all()) == []
    assert Evidence.objects.count() == 1


def test_a_piece_that_is_not_there_is_not_found(dossier, lea, fabrique, passeurs):
    declare(dossier, "REG-1")
    client = client_of(lea)
    for piece in (make_evidence(fabrique), make_evidence(passeurs)):
        assert client.post(reverse("register_evidence_remove", args=[dossier.pk, "REG-1", piece.pk])).status_code == 404


def test_a_register_of_nowhere_is_not_found(dossier, lea):
    client = client_of(lea)
    assert [client.get(url(dossier, "REG-99")).status_code, client.post(url(dossier, "REG-99")).status_code] == [
        404,
        404,
    ]


def test_who_may_not(dossier, night, lise, adele, reseau, oscar):
    Share.objects.create(assessment=dossier, network=reseau)
    declare(dossier, "REG-2")
    for user, reading, writing in ((lise, 200, 403), (adele, 200, 403), (oscar, 404, 404)):
        client = client_of(user)
        assert client.get(url(dossier)).status_code == reading
        assert client.get(reverse("registers", args=[dossier.pk])).status_code == reading
        assert client.post(url(dossier), {"services": [night.pk]}).status_code == writing
        assert client.post(url(dossier, "REG-2", "register_withdraw")).status_code == writing
    assert client_of().get(url(dossier)).url.startswith("/connexion/")
    assert held() == {"REG-2": []}


def test_a_closed_dossier_answers_409(dossier, night, lea):
    declare(dossier, "REG-2")
    Assessment.objects.update(status=Status.CLOSED)
    client = client_of(lea)
    response = client.post(url(dossier), {"services": [night.pk]})
    assert (response.status_code, "n’est plus modifiable" in page(response)) == (409, True)
    assert client.post(url(dossier, "REG-2", "register_withdraw")).status_code == 409
    assert held() == {"REG-2": []}


def test_the_only_service_is_already_chosen(dossier, night, lea, lise):
    assert client_of(lea).get(url(dossier)).context["chosen"] == {night.pk}
    assert client_of(lise).get(url(dossier)).context["chosen"] == set()
    declare(dossier, "REG-1")
    assert client_of(lea).get(url(dossier)).context["chosen"] == set()
    dossier.services.add(make_service(night.site, "Médiation scolaire"))
    assert client_of(lea).get(url(dossier, "REG-2")).context["chosen"] == set()
