"""Writes the journal: who did what, when, in which dossier."""

from assessments.models import Assessment, Event
from certif.accounts.models import Structure, User


def record(
    verb: str,
    *,
    by: User | None,
    assessment: Assessment | None = None,
    structure: Structure | None = None,
    before: dict | None = None,
    after: dict | None = None,
) -> None:
    """Adds one event, in the caller’s transaction. Values in `before` and `after` are JSON."""
    Event.objects.create(
        verb=verb,
        actor=by,
        assessment=assessment,
        structure_id=assessment.structure_id if assessment else structure and structure.pk,
        before=before or {},
        after=after or {},
    )
