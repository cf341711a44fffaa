"""The dashboard: verdict, next things, guided start, what is due, what colleagues did."""

from datetime import timedelta

import pytest
from django.utils import timezone

from assessments import workflow
from assessments.expected import expectations
from assessments.models import Action, Assessment, Share
from assessments.overview import activity, late_actions, renewals
from assessments.reading import read
from certif.dates import add_months, today
from referentiel.content import content_of
from tests import factories as f

pytestmark = pytest.mark.django_db


def url(dossier) -> str:
    return f"/dossiers/{dossier.pk}/"


def long_edition(criteria: int):
    """An edition of as many criteria as asked, all in one chapter."""
    rows = [(f"DEO-{number:02}", f"Critère {number}", "majeur", 2, {}) for number in range(1, criteria + 1)]
    return f.make_edition(criteria=[*rows, ("PER-08", "Cinq registres au moins", "bloquant", 3, {})])


def test_it_works(client, dossier, lea):
    f.answer_all(dossier, 3, but={"PER-01": 0}, by=lea)
    client.force_login(lea)
    context = client.get(url(dossier)).context
    assert context["headline"][0] == "Pas encore prêt"
    assert context["steps"][0]["step"].criterion == "PER-01"
    assert context["steps"][0]["href"] == (
        f"/dossiers/{dossier.pk}/actions/nouvelle/?critere=PER-01&suggestion={f.key_of('PER-01', 'action', '1')}"
    )


def test_there_is_one_terracotta_button(client, dossier, lea):
    client.force_login(lea)
    for fill in (lambda: None, lambda: f.answer_all(dossier, 1, by=lea), lambda: close(dossier)):
        fill()
        assert client.get(url(dossier)).content.decode().count("btn-next") == 1


def close(dossier) -> None:
    Assessment.objects.filter(pk=dossier.pk).update(status="cloturee")


def test_a_planned_action_is_taken_up_where_it_stands(client, dossier, lea):
    f.answer_all(dossier, 3, but={"PER-01": 0}, by=lea)
    suggested = content_of(dossier.edition_id).criterion_by_code["PER-01"].suggested_actions[0]
    action = Action.objects.create(assessment=dossier, title="Commencée", suggested_id=suggested.id, status="en_cours")
    client.force_login(lea)
    first = client.get(url(dossier)).context["steps"][0]
    assert (first["href"], first["word"]) == (f"/actions/{action.pk}/", "Reprendre")


def test_a_reader_is_led_to_the_criterion_not_to_a_form(client, dossier, lise):
    f.answer_all(dossier, 3, but={"PER-01": 0})
    client.force_login(lise)
    assert client.get(url(dossier)).context["steps"][0]["href"] == f"/dossiers/{dossier.pk}/criteres/PER-01/"


def test_a_newcomer_is_guided_step_by_step(client, dossier, lea):
    client.force_login(lea)
    dossier.services.clear()
    assert client.get(url(dossier)).context["current"] == 0
    dossier.services.set(dossier.structure.sites.get().services.all())
    assert client.get(url(dossier)).context["current"] == 1
    f.declare(dossier, "REG-1")
    assert client.get(url(dossier)).context["current"] == 2
    f.answer(dossier, "PER-01", 2, by=lea)
    assert "headline" in client.get(url(dossier)).context


def test_a_closed_dossier_shows_its_code_and_no_next_step(client, dossier, lea):
    f.answer_all(dossier, 3, by=lea)
    workflow.close(Assessment.objects.visible_to(lea).get(pk=dossier.pk), by=lea)
    client.force_login(lea)
    response = client.get(url(dossier))
    assert (response.context["closing"].code in response.content.decode(), response.context["steps"]) == (True, ())


def test_pieces_that_expire_before_the_audit_are_told_soonest_first(dossier, fabrique):
    on = today()
    Assessment.objects.filter(pk=dossier.pk).update(audit_on=on + timedelta(days=60))
    f.answer_all(dossier, 3)
    old = f.make_evidence(fabrique, "Ancien", effective_on=add_months(on, -30))
    soon = f.make_evidence(fabrique, "Bientôt", expires_on=on + timedelta(days=10))
    later = f.make_evidence(fabrique, "Plus tard", expires_on=on + timedelta(days=60))
    f.use_evidence(old, dossier, "DEO-01", expected=1)
    f.use_evidence(soon, dossier, "PER-02")
    f.use_evidence(later, dossier, "PER-02")
    found = renewals(read(Assessment.objects.get(pk=dossier.pk)))
    assert [(each.label, each.code, each.is_expired) for each in found] == [
        ("Ancien", "DEO-01", True),
        ("Bientôt", "PER-02", False),
    ]


def test_a_replaced_piece_is_no_longer_told(dossier, fabrique):
    old = f.make_evidence(fabrique, "Ancien", expires_on=today() - timedelta(days=1))
    f.use_evidence(old, dossier, "DEO-01")
    f.make_evidence(fabrique, "Neuf", replaces=old)
    assert renewals(read(dossier)) == ()


def test_what_the_advisor_asks_is_shown_and_never_the_private_note(client, dossier, lea, adele, reseau):
    answer = f.answer(dossier, "DEO-01", 2, by=lea)
    f.opine(answer, reseau, adele, 1, private_note="Entre nous.")
    f.ask(answer, reseau, adele, "Joindre une fiche.")
    f.ask(answer, reseau, adele, "Déjà réglée.", settled_at=timezone.now())
    f.ask(dossier.answers.get(criterion__code="PER-01"), reseau, adele, "Pas encore envoyée.", sent=False)
    assert [(each.criterion.code, each.request.text) for each in expectations(dossier, on=today())] == [
        ("DEO-01", "Joindre une fiche.")
    ]
    client.force_login(lea)
    page = client.get(url(dossier)).content.decode()
    assert [text in page for text in ("Joindre une fiche.", "Entre nous.", "Déjà réglée.", "Pas encore envoyée.")] == [
        True, False, False, False,
    ]  # fmt: skip


def test_late_actions_are_the_open_ones_past_their_day(dossier):
    for title, days, status in (("Hier", -1, "a_faire"), ("Ce jour", 0, "a_faire"), ("Faite", -9, "faite")):
        Action.objects.create(assessment=dossier, title=title, due_on=today() + timedelta(days=days), status=status)
    assert [action.title for action in late_actions(read(dossier))] == ["Hier"]


def test_colleagues_are_told_once_a_day_and_oneself_never(dossier, lea, karim):
    f.answer(dossier, "PER-01", 2, by=karim)
    f.answer(dossier, "PER-02", 2, by=karim)
    f.answer(dossier, "PER-01", 3, by=karim)
    f.answer(dossier, "DEO-01", 3, by=lea)
    assert [(deed.who, deed.what, deed.codes) for deed in activity(read(dossier), but=lea)] == [
        ("Karim", "a répondu à", ("PER-01", "PER-02"))
    ]


def test_an_advisor_reads_the_dashboard_without_the_team_s_activity(client, dossier, lea, karim, adele, reseau):
    Share.objects.create(assessment=dossier, network=reseau)
    f.answer(dossier, "PER-01", 2, by=karim)
    client.force_login(adele)
    response = client.get(url(dossier))
    assert (response.status_code, response.context["activity"], response.context["can_manage"]) == (200, (), False)


@pytest.mark.parametrize("address", ["", "synthese/", "pourquoi/PER-01/", "pourquoi/PER/"])
def test_a_stranger_finds_nothing_and_anonymous_goes_to_login(client, dossier, oscar, address):
    assert client.get(url(dossier) + address).headers["Location"].startswith("/connexion/")
    client.force_login(oscar)
    assert client.get(url(dossier) + address).status_code == 404


@pytest.mark.parametrize("address", ["", "synthese/", "pourquoi/PER/"])
def test_post_is_refused(client, dossier, lea, address):
    client.force_login(lea)
    assert client.post(url(dossier) + address).status_code == 405


@pytest.mark.parametrize("address", ["", "synthese/", "pourquoi/DEO-01/", "pourquoi/DEO/", "cloture/"])
def test_queries_do_not_grow_with_the_dossier(
    client, fabrique, lea, karim, adele, reseau, address, django_assert_num_queries
):
    client.force_login(lea)
    counts = []
    for criteria in (3, 40):
        dossier = f.make_assessment(fabrique, long_edition(criteria), by=lea)
        f.answer_all(dossier, 3, by=karim)
        for answer in dossier.answers.select_related("criterion"):
            f.use_evidence(
                f.make_evidence(fabrique, url="https://exemple.fr/", expires_on=today()), dossier, answer.criterion.code
            )
            f.opine(answer, reseau, adele, 2)
            f.ask(answer, reseau, adele, "À revoir.")
            Action.objects.create(assessment=dossier, title="Action", due_on=today() - timedelta(days=3), owner=karim)
        client.get(url(dossier) + address)  # the first request dates the session and reads the edition
        with django_assert_num_queries(24, exact=False) as queries:
            client.get(url(dossier) + address)
        counts.append(len(queries))
    assert counts[0] == counts[1]
