"""The consistency checks explain what a careful reader would ask, and change nothing."""

from datetime import date

from hypothesis import given

from assessments.consistency import remarks
from assessments.scoring import evaluate
from tests.dossiers import PROVED, criterion, dossier, dossiers, expected, piece

WRITTEN = "Nous tenons un registre à jour, relu chaque mois."


def said(*criteria, **more) -> list[tuple]:
    one = dossier(*criteria, **more)
    return [
        (each.code, each.sentence.replace("\u00a0", " ").replace("\u202f", " "), each.criteria)
        for each in remarks(one, evaluate(one))
    ]


def solid(code: str = "PER-01", level: int = 3, **more):
    more = {"evidence": (piece(None),), "justification": f"{WRITTEN} {code}"} | more
    return criterion(code, level, **more)


def test_a_solid_dossier_raises_no_question():
    assert said(solid(), solid("DEO-01", 2)) == []


def test_a_level_without_any_evidence():
    assert said(solid(evidence=()), solid("PER-02", 4, evidence=()), solid("DEO-01", 2, evidence=())) == [
        ("niveau_sans_preuve", "2 critères sont cotés 3 ou plus sans aucune preuve jointe.", ("PER-01", "PER-02"))
    ]


def test_evidence_older_than_the_edition_asks_of_registers():
    old = piece(None, effective=date(2025, 11, 20))
    at_the_limit = piece(None, effective=date(2025, 11, 21))
    assert said(
        solid(evidence=(old,)), solid("PER-02", evidence=(old, piece(None))), solid("DEO-01", evidence=(at_the_limit,))
    ) == [("preuve_ancienne", "1 critère est coté 3 ou plus sur des preuves de plus de 12 mois.", ("PER-01",))]


def test_old_evidence_still_valid_is_not_questioned():
    kept = piece(effective=date(2024, 12, 1))
    assert said(solid(evidence=(kept,), expected=(expected(months=36),))) == []


def test_expired_evidence_is_a_reserve_and_not_a_remark_too():
    assert said(solid(evidence=(piece(effective=date(2024, 1, 1)),), expected=(expected(months=12),))) == []


def test_evidence_without_any_date():
    assert said(solid(evidence=(piece(None, effective=None), piece(None)))) == [
        ("preuve_sans_date", "1 critère s’appuie sur une preuve sans date.", ("PER-01",))
    ]


def test_a_high_level_without_justification():
    assert said(solid(justification=" "), solid("DEO-01", 2, justification="")) == [
        ("niveau_sans_justification", "1 critère est coté 3 ou plus sans justification écrite.", ("PER-01",))
    ]


def test_one_justification_for_several_criteria():
    assert said(
        solid(justification=WRITTEN), solid("PER-02", 2, justification=f" {WRITTEN.upper()}\n"), solid("DEO-01")
    ) == [("justification_identique", "La même justification sert à 2 critères.", ("PER-01", "PER-02"))]


def test_a_short_word_may_be_repeated():
    assert said(solid(justification="Oui."), solid("PER-02", justification="Oui.")) == []


def test_one_level_everywhere_in_a_chapter():
    codes = tuple(f"PER-{number:02}" for number in range(1, 6))
    same = [solid(code, 2) for code in codes]
    assert said(*same, solid("DEO-01", 2)) == [
        ("niveaux_identiques", "Périmètre : les 5 critères cotés sont tous au niveau 2.", codes)
    ]
    assert said(*same[:4], solid("PER-05", 3)) == []


def test_a_cluster_of_not_applicable():
    aside = {"not_applicable": True, "na_allowed": True}
    assert said(
        *(criterion(code, justification=f"{WRITTEN} {code}", **aside) for code in ("PER-01", "PER-02", "DEO-01"))
    ) == [("non_concernes_groupes", "Périmètre : 2 critères sont « non concerné ».", ("PER-01", "PER-02"))]


def test_the_register_criterion_and_the_counter_disagree():
    over = solid("PER-08", 3, criticality="bloquant")
    under = solid("PER-08", 2, criticality="bloquant")
    assert said(over, covered=4) == [
        (
            "registres_et_niveau",
            "PER-08 est coté 3, alors que 4 registres sont couverts sur 8 (seuil : 5).",
            ("PER-08",),
        )
    ]
    assert said(under, covered=5) == [
        (
            "registres_et_niveau",
            "PER-08 est coté 2, alors que 5 registres sont couverts sur 8 (seuil : 5).",
            ("PER-08",),
        )
    ]
    assert said(over, covered=5) == []
    assert said(under, covered=4) == []


@PROVED
@given(dossiers())
def test_a_remark_is_about_criteria_in_scope(one):
    in_scope = {each.code for each in one.criteria if each.in_scope}
    for remark in remarks(one, evaluate(one)):
        assert remark.criteria
        assert set(remark.criteria) <= in_scope
