"""Finds the dossier a page is about, or refuses: 404 to a stranger, 403 to a neighbour without the right."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from assessments import permissions
from assessments.models import Assessment


def get_assessment(
    request: HttpRequest, pk: int, *, write: bool = False, manage: bool = False, member: bool = False
) -> Assessment:
    """The dossier with its structure and edition, in one query."""
    dossiers = Assessment.objects.visible_to(request.user).select_related("structure", "edition")
    assessment = get_object_or_404(dossiers, pk=pk)
    if (
        (write and not permissions.can_write(assessment))
        or (manage and not permissions.can_manage(assessment))
        or (member and not permissions.is_member(assessment))
    ):
        raise PermissionDenied
    return assessment
