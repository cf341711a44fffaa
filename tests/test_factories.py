"""The dossier the factory lays down is the one the real verb opens, less its event in the journal."""

from assessments.dossiers import open_assessment
from assessments.enums import AuditKind
from assessments.models import Answer, Assessment, Event
from tests.factories import make_assessment, make_service

OWN = ("id", "title", "created_at", "updated_at")


def rows(assessment):
    fields = Assessment.objects.filter(pk=assessment.pk).values().get()
    answers = Answer.objects.filter(assessment=assessment).order_by("criterion_id").values()
    return (
        {name: value for name, value in fields.items() if name not in OWN},
        [{name: value for name, value in row.items() if name not in ("id", "assessment_id")} for row in answers],
        list(assessment.services.all()),
    )


def test_same_rows(fabrique, edition, lea):
    services = [make_service(fabrique)]
    laid = make_assessment(fabrique, edition, services=services, by=lea)
    assert not Event.objects.exists()
    opened = open_assessment(
        structure=fabrique,
        edition=edition,
        title="Un autre",
        audit_kind=AuditKind.INITIAL,
        audit_on=None,
        services=services,
        eligibility={},
        by=lea,
    )
    assert rows(laid) == rows(opened)
