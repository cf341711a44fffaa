"""The journal as people read it: sentences, filters, and who reads what."""

import ast
from datetime import UTC, datetime

import pytest
from django.urls import reverse

from assessments import journal, sayings
from assessments.models import Event, Share
from assessments.workflow import STEPS
from tests.people import client_of
from tests.test_architecture import MODULES


def verbs_in_code() -> set[str]:
    """The words given as first argument to `journal.record`, and the verbs of the workflow’s table."""
    found = set()
    for module, path in MODULES.items():
        if not module.startswith(("assessments", "certif.accounts", "referentiel")):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "record" and node.args:
                word = node.args[0]
                found |= {word.value} if isinstance(word, ast.Constant) else set()
    return found


def lines(client, name: str, pk: int, **query) -> list[tuple[str, str, str]]:
    answer = client.get(reverse(name, args=[pk]), query)
    assert answer.status_code == 200
    return [(line.who, line.sentence, line.detail) for line in answer.context["lines"]]


def test_every_verb_recorded_has_its_sentence():
    recorded = verbs_in_code() | {step.verb for step in STEPS}
    assert recorded - set(sayings.SAYINGS) == set()
    assert len(recorded) > 20


def test_a_line_says_who_did_what(dossier, lea, karim):
    answer = dossier.answers.get(criterion__code="DEO-01")
    journal.record("critere_confie", by=lea, assessment=dossier, after={"reponse": answer.pk, "personne": karim.pk})
    assert lines(client_of(karim), "journal", dossier.pk) == [
        ("Léa Martin", "a confié un critère", "DEO-01, à Karim Benali")
    ]


def test_a_register_is_named(dossier, lea):
    journal.record("registre_declare", by=lea, assessment=dossier, after={"registre": "REG-2", "dispositifs": []})
    assert lines(client_of(lea), "journal", dossier.pk) == [
        ("Léa Martin", "a déclaré un registre", "Prévenir et gérer les situations conflictuelles")
    ]


def test_roles_and_states_are_said_in_words(dossier, lea, karim, fabrique):
    journal.record(
        "role", by=lea, structure=fabrique, before={"personne": karim.pk, "role": "reader"}, after={"role": "owner"}
    )
    journal.record("dossier_rouvert", by=lea, assessment=dossier, after={"etat": "brouillon", "motif": "Une erreur."})
    assert lines(client_of(lea), "structure_journal", fabrique.pk) == [
        ("Léa Martin", "a rouvert le dossier", "«\u202fBrouillon\u202f», motif\u00a0: Une erreur."),
        ("Léa Martin", "a changé le rôle d’une personne", "à Karim Benali, de «\u202fLecteur\u202f» à «\u202fResponsable\u202f»"),
    ]


def test_who_left_is_not_named(dossier, lea, karim):
    journal.record("dossier_ouvert", by=karim, assessment=dossier, after={"titre": "Auto-évaluation 2027"})
    karim.delete()
    assert lines(client_of(lea), "journal", dossier.pk) == [
        ("Une personne partie", "a ouvert le dossier", "«\u202fAuto-évaluation 2027\u202f»")
    ]


def test_an_advisor_reads_what_was_done_to_what_is_shared(dossier, lea, karim, adele, reseau):
    Share.objects.create(assessment=dossier, network=reseau)
    for verb in ("critere_commente", "preuve_jointe", "acces_refuse", "partage_ouvert"):
        journal.record(verb, by=karim, assessment=dossier)
    assert [sentence for _who, sentence, _detail in lines(client_of(adele), "journal", dossier.pk)] == [
        "a joint une preuve"
    ]


def test_a_dossier_tells_nothing_of_another(dossier, lea, passeurs):
    journal.record("invitation", by=lea, structure=passeurs)
    assert lines(client_of(lea), "journal", dossier.pk) == []


@pytest.fixture
def three_days(dossier, lea, karim):
    journal.append(
        Event(
            verb=verb,
            actor=who,
            assessment=dossier,
            structure=dossier.structure,
            at=datetime(2026, 3, day, hour, 30, tzinfo=UTC),
        )
        for verb, who, day, hour in (
            ("preuve_jointe", lea, 2, 23),  # the 3rd in Paris
            ("action_ajoutee", karim, 3, 10),
            ("preuve_retiree", karim, 4, 23),  # the 5th
        )
    )


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, 3),
        ({"nature": "evidence"}, 2),
        ({"nature": "n’importe quoi"}, 3),
        ({"du": "2026-03-04"}, 1),
        ({"au": "2026-03-03"}, 2),
        ({"du": "2026-03-03", "au": "2026-03-03"}, 2),
        ({"du": "hier"}, 3),
        ({"personne": "999999999999999999999"}, 3),
    ],
)
def test_filters(three_days, dossier, lea, query, found):
    assert len(lines(client_of(lea), "journal", dossier.pk, **query)) == found


def test_one_person_alone(three_days, dossier, lea, karim):
    said = lines(client_of(lea), "journal", dossier.pk, personne=karim.pk)
    assert [who for who, *_ in said] == ["Karim Benali", "Karim Benali"]


def test_pages_keep_the_filters(dossier, lea):
    for _ in range(51):
        journal.record("preuve_jointe", by=lea, assessment=dossier)
    answer = client_of(lea).get(reverse("journal", args=[dossier.pk]), {"nature": "evidence"})
    assert (len(answer.context["lines"]), b"?nature=evidence&amp;page=2" in answer.content) == (50, True)


# --- What leaves a trace ----------------------------------------------------------------------


def traces() -> list[tuple]:
    return list(Event.objects.order_by("pk").values_list("verb", "actor", "assessment", "structure", "after"))


def test_who_is_refused_leaves_a_trace_once_an_hour(dossier, fabrique, oscar):
    client = client_of(oscar)
    for name in ("dashboard", "journal", "dashboard"):
        assert client.get(reverse(name, args=[dossier.pk])).status_code == 404
    assert traces() == [("acces_refuse", oscar.pk, dossier.pk, fabrique.pk, {"page": "un dossier"})]


def test_a_member_without_the_right_leaves_a_trace(dossier, fabrique, lise):
    assert client_of(lise).get(reverse("close", args=[dossier.pk])).status_code == 403
    assert [trace[:2] for trace in traces()] == [("acces_refuse", lise.pk)]


def test_a_missing_thing_and_a_missing_page_leave_none(dossier, lea, oscar):
    assert client_of(oscar).get(reverse("dashboard", args=[dossier.pk + 1])).status_code == 404
    assert client_of(oscar).get(f"/dossiers/{2**64}/").status_code == 404
    assert client_of(lea).get(reverse("criterion", args=[dossier.pk, "XXX-99"])).status_code == 404
    assert client_of().get(reverse("dashboard", args=[dossier.pk])).status_code == 302
    assert traces() == []


def test_an_advisor_who_reads_leaves_a_trace_once_a_day(dossier, fabrique, adele, reseau):
    Share.objects.create(assessment=dossier, network=reseau)
    type(adele).objects.filter(pk=adele.pk).update(accompanies=True)
    client = client_of(adele)
    for name in ("dashboard", "synthesis", "dashboard"):
        assert client.get(reverse(name, args=[dossier.pk])).status_code == 200
    assert [trace[:4] for trace in traces()] == [("dossier_consulte", adele.pk, dossier.pk, fabrique.pk)]


def test_a_member_who_reads_leaves_none(dossier, lea):
    type(lea).objects.filter(pk=lea.pk).update(accompanies=True)
    client_of(lea).get(reverse("dashboard", args=[dossier.pk]))
    assert traces() == []
