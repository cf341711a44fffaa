"""The answers a dossier left in a former edition: its history, readable as it was."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from assessments.grid import word_of
from assessments.models import Answer, Assessment, Comment, EvidenceUse, Move, ReviewRequest
from referentiel.content import Content, CriterionContent, content_of


@dataclass(frozen=True, slots=True)
class LeftAnswer:
    """An answer as it stood the day of the move. `suite` are the codes that took it over, empty when it was dropped."""

    criterion: CriterionContent
    answer: Answer
    word: str
    pieces: tuple[str, ...]
    remarks: tuple[Comment, ...]
    requests: tuple[ReviewRequest, ...]
    suite: tuple[str, ...]

    @property
    def mark(self) -> int | str:
        if self.answer.not_applicable:
            return "n"
        return "x" if self.answer.level is None else self.answer.level


@dataclass(frozen=True, slots=True)
class LeftEdition:
    """What a move left: the answers without a suite first, then those carried over, as they were."""

    move: Move
    content: Content
    dropped: tuple[LeftAnswer, ...]
    carried: tuple[LeftAnswer, ...]


def left_editions(assessment: Assessment, *, remarks: bool) -> list[LeftEdition]:
    """The latest move first. An advisor (`remarks` false) does not read what colleagues say to one another."""
    moves = Move.objects.standing().filter(assessment=assessment).select_related("source", "target", "moved_by")
    return [_left(assessment, move, remarks=remarks) for move in moves]


def _left(assessment: Assessment, move: Move, *, remarks: bool) -> LeftEdition:
    content = content_of(move.source_id)
    here = {"answer__assessment": assessment, "answer__criterion__edition": move.source_id}
    pieces, said, asked, suites = defaultdict(list), defaultdict(list), defaultdict(list), defaultdict(list)
    for use in EvidenceUse.objects.filter(**here).select_related("evidence").order_by("pk"):
        pieces[use.answer_id].append(use.evidence.label)
    if remarks:
        of_answer = {f"thread__{name}": value for name, value in here.items()}
        comments = Comment.objects.filter(**of_answer).select_related("author", "thread")
        for remark in comments.order_by("created_at", "pk"):
            said[remark.thread.answer_id].append(remark)
    for request in ReviewRequest.objects.filter(**here).sent().open().select_related("network"):
        asked[request.answer_id].append(request)
    for told in move.report["reponses"]:
        for code in told["origines"]:
            suites[code].append(told["critere"])
    rows = Answer.objects.filter(assessment=assessment, criterion__edition=move.source_id, version__gt=0)
    found = [
        LeftAnswer(
            criterion=content.criterion_by_id[row.criterion_id],
            answer=row,
            word=word_of(content, row.level, row.not_applicable),
            pieces=tuple(pieces[row.pk]),
            remarks=tuple(said[row.pk]),
            requests=tuple(asked[row.pk]),
            suite=tuple(suites[content.criterion_by_id[row.criterion_id].code]),
        )
        for row in rows.select_related("updated_by").order_by("pk")
    ]
    found.sort(key=lambda each: each.criterion.number)
    return LeftEdition(move, content, _those(found, dropped=True), _those(found, dropped=False))


def _those(found: Iterable[LeftAnswer], *, dropped: bool) -> tuple[LeftAnswer, ...]:
    return tuple(each for each in found if bool(each.suite) != dropped)
