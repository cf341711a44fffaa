"""How a dossier is scored, one rule of the domain at a time."""

import json
from datetime import date
from fractions import Fraction

import pytest

from assessments.canonical import dossier_from_json, recompute, result_of
from assessments.scoring import (
    Coverage,
    EvidenceStatus,
    Rules,
    Uncovered,
    add_months,
    completeness,
    evaluate,
    expiry,
    explain_maturity,
    finding,
    headline_parts,
    maturity,
    missing_required,
    percent,
    percent_text,
    register_coverage,
    verdict_headline,
)
from tests.dossiers import RULES, RULES_JSON, TODAY, canonical, criterion, dossier, expected, piece, register

LONG_ENOUGH = "Nous n’avons aucun bénévole."


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def said(result) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(reason.code, plain(reason.sentence), reason.criteria) for reason in result.reasons]


def conforming(*codes: str):
    return [criterion(code, 3) for code in codes]


# Maturity and completeness


def test_maturity_weighs_levels():
    criteria = [criterion("PER-01", 4, weight=3), criterion("PER-02", 1, weight=1)]
    assert maturity(criteria, RULES) == Fraction(3 * 4 + 1 * 1, 3 * 4 + 1 * 4)


def test_maturity_of_nothing_rated_is_without_object():
    assert maturity([criterion("PER-01"), criterion("PER-02", not_applicable=True)], RULES) is None
    assert percent_text(None) == "sans objet"


def test_unanswered_is_not_zero():
    assert maturity([criterion("PER-01", 4), criterion("PER-02")], RULES) == 1
    assert maturity([criterion("PER-01", 4), criterion("PER-02", 0)], RULES) == Fraction(1, 2)


def test_the_scale_is_the_one_of_the_edition():
    rules = Rules.from_json(
        {**RULES_JSON, "constats": {"majeur": {"1": "non-conformité mineure", "2": "conforme"}}}, [2, 1]
    )
    assert (rules.levels, rules.level_max) == ((1, 2), 2)
    assert maturity([criterion("PER-01", 1)], rules) == Fraction(1, 2)


def test_maturity_and_completeness_by_chapter():
    result = evaluate(dossier(criterion("PER-01", 3), criterion("PER-02"), criterion("DEO-01")))
    assert result.maturity.chapters == {"PER": Fraction(3, 4), "DEO": None}
    assert result.completeness.chapters == {"PER": Fraction(1, 2), "DEO": Fraction(0)}
    assert (result.progress.done, result.progress.total, result.progress.left) == (1, 3, 2)


@pytest.mark.parametrize(
    ("answer", "counts"),
    [
        ({"level": 0}, True),
        ({}, False),
        ({"not_applicable": True, "na_allowed": True, "justification": LONG_ENOUGH}, True),
        ({"not_applicable": True, "na_allowed": True, "justification": "x" * 19}, False),
        ({"not_applicable": True, "na_allowed": True, "justification": "x" * 20}, True),
        ({"not_applicable": True, "na_allowed": True, "justification": f"  {'x' * 18}  "}, False),
        ({"not_applicable": True, "justification": LONG_ENOUGH}, False),
        ({"not_applicable": True, "na_allowed": True, "justification": LONG_ENOUGH, "criticality": "bloquant"}, False),
    ],
)
def test_what_counts_as_answered(answer, counts):
    assert completeness([criterion("PER-01", **answer)], RULES) == int(counts)


def test_out_of_scope_is_not_asked():
    result = evaluate(dossier(*conforming("PER-01"), criterion("PER-02", in_scope=False)))
    assert (result.completeness.total, result.verdict) == (1, "prêt")


@pytest.mark.parametrize(
    ("share", "shown"),
    [
        (Fraction(449, 720), "62 %"),
        (Fraction(1, 200), "1 %"),
        (Fraction(5, 200), "3 %"),
        (Fraction(1, 1000), "1 %"),
        (Fraction(999, 1000), "99 %"),
        (Fraction(0), "0 %"),
        (Fraction(1), "100 %"),
    ],
)
def test_percent_is_half_up_and_keeps_the_ends_honest(share, shown):
    assert percent_text(share) == shown.replace(" ", "\u202f")
    assert percent(share) == int(shown.removesuffix(" %"))


def test_why_this_score():
    criteria = [criterion(f"PER-{number:02}", 2, weight=3) for number in range(4)] + [
        criterion("DEO-01", 4, weight=1),
        criterion("DEO-02", weight=2),
    ]
    why = explain_maturity(criteria, RULES)
    assert [(row.weight, row.rated, row.points, row.maximum) for row in why.rows] == [(3, 4, 24, 48), (1, 1, 4, 4)]
    assert (why.rated, why.points, why.maximum, why.value) == (5, 28, 52, Fraction(7, 13))


# Findings


@pytest.mark.parametrize(
    ("criticality", "row"),
    [
        ("bloquant", "non-conformité majeure|non-conformité majeure|non-conformité mineure|conforme|point fort"),
        ("majeur", "non-conformité mineure|non-conformité mineure|point sensible|conforme|point fort"),
        ("mineur", "point sensible|point sensible|piste de progrès|conforme|point fort"),
    ],
)
def test_findings_of_the_shipped_table(criticality, row):
    assert [finding(criterion("PER-01", level, criticality), RULES) for level in range(5)] == row.split("|")


@pytest.mark.parametrize("answer", [{}, {"not_applicable": True}, {"level": 0, "in_scope": False}])
def test_no_finding_without_a_level(answer):
    assert finding(criterion("PER-01", **answer), RULES) is None


def test_a_table_with_a_hole_is_refused():
    with pytest.raises(ValueError, match="aucun constat pour le niveau 4"):
        Rules.from_json(
            {**RULES_JSON, "constats": {"majeur": {str(level): "conforme" for level in range(4)}}}, range(5)
        )


def test_a_table_that_worsens_is_refused():
    row = {"0": "conforme", "1": "point sensible"}
    with pytest.raises(ValueError, match="plus grave"):
        Rules.from_json({**RULES_JSON, "constats": {"majeur": row}}, range(2))


@pytest.mark.parametrize("levels", [[], [0], [-1, 2], [1, 1, 2]])
def test_an_unusable_scale_is_refused(levels):
    with pytest.raises(ValueError, match="Échelle inutilisable"):
        Rules.from_json(RULES_JSON, levels)


# Evidence


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 11, 21), -12, date(2025, 11, 21)),
        (date(2026, 1, 5), -1, date(2025, 12, 5)),
        (date(9999, 6, 1), 24, date.max),
        (date(1, 6, 1), -24, date.min),
    ],
)
def test_months_later(day, months, then):
    assert add_months(day, months) == then


def test_a_piece_expires_on_its_own_date_or_after_its_validity():
    dated = piece(effective=date(2024, 2, 29))
    assert expiry(dated, expected(months=12)) == date(2025, 2, 28)
    assert expiry(dated, expected(months=None)) is None
    assert expiry(dated) is None
    assert expiry(piece(effective=None), expected(months=12)) is None
    assert expiry(piece(effective=date(2026, 1, 1), expires=date(2026, 3, 1)), expected(months=12)) == date(2026, 3, 1)


@pytest.mark.parametrize(
    ("pieces", "status"),
    [
        ([], "manquante"),
        ([piece("autre")], "manquante"),
        ([piece(None)], "manquante"),
        ([piece(effective=date(2026, 11, 22))], "manquante"),
        ([piece(effective=date(2025, 11, 20))], "expirée"),
        ([piece(effective=date(2025, 11, 21))], None),
        ([piece(effective=None, expires=date(2026, 11, 20))], "expirée"),
        ([piece(effective=None, expires=TODAY)], None),
        ([piece(effective=None)], None),
        ([piece(effective=date(2020, 1, 1)), piece()], None),
    ],
)
def test_what_a_required_piece_is_worth(pieces, status):
    asked = criterion("PER-01", 3, expected=(expected(),), evidence=tuple(pieces))
    assert [gap.status for gap in missing_required(asked, TODAY)] == ([status] if status else [])


def test_an_expired_piece_says_since_when():
    asked = criterion("PER-01", 3, expected=(expected(),), evidence=(piece(effective=date(2025, 3, 2)),))
    (gap,) = missing_required(asked, TODAY)
    assert (gap.status, gap.expired_on) == (EvidenceStatus.EXPIRED, date(2026, 3, 2))


def test_an_optional_piece_is_never_missing():
    assert missing_required(criterion("PER-01", 3, expected=(expected(required=False),)), TODAY) == ()


# Registers


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        ({}, None),
        ({"declared": False}, "non_declare"),
        ({"services": ()}, "sans_dispositif"),
        ({"dates": ()}, "sans_preuve"),
        ({"dates": (None,)}, "sans_preuve"),
        ({"dates": (date(2026, 11, 22),)}, "sans_preuve"),
        ({"dates": (date(2025, 11, 21),)}, "preuve_ancienne"),
        ({"dates": (date(2025, 11, 22),)}, None),
        ({"dates": (date(2019, 1, 1), None, date(2026, 2, 1))}, None),
    ],
)
def test_when_a_register_is_covered(state, reason):
    assert register_coverage(register(1, **state), RULES, TODAY) == Coverage(reason and Uncovered(reason))


# Verdict


def test_ready():
    result = evaluate(dossier(*conforming("PER-01", "DEO-01")))
    assert (result.verdict, said(result), verdict_headline(result)) == ("prêt", [], "Prêt")


def test_a_major_non_conformity_blocks_even_an_unfinished_dossier_and_every_reason_is_listed():
    result = evaluate(
        dossier(
            criterion("PER-01", 1, "bloquant", title="Registre du personnel"),
            criterion("PER-02"),
            criterion("DEO-01", 3, expected=(expected(), expected("charte")), evidence=(piece("charte"),)),
            covered=0,
        )
    )
    assert result.verdict == "pas prêt"
    assert plain(verdict_headline(result)) == "Pas encore prêt : 1 point bloquant"
    assert said(result) == [
        (
            "non_conformite_majeure",
            "Registre du personnel : non-conformité majeure simulée au niveau 1 ; il faut au moins le niveau 2.",
            ("PER-01",),
        ),
        ("sans_reponse", "1 critère est sans réponse.", ("PER-02",)),
        ("preuve_manquante", "1 preuve obligatoire manque sur un critère coté 3 ou plus.", ("DEO-01",)),
    ]


def test_the_mean_never_decides():
    result = evaluate(
        dossier(*(criterion(f"PER-{n:02}", 4, weight=3) for n in range(30)), criterion("DEO-01", 1, "bloquant"))
    )
    assert (percent(result.maturity.total), result.verdict) == (98, "pas prêt")


def test_an_eligibility_answer_blocks():
    result = evaluate(dossier(*conforming("PER-01"), blocking_eligibility=("ELI-02", "ELI-05")))
    assert result.verdict == "pas prêt"
    assert [reason.about for reason in result.reasons] == [("ELI-02",), ("ELI-05",)]
    assert plain(verdict_headline(result)) == "Pas encore prêt : 2 points bloquants"


def test_registers_block_once_everything_is_answered_and_not_before():
    assert evaluate(dossier(*conforming("PER-01"), covered=5)).verdict == "prêt"
    blocked = evaluate(dossier(*conforming("PER-01"), covered=4))
    assert (blocked.verdict, blocked.registers_covered) == ("pas prêt", 4)
    assert said(blocked) == [
        ("registres_insuffisants", "4 registres d’intervention couverts sur 8 ; il en faut au moins 5.", ())
    ]
    assert blocked.reasons[0].about == ("REG-5", "REG-6", "REG-7", "REG-8")
    assert evaluate(dossier(*conforming("PER-01"), criterion("PER-02"), covered=4)).verdict == "incomplet"


def test_incomplete_says_what_is_left():
    result = evaluate(
        dossier(
            criterion("PER-01"),
            criterion("PER-02"),
            criterion("DEO-01", not_applicable=True, na_allowed=True, justification="trop court"),
            criterion("DEO-02", not_applicable=True, justification=LONG_ENOUGH),
        )
    )
    assert plain(verdict_headline(result)) == "Incomplet : 2 critères sans réponse et 2 « non concerné » à revoir"
    assert said(result) == [
        ("sans_reponse", "2 critères sont sans réponse.", ("PER-01", "PER-02")),
        ("non_concerne_interdit", "1 critère ne peut pas être répondu « non concerné ».", ("DEO-02",)),
        (
            "non_concerne_a_justifier",
            "1 « non concerné » reste à justifier en 20 caractères au moins.",
            ("DEO-01",),
        ),
    ]


def test_two_minors_are_tolerated_and_three_are_a_reserve():
    minors = [criterion(f"PER-{number:02}", 1) for number in range(1, 4)]
    assert evaluate(dossier(*minors[:2])).verdict == "prêt"
    result = evaluate(dossier(*minors))
    assert result.verdict == "prêt sous réserve"
    assert plain(verdict_headline(result)) == "Prêt sous réserve : 3 non-conformités mineures"
    assert said(result) == [
        (
            "mineures_trop_nombreuses",
            "3 non-conformités mineures simulées ; le seuil indicatif est de 2.",
            ("PER-01", "PER-02", "PER-03"),
        )
    ]


def test_missing_and_expired_evidence_are_two_reserves():
    old = piece(effective=date(2024, 1, 1))
    result = evaluate(
        dossier(
            criterion("PER-01", 3, expected=(expected(),), evidence=(old,)),
            criterion("PER-02", 4, expected=(expected(), expected("charte"))),
            criterion("DEO-01", 3, expected=(expected(),)),
            criterion("DEO-02", 2, expected=(expected(),)),
        )
    )
    assert result.verdict == "prêt sous réserve"
    assert plain(verdict_headline(result)) == "Prêt sous réserve : 4 preuves obligatoires à fournir"
    assert said(result) == [
        (
            "preuve_manquante",
            "3 preuves obligatoires manquent sur 2 critères cotés 3 ou plus.",
            ("PER-02", "DEO-01"),
        ),
        ("preuve_expiree", "1 preuve obligatoire a expiré sur un critère coté 3 ou plus.", ("PER-01",)),
    ]


def test_rising_without_the_evidence_may_cost_a_reserve():
    """The honest exception to « raising a level never worsens the verdict »."""
    asked = {"criticality": "mineur", "expected": (expected(),)}
    assert evaluate(dossier(criterion("PER-01", 2, **asked))).verdict == "prêt"
    assert evaluate(dossier(criterion("PER-01", 3, **asked))).verdict == "prêt sous réserve"


def test_headline_comes_in_two_parts_for_screens():
    result = evaluate(dossier(criterion("PER-01", 0, "bloquant"), criterion("PER-02", 0, "bloquant")))
    assert headline_parts(result) == ("Pas encore prêt", "2\u00a0points bloquants")


# The advisor's reading


def test_the_second_reading_takes_the_advisors_level_where_there_is_one():
    result = evaluate(
        dossier(
            criterion("PER-01", 4, advisor_level=2),
            criterion("PER-02", 3),
            criterion("DEO-01", not_applicable=True, advisor_level=1),
        )
    )
    assert result.maturity.total == Fraction(7, 8)
    assert result.advisor.total == Fraction(2 + 3 + 1, 12)
    assert result.advisor.chapters == {"PER": Fraction(5, 8), "DEO": Fraction(1, 4)}


def test_no_second_reading_without_an_opinion():
    assert evaluate(dossier(criterion("PER-01", 4))).advisor is None


# The canonical JSON


def test_a_canonical_json_is_recomputed():
    data = canonical(
        dossier(
            criterion("PER-01", 1, "bloquant", title="Personnel", advisor_level=2),
            criterion("DEO-01", 3, expected=(expected(),), evidence=(piece(),)),
            criterion("DEO-02"),
        )
    )
    resultat = recompute(json.loads(json.dumps(data)))
    assert resultat["maturite"] == {"total": "1/2", "chapitres": {"PER": "1/4", "DEO": "3/4"}}
    assert resultat["completude"] == {"total": "2/3", "chapitres": {"PER": "1/1", "DEO": "1/2"}}
    assert resultat["constats"] == {"PER-01": "non-conformité majeure", "DEO-01": "conforme"}
    assert resultat["verdict"] == "pas prêt"
    assert [(one["code"], one["gravite"], one["criteres"]) for one in resultat["motifs"]] == [
        ("non_conformite_majeure", "bloquant", ["PER-01"]),
        ("sans_reponse", "incomplet", ["DEO-02"]),
    ]
    assert resultat["registres_couverts"] == 5
    assert resultat["chemin"]["jours"] == "0"
    assert resultat["avis"] == {"maturite": {"total": "5/8", "chapitres": {"PER": "1/2", "DEO": "3/4"}}}


def test_the_last_opinion_with_a_level_is_the_second_reading():
    data = canonical(dossier(criterion("PER-01", 1)))
    data["criteres"][0]["avis"] = [{"niveau": 3}, {"niveau": 2}, {"niveau": None}]
    assert dossier_from_json(data).criteria[0].advisor_level == 2


def test_an_empty_dossier_has_shares_without_object():
    resultat = result_of(dossier(criterion("PER-01", in_scope=False)))
    assert resultat["maturite"] == {"total": None, "chapitres": {"PER": None, "DEO": None}}
    assert resultat["avis"] is None


@pytest.mark.parametrize(
    "wrong", [{"niveau": 5}, {"criticite": "grave"}, {"chapitre": "XXX"}, {"poids": 0}, {"avis": [{"niveau": 9}]}]
)
def test_a_canonical_json_foreign_to_its_edition_is_refused(wrong):
    data = canonical(dossier(criterion("PER-01", 1)))
    data["criteres"][0] |= wrong
    with pytest.raises(ValueError, match="PER-01"):
        dossier_from_json(data)


def test_two_criteria_under_one_code_are_refused():
    with pytest.raises(ValueError, match="même code"):
        dossier_from_json(canonical(dossier(criterion("PER-01", 1), criterion("PER-01", 2))))
