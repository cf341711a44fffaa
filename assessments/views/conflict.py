"""Two people wrote at the same time: both texts side by side, what differs, and what to keep."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from assessments.forms.answer import niveau_of
from assessments.grid import word_of
from assessments.merging import differences, merged
from assessments.models import Answer, AnswerVersion, Assessment, Outcome
from assessments.views.lookup import get_answer
from assessments.views.rail import criterion_url
from referentiel.content import Content, content_of


@login_required
@require_safe
def conflict(request: HttpRequest, pk: int, code: str, version: int) -> HttpResponse:
    """A text that lost, compared again with the answer as it stands now."""
    answer = get_answer(request, pk, code, write=True)
    losing = AnswerVersion.objects.select_related("author").filter(answer=answer, outcome=Outcome.CONFLICT)
    kept = get_object_or_404(losing, pk=version)
    if (kept.level, kept.not_applicable, kept.justification) == (
        answer.level,
        answer.not_applicable,
        answer.justification,
    ):
        return redirect(criterion_url(pk, code))
    return conflict_page(request, answer.assessment, kept, answer, locked=not answer.assessment.is_writable)


def conflict_page(
    request: HttpRequest,
    assessment: Assessment,
    kept: AnswerVersion,
    current: Answer,
    *,
    locked: bool = False,
    status: int = 200,
) -> HttpResponse:
    """`kept` is the losing text, `current` the stored answer; `locked` when the dossier is no longer written in."""
    content = content_of(assessment.edition_id)
    item = content.criterion_by_id[current.criterion_id]
    context = {
        "assessment": assessment,
        "criterion": item,
        "kept": kept,
        "current": current,
        "locked": locked,
        "mine": kept.author_id == request.user.pk,
        "by_me": current.updated_by_id == request.user.pk,
    }
    if request.htmx:
        context["current_niveau"] = niveau_of(current.level, current.not_applicable)
        return render(request, "assessments/_overtaken.html", context, status=status)
    return render(request, "assessments/conflict.html", context | _comparison(content, kept, current), status=status)


def _comparison(content: Content, kept: AnswerVersion, current: Answer) -> dict:
    base = AnswerVersion.objects.filter(answer=current, number=kept.number, outcome=Outcome.SAVED).first()
    mine, theirs = differences(kept.justification, current.justification)
    sides = {
        niveau_of(side.level, side.not_applicable): {
            "mark": "n" if side.not_applicable else side.level,
            "word": word_of(content, side.level, side.not_applicable),
        }
        for side in (kept, current)
    }
    return {
        "chapter": content.chapter_of(content.criterion_by_id[current.criterion_id]),
        "kept_pieces": mine,
        "current_pieces": theirs,
        "kept_niveau": niveau_of(kept.level, kept.not_applicable),
        "current_niveau": niveau_of(current.level, current.not_applicable),
        "sides": sides,
        "top": content.top,
        "merged": merged(base.justification if base else "", kept.justification, current.justification),
    }
