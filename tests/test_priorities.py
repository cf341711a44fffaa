"""What to do first: the shortest way is the shortest, and the next three things are the right ones."""

from dataclasses import replace
from decimal import Decimal
from itertools import chain, combinations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.priorities import (
    Lift,
    Priority,
    Tolerated,
    days_text,
    next_three,
    priority_of,
    rank_gains,
    shortest_path,
    with_path_done,
)
from assessments.scoring import EvidencePiece, Finding, Verdict, evaluate, finding, missing_required
from tests.dossiers import PROVED, TODAY, action, criterion, dossier, dossiers, expected, piece


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def path_of(one):
    return shortest_path(one, evaluate(one))


def steps_of(one) -> list[tuple]:
    return [(step.criterion, step.action, step.target_level, step.lifts) for step in path_of(one).steps]


def left_out(one) -> list[str]:
    return [plain(sentence) for sentence in path_of(one).leaves_out]


def next_of(one) -> list[tuple]:
    return [(step.kind, plain(step.title), step.criterion) for step in next_three(one, evaluate(one), path_of(one))]


# The shortest way is the shortest


def burden(criteria, rules) -> tuple[int, int, int]:
    """Majors, minors over the limit, required pieces owed: what the way must bring down, in this order."""
    found = [finding(each, rules) for each in criteria if each.rated]
    owed = sum(
        len(missing_required(each, TODAY)) for each in criteria if each.rated and each.level >= rules.evidence_level_min
    )
    return found.count(Finding.MAJOR), max(0, found.count(Finding.MINOR) - rules.minor_limit), owed


def every_plan(each, rules):
    """Every level within reach of a criterion, with every set of pieces deposited, and the days each takes."""
    gaps = missing_required(each, TODAY)
    deposits = chain.from_iterable(combinations(gaps, size) for size in range(len(gaps) + 1))
    levels = {each.level} | {one.target_level for one in each.actions if one.target_level > each.level}
    for level, pieces in product(levels, list(deposits)):
        work = sum((one.days for one in each.actions if each.level < one.target_level <= level), Decimal(0))
        filed = tuple(EvidencePiece("", TODAY, expected_key=gap.expected.key) for gap in pieces)
        yield replace(each, level=level, evidence=each.evidence + filed), work + len(pieces) * rules.days_per_evidence


def cheapest(one) -> tuple[tuple[int, int, int], Decimal]:
    plans = [list(every_plan(each, one.rules)) for each in one.criteria if each.rated]
    return min(
        (burden([each for each, _ in combination], one.rules), sum((days for _, days in combination), Decimal(0)))
        for combination in product(*plans)
    )


@PROVED
@given(dossiers(max_criteria=4, max_actions=2))
def test_no_combination_does_better(one):
    path = path_of(one)
    after = with_path_done(one, path)
    assert (burden(after.criteria, one.rules), path.days) == cheapest(one)


@PROVED
@given(dossiers())
def test_the_way_leads_to_ready_when_and_only_when_it_says_so(one):
    path = path_of(one)
    assert path.leads_to_ready == (evaluate(with_path_done(one, path)).verdict == Verdict.READY)


@PROVED
@given(st.data(), dossiers())
def test_the_order_of_the_grid_does_not_change_the_days(data, one):
    shuffled = replace(one, criteria=tuple(data.draw(st.permutations(one.criteria))))
    assert path_of(shuffled).days == path_of(one).days


@PROVED
@given(dossiers())
def test_the_days_are_those_of_the_steps(one):
    path = path_of(one)
    assert path.days == sum(step.days for step in path.steps)
    assert [step for step in path.steps if (step.action is None) != (step.expected is not None)] == []


def test_a_ready_dossier_has_nowhere_to_go():
    path = path_of(dossier(criterion("PER-01", 3)))
    assert (path.days, path.steps, path.leaves_out, path.leads_to_ready) == (0, (), (), True)


def test_a_level_takes_every_action_up_to_it():
    blocked = criterion(
        "PER-01",
        0,
        "bloquant",
        actions=(action("d", "9", 4), action("b", "1.5", 3), action("a", "1", 2), action("c", "2", 3)),
        expected=(expected(),),
    )
    one = dossier(blocked, criterion("PER-02", 1), criterion("PER-03", 1))
    assert steps_of(one) == [
        ("PER-01", "a", 2, Lift.BLOCKING),
        ("PER-01", "b", 3, Lift.BLOCKING),
        ("PER-01", "c", 3, Lift.BLOCKING),
        ("PER-01", None, 3, Lift.EVIDENCE),
    ]
    assert path_of(one).days == Decimal("5.0")
    assert path_of(one).steps[-1].title == "Déposer la pièce «\u202fPièce statuts\u202f»"


def test_lifting_the_block_is_enough_while_a_minor_is_tolerated():
    one = dossier(criterion("PER-01", 1, "bloquant", actions=(action("a", "1", 2), action("b", "4", 3))))
    assert steps_of(one) == [("PER-01", "a", 2, Lift.BLOCKING)]
    assert path_of(one).tolerated == (Tolerated("PER-01", Decimal(4)),)
    assert left_out(one) == [
        "1 non-conformité mineure tolérée n’est pas levée (seuil indicatif : 2) : PER-01 (4 jours)."
    ]
    assert path_of(one).leads_to_ready


def test_the_dearest_minors_are_the_ones_kept():
    days = {"PER-01": "1", "PER-02": "3", "PER-03": "0.5", "PER-04": "2"}
    one = dossier(*(criterion(code, 1, actions=(action("a", cost, 2),)) for code, cost in days.items()))
    assert steps_of(one) == [("PER-01", "a", 2, Lift.RESERVE), ("PER-03", "a", 2, Lift.RESERVE)]
    assert left_out(one) == [
        "2 non-conformités mineures tolérées ne sont pas levées (seuil indicatif : 2) : "
        "PER-02 (3 jours) et PER-04 (2 jours)."
    ]


def test_for_the_same_days_the_heaviest_then_the_first_criterion_is_lifted():
    work = {"actions": (action("a", "1", 2),)}
    one = dossier(
        criterion("PER-01", 1, weight=1, **work),
        criterion("PER-02", 1, weight=2, **work),
        criterion("DEO-01", 1, weight=2, **work),
        criterion("DEO-02", 1, weight=3, **work),
    )
    assert [step.criterion for step in path_of(one).steps] == ["PER-02", "DEO-02"]


def test_work_that_costs_nothing_is_never_left_out():
    one = dossier(criterion("PER-01", 1, actions=(action("a", "0", 2),)))
    assert (steps_of(one), left_out(one)) == ([("PER-01", "a", 2, Lift.RESERVE)], [])


def test_missing_and_expired_pieces_are_deposited_from_the_level_that_asks_for_them():
    old = piece(effective=TODAY.replace(year=2024))
    one = dossier(
        criterion("PER-01", 3, expected=(expected(), expected("charte")), evidence=(old,)),
        criterion("PER-02", 2, expected=(expected(),)),
    )
    assert [(step.criterion, step.expected, step.days, step.lifts) for step in path_of(one).steps] == [
        ("PER-01", "statuts", Decimal("0.5"), Lift.EVIDENCE),
        ("PER-01", "charte", Decimal("0.5"), Lift.EVIDENCE),
    ]


def test_what_blocks_comes_first_then_reserves_then_pieces():
    work = {"actions": (action("a", "1", 2),)}
    one = dossier(
        criterion("PER-01", 3, expected=(expected(),)),
        *(criterion(f"PER-{number:02}", 1, **work) for number in (2, 3, 4)),
        criterion("DEO-01", 1, "bloquant", actions=(action("a", "1", 3),)),
    )
    assert [(step.criterion, step.lifts) for step in path_of(one).steps] == [
        ("DEO-01", "bloquant"),
        ("PER-02", "réserve"),
        ("PER-01", "preuve"),
    ]


def test_the_way_says_what_it_leaves_out():
    one = dossier(
        criterion("PER-01"),
        criterion("PER-02"),
        criterion("PER-03", 0, "bloquant", actions=(action("a", "1", 1),)),
        criterion("DEO-01", not_applicable=True, na_allowed=True),
        criterion("DEO-02", not_applicable=True),
        covered=3,
        blocking_eligibility=("ELI-02",),
    )
    assert path_of(one).steps == ()
    assert left_out(one) == [
        "2 critères sans réponse ne sont pas comptés.",
        "1 « non concerné » reste à remplacer par un niveau : DEO-02.",
        "1 « non concerné » reste à justifier : DEO-01.",
        "1 réponse d’éligibilité bloque la demande : ELI-02.",
        "2 registres d’intervention restent à couvrir, parmi REG-4, REG-5, REG-6, REG-7 et REG-8.",
        "Aucune action proposée ne lève la non-conformité majeure de PER-03.",
    ]
    assert path_of(one).unliftable == ("PER-03",)


def test_minors_no_action_lifts_take_the_tolerated_seats_first():
    work = {"actions": (action("a", "5", 2),)}
    one = dossier(criterion("PER-01", 1), criterion("PER-02", 1, **work), criterion("PER-03", 1, **work))
    assert [step.criterion for step in path_of(one).steps] == ["PER-02"]
    assert left_out(one) == [
        "2 non-conformités mineures tolérées ne sont pas levées (seuil indicatif : 2) : "
        "PER-01 (aucune action proposée) et PER-03 (5 jours)."
    ]


def test_too_many_minors_no_action_lifts():
    one = dossier(*(criterion(f"PER-{number:02}", 1) for number in (1, 2, 3)))
    assert left_out(one) == [
        "Aucune action proposée ne lève les non-conformités mineures de PER-01, PER-02 et PER-03 ; "
        "le seuil de 2 reste dépassé."
    ]
    assert not path_of(one).leads_to_ready


# The next three things


def blocked(code: str, days: str):
    return criterion(code, 1, "bloquant", actions=(action("a", days, 3),), title=f"Titre {code}")


def test_a_newcomer_starts_the_grid_then_covers_registers():
    one = dossier(criterion("PER-01"), criterion("PER-02"), covered=0)
    assert next_of(one) == [
        ("repondre", "Commencer la grille : 2 critères", "PER-01"),
        ("registres", "Couvrir 5 registres d’intervention de plus", None),
    ]


def test_answering_keeps_a_seat_behind_what_blocks():
    one = dossier(
        *(blocked(f"PER-{number:02}", "1") for number in range(1, 5)),
        *(criterion(f"DEO-{number:02}") for number in range(1, 4)),
    )
    assert next_of(one) == [
        ("action", "Action a", "PER-01"),
        ("action", "Action a", "PER-02"),
        ("repondre", "Répondre aux 3 critères restants", "DEO-01"),
    ]
    steps = next_three(one, evaluate(one), path_of(one))
    assert [(step.detail, step.priority, step.days) for step in steps] == [
        ("Titre PER-01", Priority.UNBLOCK, Decimal(1)),
        ("Titre PER-02", Priority.UNBLOCK, Decimal(1)),
        ("Déontologie (3)", Priority.CLEAR_RESERVES, None),
    ]


def test_eligibility_and_criteria_without_action_are_said():
    one = dossier(criterion("PER-01", 0, "bloquant"), blocking_eligibility=("ELI-02",), covered=4)
    assert next_of(one) == [
        ("eligibilite", "Revoir l’éligibilité de la structure", None),
        ("critere", "Critère PER-01", "PER-01"),
        ("registres", "Couvrir 1 registre d’intervention de plus", None),
    ]


def test_reserves_and_pieces_then_progress():
    one = dossier(
        criterion("PER-01", 3, expected=(expected(),)),
        criterion("PER-02", 2, actions=(action("a", "1", 3), action("b", "4", 4))),
        criterion("DEO-01", not_applicable=True, na_allowed=True),
    )
    assert next_of(one) == [
        ("non_concerne", "Revoir 1 réponse « non concerné »", "DEO-01"),
        ("preuve", "Déposer la pièce « Pièce statuts »", "PER-01"),
        ("progresser", "Action a", "PER-02"),
    ]


def test_nothing_is_left_to_do_at_the_top():
    assert next_of(dossier(criterion("PER-01", 4))) == []


def test_the_last_criterion():
    assert next_of(dossier(criterion("PER-01", 4), criterion("PER-02"))) == [
        ("repondre", "Répondre au dernier critère", "PER-02")
    ]


# Priorities and gains


@pytest.mark.parametrize(
    ("found", "evidence_missing", "priority", "label"),
    [
        ("non-conformité majeure", True, 1, "Lever ce qui bloque"),
        ("non-conformité mineure", False, 2, "Lever les réserves"),
        ("conforme", True, 2, "Lever les réserves"),
        ("conforme", False, 3, "Progresser"),
        (None, False, 3, "Progresser"),
    ],
)
def test_priorities(found, evidence_missing, priority, label):
    given = priority_of(found, evidence_missing=evidence_missing)
    assert (given, given.label) == (priority, label)


def test_gains_are_ranked_by_priority_then_by_maturity_per_day():
    one = dossier(
        criterion("PER-01", 2, "mineur", weight=1, actions=(action("a", "1", 3), action("b", "1", 4))),
        criterion("PER-02", 2, "mineur", weight=3, actions=(action("c", "2", 3), action("d", "1", 4))),
        criterion("DEO-01", 0, "bloquant", weight=2, actions=(action("e", "8", 2),)),
        criterion("DEO-02", 4, "mineur", actions=(action("f", "1", 4),)),
    )
    gains = rank_gains(one, evaluate(one))
    assert [(gain.criterion, gain.priority, gain.target_level, gain.days) for gain in gains] == [
        ("DEO-01", 1, 2, 8),
        ("PER-02", 3, 4, 3),
        ("PER-01", 3, 3, 1),
    ]
    before, after = (
        evaluate(one).maturity.total,
        replace(one, criteria=(one.criteria[0], replace(one.criteria[1], level=4), *one.criteria[2:])),
    )
    assert evaluate(after).maturity.total - before == gains[1].gain


@pytest.mark.parametrize(
    ("days", "text"),
    [("0.5", "0,5 jour"), ("1.5", "1,5 jour"), ("2", "2 jours"), ("15.50", "15,5 jours"), ("20", "20 jours")],
)
def test_days_in_french(days, text):
    assert plain(days_text(Decimal(days))) == text
