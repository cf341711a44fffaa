"""What a careful reader would ask about a dossier: checks that explain, and never block nor change a figure."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from assessments.scoring import (
    FINDING_RANK,
    NBSP,
    NNBSP,
    CriterionInput,
    Dossier,
    Finding,
    Result,
    add_months,
    count,
    expiry,
    missing_required,
)

SAME_LEVEL_FROM = 5
"""Rated criteria a chapter needs before one level everywhere is worth a question."""

SET_ASIDE_FROM = 2
"""« Non concerné » answers in one chapter that make a cluster."""


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing worth a second look: a stable code, a French sentence, the criteria it is about."""

    code: str
    sentence: str
    criteria: tuple[str, ...]


def remarks(dossier: Dossier, result: Result) -> tuple[Remark, ...]:
    """Every remark on the dossier, from what an auditor would see first."""
    claimed = [each for each in dossier.criteria if each.rated and each.level >= dossier.rules.evidence_level_min]
    return (
        *_register_criterion(dossier, result),
        *_without_evidence(dossier, claimed),
        *_old_evidence(dossier, claimed),
        *_undated_evidence(dossier, claimed),
        *_without_justification(dossier, claimed),
        *_same_justification(dossier),
        *_same_level(dossier),
        *_set_aside(dossier),
    )


def _register_criterion(dossier: Dossier, result: Result) -> Iterable[Remark]:
    """The criterion about registers is rated by hand: say so when its level and the counter disagree."""
    rules = dossier.rules
    for criterion in dossier.criteria:
        if criterion.key == rules.register_criterion and criterion.rated:
            claims = FINDING_RANK[result.findings[criterion.code]] >= FINDING_RANK[Finding.CONFORMING]
            counted = result.registers_covered >= rules.registers_min
            if claims != counted:
                registers = count(result.registers_covered, "registre est couvert", "registres sont couverts")
                sentence = (
                    f"{criterion.code} est coté {criterion.level}, alors que {registers} sur{NBSP}{len(result.coverage)} "
                    f"(seuil{NBSP}: {rules.registers_min})."
                )
                yield Remark("registres_et_niveau", sentence, (criterion.code,))


def _without_evidence(dossier: Dossier, claimed: list[CriterionInput]) -> Iterable[Remark]:
    codes = tuple(each.code for each in claimed if not each.evidence)
    if codes:
        yield Remark("niveau_sans_preuve", f"{_rated(codes, dossier)} sans aucune preuve jointe.", codes)


def _old_evidence(dossier: Dossier, claimed: list[CriterionInput]) -> Iterable[Remark]:
    """Pieces that no validity vouches for, the latest of which is older than what the edition asks of registers."""
    on, months = dossier.reference_on, dossier.rules.registers_months
    limit = add_months(on, -months)
    codes = []
    for criterion in claimed:
        expectations = {expected.key: expected for expected in criterion.expected}
        ends = [expiry(piece, expectations.get(piece.expected_key)) for piece in criterion.evidence]
        dates = [piece.effective_on for piece in criterion.evidence if piece.effective_on]
        vouched = any(end and end >= on for end in ends)
        if dates and not vouched and max(dates) < limit and not missing_required(criterion, on):
            codes.append(criterion.code)
    if codes:
        sentence = f"{_rated(codes, dossier)} sur des preuves de plus de {months}{NBSP}mois."
        yield Remark("preuve_ancienne", sentence, tuple(codes))


def _undated_evidence(dossier: Dossier, claimed: list[CriterionInput]) -> Iterable[Remark]:
    """A piece without any date never expires in the score: an auditor would still ask for one."""
    codes = tuple(
        criterion.code
        for criterion in claimed
        if any(piece.effective_on is None and piece.expires_on is None for piece in criterion.evidence)
    )
    if codes:
        what = count(len(codes), "critère s’appuie", "critères s’appuient")
        yield Remark("preuve_sans_date", f"{what} sur une preuve sans date.", codes)


def _without_justification(dossier: Dossier, claimed: list[CriterionInput]) -> Iterable[Remark]:
    codes = tuple(each.code for each in claimed if not each.justification.strip())
    if codes:
        yield Remark("niveau_sans_justification", f"{_rated(codes, dossier)} sans justification écrite.", codes)


def _same_justification(dossier: Dossier) -> Iterable[Remark]:
    groups: dict[str, list[str]] = {}
    for criterion in dossier.criteria:
        text = " ".join(criterion.justification.casefold().split())
        if criterion.in_scope and len(text) >= dossier.rules.na_min_chars and text:
            groups.setdefault(text, []).append(criterion.code)
    for codes in groups.values():
        if len(codes) > 1:
            sentence = f"La même justification sert à {len(codes)}{NBSP}critères."
            yield Remark("justification_identique", sentence, tuple(codes))


def _same_level(dossier: Dossier) -> Iterable[Remark]:
    for chapter, title in dossier.chapters:
        rated = [each for each in dossier.criteria if each.chapter == chapter and each.rated]
        if len(rated) >= SAME_LEVEL_FROM and len({each.level for each in rated}) == 1:
            sentence = f"{title}{NBSP}: les {len(rated)}{NBSP}critères cotés sont tous au niveau{NBSP}{rated[0].level}."
            yield Remark("niveaux_identiques", sentence, tuple(each.code for each in rated))


def _set_aside(dossier: Dossier) -> Iterable[Remark]:
    aside = [each for each in dossier.criteria if each.in_scope and each.not_applicable]
    titles = dict(dossier.chapters)
    for chapter, number in Counter(each.chapter for each in aside).items():
        if number >= SET_ASIDE_FROM:
            sentence = f"{titles[chapter]}{NBSP}: {number}{NBSP}critères sont «{NNBSP}non concerné{NNBSP}»."
            yield Remark(
                "non_concernes_groupes", sentence, tuple(each.code for each in aside if each.chapter == chapter)
            )


def _rated(codes: Iterable[str], dossier: Dossier) -> str:
    level = dossier.rules.evidence_level_min
    return f"{count(len(tuple(codes)), f'critère est coté {level}', f'critères sont cotés {level}')} ou plus"
