"""The synthesis: the verdict and its reasons, every chapter, every criterion, and why each figure is what it is."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from assessments import explanations, permissions
from assessments.consistency import remarks
from assessments.planning import actions_of, missing_from_path
from assessments.reading import Reading
from assessments.reports.charts import Svg, radar
from assessments.scoring import headline_parts
from assessments.snapshots import as_shown
from assessments.synthesis import (
    chapter_rows,
    finding_groups,
    heatmap,
    reason_lines,
    second_reading,
    total_row,
    weakest,
    widest_gaps,
)
from assessments.views.lookup import get_assessment
from assessments.views.rail import criteria_url


@login_required
@require_safe
def synthesis(request: HttpRequest, pk: int) -> HttpResponse:
    assessment = get_assessment(request, pk)
    reading = as_shown(assessment)
    rows = chapter_rows(reading)
    can_write = permissions.can_write(assessment) and assessment.is_writable
    context = {
        "assessment": assessment,
        "reading": reading,
        "result": reading.result,
        "headline": headline_parts(reading.result),
        "reasons": reason_lines(reading),
        "rows": rows,
        "total": total_row(reading),
        "apart": widest_gaps(rows),
        "weakest": weakest(rows),
        "radar": _radar(reading),
        "heatmap": heatmap(reading),
        "findings": finding_groups(reading),
        "second": second_reading(reading),
        "registers": zip(reading.dossier.registers, reading.result.coverage.values(), strict=True),
        "remarks": remarks(reading.dossier, reading.result),
        "path": reading.path,
        "to_plan": len(missing_from_path(reading, actions_of(assessment))) if can_write else 0,
        "explanations": explanations.explanations(reading),
        "source": explanations.source(reading),
        "criteria_url": criteria_url(assessment),
    }
    return render(request, "assessments/synthesis.html", context)


def _radar(reading: Reading) -> Svg:
    codes = [chapter.code for chapter in reading.content.chapters]
    result = reading.result
    both = result.advisor is not None
    title = (
        "Maturité par chapitre, votre lecture et celle du réseau ; les valeurs sont dans le tableau."
        if both
        else "Maturité par chapitre ; les valeurs sont dans le tableau."
    )
    return radar(
        codes,
        [result.maturity.chapters[code] for code in codes],
        title=title,
        other=[result.advisor.chapters[code] for code in codes] if both else None,
    )
