"""The edition shipped with the product, tested as product: whole, sealed, loaded once, written in good French."""

import json
import re
from collections import Counter
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.urls import reverse

from referentiel.editions import canonical_content, fingerprint, shortcomings
from referentiel.eligibility import judge
from referentiel.management.commands.charger_norme import load
from referentiel.models import Criterion, Edition, Seal
from tests.factories import make_edition
from tests.people import client_of
from tests.shipped import FIXTURE, rows, sealed_row

pytestmark = pytest.mark.slow

# --- Whole --------------------------------------------------------------------------------------


def test_it_counts_what_is_announced(shipped):
    assert [len(chapter.criteria) for chapter in shipped.chapters] == [8, 14, 14, 13, 13, 11, 11, 11, 12]
    assert len(shipped.criteria) == 107
    assert len(shipped.registers) == 8
    assert [level.label for level in shipped.levels] == [
        "Non couvert",
        "En construction",
        "Partiel",
        "Maîtrisé",
        "Amélioré",
    ]
    assert len(shipped.eligibility["questions"]) == 12
    assert len(shipped.cycle["jalons"]) == 25


def test_it_could_be_published(shipped):
    assert shortcomings(shipped) == []


def test_every_criterion_says_what_to_look_for_and_where_it_comes_from(shipped):
    for criterion in shipped.criteria:
        assert criterion.statement and criterion.criticality_reason and criterion.guiding_questions, criterion.code
        assert [descriptor.value for descriptor in criterion.descriptors] == [0, 1, 2, 3, 4], criterion.code
        assert len({descriptor.text for descriptor in criterion.descriptors}) == 5, criterion.code
        assert criterion.expected_evidence and criterion.suggested_actions and criterion.interview_questions, (
            criterion.code
        )
        assert criterion.sources, criterion.code


def test_keys_are_unique_and_codes_are_text(shipped):
    keys = [criterion.key for criterion in shipped.criteria]
    keys += [piece.key for criterion in shipped.criteria for piece in criterion.expected_evidence]
    keys += [action.key for criterion in shipped.criteria for action in criterion.suggested_actions]
    assert len(set(keys)) == len(keys)
    assert all(re.fullmatch(r"[A-Z]{3}-\d\d", criterion.code) for criterion in shipped.criteria)
    assert all(criterion.code.startswith(criterion.chapter_code) for criterion in shipped.criteria)


def test_some_action_leads_every_criterion_to_the_level_that_conforms(shipped):
    """Otherwise the shortest way to « prêt » would have holes."""
    for criterion in shipped.criteria:
        assert max(action.target_level for action in criterion.suggested_actions) >= 3, criterion.code


def test_the_rules_are_those_of_the_domain(shipped):
    assert shipped.rules == {
        "constats": {
            "bloquant": {
                "0": "non-conformité majeure",
                "1": "non-conformité majeure",
                "2": "non-conformité mineure",
                "3": "conforme",
                "4": "point fort",
            },
            "majeur": {
                "0": "non-conformité mineure",
                "1": "non-conformité mineure",
                "2": "point sensible",
                "3": "conforme",
                "4": "point fort",
            },
            "mineur": {
                "0": "point sensible",
                "1": "point sensible",
                "2": "piste de progrès",
                "3": "conforme",
                "4": "point fort",
            },
        },
        "seuils": {"mineures_max": 2, "niveau_preuve_min": 3},
        "registres": {"minimum": 5, "mois": 12, "critere": shipped.criterion_by_code["PER-08"].key},
        "non_concerne": {"justification_min": 20},
        "chemin": {"jours_par_preuve": "0.5"},
    }


def test_a_question_of_our_own_never_blocks(shipped):
    for question in shipped.eligibility["questions"]:
        effects = {choice["effet"] for choice in question["reponses"]}
        assert effects <= {"ok", "a_clarifier", "bloquant"}
        assert "ok" in effects
        assert question["statut"] == "sourcé" or "bloquant" not in effects
        assert set(question["criteres"]) <= shipped.criterion_by_code.keys()


def test_every_choice_of_the_questionnaire_is_judged(shipped):
    questions = shipped.eligibility["questions"]
    good = {
        question["code"]: next(choice["valeur"] for choice in question["reponses"] if choice["effet"] == "ok")
        for question in questions
    }
    for question in questions:
        for choice in question["reponses"]:
            outcome = judge(shipped.eligibility, good | {question["code"]: choice["valeur"]})
            assert outcome.effect == choice["effet"]
            assert choice["message"] in [line.message for line in outcome.lines]


def test_the_questionnaire_shows(shipped):
    text = client_of().get(reverse("eligibility")).content.decode()
    assert text.count("<fieldset") == len(shipped.eligibility["questions"])
    assert "12\u00a0questions" in text


def test_milestones_hang_on_known_anchors(shipped):
    anchors = {anchor["code"] for anchor in shipped.cycle["ancres"]}
    assert {milestone["ancre"] for milestone in shipped.cycle["jalons"]} == anchors
    codes = [milestone["code"] for milestone in shipped.cycle["jalons"]]
    assert len(set(codes)) == len(codes)
    links = {link for milestone in shipped.cycle["jalons"] for link in milestone["lien"]}
    assert {link for link in links if re.fullmatch(r"[A-Z]{3}-\d\d", link)} <= shipped.criterion_by_code.keys()


# --- Sealed, and loaded once ----------------------------------------------------------------------


def test_the_seal_bears_the_fingerprint_of_the_content(shipped, shipped_edition):
    assert fingerprint(shipped_edition) == sealed_row()["fingerprint"] == shipped_edition.seal.fingerprint


def test_loading_the_fixture_again_changes_nothing(shipped, shipped_edition):
    counts = Counter(row["model"] for row in json.loads(FIXTURE.read_text("utf-8")))
    before = canonical_content(shipped_edition)
    call_command("loaddata", "xp_x60_600", verbosity=0)
    assert canonical_content(shipped_edition) == before
    assert Criterion.objects.filter(edition=shipped_edition).count() == counts["referentiel.criterion"]
    assert Seal.objects.filter(edition=shipped_edition).count() == 1


def test_the_command_knows_it_is_already_there(shipped, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert load(FIXTURE) == f"{shipped.label}\u00a0: déjà à jour."
    out = StringIO()
    call_command("charger_norme", stdout=out)
    assert out.getvalue() == f"{shipped.label}\u00a0: déjà à jour.\n"


@pytest.fixture
def altered(tmp_path):
    """Copies of the fixture, changed."""

    def write(change):
        data = json.loads(FIXTURE.read_text("utf-8"))
        change(data)
        path = tmp_path / "autre.json"
        path.write_text(json.dumps(data), "utf-8")
        return path

    return write


def reword(data):
    for row in data:
        if row["model"] == "referentiel.leveldescriptor":
            row["fields"]["text"] = "Texte retouché."
            return


def test_a_fixture_with_another_text_is_refused_whole(shipped, shipped_edition, altered):
    def change(data):
        reword(data)
        data[1]["fields"]["label"] = "Autre libellé"

    before = canonical_content(shipped_edition)
    with pytest.raises(IntegrityError, match="Une édition publiée ne change plus"), transaction.atomic():
        call_command("loaddata", altered(change), verbosity=0)
    assert canonical_content(shipped_edition) == before


def test_the_command_refuses_another_text_under_the_same_code(shipped, shipped_edition, altered):
    def change(data):
        reword(data)
        data[-1]["fields"]["fingerprint"] = "f" * 64

    with pytest.raises(CommandError, match="Une édition publiée ne change pas\u00a0: rien n’a été chargé"):
        load(altered(change))
    assert fingerprint(shipped_edition) == shipped_edition.seal.fingerprint


def test_the_command_refuses_a_damaged_file(db, altered):
    with pytest.raises(CommandError, match=r"autre\.json est abîmé"):
        load(altered(rename))
    assert not Edition.objects.filter(code="AUTRE").exists()


def rename(data):
    """The same content under another code: its fingerprint is no longer the announced one."""
    text = json.dumps(data).replace(sealed_row()["edition"][0], "AUTRE")
    data[:] = json.loads(text)


def test_the_command_leaves_a_draft_of_the_same_code_alone(db, altered):
    make_edition("AUTRE", sealed=False)
    with pytest.raises(CommandError, match="brouillon porte déjà le code AUTRE"):
        load(altered(rename))
    assert Edition.objects.get(code="AUTRE").status == "brouillon"


# --- Written in good French ------------------------------------------------------------------------


def texts() -> list[str]:
    found = []

    def walk(value):
        if isinstance(value, str):
            found.append(value)
        elif isinstance(value, dict):
            for each in value.values():
                walk(each)
        elif isinstance(value, list):
            for each in value:
                walk(each)

    walk(json.loads(FIXTURE.read_text("utf-8")))
    return [text for text in found if not text.startswith(("http://", "https://"))]


@pytest.mark.parametrize(
    ("fault", "pattern"),
    [
        ("straight quotes", r"['\"`“”‘]"),
        ("a plain space before ; ! ? :", r" [;!?:]"),
        ("nothing before ; ! ?", r"[^\W\d_»)][;!?](?:\s|$)"),
        ("nothing before a colon", r"[^\W\d_»)]:(?:\s|$)"),
        ("a breaking space inside quotes", r"« | »"),
        ("nothing inside quotes", r"«(?![\u00a0\u202f])|(?<![\u00a0\u202f])»"),
        ("two spaces", r"[ \u00a0\u202f]{2}"),
        ("a space before a comma or a full stop", r"[ \u00a0\u202f][,.](?!\d)"),
        ("three dots", r"\.\.\."),
        ("an outer blank", r"^\s|\s$"),
        ("a line break", r"\n(?!\n)(?<!\n\n)"),
        ("a plain space before %", r"\d %"),
        ("private references", r"§|dossier métier|graine|YAML"),
        ("a doubled word", r"\b(?!nous\b|vous\b)([^\W\d_]{2,}) \1\b"),
    ],
    ids=lambda value: value if " " in value or value.isalpha() else "",
)
def test_typography(fault, pattern):
    assert [text for text in texts() if re.search(pattern, text)] == []


def test_sentences_begin_with_a_capital_and_end_with_a_stop():
    for row in rows("leveldescriptor"):
        assert re.match(r"[^\W\d_a-z]|«\u00a0", row["text"]), row["text"]
        assert row["text"].endswith((".", "\u202f!", "\u202f?", "»")), row["text"]
