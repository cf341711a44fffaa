"""Taking back what was shared: a share ends at the next request, files and documents included."""

from django.db import transaction
from django.utils import timezone

from assessments import journal
from assessments.models import Share
from certif.accounts.models import User


def withdraw(share: Share, *, by: User) -> None:
    """Ends a share. Withdrawing twice is harmless."""
    with transaction.atomic():
        if Share.objects.filter(pk=share.pk, revoked_at=None).update(revoked_at=timezone.now()):
            journal.record("partage_retire", by=by, assessment=share.assessment, before={"reseau": share.network.name})
