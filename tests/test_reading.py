"""One reading of a dossier: what the rows say, as canonical JSON, and what it costs."""

import json
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assessments.canonical import recompute
from assessments.models import Action, Answer, ReviewerOpinion
from assessments.reading import canonical_json, read
from assessments.scoring import Verdict
from certif.accounts.models import Service
from tests.factories import (
    answer,
    answer_all,
    ask,
    declare,
    make_assessment,
    make_edition,
    make_evidence,
    make_network,
    opine,
    use_evidence,
)

DAY = date(2026, 11, 21)


def of(reading, code: str) -> dict:
    return next(each for each in reading.canonical["criteres"] if each["code"] == code)


def register_of(reading, code: str) -> dict:
    return next(each for each in reading.canonical["registres"] if each["code"] == code)


def test_an_empty_dossier_is_incomplete_and_has_no_maturity(dossier):
    result = read(dossier, on=DAY).canonical["resultat"]

    assert result["maturite"] == {"total": None, "chapitres": {"PER": None, "DEO": None, "QUA": None}}
    assert result["completude"] == {"total": "0/1", "chapitres": {"PER": "0/1", "DEO": "0/1", "QUA": "0/1"}}
    assert result["verdict"] == "incomplet"
    assert result["constats"] == {}


def test_an_answer_and_its_evidence_are_told_whole(dossier, fabrique, lea):
    answer(dossier, "DEO-01", 2, justification="Demandé à l’oral.", by=lea)
    piece = make_evidence(fabrique, "Formulaire signé", effective_on=date(2026, 1, 3))
    use_evidence(piece, dossier, "DEO-01", expected=1)
    link = make_evidence(fabrique, "Page publique", url="https://exemple.invalid/charte")
    use_evidence(link, dossier, "DEO-01")

    criterion = of(read(dossier, on=DAY), "DEO-01")

    expected = criterion["preuves_attendues"][0]
    assert (criterion["niveau"], criterion["non_concerne"], criterion["justification"]) == (
        2,
        False,
        "Demandé à l’oral.",
    )
    assert criterion["preuves"] == [
        {
            "libelle": "Formulaire signé",
            "date_effet": "2026-01-03",
            "date_expiration": None,
            "sha256": piece.sha256,
            "nature": "fichier",
            "attendue": expected["cle"],
        },
        {
            "libelle": "Page publique",
            "date_effet": None,
            "date_expiration": None,
            "sha256": None,
            "nature": "lien",
            "attendue": None,
        },
    ]


def test_a_conditional_criterion_enters_the_scope_with_its_register(dossier):
    assert of(read(dossier, on=DAY), "DEO-03")["hors_perimetre"] is True

    declare(dossier, "REG-8")

    assert of(read(dossier, on=DAY), "DEO-03")["hors_perimetre"] is False


@pytest.mark.parametrize(
    ("effective_on", "covered", "reason"),
    [
        (date(2025, 11, 22), True, None),
        (date(2025, 11, 21), False, "preuve_ancienne"),
        (date(2026, 11, 22), False, "sans_preuve"),
    ],
)
def test_a_register_needs_a_service_and_a_recent_piece(dossier, fabrique, effective_on, covered, reason):
    piece = make_evidence(fabrique, effective_on=effective_on)
    declare(dossier, "REG-1", services=Service.objects.all(), evidence=[piece])
    declare(dossier, "REG-2", evidence=[piece])
    reading = read(dossier, on=DAY)

    assert (register_of(reading, "REG-1")["couvert"], register_of(reading, "REG-1")["motif"]) == (covered, reason)
    assert register_of(reading, "REG-2")["motif"] == "sans_dispositif"
    assert register_of(reading, "REG-3")["motif"] == "non_declare"
    assert reading.canonical["resultat"]["registres_couverts"] == int(covered)


def test_a_blocking_eligibility_answer_holds_the_verdict_back(dossier):
    dossier.eligibility = {"ELI-01": "aucune"}

    reading = read(dossier, on=DAY)

    assert reading.canonical["eligibilite"] == {"reponses": {"ELI-01": "aucune"}, "bloquantes": ["ELI-01"]}
    assert reading.result.verdict == Verdict.NOT_READY


def test_the_advisor_stands_beside_and_the_private_note_stays_private(dossier, reseau, adele):
    row = answer(dossier, "PER-01", 3)
    opine(row, reseau, adele, 1, "À revoir.", private_note="Entre nous.")

    reading = read(dossier, on=DAY)

    assert of(reading, "PER-01")["avis"] == [
        {
            "conseiller": "Adèle Roche",
            "reseau": "Réseau des médiateurs",
            "niveau": 1,
            "remarque": "À revoir.",
            "demande": "",
        }
    ]
    assert reading.canonical["resultat"]["maturite"]["total"] == "3/4"
    assert reading.canonical["resultat"]["avis"]["maturite"]["total"] == "1/4"
    assert "Entre nous" not in canonical_json(reading.canonical)


def test_what_the_network_is_still_writing_is_not_read(dossier, reseau, adele):
    per, deo, qua = (answer(dossier, code, 3) for code in ("PER-01", "DEO-01", "QUA-01"))
    told = opine(per, reseau, adele, 1, "À revoir.")
    ReviewerOpinion.objects.filter(pk=told.pk).update(level=4, remark="Finalement non.", advisor=None)
    opine(deo, reseau, adele, 0, "Un brouillon.", shown=False)
    opine(qua, reseau, adele, None, "", private_note="Rien à en dire.")
    ask(deo, reseau, adele, "Pas encore envoyée.", sent=False)

    reading = read(dossier, on=DAY)

    assert {code: of(reading, code)["avis"] for code in ("PER-01", "DEO-01", "QUA-01")} == {
        "PER-01": [
            {
                "conseiller": "Adèle Roche",
                "reseau": "Réseau des médiateurs",
                "niveau": 1,
                "remarque": "À revoir.",
                "demande": "",
            }
        ],
        "DEO-01": [],
        "QUA-01": [],
    }


def test_requests_sent_and_open_follow_the_opinion_of_their_network(dossier, reseau, adele, oscar):
    row = answer(dossier, "PER-01", 3)
    other = make_network("Autre réseau")
    ask(row, other, oscar, "Pour l’autre.")
    opine(row, reseau, adele, 2)
    ask(row, reseau, adele, "Les statuts.")
    ask(row, reseau, adele, "Le registre.", answered_at=timezone.now())
    ask(row, reseau, adele, "Déjà réglée.", settled_at=timezone.now())

    said = of(read(dossier, on=DAY), "PER-01")["avis"]

    assert [(each["reseau"], each["niveau"], each["demande"]) for each in said] == [
        ("Réseau des médiateurs", 2, "Les statuts.\nLe registre."),
        ("Autre réseau", None, "Pour l’autre."),
    ]


def test_an_action_takes_the_priority_of_what_it_repairs(dossier):
    answer(dossier, "PER-01", 0)
    answer(dossier, "PER-02", 2)
    blocking = Action.objects.create(assessment=dossier, title="Recruter")
    blocking.criteria.set(dossier.edition.criteria.filter(code__in=("PER-01", "PER-02")))
    Action.objects.create(assessment=dossier, title="Une idée")

    actions = {each["titre"]: each for each in read(dossier, on=DAY).canonical["actions"]}

    assert (actions["Recruter"]["criteres"], actions["Recruter"]["priorite"]) == (["PER-01", "PER-02"], 1)
    assert (actions["Une idée"]["criteres"], actions["Une idée"]["priorite"]) == ([], 3)


def test_the_canonical_text_says_enough_to_be_recomputed(dossier):
    answer_all(dossier, 3, but={"DEO-01": 1, "PER-02": None})
    text = canonical_json(read(dossier, on=DAY).canonical)

    assert recompute(json.loads(text)) == json.loads(text)["resultat"]
    assert canonical_json(json.loads(text)) == text


def test_another_scale_scores_as_well(fabrique):
    edition = make_edition(level_max=3)
    other = make_assessment(fabrique, edition)
    answer_all(other, 3)

    assert read(other, on=DAY).canonical["resultat"]["maturite"]["total"] == "1/1"


def test_reading_costs_the_same_whatever_the_dossier_holds(dossier, fabrique, lea):
    read(dossier, on=DAY)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert read(dossier, on=DAY).canonical["format"] == "certif-dossier/1"
        return len(captured)

    declare(dossier, "REG-1", services=Service.objects.all())
    Action.objects.create(assessment=dossier, title="Une").criteria.set(dossier.edition.criteria.all()[:1])
    answer(dossier, "PER-01", 1, by=lea)
    before = queries()
    answer_all(dossier, 3)
    for code in Answer.objects.filter(assessment=dossier).values_list("criterion__code", flat=True):
        use_evidence(make_evidence(fabrique), dossier, code)
    for number in range(2, 8):
        declare(dossier, f"REG-{number}", services=Service.objects.all(), evidence=fabrique.evidence.all()[:3])
    for number in range(20):
        Action.objects.create(assessment=dossier, title=f"Action {number}").criteria.set(
            dossier.edition.criteria.all()[:2]
        )

    assert (before, queries()) == (10, 10)
