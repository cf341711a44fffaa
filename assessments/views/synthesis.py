"""The synthesis: the verdict and its reasons, every chapter, every criterion, and why each figure is what it is."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from assessments import explanations, permissions
from assessments.consistency import remarks
from assessments.enums import Status
from assessments.models import Assessment
from assessments.planning import actions_of, missing_from_path
from assessments.publishing import networks_of
from assessments.reading import Reading, read
from assessments.reports.charts import Svg, radar
from assessments.scoring import headline_parts
from assessments.snapshots import as_shown
from assessments.synthesis import (
    NetworkReading,
    chapter_rows,
    finding_groups,
    heatmap,
    network_readings,
    reason_lines,
    total_row,
    weakest,
)
from assessments.views.lookup import get_assessment
from assessments.views.rail import criteria_url
from certif.accounts.models import User


@login_required
@require_safe
def synthesis(request: HttpRequest, pk: int) -> HttpResponse:
    assessment = get_assessment(request, pk)
    member = permissions.is_member(assessment)
    drafts_of = _drafts_of(assessment, request.user)
    reading = read(assessment, drafts_of=drafts_of) if drafts_of else as_shown(assessment)
    seconds = network_readings(reading)
    only = seconds[0] if len(seconds) == 1 else None
    rows = only.rows if only else chapter_rows(reading)
    can_write = permissions.can_write(assessment) and assessment.is_writable
    context = {
        "assessment": assessment,
        "reading": reading,
        "result": reading.result,
        "headline": headline_parts(reading.result),
        "reasons": reason_lines(reading),
        "rows": rows,
        "total": only.total if only else total_row(reading),
        "only": only,
        "seconds": seconds,
        "drafts": drafts_of.values(),
        "is_member": member,
        "me": "Vous" if member else "Structure",
        "weakest": weakest(rows),
        "radar": _radar(reading, only, member=member),
        "heatmap": heatmap(reading),
        "findings": finding_groups(reading),
        "registers": zip(reading.dossier.registers, reading.result.coverage.values(), strict=True),
        "remarks": remarks(reading.dossier, reading.result),
        "path": reading.path,
        "to_plan": len(missing_from_path(reading, actions_of(assessment))) if can_write else 0,
        "explanations": explanations.explanations(reading),
        "source": explanations.source(reading),
        "criteria_url": criteria_url(assessment),
    }
    return render(request, "assessments/synthesis.html", context)


def _drafts_of(assessment: Assessment, user: User) -> dict[int, str]:
    """The networks the person advises and whose opinion is being written: their page compares with it, told or not."""
    if permissions.is_member(assessment) or assessment.status != Status.SUBMITTED:
        return {}
    return dict(networks_of(assessment, user).order_by("pk").values_list("pk", "name"))


def _radar(reading: Reading, only: NetworkReading | None, *, member: bool) -> Svg:
    """The shape of the structure’s reading, and that of the network when there is but one."""
    codes = [chapter.code for chapter in reading.content.chapters]
    mine = "votre lecture" if member else "lecture de la structure"
    title = (
        f"Maturité par chapitre, {mine} et celle du réseau ; les valeurs sont dans le tableau."
        if only
        else "Maturité par chapitre ; les valeurs sont dans le tableau."
    )
    return radar(
        codes,
        [reading.result.maturity.chapters[code] for code in codes],
        title=title,
        other=[only.score.chapters[code] for code in codes] if only else None,
    )
