"""What differs between two editions: nothing when nothing does, each field once, each word once."""

import copy
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referentiel.differences import GONE, NEW, SAME, Change, Item, Piece, Status, compare, words
from referentiel.editions import canonical_content
from tests.factories import key_of, make_edition


@pytest.fixture
def document(db) -> dict:
    return canonical_content(make_edition("BASE"))


@pytest.fixture
def other(document):
    return copy.deepcopy(document)


def criterion(document: dict, code: str) -> dict:
    return next(each for chapter in document["chapitres"] for each in chapter["criteres"] if each["code"] == code)


def test_an_edition_does_not_differ_from_itself(document, other):
    differences = compare(document, other)
    assert not differences
    assert [differences.count(status) for status in Status] == [0, 0, 0]


CHANGED = Status.CHANGED


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda c: c.update(enonce="Neuf."), Change("Énoncé", "Libre consentement : ce que l’on vérifie.", "Neuf.")),
        (lambda c: c.update(poids=1), Change("Poids", "3", "1")),
        (lambda c: c["non_concerne"].update(autorise=True), Change("« Non concerné » admis", "non", "oui")),
        (lambda c: c["questions"].append("Et ?"), Change("Question pour y réfléchir", None, "Et ?")),
        (lambda c: c["sources"].clear(), Change("Source", "https://exemple.fr/source", None)),
        (lambda c: c.update(registres=["REG-1", "REG-2"]), Change("Registres liés", "", "REG-1, REG-2")),
        (
            lambda c: c["niveaux"][3].update(descripteur="Autre."),
            Change("Descripteur 3", "Libre consentement au niveau 3.", "Autre."),
        ),
        (
            lambda c: c["preuves_attendues"][0].update(obligatoire=False),
            Change(
                "Preuve attendue",
                "Formulaire de consentement (document, obligatoire, valable 24 mois)",
                "Formulaire de consentement (document, valable 24 mois)",
            ),
        ),
        (
            lambda c: c["actions_types"].pop(),
            Change(
                "Action type", "Évaluer : Libre consentement – charge 2 j, vise le niveau 4\nDétail de l’action.", None
            ),
        ),
        (
            lambda c: c["actions_types"].reverse(),
            Change(
                "Action type, ordre",
                "Écrire : Libre consentement – charge 1,5 j, vise le niveau 3\nDétail de l’action.\n"
                "Évaluer : Libre consentement – charge 2 j, vise le niveau 4\nDétail de l’action.",
                "Évaluer : Libre consentement – charge 2 j, vise le niveau 4\nDétail de l’action.\n"
                "Écrire : Libre consentement – charge 1,5 j, vise le niveau 3\nDétail de l’action.",
            ),
        ),
        (
            lambda c: c["questions_entretien"][0].update(attendu="Deux exemples."),
            Change(
                "Question d’entretien", "direction : Comment ?\nUn exemple.", "direction : Comment ?\nDeux exemples."
            ),
        ),
    ],
)
def test_a_changed_field_of_a_criterion_is_named_once(document, other, change, expected):
    change(criterion(other, "DEO-01"))
    differences = compare(document, other)
    item = Item(str(key_of("DEO-01")), "DEO-01", "Libre consentement", CHANGED, (expected,))
    assert differences.criteria == (item,)
    assert not (differences.edition or differences.rules or differences.levels or differences.registers)
    assert not differences.chapters


def test_added_removed_and_moved_criteria(document, other):
    first, second = other["chapitres"][:2]
    new = copy.deepcopy(first["criteres"][0]) | {"cle": str(uuid.uuid4()), "code": "1.10", "titre": "Neuf"}
    gone = first["criteres"].pop(0)
    second["criteres"].insert(0, new)
    first["criteres"].append(second["criteres"].pop(2))
    differences = compare(document, other)
    assert [
        (item.code, item.status, [(each.label, each.before, each.after) for each in item.changes])
        for item in differences.criteria
    ] == [
        ("DEO-02", CHANGED, [("Chapitre", "DEO", "PER"), ("Place", "n° 5", "n° 3")]),
        ("1.10", Status.ADDED, []),
        (gone["code"], Status.REMOVED, []),
    ]
    assert [differences.count(status) for status in Status] == [1, 1, 1]


def test_a_renamed_chapter_does_not_touch_its_criteria(document, other):
    other["chapitres"][1] |= {"code": "ETH", "titre": "Éthique"}
    differences = compare(document, other)
    assert differences.criteria == ()
    assert differences.chapters == (
        Item(
            str(key_of("DEO")),
            "ETH",
            "Éthique",
            CHANGED,
            (Change("Code", "DEO", "ETH"), Change("Titre", "Déontologie", "Éthique")),
        ),
    )


def test_levels_registers_cover_and_rules(document, other):
    other["edition"]["libelle"] = "Autre"
    other["echelle"].pop()
    other["registres"].insert(0, other["registres"].pop())
    other["regles"]["constats"]["mineur"]["2"] = "conforme"
    other["regles"]["seuils"]["mineures_max"] = 3
    other["eligibilite"]["questions"][0]["reponses"][1]["effet"] = "bloquant"
    other["cycle"]["jalons"].append({"code": "J1", "titre": "Premier"})
    differences = compare(document, other)
    assert differences.edition == (Change("Libellé", "Édition d’essai BASE", "Autre"),)
    assert differences.levels == (Item("4", "4", "Amélioré", Status.REMOVED),)
    assert differences.registers == (
        Item(str(key_of("REG-8")), "REG-8", "Lever les incompréhensions", CHANGED, (Change("Place", "n° 8", "n° 1"),)),
    )
    assert differences.rules == (
        Change("Règles › Constat, mineur, niveau 2", "piste de progrès", "conforme"),
        Change("Règles › Non-conformités mineures admises", "2", "3"),
        Change("Éligibilité › question › ELI-01 › réponse › en_creation › effet", "À clarifier", "Bloquant"),
        Change("Cycle › jalon › J1 › code", None, "J1"),
        Change("Cycle › jalon › J1 › titre", None, "Premier"),
        Change("Cycle › jalon", "", None),
    )


def test_words_say_what_was_replaced():
    assert words("L’équipe écrit un bilan.", "L’équipe partage un bilan écrit.") == (
        Piece(SAME, "L’équipe "),
        Piece(GONE, "écrit"),
        Piece(NEW, "partage"),
        Piece(SAME, " un bilan"),
        Piece(NEW, " écrit"),
        Piece(SAME, "."),
    )
    assert words(None, "Neuf") == (Piece(NEW, "Neuf"),)
    assert words("Ancien", None) == (Piece(GONE, "Ancien"),)
    assert words("Même", "Même") == (Piece(SAME, "Même"),)


def test_two_very_long_texts_are_shown_one_after_the_other():
    before, after = "a " * 1_000, "a b " * 1_000
    assert words(before, after) == (Piece(GONE, before), Piece(NEW, after))
    assert words(before, before) == (Piece(SAME, before),)


@given(st.text(), st.text())
def test_words_lose_nothing(before, after):
    pieces = words(before, after)
    assert "".join(piece.text for piece in pieces if piece.kind != NEW) == before
    assert "".join(piece.text for piece in pieces if piece.kind != GONE) == after
