"""What the screens around a criterion share: finding it, its address, the rail of chapters."""

from urllib.parse import quote

from django.http import Http404
from django.template.loader import render_to_string
from django.urls import reverse

from assessments.grid import Grid
from assessments.models import Assessment
from referentiel.content import CriterionContent, content_of


def find_criterion(assessment: Assessment, code: str) -> CriterionContent:
    """The criterion `code` of the dossier’s edition, or 404."""
    found = content_of(assessment.edition_id).criterion_by_code.get(code)
    if found is None:
        raise Http404
    return found


def criterion_url(assessment_id: int, code: str, chosen: str | None = None) -> str:
    """The entry screen of a criterion, inside a filter if one is `chosen`."""
    return reverse("criterion", args=[assessment_id, code]) + (f"?filtre={quote(chosen)}" if chosen else "")


def criteria_url(assessment: Assessment) -> str:
    """What every criterion’s address starts with: reversing a hundred of them would cost more than the page."""
    return reverse("criterion", args=[assessment.pk, "-"]).removesuffix("-/")


def suffix_of(grid: Grid) -> str:
    return f"?filtre={grid.chosen}" if grid.chosen else ""


def rail_html(assessment: Assessment, grid: Grid) -> str:
    """Rendered once, shown twice: beside the criterion, and folded above it on a phone."""
    context = {
        "assessment": assessment,
        "grid": grid,
        "criteria_url": criteria_url(assessment),
        "suffix": suffix_of(grid),
    }
    return render_to_string("assessments/_rail.html", context)
