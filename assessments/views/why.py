"""« Pourquoi ce score ? » for one chapter or one criterion."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from assessments import explanations
from assessments.snapshots import as_shown
from assessments.synthesis import cited, mark_of, word_of
from assessments.views.lookup import get_assessment


@login_required
@require_safe
def why(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    assessment = get_assessment(request, pk)
    reading = as_shown(assessment)
    content = reading.content
    context = {"assessment": assessment, "source": explanations.source(reading), "top": content.top}
    if code in content.criterion_by_code:
        scored = reading.by_code[code]
        context |= {
            "criterion": content.criterion_by_code[code],
            "mark": mark_of(scored),
            "word": word_of(scored, dict(reading.dossier.scale)),
            "reasons": explanations.weighs_on(reading, code),
            "explanations": explanations.criterion(reading, code),
        }
    elif code in content.chapter_by_code:
        chapter = content.chapter_by_code[code]
        context |= {
            "chapter": chapter,
            "cited": cited(
                reading, [criterion.code for criterion in chapter.criteria if reading.by_code[criterion.code].rated]
            ),
            "explanations": (explanations.chapter_maturity(reading, code),),
        }
    else:
        raise Http404
    return render(request, "assessments/why.html", context)
