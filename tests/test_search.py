"""Searching the norm: forgiving on the way in, exact about where it found."""

import pytest

from referentiel.search import EXCERPT, QUERY_MAX, pieces, plain, root, search

pytestmark = pytest.mark.slow


def codes(content, query: str) -> list[str]:
    return [hit.criterion.code for hit in search(content, query).hits]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("évaluation", "EVALUATIONS"),
        ("personnel", "personnelles"),
        ("conventionnel", "conventionnelle"),
        ("niveau", "niveaux"),
        ("original", "originaux"),
        ("œuvre", "oeuvres"),
        ("sourcé", "sourcées"),
    ],
)
def test_accents_capitals_and_endings_do_not_matter(one, other):
    assert root(one) == root(other)


def test_plain_keeps_words_apart():
    assert plain("L’Œuvre évaluée") == "l’oeuvre evaluee"


@pytest.mark.parametrize("query", ["PER-08", "per-08", "per 8", "PER08", "Per 08"])
def test_a_code_is_understood_however_it_is_written(shipped, query):
    assert codes(shipped, query) == ["PER-08"]


def test_the_title_comes_first(shipped):
    assert codes(shipped, "confidentialité")[:2] == ["DEO-08", "DEO-09"]


def test_accents_may_be_left_out(shipped):
    assert codes(shipped, "confidentialite") == codes(shipped, "Confidentialités")


def test_every_word_must_be_there(shipped):
    both = set(codes(shipped, "utilité évaluation"))
    assert both
    assert both <= set(codes(shipped, "utilité")) & set(codes(shipped, "évaluation"))


def test_small_words_do_not_count(shipped):
    assert codes(shipped, "la confidentialité de l’équipe") == codes(shipped, "confidentialité équipe")


def test_a_slip_of_the_finger_is_forgiven_and_said(shipped):
    found = search(shipped, "confidencialité")
    assert found.replaced == (("confidencialité", "confidentialité"),)
    assert [hit.criterion.code for hit in found.hits] == codes(shipped, "confidentialité")


def test_an_acronym_is_spelled_out(shipped):
    found = search(shipped, "RGPD")
    assert found.replaced == (("RGPD", "données personnelles"),)
    assert [hit.criterion.code for hit in found.hits] == codes(shipped, "données personnelles")


def test_words_beyond_title_and_statement_come_with_their_place(shipped):
    for hit in search(shipped, "livret d’accueil").hits:
        shown = f"{hit.criterion.title} {hit.criterion.statement} {hit.excerpt}"
        assert "livret" in plain(shown), hit.criterion.code
        assert bool(hit.place) == bool(hit.excerpt)
        assert len(hit.excerpt) <= EXCERPT + 4


def test_when_no_criterion_holds_every_word_those_that_hold_the_most_are_given(shipped):
    assert codes(shipped, "confidentialité xyzxyzxyz") == codes(shipped, "confidentialité")


@pytest.mark.parametrize("query", ["", "   ", "de la", "xyzxyzxyz", "???", "😀", "\x00"])
def test_nothing_is_a_result_too(shipped, query):
    assert codes(shipped, query) == []


def test_a_very_long_query_is_cut(shipped):
    assert codes(shipped, "confidentialité " + "x" * 5 * QUERY_MAX) == codes(shipped, "confidentialité")


def test_searching_costs_no_query(shipped, django_assert_num_queries):
    with django_assert_num_queries(0):
        search(shipped, "convention")


def test_words_found_are_cut_out_of_the_text():
    assert pieces("Une évaluation, des évaluations.", frozenset({"evaluation"})) == [
        ("Une ", False),
        ("évaluation", True),
        (", des ", False),
        ("évaluations", True),
        (".", False),
    ]
    assert pieces("Rien ici.", frozenset({"evaluation"})) == [("Rien ici.", False)]
    assert pieces("Rien ici.", frozenset()) == [("Rien ici.", False)]
