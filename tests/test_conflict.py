"""Two texts written at the same time, shown side by side, and what one chooses to keep."""

import pytest
from django.urls import reverse

from assessments.enums import Status
from assessments.models import Answer, AnswerVersion, Assessment, Outcome
from tests.factories import answer
from tests.people import client_of
from tests.test_criterion import text_of

KARIM = "La fiche existe. Elle est signée."
LEA = "La fiche existe. Elle n’est pas signée."


@pytest.fixture
def kept(dossier, karim, lea) -> AnswerVersion:
    """Léa wrote from an empty answer while Karim saved: her text lost."""
    answer(dossier, "PER-02", 2, justification=KARIM, by=karim)
    client_of(lea).post(criterion_url(dossier), {"version": 0, "niveau": "3", "justification": LEA})
    return AnswerVersion.objects.get(outcome=Outcome.CONFLICT)


def criterion_url(dossier) -> str:
    return reverse("criterion", args=[dossier.pk, "PER-02"])


def url(dossier, kept, code="PER-02") -> str:
    return reverse("conflict", args=[dossier.pk, code, kept.pk])


def stored(dossier) -> Answer:
    return Answer.objects.get(assessment=dossier, criterion__code="PER-02")


def test_it_shows_both_texts_and_marks_what_differs(dossier, kept, lea):
    response = client_of(lea).get(url(dossier, kept))
    assert response.status_code == 200
    assert "Elle <mark>n’</mark>est<mark> pas</mark> signée." in response.content.decode()
    text = text_of(response)
    for words in (
        "Votre texte",
        "3 Maîtrisé",
        "Le texte de Karim Benali",
        "2 Partiel",
        "Garder le mien",
        "Garder celui de Karim",
    ):
        assert words in text
    assert response.context["merged"] == f"{LEA} Elle est signée."


def test_keeping_mine_is_a_save_from_the_stored_version(dossier, kept, lea):
    client = client_of(lea)
    context = client.get(url(dossier, kept)).context
    client.post(
        criterion_url(dossier),
        {"version": context["current"].version, "niveau": context["kept_niveau"], "justification": kept.justification},
    )
    assert (stored(dossier).level, stored(dossier).justification, stored(dossier).version) == (3, LEA, 2)
    texts = AnswerVersion.objects.order_by("pk").values_list("justification", flat=True)
    assert list(texts) == [KARIM, LEA, LEA]


def test_choosing_while_a_third_save_goes_through_is_a_conflict_again(dossier, kept, lea, karim):
    answer(dossier, "PER-02", 4, justification="Encore un texte.", by=karim)
    response = client_of(lea).post(criterion_url(dossier), {"version": 1, "niveau": "3", "justification": LEA})
    assert response.status_code == 409
    assert stored(dossier).justification == "Encore un texte."


def test_a_colleague_may_settle_it_too(dossier, kept, karim):
    text = text_of(client_of(karim).get(url(dossier, kept)))
    assert "Vous avez modifié cette réponse à deux endroits" not in text.partition("Le texte de Léa")[2]
    assert "Le texte de Léa" in text


def test_a_settled_conflict_leads_back_to_the_criterion(dossier, kept, lea):
    answer(dossier, "PER-02", 3, justification=LEA, by=lea)
    assert client_of(lea).get(url(dossier, kept)).url == criterion_url(dossier)


def test_on_a_closed_dossier_nothing_is_offered_to_save(dossier, kept, lea):
    Assessment.objects.filter(pk=dossier.pk).update(status=Status.CLOSED)
    response = client_of(lea).get(url(dossier, kept))
    assert "Ce dossier n’accepte plus de réponse" in text_of(response)
    assert "<form" not in response.content.decode().partition("<main")[2].partition("</main>")[0]


def test_only_a_losing_text_of_this_answer_is_shown(dossier, kept, lea):
    saved = AnswerVersion.objects.get(outcome=Outcome.SAVED)
    client = client_of(lea)
    assert client.get(url(dossier, saved)).status_code == 404
    assert client.get(url(dossier, kept, "PER-01")).status_code == 404


def test_a_neighbour_may_not_and_a_stranger_finds_nothing(dossier, kept, lise, oscar, client):
    assert client_of(lise).get(url(dossier, kept)).status_code == 403
    assert client_of(oscar).get(url(dossier, kept)).status_code == 404
    assert client.get(url(dossier, kept)).status_code == 302
