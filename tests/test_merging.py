"""Two texts side by side: what differs, and what reunites them."""

from itertools import permutations

import pytest

from assessments.merging import differences, merged


def shown(pieces) -> str:
    return "".join(f"[{piece.text}]" if piece.differs else piece.text for piece in pieces)


def test_differing_words_are_marked_on_both_sides():
    mine, theirs = differences("Trois fiches sont à jour.", "Deux fiches sont à jour, en octobre.")
    assert shown(mine) == "[Trois] fiches sont à jour."
    assert shown(theirs) == "[Deux] fiches sont à jour[, en octobre]."


def test_equal_texts_have_no_difference():
    mine, theirs = differences("Le même.", "Le même.")
    assert shown(mine) == shown(theirs) == "Le même."


def test_an_empty_text_differs_as_a_whole():
    mine, theirs = differences("", "Écrit après.")
    assert (shown(mine), shown(theirs)) == ("", "[Écrit après.]")


@pytest.mark.parametrize("texts", list(permutations(["Un. Deux.\n\nTrois", "Un ! Deux.", ""], 2)))
def test_pieces_put_together_are_the_text(texts):
    assert tuple("".join(piece.text for piece in side) for side in differences(*texts)) == texts


BASE = "L’accord est demandé. La fiche existe. Le relais est prévu."


def test_changes_in_different_places_are_both_kept():
    mine = BASE.replace("La fiche existe.", "La fiche est à jour.")
    theirs = f"{BASE} La trace est gardée."
    assert (
        merged(BASE, mine, theirs)
        == "L’accord est demandé. La fiche est à jour. Le relais est prévu. La trace est gardée."
    )


def test_changes_of_the_same_sentence_are_both_proposed_mine_first():
    mine = BASE.replace("La fiche existe.", "La fiche est à jour.")
    theirs = BASE.replace("La fiche existe.", "La fiche manque.")
    assert (
        merged(BASE, mine, theirs) == "L’accord est demandé. La fiche est à jour. La fiche manque. Le relais est prévu."
    )


def test_what_only_one_side_removed_is_removed():
    assert merged(BASE, BASE.replace(" La fiche existe.", ""), BASE) == "L’accord est demandé. Le relais est prévu."


def test_the_same_change_on_both_sides_is_made_once():
    changed = BASE.replace("existe", "est à jour")
    assert merged(BASE, changed, changed) == changed


def test_two_first_texts_are_both_kept():
    assert merged("", "Un texte.", "Un autre.") == "Un texte. Un autre."


def test_a_shared_beginning_is_written_once():
    assert (
        merged("", "Même début.\n\nLa suite.", "Même début.\n\nAutre suite.") == "Même début.\n\nLa suite. Autre suite."
    )
