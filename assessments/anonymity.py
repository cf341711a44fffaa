"""What may be shown of many together so that none is told apart: distributions, and when a new one may follow the others.

A *table* is one question put to every structure (the level of a criterion, whether a register is covered); a structure that
has no answer to it is not in that table. Three rules, for figures seen by people who also see every earlier publication and
know their own answers:

- a table is shown only over `at_least` structures;
- nothing new is published while it differs from any earlier publication by some structures but fewer than `at_least`;
- nor is a table, compared with every earlier version of it: meanwhile its last version stays, with its date.

A table that is not shown enters nothing that is: totals are sums of the tables shown. Structures are compared by keyed
hashes, so that nothing readable is kept of one that withdraws. No clock and no database here.
"""

import hashlib
from base64 import urlsafe_b64encode
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

CODE = 4  # characters: 24 bits
ABSENT = "." * CODE

Contributions = Mapping[str, Mapping[str, object]]
"""Structure → table → its answer."""


class Held(StrEnum):
    """Why nothing new is published."""

    FEW = "trop_peu"
    SAME = "rien_de_nouveau"
    CLOSE = "trop_proche"
    KEY = "cle_perdue"


@dataclass(frozen=True, slots=True)
class Seals:
    """What each structure contributed, unreadable: `of` gives, by sealed structure, one code for each of `tables`."""

    key_id: str
    tables: tuple[str, ...]
    of: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """A distribution as it is shown: how many gave each answer, and the moment it was published."""

    counts: Mapping[str, int]
    since: str

    @property
    def structures(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Publication:
    """What was published together. `fresh` names the tables that were new in it; the others were kept from before."""

    seals: Seals
    tables: Mapping[str, Table]
    structures: int
    at: str
    network: int = 0

    @property
    def fresh(self) -> frozenset[str]:
        return frozenset(name for name, table in self.tables.items() if table.since == self.at)


def seal(contributions: Contributions, key: bytes) -> Seals:
    """The same answers under the same key give the same codes, and tell nothing without it."""
    tables = tuple(sorted({name for answers in contributions.values() for name in answers}))
    of = {
        _code(key, structure, size=12): "".join(
            _code(key, f"{structure}\n{name}\n{answers[name]!r}") if name in answers else ABSENT for name in tables
        )
        for structure, answers in contributions.items()
    }
    return Seals(key_id(key), tables, of)


def key_id(key: bytes) -> str:
    return _code(key, "which key", size=9)


def _code(key: bytes, text: str, *, size: int = CODE * 3 // 4) -> str:
    return urlsafe_b64encode(hashlib.blake2b(text.encode(), key=key, digest_size=size).digest()).decode()


def changed(one: Seals, other: Seals) -> tuple[int, Counter]:
    """How many structures differ between two contributions (added, removed or with another answer): in all, and by table."""
    at, at_other = _places(one), _places(other)
    names = sorted({*at, *at_other})
    structures, by_table = 0, Counter()
    for structure in {*one.of, *other.of}:
        mine, theirs = one.of.get(structure), other.of.get(structure)
        if mine == theirs and one.tables == other.tables:
            continue
        differing = [name for name in names if _code_at(mine, at.get(name)) != _code_at(theirs, at_other.get(name))]
        structures += bool(differing) or (mine is None) != (theirs is None)
        by_table.update(differing)
    return structures, by_table


def _places(seals: Seals) -> dict[str, int]:
    return {name: CODE * rank for rank, name in enumerate(seals.tables)}


def _code_at(codes: str | None, place: int | None) -> str:
    return ABSENT if codes is None or place is None else codes[place : place + CODE]


def publish(
    contributions: Contributions,
    earlier: Iterable[Publication],
    *,
    keys: Sequence[bytes],
    at: str,
    at_least: int,
    network: int = 0,
) -> Publication | Held:
    """The next publication of `network`, or why there is none.

    `earlier` holds every former one of the same norm, of any network, oldest first: a person may read two networks. `keys`
    are the key in use, then those that sealed before it; `at` is the moment, later than any earlier one.
    """
    if len(contributions) < at_least:
        return Held.FEW
    known = {key_id(key): key for key in keys}
    sealed = {key_id(keys[0]): seal(contributions, keys[0])}
    answered = Counter(name for answers in contributions.values() for name in answers)
    kept_back = {name for name, structures in answered.items() if structures < at_least}
    shown: Mapping[str, Table] = {}
    unchanged, still = False, {}
    for former in earlier:
        name = former.seals.key_id
        if name not in known:
            return Held.KEY
        if name not in sealed:
            sealed[name] = seal(contributions, known[name])
        structures, by_table = changed(sealed[name], former.seals)
        if 0 < structures < at_least:
            return Held.CLOSE
        kept_back |= {table for table in former.fresh if 0 < by_table[table] < at_least}
        if former.network == network:
            shown, unchanged = former.tables, not structures
            still |= {table: not by_table[table] for table in former.fresh}
    if unchanged:
        return Held.SAME
    # A table that nobody changed keeps its date: a new date always means that `at_least` structures moved.
    fresh = {name for name in answered if name not in kept_back and not still.get(name)}
    if not fresh:
        return Held.CLOSE
    counts: dict[str, Counter] = {name: Counter() for name in fresh}
    for answers in contributions.values():
        for name in answers.keys() & fresh:
            counts[name][str(answers[name])] += 1
    tables = dict(shown) | {name: Table(dict(sorted(counted.items())), at) for name, counted in counts.items()}
    return Publication(sealed[key_id(keys[0])], dict(sorted(tables.items())), len(contributions), at, network)
