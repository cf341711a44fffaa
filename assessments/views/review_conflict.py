"""Two advisors of a network wrote on one criterion at the same time: both opinions side by side, and what to keep."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from assessments.forms.answer import niveau_of
from assessments.grid import word_of
from assessments.merging import differences, merged
from assessments.models import OpinionVersion, Outcome, ReviewerOpinion
from assessments.views.desk import Desk, get_desk
from assessments.views.rail import find_criterion
from referentiel.content import Content, CriterionContent, content_of

TEXTS = {"remarque": ("remark", "Remarque à la structure"), "note": ("private_note", "Note privée")}


@login_required
@require_safe
def review_conflict(request: HttpRequest, pk: int, code: str, version: int) -> HttpResponse:
    """A text that lost, compared again with the opinion as it stands now."""
    desk = get_desk(request, pk)
    item = find_criterion(desk.assessment, code)
    mine = ReviewerOpinion.objects.select_related("advisor").filter(network=desk.network, answer__assessment=pk)
    current = get_object_or_404(mine, answer__criterion=item.id)
    losing = OpinionVersion.objects.select_related("author").filter(opinion=current, outcome=Outcome.CONFLICT)
    kept = get_object_or_404(losing, pk=version)
    if (kept.level, kept.remark, kept.private_note) == (current.level, current.remark, current.private_note):
        return redirect(desk.url("review_criterion", code))
    return review_conflict_page(request, desk, kept, current, item=item)


def review_conflict_page(
    request: HttpRequest,
    desk: Desk,
    kept: OpinionVersion,
    current: ReviewerOpinion,
    *,
    item: CriterionContent | None = None,
    status: int = 200,
) -> HttpResponse:
    """`kept` is the losing text, `current` the stored opinion, which must have its answer at hand unless `item` is given."""
    content = content_of(desk.assessment.edition_id)
    item = item or content.criterion_by_id[current.answer.criterion_id]
    context = {
        "assessment": desk.assessment,
        "desk": desk,
        "criterion": item,
        "kept": kept,
        "current": current,
        "closed": desk.closed,
        "mine": kept.author_id == request.user.pk,
        "by_me": current.advisor_id == request.user.pk,
        "current_niveau": niveau_of(current.level, False),
        "back": desk.url("review_criterion", item.code),
    }
    if request.htmx:
        context["compare"] = desk.url("review_conflict", item.code, kept.pk)
        return render(request, "assessments/_review_overtaken.html", context, status=status)
    context |= _comparison(content, kept, current)
    return render(request, "assessments/review_conflict.html", context, status=status)


def _comparison(content: Content, kept: OpinionVersion, current: ReviewerOpinion) -> dict:
    base = OpinionVersion.objects.filter(opinion=current, number=kept.number, outcome=Outcome.SAVED).first()
    texts = []
    for name, (field, label) in TEXTS.items():
        left, right = getattr(kept, field), getattr(current, field)
        mine, theirs = differences(left, right)
        together = merged(getattr(base, field) if base else "", left, right)
        texts.append({"name": name, "label": label, "kept": mine, "current": theirs, "kept_text": left, "merged": together})
    sides = {
        niveau_of(side.level, False): {"mark": side.level, "word": _word(content, side.level)} for side in (kept, current)
    }
    return {
        "texts": texts,
        "sides": sides,
        "kept_niveau": niveau_of(kept.level, False),
        "top": content.top,
    }


def _word(content: Content, level: int | None) -> str:
    return "Sans niveau" if level is None else word_of(content, level, False)
