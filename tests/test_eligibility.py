"""The eligibility questionnaire: no account, nothing kept, each answer explained."""

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse

from referentiel.eligibility import judge
from tests.factories import ELIGIBILITY, make_edition
from tests.people import client_of


def question(code: str, statut: str = "sourcé") -> dict:
    return ELIGIBILITY["questions"][0] | {"code": code, "question": f"Question {code}", "statut": statut}


@pytest.fixture
def three(db):
    return make_edition(
        eligibility=ELIGIBILITY | {"questions": [question("Q1"), question("Q2", "proposition"), question("Q3")]}
    )


def post(**answers):
    return client_of().post(reverse("eligibility"), answers)


GOOD = {"Q1": "constituee", "Q2": "constituee", "Q3": "constituee"}


@pytest.mark.parametrize(
    ("answers", "effect", "sentence"),
    [
        ({}, "ok", "Rien ne s’y oppose."),
        ({"Q2": "en_creation"}, "a_clarifier", "Possible\u00a0: 1\u00a0point à clarifier avant la demande."),
        (
            {"Q1": "en_creation", "Q2": "en_creation"},
            "a_clarifier",
            "Possible\u00a0: 2\u00a0points à clarifier avant la demande.",
        ),
        ({"Q2": "en_creation", "Q3": "aucune"}, "bloquant", "À différer\u00a0: 1\u00a0réponse bloque la demande."),
        ({"Q1": "aucune", "Q3": "aucune"}, "bloquant", "À différer\u00a0: 2\u00a0réponses bloquent la demande."),
    ],
)
def test_the_worst_answer_decides(three, answers, effect, sentence):
    outcome = judge(three.eligibility, GOOD | answers)
    assert (outcome.effect, outcome.sentence) == (effect, sentence)


def test_lines_come_worst_first_then_in_order(three):
    outcome = judge(three.eligibility, {"Q1": "constituee", "Q2": "aucune", "Q3": "aucune"})
    assert [line.code for line in outcome.lines] == ["Q2", "Q3", "Q1"]
    assert [(effect, len(lines)) for effect, _label, lines in outcome.groups] == [("bloquant", 2), ("ok", 1)]


def test_the_page_asks_every_question_of_the_edition(three):
    response = client_of().get(reverse("eligibility"))
    assert list(response.context["form"].fields) == ["Q1", "Q2", "Q3"]
    text = response.content.decode()
    assert "Vos réponses ne sont pas conservées" in text
    assert text.count("<fieldset") == 3
    assert response["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"


def test_a_result_is_explained_answer_by_answer(three):
    response = post(**GOOD | {"Q2": "en_creation", "Q3": "aucune"})
    assert response.status_code == 200
    text = response.content.decode()
    assert "À différer\u00a0: 1\u00a0réponse bloque la demande." in text
    assert "Un collectif sans personnalité : ce qu’il faut faire." in text
    assert "Une entité en création : ce qu’il faut faire." in text
    assert "Proposition de Certif, à confirmer" in text
    assert text.index('id="effet-bloquant"') < text.index('id="effet-a_clarifier"') < text.index('id="effet-ok"')
    assert text.count(" checked") == 3


def test_a_missing_answer_is_said_beside_its_question_and_the_others_stay(three):
    response = post(Q1="constituee", Q3="aucune")
    assert response.status_code == 422
    assert response.context["form"].errors == {"Q2": ["Répondez à la question 2."]}
    text = response.content.decode()
    assert "1\u00a0question attend votre réponse." in text
    assert 'aria-describedby=" id_Q2_erreur"' in text
    assert text.count(" checked") == 2
    assert 'id="resultat"' not in text


def test_an_answer_that_is_not_offered_is_refused(three):
    response = post(**GOOD | {"Q1": "autre"})
    assert response.status_code == 422
    assert response.context["form"].errors == {"Q1": ["Choisissez l’une des réponses proposées."]}


def test_nothing_is_kept(three):
    client = client_of()
    client.post(reverse("eligibility"), GOOD)
    assert Session.objects.count() == 0
    assert "checked" not in client.get(reverse("eligibility")).content.decode()


def test_without_a_published_edition_the_page_says_so(db):
    make_edition(sealed=False)
    response = client_of().get(reverse("eligibility"))
    assert response.status_code == 200
    assert "n’est pas encore publié" in response.content.decode()


def test_other_methods_are_refused(three):
    assert client_of().put(reverse("eligibility")).status_code == 405


def test_the_page_costs_the_same_whatever_the_questions(db, django_assert_num_queries):
    edition = make_edition(eligibility=ELIGIBILITY | {"questions": [question(f"Q{number}") for number in range(30)]})
    client_of().get(reverse("eligibility"))
    assert edition.code
    with django_assert_num_queries(1):
        client_of().get(reverse("eligibility"))
