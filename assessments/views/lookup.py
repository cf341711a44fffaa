"""Finds the dossier a page is about, or refuses: 404 to a stranger, 403 to a neighbour without the right."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from assessments import permissions
from assessments.models import Answer, Assessment


def get_assessment(
    request: HttpRequest, pk: int, *, write: bool = False, manage: bool = False, member: bool = False
) -> Assessment:
    """The dossier with its structure and edition, in one query."""
    dossiers = Assessment.objects.visible_to(request.user).select_related("structure", "edition")
    assessment = get_object_or_404(dossiers, pk=pk)
    _check(assessment, write=write, manage=manage, member=member)
    return assessment


def get_answer(request: HttpRequest, pk: int, code: str, *, write: bool = False) -> Answer:
    """The answer of a dossier to the criterion `code`, with its dossier, in one query."""
    answers = Answer.objects.with_assessment_of(request.user)
    answer = get_object_or_404(answers, assessment=pk, criterion__code=code)
    answer.assessment.member_role = answer.member_role
    answer.assessment.is_shared_with_me = answer.is_shared_with_me
    _check(answer.assessment, write=write)
    return answer


def _check(assessment: Assessment, *, write: bool = False, manage: bool = False, member: bool = False) -> None:
    if (
        (write and not permissions.can_write(assessment))
        or (manage and not permissions.can_manage(assessment))
        or (member and not permissions.is_member(assessment))
    ):
        raise PermissionDenied
