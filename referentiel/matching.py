"""What becomes of each criterion of an edition in the next one: proposed from stable keys and from the words in common.

Pure: two contents in, arrows out. The words both editions use everywhere count little, rare ones much.
"""

import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from referentiel.content import Content, CriterionContent
from referentiel.models import Fate

CLOSE = 0.55
"""Share of common words from which a criterion without a key in common is taken for the same one, reworded."""
HELD = 0.6
"""Share of the words of one found in another from which it is taken for a part of it."""

NBSP, NNBSP = "\u00a0", "\u202f"
_WORD = re.compile(r"[a-z0-9]{3,}")


@dataclass(frozen=True, slots=True)
class Arrow:
    """One line of a mapping: stable keys, `source` None for a new criterion, `target` None for a dropped one."""

    fate: Fate
    source: str | None
    target: str | None


def arrows(
    pairs: Iterable[tuple[str, str]], same: set[tuple[str, str]], source: Content, target: Content
) -> list[Arrow]:
    """Pairs of keys as lines: the fate follows from how many arrows leave and arrive. `same` pairs are identical when
    they are alone. In the order of the source, then what is new in the order of the target."""
    leaving, arriving = defaultdict(list), defaultdict(list)
    for start, end in pairs:
        leaving[start].append(end)
        arriving[end].append(start)
    found = []
    for criterion in source.criteria:
        ends = sorted(leaving[criterion.key], key=lambda key: target.criterion_by_key[key].number)
        if not ends:
            found.append(Arrow(Fate.DROPPED, criterion.key, None))
        for end in ends:
            if len(arriving[end]) > 1:
                fate = Fate.MERGED
            elif len(ends) > 1:
                fate = Fate.SPLIT
            else:
                fate = Fate.IDENTICAL if (criterion.key, end) in same else Fate.REWORDED
            found.append(Arrow(fate, criterion.key, end))
    return found + [Arrow(Fate.NEW, None, each.key) for each in target.criteria if not arriving[each.key]]


def propose(source: Content, target: Content, *, kept: Iterable[Arrow] = ()) -> list[Arrow]:
    """A line for every criterion of both editions. `kept` lines are taken as they are, and nothing is added to their ends."""
    kept = list(kept)
    pairs = {(arrow.source, arrow.target) for arrow in kept if arrow.source and arrow.target}
    same = {(arrow.source, arrow.target) for arrow in kept if arrow.fate == Fate.IDENTICAL}
    settled_sources = {arrow.source for arrow in kept if arrow.source}
    settled_targets = {arrow.target for arrow in kept if arrow.target}
    olds = [each for each in source.criteria if each.key not in settled_sources]
    news = [each for each in target.criteria if each.key not in settled_targets]
    by_key = {each.key: each for each in news}
    for old in olds:
        new = by_key.get(old.key)
        if new:
            pairs.add((old.key, new.key))
            if asks_the_same(old, new) and source.levels == target.levels:
                same.add((old.key, new.key))
    words = Words(source, target)
    pairs |= set(_by_text(words, olds, news, {pair[0] for pair in pairs}, {pair[1] for pair in pairs}))
    return arrows(sorted(pairs), same, source, target)


def _by_text(words: "Words", olds, news, left: set[str], arrived: set[str]):
    """Pairs told by the words alone, for what no key joins: the closest first, each once; then parts of something else."""
    lonely_olds = [each for each in olds if each.key not in left]
    lonely_news = [each for each in news if each.key not in arrived]
    close = sorted(
        ((words.closeness(old, new), old, new) for old in lonely_olds for new in lonely_news),
        key=lambda each: (-each[0], each[1].number, each[2].number),
    )
    left, arrived = set(left), set(arrived)
    for share, old, new in close:
        if share >= CLOSE and old.key not in left and new.key not in arrived:
            left.add(old.key)
            arrived.add(new.key)
            yield old.key, new.key
    for new in lonely_news:
        if new.key not in arrived and (whole := _holder(words, new, olds)):
            arrived.add(new.key)
            left.add(whole.key)
            yield whole.key, new.key
    for old in lonely_olds:
        if old.key not in left and (whole := _holder(words, old, news)):
            left.add(old.key)
            yield old.key, whole.key


def _holder(words: "Words", part: CriterionContent, wholes: list[CriterionContent]) -> CriterionContent | None:
    """The criterion that holds most of the words of `part`, if it holds enough of them."""
    best = max(wholes, key=lambda whole: (words.held(part, whole), -whole.number), default=None)
    return best if best and words.held(part, best) >= HELD else None


def asks_the_same(old: CriterionContent, new: CriterionContent) -> bool:
    """Whether an answer to one answers the other as it stands. Weight, criticality, sources and help may differ."""
    return not what_changes(old, new)


def what_changes(old: CriterionContent, new: CriterionContent) -> list[str]:
    """What an answer to one would have to say again for the other: « énoncé », « niveaux »…; empty when nothing."""
    before, after = _asked(old), _asked(new)
    return [name for name in before if before[name] != after[name]]


def _asked(criterion: CriterionContent) -> dict[str, object]:
    """What an answer answers, by the name screens give it."""
    return {
        "titre": criterion.title,
        "énoncé": criterion.statement,
        "niveaux": [(each.value, each.text) for each in criterion.descriptors],
        f"«{NNBSP}non concerné{NNBSP}»": (criterion.na_allowed, criterion.na_condition),
        "condition d’application": sorted(criterion.applicable_register_keys),
        "preuves attendues": [
            (each.key, each.label, each.required, each.validity_months) for each in criterion.expected_evidence
        ],
    }


class Words:
    """The words of two editions, and how much of them two criteria share (0 to 1)."""

    def __init__(self, source: Content, target: Content):
        self._bags = {id(each): _bag(each) for each in (*source.criteria, *target.criteria)}
        seen = Counter(word for bag in self._bags.values() for word in bag)
        total = len(self._bags)
        self._rarity: Mapping[str, float] = {word: math.log(1 + total / times) for word, times in seen.items()}

    def closeness(self, one: CriterionContent, other: CriterionContent) -> float:
        """Common words, out of the words of both."""
        return self._share(one, other, self._mass(one) + self._mass(other), 2)

    def held(self, part: CriterionContent, whole: CriterionContent) -> float:
        """Words of `part` found in `whole`, out of its own."""
        return self._share(part, whole, self._mass(part), 1)

    def _share(self, one: CriterionContent, other: CriterionContent, mass: float, times: int) -> float:
        common = self._bags[id(one)] & self._bags[id(other)]
        return times * sum(self._rarity[word] for word in common) / mass if mass else 0.0

    def _mass(self, criterion: CriterionContent) -> float:
        return sum(self._rarity[word] for word in self._bags[id(criterion)])


def _bag(criterion: CriterionContent) -> frozenset[str]:
    plain = unicodedata.normalize("NFKD", f"{criterion.title} {criterion.statement}".lower())
    return frozenset(_WORD.findall("".join(each for each in plain if not unicodedata.combining(each))))


def reason(words: Words, old: CriterionContent | None, new: CriterionContent | None) -> str:
    """Why the two are joined, or why one stands alone, as a short French sentence."""
    if old is None or new is None:
        return "Rien d’assez proche dans l’autre édition."
    if old.key == new.key:
        changed = what_changes(old, new)
        if not changed:
            return "Même clé, même texte."
        return f"Même clé. {'Changent' if len(changed) > 1 else 'Change'}{NBSP}: {', '.join(changed)}."
    return f"Clés différentes, {round(100 * words.closeness(old, new))}{NBSP}% de mots en commun."


# --- What a mapping still lacks ---------------------------------------------------------------


def problems(found: Iterable[Arrow], source: Content, target: Content) -> list[str]:
    """What makes a mapping unusable: a criterion without a fate, an end that is in neither edition."""
    found = list(found)
    left, arrived = {arrow.source for arrow in found}, {arrow.target for arrow in found}
    return [
        *(f"{each.code} {each.title}{NBSP}: aucun devenir." for each in source.criteria if each.key not in left),
        *(
            f"{each.code} {each.title}{NBSP}: ni origine, ni nouveau."
            for each in target.criteria
            if each.key not in arrived
        ),
        *(
            "Un critère d’origine n’est plus dans l’édition de départ."
            for key in left - source.criterion_by_key.keys() - {None}
        ),
        *(
            "Un critère d’arrivée n’est plus dans l’édition suivante."
            for key in arrived - target.criterion_by_key.keys() - {None}
        ),
    ]


def is_misread(arrow: Arrow, source: Content, target: Content) -> bool:
    """A line said identical although the two criteria no longer ask the same."""
    if arrow.fate != Fate.IDENTICAL:
        return False
    return not asks_the_same(source.criterion_by_key[arrow.source], target.criterion_by_key[arrow.target])
