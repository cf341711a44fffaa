"""The grid: every criterion with its level, and the filters that say what is left to do."""

import re

import pytest
from django.urls import reverse

from assessments.enums import Status
from assessments.models import Answer, Assessment, Share
from tests.factories import answer, answer_all, declare, make_evidence, say, use_evidence
from tests.people import client_of


def url(dossier, chosen="") -> str:
    return reverse("grid", args=[dossier.pk]) + (f"?filtre={chosen}" if chosen else "")


def codes(response) -> list[str]:
    return [line.criterion.code for chapter in response.context["grid"].chapters for line in chapter.lines]


def text_of(response) -> str:
    main = response.content.decode().partition("<main")[2].partition("</main>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", main)).strip()


@pytest.fixture
def half_way(dossier, karim, lea, fabrique):
    """Four criteria answered, one of them set aside; one given to Karim, one with evidence, one commented."""
    answer(dossier, "PER-01", 3, by=karim)
    answer(dossier, "PER-02", None, not_applicable=True, justification="Un seul site, une seule équipe.", by=lea)
    answer(dossier, "DEO-02", 2, by=karim)
    answer(dossier, "DEO-03", 4, by=karim)
    Answer.objects.filter(criterion__code="QUA-01").update(assigned_to=karim)
    say(dossier.answers.get(criterion__code="QUA-02"), "À voir.", by=lea)
    use_evidence(make_evidence(fabrique, url="https://exemple.fr/statuts"), dossier, "PER-01")
    return dossier


def test_it_lists_every_criterion_by_chapter_with_its_state(half_way, karim):
    response = client_of(karim).get(url(half_way))
    assert codes(response) == ["PER-01", "PER-02", "PER-08", "DEO-01", "DEO-02", "DEO-03", "QUA-01", "QUA-02"]
    text = text_of(response)
    for words in (
        "3 critères répondus sur 7",
        "Entité juridique employeuse Bloquant 3 Maîtrisé · avec preuve",
        "Périmètre écrit Non concerné",
        "Médiation interculturelle préparée Hors périmètre",
        "Auto-évaluation annuelle Sans réponse · Karim Benali",
        "Reprendre à PER-08",
    ):
        assert words in text


@pytest.mark.parametrize(
    ("chosen", "kept"),
    [
        ("a-faire", ["PER-08", "DEO-01", "QUA-01", "QUA-02"]),
        ("les-miens", ["QUA-01"]),
        ("bloquants", ["PER-01", "PER-08", "DEO-01"]),
        ("sans-preuve", ["PER-08", "DEO-01", "DEO-02", "QUA-01", "QUA-02"]),
        ("commentes", ["QUA-02"]),
    ],
)
def test_each_filter_keeps_its_criteria_and_counts_them(half_way, karim, chosen, kept):
    response = client_of(karim).get(url(half_way, chosen))
    assert codes(response) == kept
    assert {each.name: each.count for each in response.context["grid"].filters}[chosen] == len(kept)


def test_a_declared_register_brings_its_criteria_into_scope(half_way, karim):
    declare(half_way, "REG-8")
    response = client_of(karim).get(url(half_way))
    assert response.context["grid"].tally.total == 8
    assert response.context["grid"].by_code["DEO-03"].settled is True


def test_progress_is_counted_by_chapter(half_way, karim):
    chapters = client_of(karim).get(url(half_way)).context["grid"].chapters
    assert [(each.chapter.code, each.tally.done, each.tally.total) for each in chapters] == [
        ("PER", 2, 3),
        ("DEO", 1, 2),
        ("QUA", 0, 2),
    ]


def test_a_finished_grid_says_so(dossier, karim):
    answer_all(dossier, 3, by=karim)
    client = client_of(karim)
    assert "tout est répondu" in text_of(client.get(url(dossier)))
    response = client.get(url(dossier, "a-faire"))
    assert codes(response) == []
    assert "Plus rien à faire ici" in text_of(response)


def test_an_empty_filter_says_why(dossier, karim):
    assert "Aucun critère ne vous est confié." in text_of(client_of(karim).get(url(dossier, "les-miens")))


def test_it_takes_five_queries_empty_or_full(dossier, karim, django_assert_num_queries):
    client = client_of(karim)
    client.get(url(dossier))
    with django_assert_num_queries(5):
        client.get(url(dossier))
    answer_all(dossier, 3, by=karim)
    with django_assert_num_queries(5):
        client.get(url(dossier))


def test_a_reader_and_an_advisor_read_it_and_are_told_why_not_write(dossier, lise, adele, reseau, lea):
    Share.objects.create(assessment=dossier, network=reseau, shared_by=lea)
    assert "Vous lisez ce dossier." in text_of(client_of(lise).get(url(dossier)))
    assert "Ce dossier vous est partagé" in text_of(client_of(adele).get(url(dossier)))


def test_a_closed_grid_offers_no_way_to_go_on(dossier, lea):
    Assessment.objects.filter(pk=dossier.pk).update(status=Status.CLOSED)
    text = text_of(client_of(lea).get(url(dossier)))
    assert "ses réponses ne changent plus" in text
    assert "Commencer" not in text


def test_a_stranger_finds_nothing_and_anonymous_goes_to_login(dossier, oscar, client):
    assert client_of(oscar).get(url(dossier)).status_code == 404
    assert client.get(url(dossier)).url == f"{reverse('account_login')}?next={url(dossier)}"


def test_post_is_refused(dossier, lea):
    assert client_of(lea).post(url(dossier)).status_code == 405
