"""What colleagues saved meanwhile: a small answer to a page that asks every few seconds, empty when nothing changed."""

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from assessments.grid import Grid, Line, declared_registers, read_grid
from assessments.views.lookup import get_assessment
from assessments.views.rail import find_criterion, rail_html
from certif.dates import stamp
from certif.fields import whole_number

NEWS_SHOWN = 3


@login_required
@require_safe
def criterion_live(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """204 while the dossier is as the page saw it (`vu`); else the rail anew and who saved what since."""
    assessment = get_assessment(request, pk)
    item = find_criterion(assessment, code)
    seen = whole_number(request.GET.get("vu", "")) or 0
    token_wanted = "jeton" in request.GET
    if stamp(assessment.updated_at) <= seen and not token_wanted:
        return HttpResponse(status=204)
    grid = read_grid(
        assessment,
        request.user,
        declared=declared_registers(assessment),
        chosen=request.GET.get("filtre"),
        current=item,
    )
    context = {
        "assessment": assessment,
        "criterion": item,
        "answer": grid.by_code[item.code],
        "rail": rail_html(assessment, grid),
        "seen": stamp(assessment.updated_at),
        "news": _news(grid, seen, request.user.pk),
    }
    return render(request, "assessments/_live.html", context)


@dataclass(frozen=True, slots=True)
class News:
    """A save of somebody else; `here` when it is on the criterion being read."""

    line: Line
    here: bool


def _news(grid: Grid, seen: int, me: int) -> list[News]:
    """The latest saves of others since the page was last told, the most recent first."""
    others = [
        line for line in grid.lines if line.updated_at and line.updated_by_id != me and stamp(line.updated_at) > seen
    ]
    others.sort(key=lambda line: line.updated_at, reverse=True)
    return [News(line, line.criterion is grid.current) for line in others[:NEWS_SHOWN]]
