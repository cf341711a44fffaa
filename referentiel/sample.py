"""What rules would say of three invented dossiers, before they are saved: enough to see what a threshold moves."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from assessments.scoring import (
    BLOCKING,
    CriterionInput,
    Dossier,
    EvidencePiece,
    ExpectedEvidence,
    Finding,
    RegisterInput,
    Result,
    Rules,
    add_months,
    evaluate,
)
from referentiel.content import Content, CriterionContent

ON = date(2027, 1, 15)

# name, shares of the scale taken in turn by blocking criteria and by the others, one required piece missing every so many
PROFILES = (
    ("Une équipe qui commence", ("1/4", "1/2", "3/4"), ("0", "1/4", "1/2", "3/4"), 2),
    ("Une équipe en chemin", ("3/4", "3/4", "1/2"), ("1/2", "3/4", "3/4", "1", "1/4"), 6),
    ("Une équipe presque prête", ("3/4", "1"), ("3/4", "3/4", "1", "3/4", "1/2", "1", "3/4", "3/4"), 0),
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where one sample dossier stands under one set of rules."""

    result: Result

    @property
    def counts(self) -> list[tuple[str, int]]:
        found = Counter(self.result.findings.values())
        return [(str(finding), found[finding]) for finding in Finding]


@dataclass(frozen=True, slots=True)
class Effect:
    """One profile before and after; `before` is None when the stored rules cannot be used yet."""

    name: str
    before: Outcome | None
    after: Outcome

    @property
    def rows(self) -> list[tuple[str, int | None, int]]:
        """(finding, how many before, how many after)."""
        earlier = dict(self.before.counts) if self.before else {}
        return [(finding, earlier.get(finding), count) for finding, count in self.after.counts]


def effects(content: Content, levels: Sequence[int], rules: Mapping) -> list[Effect]:
    """What saving these rules on this scale would change. Raises ValueError when they cannot be used."""
    found = []
    for name, *profile in PROFILES:
        after = Outcome(evaluate(dossier(content, levels, rules, *profile)))
        try:
            before = Outcome(evaluate(dossier(content, sorted(content.level_by_value), content.rules, *profile)))
        except (KeyError, ValueError):
            before = None
        found.append(Effect(name, before, after))
    return found


def dossier(
    content: Content,
    levels: Iterable[int],
    rules: Mapping,
    blocking: Sequence[str],
    others: Sequence[str],
    missing: int,
) -> Dossier:
    """An invented dossier, every criterion answered: the same for the same edition, whatever the scale."""
    levels = sorted(levels)
    read = Rules.from_json(rules, levels)
    turns: Counter[bool] = Counter()
    criteria = []
    for criterion in content.criteria:
        is_blocking = criterion.criticality == BLOCKING
        shares = blocking if is_blocking else others
        share = Fraction(shares[turns[is_blocking] % len(shares)])
        turns[is_blocking] += 1
        level = levels[int(share * (len(levels) - 1) + Fraction(1, 2))]
        has_evidence = not missing or criterion.number % missing != 0
        criteria.append(_input(criterion, level, has_evidence))
    return Dossier(
        reference_on=ON,
        rules=read,
        scale=tuple((value, str(value)) for value in levels),
        chapters=tuple((chapter.code, chapter.title) for chapter in content.chapters),
        criteria=tuple(criteria),
        registers=tuple(
            RegisterInput(
                register.code,
                register.label,
                declared=5 * place < 3 * len(content.registers),
                services=("Dispositif",),
                evidence=(EvidencePiece("Bilan", add_months(ON, -3)),),
            )
            for place, register in enumerate(content.registers)
        ),
    )


def _input(criterion: CriterionContent, level: int, has_evidence: bool) -> CriterionInput:
    expected = tuple(
        ExpectedEvidence(each.key, each.label, each.required, each.validity_months)
        for each in criterion.expected_evidence
    )
    pieces = tuple(EvidencePiece(each.label, add_months(ON, -1), expected_key=each.key) for each in expected)
    return CriterionInput(
        code=criterion.code,
        key=criterion.key,
        chapter=criterion.chapter_code,
        title=criterion.title,
        criticality=criterion.criticality,
        weight=criterion.weight,
        na_allowed=criterion.na_allowed,
        level=level,
        expected=expected,
        evidence=pieces if has_evidence else (),
    )
