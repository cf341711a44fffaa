import pytest
from hypothesis import given
from hypothesis import strategies as st

from certif.text import TextTooLong, alphabetical, clean_text, thousands, typographie


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (None, ""),
        ("  Bonjour  ", "Bonjour"),
        ("un\r\ndeux\rtrois\nquatre", "un\ndeux\ntrois\nquatre"),
        ("une\ttabulation", "une\ttabulation"),
        ("nul\x00, cloche\x07, échappement\x1b[31m, C1\x85", "nul, cloche, échappement[31m, C1"),
        ("e\u0301te\u0301", "été"),
        ("facture\u202efdp.exe", "facturefdp.exe"),
        ("a\u2066b\u2069c\u200fd", "abcd"),
        ("a\ufeffb\ud800c", "abc"),
        ("une\u2028deux", "une\ndeux"),
        ("équipe 👩‍👩‍👧 au complet", "équipe 👩‍👩‍👧 au complet"),
        ("« déjà » : oui", "« déjà » : oui"),
    ],
)
def test_it_keeps_what_was_meant(typed, kept):
    assert clean_text(typed) == kept


def test_it_keeps_three_combining_marks_in_a_row():
    assert clean_text("z" + "\u0335" * 50 + "a" + "\u0335" * 2) == "z" + "\u0335" * 3 + "a" + "\u0335" * 2


def test_the_limit_counts_characters_after_cleaning():
    assert clean_text("é\r\n" * 2_000, limit=4_000) == ("é\n" * 2_000).strip()
    assert clean_text("e\u0301" * 4_000, limit=4_000) == "é" * 4_000


def test_one_character_too_many_is_said_in_french_and_the_text_given_back():
    with pytest.raises(TextTooLong) as refusal:
        clean_text("a" * 4_001, limit=4_000)
    assert str(refusal.value) == "Ce texte compte 4\u202f001 caractères\u00a0: la limite est de 4\u202f000."
    assert refusal.value.text == "a" * 4_001


@given(st.text())
def test_cleaning_twice_changes_nothing(typed):
    once = clean_text(typed)
    assert clean_text(once) == once


def test_thousands():
    assert [thousands(0), thousands(999), thousands(1_234_567)] == ["0", "999", "1\u202f234\u202f567"]


@pytest.mark.parametrize(
    ("plain", "set_right"),
    [
        ("l'audit d'Ali", "l’audit d’Ali"),
        ("« ici »", "«\u00a0ici\u00a0»"),
        ("«ici»", "«\u00a0ici\u00a0»"),
        ("Prêt ? Oui !", "Prêt\u202f? Oui\u202f!"),
        ("Verdict : 95 % ; rien", "Verdict\u00a0: 95\u00a0%\u202f; rien"),
        ("https://exemple.fr à 14:32", "https://exemple.fr à 14:32"),
    ],
)
def test_typographie(plain, set_right):
    assert typographie(plain) == set_right
    assert typographie(set_right) == set_right


def test_names_are_filed_as_people_expect():
    names = ["Fanny", "éva", "Emma", "Lise", "Léa"]
    assert sorted(names, key=alphabetical) == ["Emma", "éva", "Fanny", "Léa", "Lise"]
