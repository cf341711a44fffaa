"""Every version of an answer: who wrote what and when, what changed, and going back to one of them."""

from dataclasses import dataclass
from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from assessments import answers, entry
from assessments.grid import word_of
from assessments.merging import Piece, differences
from assessments.models import Answer, AnswerVersion, Outcome
from assessments.scoring import NBSP
from assessments.views.conflict import conflict_page
from assessments.views.lookup import get_answer, get_assessment
from assessments.views.rail import criterion_url, find_criterion
from certif.fields import whole_number
from referentiel.content import Content, content_of

SHOWN = 60
SITTING = timedelta(minutes=10)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def answer_history(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    if request.method == "POST":
        return _restore(request, get_answer(request, pk, code, write=True), code)
    assessment = get_assessment(request, pk, member=True)
    item = find_criterion(assessment, code)
    answer = get_object_or_404(Answer.objects.select_related("updated_by"), assessment=pk, criterion=item.id)
    content = content_of(assessment.edition_id)
    versions, older = _versions(answer, request.GET.get("avant", ""))
    context = {
        "assessment": assessment,
        "criterion": item,
        "chapter": content.chapter_of(item),
        "answer": answer,
        "sittings": _sittings(content, versions),
        "older": older,
        "readonly": entry.why_readonly(assessment),
        "top": content.top,
    }
    return render(request, "assessments/answer_history.html", context)


@dataclass(frozen=True, slots=True)
class Entry:
    """One version and what it changed from the saved one before it."""

    version: AnswerVersion
    mark: int | str
    word: str
    pieces: list[Piece]
    removed: list[Piece]

    @property
    def lost(self) -> bool:
        return self.version.outcome == Outcome.CONFLICT


@dataclass(frozen=True, slots=True)
class Sitting:
    """Saves of one person that follow each other closely, the last one first."""

    last: Entry
    earlier: list[Entry]


def _versions(answer: Answer, before: str) -> tuple[list[AnswerVersion], int | None]:
    """A page of versions, the most recent first, one more than shown to compare with; and where the next page starts."""
    versions = AnswerVersion.objects.filter(answer=answer).select_related("author").order_by("-pk")
    if (start := whole_number(before)) is not None:
        versions = versions.filter(pk__lt=start)
    found = list(versions[: SHOWN + 1])
    return found, found[SHOWN - 1].pk if len(found) > SHOWN else None


def _sittings(content: Content, versions: list[AnswerVersion]) -> list[Sitting]:
    sittings: list[Sitting] = []
    newer = None
    for place, version in enumerate(versions[:SHOWN]):
        previous = next((each for each in versions[place + 1 :] if each.outcome == Outcome.SAVED), None)
        entered = _entry(content, version, previous)
        if newer and _same_sitting(version, newer):
            sittings[-1].earlier.append(entered)
        else:
            sittings.append(Sitting(entered, []))
        newer = version
    return sittings


def _same_sitting(version: AnswerVersion, newer: AnswerVersion) -> bool:
    return (
        version.outcome == newer.outcome == Outcome.SAVED
        and version.author_id == newer.author_id
        and newer.saved_at - version.saved_at < SITTING
    )


def _entry(content: Content, version: AnswerVersion, previous: AnswerVersion | None) -> Entry:
    pieces, removed = differences(version.justification, previous.justification if previous else "")
    return Entry(
        version=version,
        mark="n" if version.not_applicable else "x" if version.level is None else version.level,
        word=word_of(content, version.level, version.not_applicable),
        pieces=pieces,
        removed=[piece for piece in removed if piece.differs and piece.text.strip()],
    )


def _restore(request: HttpRequest, answer: Answer, code: str) -> HttpResponse:
    """Going back is one more save: the history only grows."""
    wanted, based_on = whole_number(request.POST.get("retablir", "")), whole_number(request.POST.get("version", ""))
    if wanted is None or based_on is None:
        return redirect("answer_history", answer.assessment_id, code)
    old = get_object_or_404(AnswerVersion, answer=answer, pk=wanted)
    outcome = answers.save_answer(
        answer,
        by=request.user,
        based_on=based_on,
        level=old.level,
        not_applicable=old.not_applicable,
        justification=old.justification,
    )
    match outcome:
        case answers.Conflict():
            return conflict_page(request, answer.assessment, outcome.kept, outcome.current, status=409)
        case answers.Locked():
            return conflict_page(request, answer.assessment, outcome.kept, answer, locked=True, status=409)
        case answers.Refused():
            messages.error(
                request, f"Cette version ne peut plus être rétablie{NBSP}: {' '.join(outcome.errors.values())}"
            )
            return redirect("answer_history", answer.assessment_id, code)
    messages.success(request, f"Version rétablie. Elle porte le numéro{NBSP}{outcome.version}.")
    return redirect(criterion_url(answer.assessment_id, code))
