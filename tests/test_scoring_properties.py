"""What must hold of any dossier under any edition (domain rules, §5), proved over dossiers nobody chose."""

import json
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from assessments.canonical import dossier_from_json, recompute, result_of
from assessments.scoring import (
    Finding,
    Severity,
    Uncovered,
    Verdict,
    evaluate,
    explain_maturity,
    missing_required,
    na_accepted,
    percent,
)
from tests.dossiers import PROVED, TODAY, canonical, dossiers

pytestmark = pytest.mark.slow

WORST_FIRST = list(Verdict)
EVIDENCE = {"preuve_manquante", "preuve_expiree"}
shares = st.fractions(0, 1, max_denominator=3000)


def shares_of(result):
    for score in (result.maturity, result.completeness, result.advisor):
        if score:
            yield from (score.total, *score.chapters.values())


def raised(data, dossier):
    """The same dossier with one level raised, and the raised criterion."""
    low = [each for each in dossier.criteria if each.rated and each.level < dossier.rules.level_max]
    assume(low)
    target = data.draw(st.sampled_from(low))
    level = data.draw(st.sampled_from([level for level in dossier.rules.levels if level > target.level]))
    after = replace(target, level=level)
    criteria = tuple(after if each.code == target.code else each for each in dossier.criteria)
    return replace(dossier, criteria=criteria), after


@PROVED
@given(dossiers())
def test_every_share_lies_between_0_and_1(dossier):
    for share in shares_of(evaluate(dossier)):
        assert share is None or 0 <= share <= 1


@PROVED
@given(st.data(), dossiers())
def test_raising_a_level_never_lowers_a_maturity(data, dossier):
    before = evaluate(dossier).maturity
    after, moved = raised(data, dossier)
    result = evaluate(after).maturity
    assert result.total > before.total
    for chapter, share in before.chapters.items():
        assert result.chapters[chapter] > share if chapter == moved.chapter else result.chapters[chapter] == share


@PROVED
@given(st.data(), dossiers())
def test_raising_a_level_backed_by_evidence_never_worsens_the_verdict(data, dossier):
    after, moved = raised(data, dossier)
    assume(not missing_required(moved, TODAY))
    assert WORST_FIRST.index(evaluate(after).verdict) >= WORST_FIRST.index(evaluate(dossier).verdict)


@PROVED
@given(st.data(), dossiers())
def test_raising_a_level_without_its_evidence_adds_that_reserve_and_no_other_reason(data, dossier):
    after, moved = raised(data, dossier)
    before = evaluate(dossier)
    stood = {}
    for reason in before.reasons:
        stood.setdefault(reason.code, set()).update(reason.criteria)
    for reason in evaluate(after).reasons:
        added = set(reason.criteria) - stood.get(reason.code, set())
        if reason.code in EVIDENCE:
            assert added <= {moved.code}
            assert not added or moved.level >= dossier.rules.evidence_level_min
        elif reason.code == "mineures_trop_nombreuses" and before.findings[moved.code] == Finding.MAJOR:
            assert moved.code in added or not added
        else:
            assert (added, reason.code in stood) == (set(), True)


@PROVED
@given(st.data(), dossiers())
def test_a_raised_level_never_becomes_worse_than_its_evidence_reserve(data, dossier):
    after, _ = raised(data, dossier)
    before, result = evaluate(dossier), evaluate(after)
    floor = min(WORST_FIRST.index(before.verdict), WORST_FIRST.index(Verdict.RESERVES))
    assert WORST_FIRST.index(result.verdict) >= floor


@PROVED
@given(st.data(), dossiers())
def test_the_order_of_answers_is_irrelevant(data, dossier):
    shuffled = replace(dossier, criteria=tuple(data.draw(st.permutations(dossier.criteria))))
    one, two = evaluate(dossier), evaluate(shuffled)
    assert (one.maturity, one.completeness, one.verdict, one.findings, one.gaps, one.advisor) == (
        two.maturity,
        two.completeness,
        two.verdict,
        two.findings,
        two.gaps,
        two.advisor,
    )
    said = [
        sorted((each.code, tuple(sorted(each.criteria)), each.about) for each in result.reasons)
        for result in (one, two)
    ]
    assert said[0] == said[1]


@PROVED
@given(dossiers())
def test_what_is_not_rated_leaves_both_sides_of_the_division(dossier):
    rated_only = replace(dossier, criteria=tuple(each for each in dossier.criteria if each.rated))
    assert evaluate(dossier).maturity == evaluate(rated_only).maturity


@PROVED
@given(dossiers())
def test_what_is_out_of_scope_changes_nothing(dossier):
    in_scope = replace(dossier, criteria=tuple(each for each in dossier.criteria if each.in_scope))
    assert evaluate(dossier) == evaluate(in_scope)


@PROVED
@given(dossiers())
def test_the_explained_division_is_the_score(dossier):
    arithmetic = explain_maturity(dossier.criteria, dossier.rules)
    assert arithmetic.value == evaluate(dossier).maturity.total
    assert arithmetic.rated == sum(each.rated for each in dossier.criteria)
    assert [row.weight for row in arithmetic.rows] == sorted({row.weight for row in arithmetic.rows}, reverse=True)


@PROVED
@given(dossiers())
def test_completeness_is_whole_when_and_only_when_nothing_is_left_to_answer(dossier):
    result = evaluate(dossier)
    assume(result.progress.total)
    assert (result.completeness.total == 1) == (not result.reasons_of(Severity.INCOMPLETE))


@PROVED
@given(dossiers())
def test_the_verdict_is_the_one_of_the_written_rule(dossier):
    """The rule of the domain restated, worst first, without the reasons."""
    result, rules = evaluate(dossier), dossier.rules
    in_scope = [each for each in dossier.criteria if each.in_scope]
    rated = [each for each in in_scope if each.level is not None]
    unanswered = [each for each in in_scope if each.level is None and not each.not_applicable]
    findings = [rules.findings[each.criticality][each.level] for each in rated]
    covered = sum(each.reason is None for each in result.coverage.values())
    if Finding.MAJOR in findings or dossier.blocking_eligibility or (not unanswered and covered < rules.registers_min):
        verdict = "pas prêt"
    elif unanswered or any(each.not_applicable and not na_accepted(each, rules) for each in in_scope):
        verdict = "incomplet"
    elif findings.count(Finding.MINOR) > rules.minor_limit or any(
        each.level >= rules.evidence_level_min and missing_required(each, TODAY) for each in rated
    ):
        verdict = "prêt sous réserve"
    else:
        verdict = "prêt"
    assert result.verdict == verdict


@PROVED
@given(dossiers())
def test_reasons_come_worst_first_and_the_worst_decides(dossier):
    result = evaluate(dossier)
    ranks = [list(Severity).index(reason.severity) for reason in result.reasons]
    assert ranks == sorted(ranks)
    assert (result.verdict == Verdict.READY) == (not ranks)


@PROVED
@given(dossiers())
def test_a_covered_register_is_declared_held_and_proved(dossier):
    result = evaluate(dossier)
    for register in dossier.registers:
        coverage = result.coverage[register.code]
        if coverage.covered:
            assert register.declared
            assert register.services
            assert any(piece.effective_on and piece.effective_on <= TODAY for piece in register.evidence)
        assert (coverage.reason == Uncovered.NOT_DECLARED) == (not register.declared)


@PROVED
@given(shares, shares)
def test_percent_rounds_half_up_and_keeps_0_and_100_for_the_exact_ends(one, two):
    assert (percent(one) == 100) == (one == 1)
    assert (percent(one) == 0) == (one == 0)
    assert abs(Fraction(percent(one), 100) - one) <= Fraction(1, 200) or percent(one) in (1, 99)
    if one <= two:
        assert percent(one) <= percent(two)


@PROVED
@given(dossiers())
def test_a_dossier_comes_back_from_its_canonical_json(dossier):
    data = json.loads(json.dumps(canonical(dossier)))
    assert dossier_from_json(data) == dossier
    assert recompute(data) == json.loads(json.dumps(result_of(dossier)))
