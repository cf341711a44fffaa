"""What a dossier would be in another edition of its norm: what is kept, what is to confirm, what goes to its history.

Reads and computes, writes nothing: the rows it builds are those `assessments.moving` stores, so that what is announced is
what is done.

- Identical: the answer is kept as it is.
- Reworded or split: the answer is copied, to be confirmed.
- Merged: the mean of the levels, weighted by the former weights and rounded down to a level of the scale; « non concerné »
  only if all are; no level while one of them has no answer; texts one after the other, each under its origin.
- Dropped: the answer stays where it was, in the history of the dossier.
"""

import copy
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from assessments.answers import na_allowed
from assessments.models import Answer, Assessment, EvidenceUse, ReviewerOpinion, ReviewRequest
from assessments.reading import Declared, Reading, Rows, in_scope, read_rows, rows_of
from assessments.scoring import NBSP, NNBSP, count
from certif.dates import today
from certif.limits import TEXT_MAX
from referentiel.content import Content, CriterionContent, RegisterContent
from referentiel.matching import Arrow, what_changes
from referentiel.models import ExpectedEvidence, Fate, SuggestedAction

CUT = "[La suite de ce texte est dans l’historique d’édition du dossier.]"


class Kind(StrEnum):
    """What becomes of the answer to a criterion of the new edition."""

    KEPT = "conservee"
    CONFIRM = "a_reconfirmer"
    MERGED = "fusionnee"
    EMPTY = "a_repondre"
    NEW = "nouvelle"


@dataclass(frozen=True, slots=True)
class Origin:
    """A criterion of the edition left, and its answer."""

    criterion: CriterionContent
    answer: Answer
    in_scope: bool
    pieces: int

    @property
    def said(self) -> bool:
        """Somebody wrote something."""
        return self.answer.version > 0


@dataclass(frozen=True, slots=True)
class Arrival:
    """A criterion of the new edition and the answer it would have: a row not stored yet. `notes` are French sentences."""

    criterion: CriterionContent
    fate: Fate
    kind: Kind
    origins: tuple[Origin, ...]
    answer: Answer
    notes: tuple[str, ...]
    pieces: int

    @property
    def changes(self) -> list[str]:
        """What a reworded criterion says otherwise: « énoncé », « niveaux »…"""
        return what_changes(self.origins[0].criterion, self.criterion) if self.fate == Fate.REWORDED else []

    @property
    def origin_line(self) -> str:
        """Where the answer comes from, for its history."""
        codes = " et ".join(origin.criterion.code for origin in self.origins if origin.said)
        return f"Reprise de {codes}" if codes else ""


@dataclass(frozen=True, slots=True)
class Passage:
    """A whole move, not made. `rows` are the rows of the target; `left` the criteria that have no suite."""

    source: Content
    target: Content
    before: Rows
    rows: Rows
    arrivals: tuple[Arrival, ...]
    left: tuple[Origin, ...]
    registers_left: tuple[RegisterContent, ...]

    def of_kind(self, kind: str) -> tuple[Arrival, ...]:
        return tuple(arrival for arrival in self.arrivals if arrival.kind == kind)

    @property
    def left_said(self) -> tuple[Origin, ...]:
        """Answers that go to the history."""
        return tuple(origin for origin in self.left if origin.said)

    @property
    def mapped_said(self) -> set[str]:
        """Codes of the answered criteria whose answer is carried over."""
        return {origin.criterion.code for arrival in self.arrivals for origin in arrival.origins if origin.said}


def passage(
    assessment: Assessment, source: Content, target: Content, arrows: Iterable[Arrow], *, before: Rows | None = None
) -> Passage:
    """The move of a dossier of the edition `source` along the arrows of a mapping."""
    before = before or rows_of(assessment)
    ways = _Ways(source, target, arrows)
    arrivals = tuple(_arrival(assessment, ways, before, criterion) for criterion in target.criteria)
    left = tuple(_origin(before, each) for each in source.criteria if not ways.onward[each.key])
    registers = {register.id: target.register_by_key.get(register.key) for register in source.registers}
    rows = Rows(
        answers={arrival.criterion.id: arrival.answer for arrival in arrivals},
        uses={arrival.criterion.id: _uses(ways, before, arrival) for arrival in arrivals},
        opinions={arrival.criterion.id: _opinions(ways, before, arrival) for arrival in arrivals},
        requests={arrival.criterion.id: _requests(before, arrival) for arrival in arrivals},
        declared={
            registers[pk].id: Declared(declared.services, declared.evidence)
            for pk, declared in before.declared.items()
            if registers[pk]
        },
        actions=_actions(ways, before),
    )
    registers_left = tuple(
        register for register in source.registers if register.id in before.declared and not registers[register.id]
    )
    return Passage(source, target, before, rows, arrivals, left, registers_left)


def projection(assessment: Assessment, move: Passage, *, on: date | None = None) -> Reading:
    """The dossier as it would read in the new edition: its own maturity and verdict, under its own rules."""
    return read_rows(assessment, move.target, move.rows, on=on or today())


class _Ways:
    """The arrows by their ends, and how a level of one scale reads on the other."""

    def __init__(self, source: Content, target: Content, arrows: Iterable[Arrow]):
        self.source, self.target = source, target
        self.onward: dict[str, list[CriterionContent]] = defaultdict(list)
        self.back: dict[str, list[CriterionContent]] = defaultdict(list)
        self.identical = set()
        for arrow in arrows:
            if arrow.source and arrow.target:
                self.onward[arrow.source].append(target.criterion_by_key[arrow.target])
                self.back[arrow.target].append(source.criterion_by_key[arrow.source])
                if arrow.fate == Fate.IDENTICAL:
                    self.identical.add(arrow.target)
        self.same_scale = list(source.level_by_value) == list(target.level_by_value)

    def fate(self, criterion: CriterionContent) -> Fate:
        """How a criterion of the new edition came."""
        came = self.back[criterion.key]
        if len(came) != 1:
            return Fate.MERGED if came else Fate.NEW
        if len(self.onward[came[0].key]) > 1:
            return Fate.SPLIT
        return Fate.IDENTICAL if criterion.key in self.identical else Fate.REWORDED

    def level(self, value: int | Fraction | None) -> int | None:
        """The highest level of the new scale that claims no more than `value` did on the former one."""
        if value is None:
            return None
        old, new = sorted(self.source.level_by_value), sorted(self.target.level_by_value)
        reached = Fraction(value - old[0]) / (old[-1] - old[0])
        return max(level for level in new if Fraction(level - new[0], new[-1] - new[0]) <= reached)


# --- Answers ----------------------------------------------------------------------------------


def _origin(before: Rows, criterion: CriterionContent) -> Origin:
    return Origin(
        criterion,
        before.answers[criterion.id],
        in_scope(criterion, before.declared),
        len(before.uses.get(criterion.id, ())),
    )


def _arrival(assessment: Assessment, ways: _Ways, before: Rows, criterion: CriterionContent) -> Arrival:
    came = sorted(ways.back[criterion.key], key=lambda each: each.number)
    origins = tuple(_origin(before, each) for each in came)
    said = [origin for origin in origins if origin.said]
    kind = _kind(ways, criterion, origins)
    level, not_applicable, notes = _rating(ways, criterion, origins)
    if len(origins) > 1:
        text, cut = joined([(_heading(origin.criterion), origin.answer.justification) for origin in said])
        notes += [
            "Le texte réuni est trop long : il est coupé à la fin d’un paragraphe, et reste entier dans l’historique."
        ] * cut
    else:
        text = said[0].answer.justification if said else ""
    last = max(said, key=lambda origin: origin.answer.updated_at).answer if said else None
    answer = Answer(
        assessment=assessment,
        criterion_id=criterion.id,
        level=level,
        not_applicable=not_applicable,
        justification=text,
        assigned_to=next((each.answer.assigned_to for each in origins if each.answer.assigned_to_id), None),
        to_confirm=(bool(said) and kind != Kind.KEPT) or any(origin.answer.to_confirm for origin in origins),
        # Newer than any text a page still open may have been written from.
        version=1 + max(origin.answer.version for origin in said) if said else 0,
        updated_by_id=last and last.updated_by_id,
        updated_at=last and last.updated_at,
    )
    pieces = len({use.evidence_id for origin in origins for use in before.uses.get(origin.criterion.id, ())})
    notes = tuple(_changes(criterion, origins) + notes)
    return Arrival(criterion, ways.fate(criterion), kind, origins, answer, notes, pieces)


def _kind(ways: _Ways, criterion: CriterionContent, origins: tuple[Origin, ...]) -> Kind:
    if not origins:
        return Kind.NEW
    if not any(origin.said for origin in origins):
        return Kind.EMPTY
    if len(origins) > 1:
        return Kind.MERGED
    answer = origins[0].answer
    admitted = na_allowed(criterion) or not answer.not_applicable
    return Kind.KEPT if criterion.key in ways.identical and ways.same_scale and admitted else Kind.CONFIRM


def _rating(
    ways: _Ways, criterion: CriterionContent, origins: tuple[Origin, ...]
) -> tuple[int | None, bool, list[str]]:
    """Level, « non concerné », and what must be said about them."""
    counted = [origin for origin in origins if origin.in_scope or origin.said]
    answers = [origin.answer for origin in counted]
    if answers and all(answer.not_applicable for answer in answers):
        if na_allowed(criterion):
            return None, True, []
        return (
            None,
            False,
            [f"«{NNBSP}Non concerné{NNBSP}» n’y est pas admis{NBSP}: le niveau est à choisir, votre texte reste."],
        )
    silent = [o.criterion.code for o in counted if o.answer.level is None and not o.answer.not_applicable]
    rated = [origin for origin in counted if origin.answer.level is not None]
    if silent or not rated:
        told = (
            [f"{', '.join(silent)} sans niveau{NBSP}: le niveau de l’ensemble est à choisir."]
            if silent and rated
            else []
        )
        return None, False, told
    mean = Fraction(
        sum(origin.criterion.weight * origin.answer.level for origin in rated),
        sum(origin.criterion.weight for origin in rated),
    )
    level = ways.level(mean)
    told = []
    if len(origins) > 1:
        parts = ", ".join(f"{o.criterion.code} au niveau {o.answer.level}" for o in rated)
        told.append(f"Niveau {level}{NBSP}: moyenne pondérée arrondie au niveau inférieur ({parts}).")
    elif not ways.same_scale:
        told.append(f"L’échelle change{NBSP}: le niveau {rated[0].answer.level} devient {level}.")
    return level, False, told


def _changes(criterion: CriterionContent, origins: tuple[Origin, ...]) -> list[str]:
    """What changes in how the criterion counts, even when its text does not."""
    if len(origins) != 1:
        return []
    old = origins[0].criterion
    found = []
    if old.weight != criterion.weight:
        found.append(f"Le poids passe de {old.weight} à {criterion.weight}.")
    if old.criticality != criterion.criticality:
        found.append(
            f"La criticité passe de «{NNBSP}{old.criticality}{NNBSP}» à «{NNBSP}{criterion.criticality}{NNBSP}»."
        )
    return found


def _heading(criterion: CriterionContent) -> str:
    return f"[{criterion.code} {criterion.title}]"


def joined(parts: Iterable[tuple[str, str]], limit: int = TEXT_MAX) -> tuple[str, bool]:
    """Texts one after the other, each under its heading, and whether it had to be cut: at the end of a paragraph, or of a
    word when there is but one. The whole texts are never lost: they stay where they come from."""
    whole = "\n\n".join(f"{heading}\n{text}" for heading, text in parts if text)
    if len(whole) <= limit:
        return whole, False
    room = limit - len(CUT) - 2
    ends = [found.start() for found in re.finditer(r"\n\n", whole[: room + 2]) if found.start() <= room]
    end = max(ends, default=0) or whole.rfind(" ", 0, room)
    return f"{whole[: end if end > 0 else room].rstrip()}\n\n{CUT}", True


# --- What stands beside -----------------------------------------------------------------------


def _uses(ways: _Ways, before: Rows, arrival: Arrival) -> list[EvidenceUse]:
    """The pieces of the origins, once each, as the expected piece of the same key when there is one."""
    wanted = {expected.key: expected for expected in arrival.criterion.expected_evidence}
    found: dict[int, EvidenceUse] = {}
    came = [use for origin in arrival.origins for use in before.uses.get(origin.criterion.id, ())]
    for use in sorted(came, key=lambda each: each.pk):
        expected = wanted.get(str(use.expected.key)) if use.expected else None
        known = found.get(use.evidence_id)
        if known is None:
            known = found[use.evidence_id] = EvidenceUse(
                evidence=use.evidence, added_by_id=use.added_by_id, added_at=use.added_at
            )
        if expected and known.expected_id is None:
            known.expected = ExpectedEvidence(pk=expected.id, key=expected.key)
    return list(found.values())


def _opinions(ways: _Ways, before: Rows, arrival: Arrival) -> list[ReviewerOpinion]:
    """One opinion per network, as for answers: the level of several is rounded down, their texts follow one another."""
    by_network: dict[int, list[tuple[CriterionContent, ReviewerOpinion]]] = defaultdict(list)
    for origin in arrival.origins:
        for opinion in before.opinions.get(origin.criterion.id, ()):
            by_network[opinion.network_id].append((origin.criterion, opinion))
    found = sorted(by_network.values(), key=lambda given: min(opinion.pk for _, opinion in given))
    return [_opinion(ways, given, alone=len(arrival.origins) == 1) for given in found]


def _opinion(ways: _Ways, given: list[tuple[CriterionContent, ReviewerOpinion]], *, alone: bool) -> ReviewerOpinion:
    """What the network is writing and what it has told, each from what it was in the edition left."""
    last = max((opinion for _, opinion in given), key=lambda opinion: (opinion.updated_at, opinion.pk))
    told = [(criterion, opinion) for criterion, opinion in given if opinion.shown_at]
    last_told = max((opinion for _, opinion in told), key=lambda opinion: (opinion.shown_at, opinion.pk), default=None)
    return ReviewerOpinion(
        network=last.network,
        advisor=last.advisor,
        level=_mean(ways, given, "level"),
        remark=_text(given, "remark", alone=alone),
        private_note=_text(given, "private_note", alone=alone),
        read_at=max(opinion.read_at for _, opinion in given) if all(opinion.read_at for _, opinion in given) else None,
        shown_level=_mean(ways, told, "shown_level"),
        shown_remark=_text(told, "shown_remark", alone=alone),
        shown_by=last_told and last_told.shown_by,
        shown_at=last_told and last_told.shown_at,
        # Newer than any opinion a page still open may have been written from.
        version=1 + max(opinion.version for _, opinion in given),
        updated_at=last.updated_at,
    )


def _mean(ways: _Ways, given: list[tuple[CriterionContent, ReviewerOpinion]], name: str) -> int | None:
    levels = [(criterion.weight, level) for criterion, opinion in given if (level := getattr(opinion, name)) is not None]
    return ways.level(Fraction(sum(w * level for w, level in levels), sum(w for w, _ in levels))) if levels else None


def _text(given: list[tuple[CriterionContent, ReviewerOpinion]], name: str, *, alone: bool) -> str:
    texts = [(_heading(criterion), getattr(opinion, name)) for criterion, opinion in given]
    return "".join(text for _, text in texts) if alone else joined(texts)[0]


def _requests(before: Rows, arrival: Arrival) -> list[ReviewRequest]:
    """The requests of the origins, for the expected piece of the same key when there is one."""
    wanted = {expected.key: expected for expected in arrival.criterion.expected_evidence}
    came = [request for origin in arrival.origins for request in before.requests.get(origin.criterion.id, ())]
    found = []
    for request in sorted(came, key=lambda each: (each.asked_at, each.pk)):
        expected = wanted.get(str(request.expected.key)) if request.expected else None
        moved = copy.copy(request)
        moved.pk, moved._state.adding = None, True
        moved.expected = ExpectedEvidence(pk=expected.id, key=expected.key) if expected else None
        found.append(moved)
    return found


def _actions(ways: _Ways, before: Rows):
    """The same actions, on the criteria that follow theirs, carrying the same suggestion where the new edition has it."""
    onward = {each.id: frozenset(one.id for one in ways.onward[each.key]) for each in ways.source.criteria}
    taken: set[int] = set()
    found = []
    for action, criteria in before.actions:
        moved = copy.copy(action)
        moved.target_level = (
            ways.level(action.target_level) if action.target_level in ways.source.level_by_value else None
        )
        suggested = ways.target.action_by_key.get(str(action.suggested.key)) if action.suggested else None
        if suggested and suggested.id not in taken:
            taken.add(suggested.id)
            moved.suggested = SuggestedAction(pk=suggested.id, key=suggested.key)
        found.append((moved, frozenset().union(*(onward[pk] for pk in criteria))))
    return tuple(found)


# --- Saying it --------------------------------------------------------------------------------

LABELS: Mapping[str, str] = {
    Kind.KEPT: "Conservée",
    Kind.CONFIRM: "À reconfirmer",
    Kind.MERGED: "Fusionnée, à reconfirmer",
    Kind.EMPTY: "Sans réponse aujourd’hui",
    Kind.NEW: "Nouveau critère",
}


def summary(move: Passage) -> str:
    """« 97 réponses conservées, 4 à reconfirmer… », for the journal and the confirmation."""
    confirm = len(move.of_kind(Kind.CONFIRM)) + len(move.of_kind(Kind.MERGED))
    return (
        f"{count(len(move.of_kind(Kind.KEPT)), 'réponse conservée', 'réponses conservées')}, "
        f"{confirm}{NBSP}à reconfirmer, "
        f"{count(len(move.of_kind(Kind.NEW)), 'nouveau critère', 'nouveaux critères')}, "
        f"{count(len(move.left_said), 'réponse dans l’historique', 'réponses dans l’historique')}."
    )
