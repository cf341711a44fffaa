"""What a network expects of the structure once it has sent a dossier back: the list, and saying of each thing that it is done."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from assessments import journal
from assessments.models import Assessment, Event, NoticeKind, ReviewRequest, Share
from assessments.notices import notify
from assessments.scoring import NBSP
from certif.accounts.models import User
from referentiel.content import Content, CriterionContent, content_of

EXPLAINED = ("dossier_renvoye", "dossier_rouvert")
"""Steps by which a network gives the dossier back, with a reason."""


class ExpectationFrozen(Exception):
    """The dossier is no longer written in."""

    def __init__(self):
        super().__init__(f"Ce dossier n’est plus modifiable{NBSP}: rien n’a changé dans la liste.")


@dataclass(frozen=True, slots=True)
class Expectation:
    """One thing asked on one criterion, told to the structure and not settled by the network."""

    request: ReviewRequest
    criterion: CriterionContent
    is_late: bool

    @property
    def is_done(self) -> bool:
        return self.request.answered_at is not None


@dataclass(frozen=True, slots=True)
class Message:
    """Why the network gave the dossier back."""

    text: str
    author: str
    at: datetime


def expectations(assessment: Assessment, *, on: date) -> tuple[Expectation, ...]:
    """Waiting first, the most urgent first."""
    rows = ReviewRequest.objects.current().sent().open().filter(answer__assessment=assessment)
    rows = rows.select_related("answer", "network", "asked_by", "answered_by", "expected").order_by("pk")
    return expectations_of(rows, content_of(assessment.edition_id), on=on)


def expectations_of(requests: Iterable[ReviewRequest], content: Content, *, on: date) -> tuple[Expectation, ...]:
    """The same, of requests already read."""
    found = [
        Expectation(
            row,
            content.criterion_by_id[row.answer.criterion_id],
            is_late=row.answered_at is None and row.due_on is not None and row.due_on < on,
        )
        for row in requests
    ]
    found.sort(key=lambda each: (each.is_done, each.request.due_on or date.max, each.criterion.number))
    return tuple(found)


def waiting(assessment: Assessment) -> int:
    """How many things the structure has not said are done."""
    return ReviewRequest.objects.current().waiting().filter(answer__assessment=assessment).count()


def message_of(assessment: Assessment) -> Message | None:
    """What the network wrote when it last gave the dossier back."""
    event = Event.objects.filter(assessment=assessment, verb__in=EXPLAINED).order_by("-at", "-pk").first()
    if event is None or not event.after.get("motif"):
        return None
    author = User.objects.filter(pk=event.actor_id).first()
    return Message(event.after["motif"], str(author) if author else "Une personne partie", event.at)


def answer(request: ReviewRequest, assessment: Assessment, *, by: User) -> None:
    """The structure says it is done; saying it twice is harmless. Raises ExpectationFrozen."""
    now = timezone.now()
    with transaction.atomic():
        _hold(assessment, now)
        rows = ReviewRequest.objects.sent().open().filter(pk=request.pk, answered_at=None)
        if not rows.update(answered_at=now, answered_by=by):
            return
        _record("demande_faite", request, assessment, by)
        notify(
            NoticeKind.ANSWERED,
            to=_still_reading(request, assessment),
            key=f"demande_faite:{request.pk}",
            sentence=f"{assessment.structure} a fait ce que vous demandiez.",
            path=reverse("dashboard", args=[assessment.pk]),
            assessment=assessment,
        )


def take_back(request: ReviewRequest, assessment: Assessment, *, by: User) -> None:
    """It was not done after all. Raises ExpectationFrozen."""
    with transaction.atomic():
        _hold(assessment, timezone.now())
        rows = ReviewRequest.objects.open().filter(pk=request.pk, answered_at__isnull=False)
        if rows.update(answered_at=None, answered_by=None):
            _record("demande_reprise", request, assessment, by)


def _hold(assessment: Assessment, now: datetime) -> None:
    if not Assessment.objects.writable().filter(pk=assessment.pk).update(updated_at=now):
        raise ExpectationFrozen


def _record(verb: str, request: ReviewRequest, assessment: Assessment, by: User) -> None:
    journal.record(verb, by=by, assessment=assessment, after={"demande": request.pk, "reponse": request.answer_id})


def _still_reading(request: ReviewRequest, assessment: Assessment):
    """Who asked, while they still advise a network that reads the dossier."""
    shared = Share.objects.active().filter(assessment=assessment, network=request.network_id)
    people = User.objects.filter(pk=request.asked_by_id, is_active=True, network_memberships__network__in=shared.values("network"))
    return people.order_by("pk")
