"""Telling the structure what a network wrote while it read: opinions and requests, as they are at that moment."""

from datetime import datetime

from django.db.models import F, Q, QuerySet

from assessments.models import Assessment, ReviewerOpinion, ReviewRequest, Share
from certif.accounts.models import Network, User


def networks_of(assessment: Assessment, user: User) -> QuerySet[Network]:
    """The networks the person advises, among those the dossier is shared with."""
    shared = Share.objects.active().filter(assessment=assessment, network__memberships__user=user)
    return Network.objects.filter(pk__in=shared.values("network"))


def publish(assessment: Assessment, *, by: User, at: datetime) -> None:
    """What the networks of `by` wrote on the dossier becomes what they say, in the caller’s transaction.

    An opinion emptied since it was told is told empty. Requests withdrawn before they were sent stay unsaid.
    """
    networks = networks_of(assessment, by)
    here = {"answer__assessment": assessment, "network__in": networks}
    worth_telling = Q(level__isnull=False) | ~Q(remark="") | Q(shown_at__isnull=False)
    opinions = ReviewerOpinion.objects.current().filter(worth_telling, **here)
    opinions.update(shown_level=F("level"), shown_remark=F("remark"), shown_by=F("advisor"), shown_at=at)
    ReviewRequest.objects.current().open().filter(sent_at=None, **here).update(sent_at=at)
