"""Numbers in words, agreements, periods; what people type, made ready for paper."""

from datetime import date

import pytest

from assessments.reports.press import spaced
from assessments.reports.typography import (
    counted,
    from_to,
    in_words,
    listed,
    lowered,
    paragraphs,
    period,
    printable,
    shortened,
    tied,
    two_columns,
)

NNBSP, NBSP, BREAK = "\u202f", "\u00a0", "\u200b"


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "zéro"),
        (1, "un"),
        (16, "seize"),
        (21, "vingt et un"),
        (35, "trente-cinq"),
        (61, "soixante et un"),
        (80, "80"),
    ],
)
def test_in_words(number, words):
    assert in_words(number) == words


def test_in_words_feminine():
    assert [in_words(number, feminine=True) for number in (1, 2, 31)] == ["une", "deux", "trente et une"]


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, f"aucun{NBSP}motif"), (1, f"un{NBSP}motif"), (3, f"trois{NBSP}motifs"), (17, f"17{NBSP}motifs")],
)
def test_counted(number, text):
    assert counted(number, "motif", "motifs") == text


def test_listed():
    assert [listed([]), listed(["a"]), listed(["a", "b", "c"])] == ["", "a", "a, b et c"]


def test_lowered_keeps_acronyms_and_figures():
    titles = ["Rédiger une clause", "VAE en cours", "3 médiateurs", "Écrire"]
    assert [lowered(title) for title in titles] == ["rédiger une clause", "VAE en cours", "3 médiateurs", "écrire"]


def test_the_last_short_word_is_tied():
    assert (tied("jusqu’au bout de la rue."), tied("une organisation")) == (
        f"jusqu’au bout de la{NBSP}rue.",
        "une organisation",
    )


@pytest.mark.parametrize(
    ("start", "end", "text"),
    [
        (None, None, "sans date"),
        (date(2026, 12, 1), None, f"déc.{NBSP}2026"),
        (date(2026, 12, 1), date(2026, 12, 20), f"déc.{NBSP}2026"),
        (date(2027, 1, 1), date(2027, 3, 1), f"janv. – mars{NBSP}2027"),
        (date(2026, 12, 1), date(2027, 1, 1), f"déc.{NBSP}2026 – janv.{NBSP}2027"),
    ],
)
def test_period(start, end, text):
    assert period(start, end) == text


def test_from_to_elides():
    assert from_to(date(2027, 4, 1), date(2027, 6, 1)) == f"D’avril à juin{NBSP}2027"
    assert from_to(date(2026, 12, 1), date(2027, 6, 1)) == f"De décembre{NBSP}2026 à juin{NBSP}2027"


def test_two_columns_leave_none_empty():
    assert [two_columns([]), two_columns([1]), two_columns([1, 2, 3])] == [(), (((1,),),), (((1, 2), (3,)),)]


def test_a_long_list_in_two_columns_is_cut_in_bands_that_are_alike():
    assert two_columns(range(7), most=3) == (((0,), (1,)), ((2,), (3,)), ((4, 5), (6,)))


def test_shortened_cuts_between_words():
    assert shortened("Une phrase, un peu longue", 14) == "Une phrase…"


def test_typed_text_is_typeset():
    assert printable("l'équipe : « oui » !") == f"l’équipe{NBSP}: «{NNBSP}oui{NNBSP}»{NNBSP}!"


def test_pictures_become_one_sign():
    assert printable("Bravo 👩🏽‍🚀😀😀 !") == f"Bravo □{NNBSP}!"


def test_an_endless_word_can_be_broken():
    assert printable("y" * 60) == BREAK.join(["y" * 20] * 3)


def test_an_endless_run_of_one_sign_is_cut():
    assert printable("x" * 4000).replace(BREAK, "") == "x" * 400 + "…"


def test_a_thousand_short_lines_are_run_together():
    assert paragraphs("a\n" * 1000) == (f"{'a · ' * 998}a ·{NBSP}a",)


def test_spaces_of_the_whole_page():
    assert spaced("<p>« a » : b ; à 62 %</p>") == f"<p>«{NNBSP}a{NNBSP}»{NBSP}: b{NNBSP}; à{NBSP}62{NNBSP}%</p>"
