"""The history of an answer: every version, what changed, and going back."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from assessments.enums import Status
from assessments.models import Answer, AnswerVersion, Assessment, Outcome, Share
from tests.factories import answer
from tests.people import client_of
from tests.test_criterion import text_of


def url(dossier, code="PER-02") -> str:
    return reverse("answer_history", args=[dossier.pk, code])


def stored(dossier) -> Answer:
    return Answer.objects.get(assessment=dossier, criterion__code="PER-02")


@pytest.fixture
def versions(dossier, karim, lea) -> list[AnswerVersion]:
    """Karim twice in a row, then Léa, then a text of Karim that lost."""
    answer(dossier, "PER-02", 1, justification="La fiche manque.", by=karim)
    answer(dossier, "PER-02", 2, justification="La fiche existe.", by=karim)
    row = answer(dossier, "PER-02", 3, justification="La fiche est signée.", by=lea)
    AnswerVersion.objects.create(
        answer=row,
        number=2,
        outcome=Outcome.CONFLICT,
        level=2,
        justification="Perdu.",
        author=karim,
        saved_at=timezone.now(),
    )
    return list(AnswerVersion.objects.order_by("pk"))


def test_it_lists_versions_the_most_recent_first_by_sitting(dossier, versions, lea):
    response = client_of(lea).get(url(dossier))
    sittings = [
        (sitting.last.version, [each.version for each in sitting.earlier]) for sitting in response.context["sittings"]
    ]
    first, second, third, lost = versions
    assert sittings == [(lost, []), (third, []), (second, [first])]
    text = text_of(response)
    for words in (
        "Texte écarté, écrit à partir de la version 2",
        "Version 3, la réponse actuelle",
        "Rétablir la version 2",
    ):
        assert words in text


def test_saves_far_apart_are_different_sittings(dossier, karim):
    row = answer(dossier, "PER-02", 1, justification="Un.", by=karim)
    AnswerVersion.objects.create(
        answer=row, number=2, level=2, justification="Deux.", author=karim, saved_at=timezone.now() + timedelta(hours=1)
    )
    sittings = client_of(karim).get(url(dossier)).context["sittings"]
    assert [(each.last.version.number, len(each.earlier)) for each in sittings] == [(2, 0), (1, 0)]


def test_each_version_shows_what_it_added_and_what_it_removed(dossier, versions, lea):
    page = client_of(lea).get(url(dossier)).content.decode()
    assert "<mark>est signée</mark>" in page
    assert "<del>existe</del>" in page


def test_going_back_is_one_more_version(dossier, versions, lea):
    response = client_of(lea).post(url(dossier), {"retablir": versions[1].pk, "version": 3})
    assert response.url == reverse("criterion", args=[dossier.pk, "PER-02"])
    row = stored(dossier)
    assert (row.level, row.justification, row.version, row.updated_by) == (2, "La fiche existe.", 4, lea)
    assert AnswerVersion.objects.count() == 5


def test_going_back_from_a_stale_page_overwrites_nothing(dossier, versions, lea):
    response = client_of(lea).post(url(dossier), {"retablir": versions[1].pk, "version": 2})
    assert response.status_code == 409
    assert stored(dossier).justification == "La fiche est signée."


@pytest.mark.parametrize("data", [{}, {"retablir": "x", "version": "3"}, {"retablir": "1", "version": "9" * 20}])
def test_a_broken_form_changes_nothing(dossier, versions, lea, data):
    assert client_of(lea).post(url(dossier), data).url == url(dossier)
    assert stored(dossier).version == 3


def test_another_answer_s_version_cannot_be_restored_here(dossier, versions, lea):
    other = answer(dossier, "PER-01", 4, by=lea).versions.get()
    assert client_of(lea).post(url(dossier), {"retablir": other.pk, "version": 3}).status_code == 404
    assert stored(dossier).version == 3


def test_a_closed_dossier_shows_its_history_and_takes_nothing_back(dossier, versions, lea):
    Assessment.objects.filter(pk=dossier.pk).update(status=Status.CLOSED)
    assert "Rétablir" not in text_of(client_of(lea).get(url(dossier)))
    assert client_of(lea).post(url(dossier), {"retablir": versions[1].pk, "version": 3}).status_code == 409
    assert stored(dossier).version == 3


def test_a_long_history_comes_by_pages_at_the_same_cost(dossier, karim, django_assert_num_queries):
    client = client_of(karim)
    client.get(url(dossier))
    for number in range(3):
        answer(dossier, "PER-02", 2, justification=f"Texte {number}.", by=karim)
    with django_assert_num_queries(5):
        assert client.get(url(dossier)).context["older"] is None
    for number in range(70):
        answer(dossier, "PER-02", 2, justification=f"Encore {number}.", by=karim)
    with django_assert_num_queries(5):
        response = client.get(url(dossier))
    [sitting] = response.context["sittings"]
    assert [sitting.last.version.number, *(each.version.number for each in sitting.earlier)] == list(range(73, 13, -1))
    [sitting] = client.get(f"{url(dossier)}?avant={response.context['older']}").context["sittings"]
    assert [sitting.last.version.number, *(each.version.number for each in sitting.earlier)] == list(range(13, 0, -1))


def test_an_answer_without_history_says_so(dossier, lea):
    assert "Personne n’a encore répondu à ce critère." in text_of(client_of(lea).get(url(dossier)))


def test_a_reader_reads_it_an_advisor_does_not_a_stranger_finds_nothing(
    dossier, versions, lise, adele, reseau, lea, oscar, client
):
    Share.objects.create(assessment=dossier, network=reseau, shared_by=lea)
    assert "Rétablir" not in text_of(client_of(lise).get(url(dossier)))
    assert client_of(lise).post(url(dossier), {"retablir": versions[0].pk, "version": 3}).status_code == 403
    assert client_of(adele).get(url(dossier)).status_code == 403
    assert client_of(oscar).get(url(dossier)).status_code == 404
    assert client.get(url(dossier)).status_code == 302
