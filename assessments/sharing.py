"""Sharing a dossier with a network, whole or without its files, and taking it back: each counts from the next request on.

Who may is asked by the pages: an owner shares; leaving a network takes back what was shared with it, whoever leaves.
"""

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from assessments import journal, standings
from assessments.models import Assessment, NoticeKind, Share
from assessments.notices import notify
from assessments.scoring import NNBSP
from certif.accounts.models import Affiliation, Network, User

NOT_A_MEMBER = "Votre structure ne fait pas partie de ce réseau."


class ShareRefused(Exception):
    """The dossier cannot be shared with this network: says why, in French."""


def share(assessment: Assessment, network: Network, *, with_files: bool, by: User) -> Share:
    """Opens a dossier to the advisors of a network. Shared already, it keeps its date and takes the new choice of files.

    Raises ShareRefused when the structure is not in the network.
    """
    with transaction.atomic():
        # Two clicks take turns: the second finds the share of the first.
        Assessment.objects.select_for_update().only("pk").get(pk=assessment.pk)
        if not Affiliation.objects.filter(network=network, structure=assessment.structure_id).exists():
            raise ShareRefused(NOT_A_MEMBER)
        known = Share.objects.filter(assessment=assessment, network=network, revoked_at=None).first()
        if known:
            set_files(known, with_files=with_files, by=by)
            return known
        opened = Share.objects.create(assessment=assessment, network=network, with_files=with_files, shared_by=by)
        journal.record(
            "partage_ouvert", by=by, assessment=assessment, after={"reseau": network.name, "fichiers": with_files}
        )
        standings.refresh(assessment.pk)
        _tell(opened, assessment, f"{assessment.structure} partage avec vous «{NNBSP}{assessment}{NNBSP}».", by=by)
    return opened


def set_files(given: Share, *, with_files: bool, by: User) -> None:
    """Opens the files of evidence to the network, or closes them. Choosing the same again is harmless."""
    with transaction.atomic():
        rows = Share.objects.filter(pk=given.pk, revoked_at=None).exclude(with_files=with_files)
        if rows.update(with_files=with_files):
            named = {"reseau": given.network.name}
            journal.record(
                "partage_modifie",
                by=by,
                assessment=given.assessment,
                before={**named, "fichiers": not with_files},
                after={**named, "fichiers": with_files},
            )
    given.with_files = with_files


def withdraw(given: Share, *, by: User | None) -> None:
    """Ends a share. Withdrawing twice is harmless."""
    assessment = given.assessment
    with transaction.atomic():
        if Share.objects.filter(pk=given.pk, revoked_at=None).update(revoked_at=timezone.now()):
            journal.record("partage_retire", by=by, assessment=assessment, before={"reseau": given.network.name})
            sentence = f"{assessment.structure} ne partage plus «{NNBSP}{assessment}{NNBSP}» avec vous."
            _tell(given, assessment, sentence, by=by, ended=True)


def _tell(given: Share, assessment: Assessment, sentence: str, *, by: User | None, ended: bool = False) -> None:
    """Each person of the network, once, but for who did it. What ended leads nowhere they may no longer go."""
    people = User.objects.filter(network_memberships__network=given.network_id, is_active=True)
    notify(
        NoticeKind.SHARED,
        to=people.exclude(pk=by and by.pk).order_by("pk"),
        key=f"partage:{given.pk}:{'fin' if ended else 'debut'}",
        sentence=sentence,
        path=reverse("assessment_list") if ended else reverse("dashboard", args=[assessment.pk]),
        assessment=None if ended else assessment,
    )
