"""The grid: every criterion of the dossier by chapter, with its level, and the filters to go through them."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from assessments import entry
from assessments.grid import declared_registers, read_grid
from assessments.views.lookup import get_assessment
from assessments.views.rail import criteria_url, suffix_of


@login_required
@require_safe
def grid(request: HttpRequest, pk: int) -> HttpResponse:
    assessment = get_assessment(request, pk)
    lines = read_grid(
        assessment,
        request.user,
        declared=declared_registers(assessment),
        chosen=request.GET.get("filtre"),
    )
    context = {
        "assessment": assessment,
        "grid": lines,
        "criteria_url": criteria_url(assessment),
        "suffix": suffix_of(lines),
        "readonly": entry.why_readonly(assessment),
        "first": next((line for line in lines.lines if line.in_scope and not line.settled), None),
    }
    return render(request, "assessments/grid.html", context)
