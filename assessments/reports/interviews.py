"""Who will be interviewed, on what: for each role, the questions that touch the weakest points of the dossier."""

from collections import defaultdict
from dataclasses import dataclass

from assessments.reports.frame import Source
from assessments.reports.typography import lowered, plural, sentence, tied
from assessments.scoring import CriterionInput

MANY_QUESTIONS = 40
FEW_QUESTIONS = 9


@dataclass(frozen=True)
class Question:
    code: str
    question: str
    expected: str


@dataclass(frozen=True)
class RoleInterview:
    role: str
    count: str
    chapters: str
    questions: tuple[Question, ...]


@dataclass(frozen=True)
class Interviews:
    lead: str
    roles: tuple[RoleInterview, ...]
    others: str


def interviews(source: Source) -> Interviews:
    asked: dict[str, list[tuple[CriterionInput, Question]]] = defaultdict(list)
    for criterion in source.dossier.criteria:
        known = source.content.criterion_by_code.get(criterion.code)
        if known and criterion.in_scope and not criterion.not_applicable:
            for each in known.interview_questions:
                asked[each.role].append(
                    (criterion, Question(criterion.code, tied(each.question), tied(lowered(each.expected))))
                )
    order = sorted(asked, key=lambda role: -len(asked[role]))
    shown = [role for role in order if len(asked[role]) >= min(FEW_QUESTIONS, len(asked[order[0]]))]
    others = [f"{role} ({len(asked[role])})" for role in order if role not in shown]
    return Interviews(
        lead=_lead(source),
        roles=tuple(_role(role, asked[role]) for role in shown),
        others=f"Peuvent aussi être rencontrés : {', '.join(others)}." if others else "",
    )


def _lead(source: Source) -> str:
    if any(criterion.rated for criterion in source.dossier.criteria):
        return tied(
            "L’audit se fait surtout en parlant. Pour chaque fonction, voici les sujets et les questions qui "
            "touchent vos points les plus fragiles."
        )
    return tied(
        "L’audit se fait surtout en parlant. Pour chaque fonction, voici les sujets, et des questions pour "
        "commencer à se préparer."
    )


def _role(role: str, asked: list[tuple[CriterionInput, Question]]) -> RoleInterview:
    number = 3 if len(asked) >= MANY_QUESTIONS else 2
    chosen: list[Question] = []
    for _, question in sorted(asked, key=lambda each: _fragility(each[0])):
        if all(question.code != known.code for known in chosen):
            chosen.append(question)
    return RoleInterview(
        role=sentence(role),
        count=plural(len(asked), "question", "questions"),
        chapters=", ".join(dict.fromkeys(criterion.chapter for criterion, _ in asked)),
        questions=tuple(chosen[:number]),
    )


def _fragility(criterion: CriterionInput) -> tuple:
    """Weakest first: what is rated low and weighs, then what is not answered yet."""
    if criterion.rated:
        return (0, criterion.level, -_BLOCKS.get(criterion.criticality, 0), -criterion.weight)
    return (1, 0, -_BLOCKS.get(criterion.criticality, 0), -criterion.weight)


_BLOCKS = {"bloquant": 2, "majeur": 1}
