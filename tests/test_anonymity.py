"""No figure shown of a network, and no difference between two of them, tells one structure apart.

The adversary sees everything that is ever shown, of every network, knows its own answers, and here even who is in which
network when. It looks at each table, and at each pair of versions of a table: whose answers make the difference?
"""

from itertools import combinations

import pytest
from hypothesis import find, given, settings
from hypothesis import strategies as st

from assessments.anonymity import Held, Publication, changed, publish, seal

FIVE = 5
KEY, OTHER_KEY = b"une cle de quarante caracteres au moins!", b"la cle suivante, tout aussi longue que!!"
STRUCTURES = tuple("abcdefghijkl")
TABLES = ("A", "B", "C")


def at(turn: int) -> str:
    return f"2027-01-{turn + 1:02}T08:00:00+00:00"


def shown(contributions_by_turn, at_least=FIVE) -> list[tuple[Publication, dict]]:
    """Everything published along a history of (network, contributions), with what was true at the time."""
    found: list[tuple[Publication, dict]] = []
    for turn, (network, contributions) in enumerate(contributions_by_turn):
        earlier = [publication for publication, _ in found]
        said = publish(contributions, earlier, keys=[KEY], at=at(turn), at_least=at_least, network=network)
        if isinstance(said, Publication):
            found.append((said, contributions))
    return found


def versions(history) -> dict[str, list[dict[str, object]]]:
    """Table → every version of it that was ever shown, as {structure: answer}: more than the page tells."""
    found: dict[str, list] = {}
    for publication, truth in history:
        for name in publication.fresh:
            found.setdefault(name, []).append({who: answers[name] for who, answers in truth.items() if name in answers})
    return found


def isolates(history) -> list[tuple]:
    """Where fewer than five structures make a table or a difference, and where one would be alone once another has taken
    away its own answers."""
    found = []
    for name, shown_versions in versions(history).items():
        found += [(name, "alone", set(one)) for one in shown_versions if len(one) < FIVE]
        for one, other in combinations(shown_versions, 2):
            apart = {who for who in {*one, *other} if one.get(who) != other.get(who)}
            if 0 < len(apart) < FIVE:
                found.append((name, "difference", apart))
    for (one, truth), (other, later) in combinations(history, 2):
        apart = {who for who in {*truth, *later} if truth.get(who) != later.get(who)}
        if 0 < len(apart) < FIVE:
            found.append(("whole", (one.at, other.at), apart))
    return found


def follow(moves) -> list[tuple[int, dict]]:
    """A history: at each turn some structures join a network, leave it, or answer again; then that network tries to publish."""
    dossiers: dict[str, dict[str, int]] = {who: {} for who in STRUCTURES}
    members: dict[int, set[str]] = {1: set(), 2: set()}
    turns = []
    for network, joining, leaving, answers in moves:
        members[network] = (members[network] | joining) - leaving
        for who, name, level in answers:
            dossiers[who] = dossiers[who] | {name: level}
            if level == 5:  # no longer answered
                dossiers[who].pop(name)
        turns.append((network, {who: dict(dossiers[who]) for who in members[network]}))
    return turns


groups = st.sets(st.sampled_from(STRUCTURES))
everyone_once = st.just(
    (1, set(STRUCTURES[:8]), set(), [(who, name, 3) for who in STRUCTURES for name in TABLES])
)
moves = st.tuples(
    st.sampled_from((1, 1, 2)),
    groups,
    st.sets(st.sampled_from(STRUCTURES), max_size=3),
    st.lists(st.tuples(st.sampled_from(STRUCTURES), st.sampled_from(TABLES), st.integers(0, 5)), max_size=14),
)
histories = st.tuples(everyone_once, st.lists(moves, min_size=1, max_size=9)).map(lambda both: [both[0], *both[1]])


@settings(max_examples=150, deadline=None)
@given(histories)
def test_whatever_happens_nobody_is_told_apart(moves):
    assert isolates(shown(follow(moves))) == []


@pytest.mark.parametrize("at_least", [1, 4])
def test_the_adversary_wins_when_the_rule_is_broken(at_least):
    """The negative control: with a smaller minimum the same search finds somebody."""
    found = find(histories, lambda moves: isolates(shown(follow(moves), at_least)) != [], settings=settings(max_examples=5_000, deadline=None))
    assert isolates(shown(follow(found))) == []


@settings(max_examples=50, deadline=None)
@given(histories, st.lists(st.tuples(st.sampled_from(TABLES), st.integers(0, 5)), max_size=6), st.sampled_from(STRUCTURES), st.booleans())
def test_what_one_structure_does_alone_changes_nothing_that_is_shown(moves, answers, who, leaves):
    turns = follow(moves)
    network, last = turns[-1]
    before = shown(turns)
    alone = {each: dict(given) for each, given in last.items() if each != who or not leaves}
    if who in alone:
        alone[who] |= dict(answers)
    if not before or before[-1][1] != last or before[-1][0].network != network:
        return  # the last turn was not published: it already differs from what is shown
    assert len(shown([*turns, (network, alone)])) == len(before)


@settings(max_examples=50, deadline=None)
@given(histories, st.integers(0, 4))
def test_a_table_kept_back_weighs_on_nothing_shown(moves, level):
    """Four structures answer a fourth question, one way or another: every page stays the same."""

    def seen(answer) -> list:
        turns = [
            (network, {who: given | ({"D": answer} if who in "abcd" else {}) for who, given in contributions.items()})
            for network, contributions in follow(moves)
        ]
        return [(publication.tables, publication.structures) for publication, _ in shown(turns)]

    assert seen(level) == seen((level + 1) % 5)


# --- Rule by rule -----------------------------------------------------------------------------


def all_at(level, who="abcdefgh", tables=TABLES) -> dict:
    return {each: dict.fromkeys(tables, level) for each in who}


def turn(contributions, *earlier, keys=(KEY,), network=1):
    return publish(contributions, earlier, keys=keys, at=at(len(earlier)), at_least=FIVE, network=network)


def test_five_structures_make_a_first_publication():
    assert turn(all_at(3, "abcd")) == Held.FEW
    said = turn(all_at(3, "abcde"))
    assert (said.structures, said.tables["A"].counts, said.fresh) == (5, {"3": 5}, frozenset(TABLES))


def test_nothing_changed_nothing_new():
    first = turn(all_at(3))
    assert turn(all_at(3), first) == Held.SAME


@pytest.mark.parametrize("movers, held", [("a", True), ("abcd", True), ("abcde", False), ("abcdefgh", False)])
def test_five_must_change_together(movers, held):
    first = turn(all_at(3))
    said = turn(all_at(3) | all_at(4, movers), first)
    assert (said == Held.CLOSE) is held


@pytest.mark.parametrize("now, held", [("abcdefghi", True), ("bcdefgh", True), ("abcdefghijklm", False), ("bcdefghi", True), ("fghijkl", False)])
def test_joining_and_leaving_count_as_changing(now, held):
    assert (turn(all_at(3, now), turn(all_at(3))) == Held.CLOSE) is held


def test_every_earlier_publication_counts_not_only_the_last():
    first = turn(all_at(3))
    second = turn(all_at(4), first)
    back = all_at(3) | {"a": dict.fromkeys(TABLES, 0)}
    assert turn(back, first, second) == Held.CLOSE  # eight away from the last, one from the first


def test_a_table_that_moved_by_too_few_keeps_its_former_version():
    first = turn(all_at(3))
    now = {who: {"A": 4, "B": 4 if who in "ab" else 3, "C": 3} for who in "abcdefgh"}
    second = turn(now, first)
    assert (second.tables["A"].counts, second.tables["B"].counts) == ({"4": 8}, {"3": 8})
    assert (second.fresh, second.tables["B"].since, second.tables["C"].since) == (frozenset("A"), first.at, first.at)
    third = turn(now | all_at(2, "abcde"), first, second)
    assert third.tables["B"].counts == {"2": 5, "3": 3}
    assert third.fresh == frozenset(TABLES)


def test_a_question_few_answer_is_not_shown():
    now = all_at(3)
    for who in "abcd":
        now[who]["D"] = 1
    assert set(turn(now).tables) == set(TABLES)
    now["e"]["D"] = 1
    assert turn(now).tables["D"].counts == {"1": 5}


def test_another_network_that_almost_overlaps_is_held_back():
    first = turn(all_at(3), network=1)
    assert turn(all_at(3, "abcdefghi"), first, network=2) == Held.CLOSE
    assert turn(all_at(3, "abcdefghijklm"), first, network=2).structures == 13
    assert turn(all_at(3), first, network=2).structures == 8  # the very same structures: nothing to subtract


def test_a_new_key_still_recognises_what_the_former_sealed():
    first = turn(all_at(3))
    nearly = all_at(3) | all_at(4, "a")
    assert turn(nearly, first, keys=(OTHER_KEY, KEY)) == Held.CLOSE
    assert turn(nearly, first, keys=(OTHER_KEY,)) == Held.KEY
    second = turn(all_at(4), first, keys=(OTHER_KEY, KEY))
    assert turn(all_at(4) | all_at(0, "b"), first, second, keys=(OTHER_KEY, KEY)) == Held.CLOSE


def test_seals_compare_and_tell_nothing():
    one, other = seal(all_at(3), KEY), seal(all_at(3) | all_at(1, "ab", "AB"), KEY)
    structures, by_table = changed(one, other)
    assert (structures, dict(by_table)) == (2, {"A": 2, "B": 2, "C": 2})
    assert changed(one, one) == (0, {})
    assert len({"".join(one.of.values())[place : place + 4] for place in range(0, 96, 4)}) == 24  # equal answers, unequal codes
