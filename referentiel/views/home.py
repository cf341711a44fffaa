"""The public front page: what this is, for whom, and the norm at a glance."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from referentiel.content import Content, CriterionContent, content_of
from referentiel.models import Edition


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    edition = Edition.objects.current()
    content = content_of(edition.pk) if edition else None
    specimen = _specimen(content) if content else None
    return render(request, "referentiel/home.html", {"content": content, "specimen": specimen})


def _specimen(content: Content) -> CriterionContent | None:
    """A criterion to show as an example: of the heaviest, the one whose descriptors are quickest to read."""
    return min(
        (criterion for criterion in content.criteria if len(criterion.descriptors) == len(content.levels)),
        key=lambda criterion: (-criterion.weight, max(len(each.text) for each in criterion.descriptors)),
        default=None,
    )
