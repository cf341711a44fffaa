"""What advisors write of a dossier they read: opinions that never overwrite a colleague’s, and requests to the structure.

A network writes only while the dossier is « transmise » and shared with it. What it writes stays with it until the dossier
is sent back or validated: nothing here goes to the journal, which the structure reads, unless the structure was told of it.
"""

from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256

from django.db import transaction
from django.utils import timezone

from assessments import journal
from assessments.enums import Status
from assessments.models import (
    Answer,
    Assessment,
    OpinionVersion,
    Outcome,
    RequestKind,
    ReviewerOpinion,
    ReviewRequest,
    Share,
)
from assessments.scoring import NBSP
from certif.accounts.models import Network, User
from certif.limits import REQUESTS_PER_ANSWER, TEXT_MAX
from certif.text import TextTooLong, clean_text
from referentiel.content import content_of


@dataclass(frozen=True, slots=True)
class Saved:
    """The stored opinion is what was submitted. `changed` is false when it already was; version 0 is no opinion at all."""

    version: int
    saved_at: datetime | None
    changed: bool


@dataclass(frozen=True, slots=True)
class Conflict:
    """A colleague saved first: `current` stands untouched, and the submitted text is `kept` in the history."""

    current: ReviewerOpinion
    kept: OpinionVersion


@dataclass(frozen=True, slots=True)
class Refused:
    """What is wrong, in French, by field: `niveau`, `remarque` or `note`. Nothing was written."""

    errors: dict[str, str]


class ReviewClosed(Exception):
    """The dossier is no longer « transmise »: nothing was written."""

    def __init__(self):
        super().__init__(f"Le dossier n’est plus «{NBSP}à relire{NBSP}»{NBSP}: rien n’a été enregistré.")


class NotShared(Exception):
    """The dossier is no longer shared with the network, or the person no longer advises it."""


class RequestRefused(Exception):
    """A request the network may not make or change, and why, in French."""


@dataclass(frozen=True, slots=True)
class _Proposal:
    level: int | None
    remark: str
    private_note: str

    def is_in(self, row: ReviewerOpinion | OpinionVersion) -> bool:
        return (row.level, row.remark, row.private_note) == (self.level, self.remark, self.private_note)

    @property
    def is_empty(self) -> bool:
        return self.level is None and not self.remark and not self.private_note

    @property
    def fields(self) -> dict:
        return {"level": self.level, "remark": self.remark, "private_note": self.private_note}


def save_opinion(
    answer: Answer,
    network: Network,
    *,
    by: User,
    based_on: int,
    level: int | None,
    remark: str = "",
    private_note: str = "",
    edition: int | None = None,
) -> Saved | Conflict | Refused:
    """Stores an opinion written from version `based_on` (0: none yet). `answer` is as just read, with its `assessment`.

    `edition` is the one the page was in, when it says so. Raises ReviewClosed and NotShared.
    """
    proposal, errors = _checked(answer, level, remark, private_note)
    if errors:
        return Refused(errors)
    with transaction.atomic():
        _hold(answer.assessment, network, by=by, edition=edition)
        current = ReviewerOpinion.objects.select_related("advisor").filter(answer=answer, network=network).first()
        if current is None and proposal.is_empty:
            return Saved(0, None, changed=False)
        if current and proposal.is_in(current):
            return Saved(current.version, current.updated_at, changed=False)
        if current and current.version != based_on:
            return Conflict(current, _keep(current, proposal, by=by, based_on=based_on))
        return _write(answer, network, current, proposal, by=by, based_on=current.version if current else 0)


def mark_read(answer: Answer, network: Network, *, by: User, read: bool) -> None:
    """The network has read the answer as it stands, with a level and a remark or without, or means to read it again.

    Raises ReviewClosed and NotShared.
    """
    with transaction.atomic():
        _hold(answer.assessment, network, by=by)
        nothing_written = {"advisor": by, "version": 0}
        opinion, _ = ReviewerOpinion.objects.get_or_create(answer=answer, network=network, defaults=nothing_written)
        ReviewerOpinion.objects.filter(pk=opinion.pk).update(read_at=timezone.now() if read else None)


def _hold(assessment: Assessment, network: Network, *, by: User, edition: int | None = None) -> None:
    """Keeps the dossier « transmise » until the end of the caller’s transaction, or raises NotShared or ReviewClosed.

    Whoever sends the dossier back waits for this save, or this save waits and finds the dossier sent back.
    """
    held = Assessment.objects.select_for_update(no_key=True).filter(pk=assessment.pk).values_list("status", "edition_id")
    status, current_edition = held.first() or (None, None)
    shared = Share.objects.active().filter(assessment=assessment.pk, network=network, network__memberships__user=by)
    if not shared.exists():
        raise NotShared
    if status != Status.SUBMITTED or current_edition != (edition or assessment.edition_id):
        raise ReviewClosed


def _write(
    answer: Answer,
    network: Network,
    current: ReviewerOpinion | None,
    proposal: _Proposal,
    *,
    by: User,
    based_on: int,
) -> Saved | Conflict:
    """The guard is the UPDATE itself: it changes the row only if its version is still `based_on`."""
    now = timezone.now()
    fields = {**proposal.fields, "advisor": by, "version": based_on + 1, "updated_at": now}
    if current is None:
        current = ReviewerOpinion.objects.create(answer=answer, network=network, **fields)
        now = current.updated_at
    elif not ReviewerOpinion.objects.filter(pk=current.pk, version=based_on).update(**fields):
        current = ReviewerOpinion.objects.select_related("advisor").get(pk=current.pk)
        return Conflict(current, _keep(current, proposal, by=by, based_on=based_on))
    OpinionVersion.objects.create(opinion=current, number=based_on + 1, author=by, saved_at=now, **proposal.fields)
    return Saved(based_on + 1, now, changed=True)


def _keep(current: ReviewerOpinion, proposal: _Proposal, *, by: User, based_on: int) -> OpinionVersion:
    """Stores the losing text once, however many times it is submitted."""
    kept = {
        "opinion": current,
        "number": min(based_on, current.version),
        "outcome": Outcome.CONFLICT,
        "author": by,
        **proposal.fields,
    }
    found = OpinionVersion.objects.filter(**kept).first()
    return found or OpinionVersion.objects.create(saved_at=timezone.now(), **kept)


def _checked(answer: Answer, level: int | None, remark: str, private_note: str) -> tuple[_Proposal, dict[str, str]]:
    errors, texts = {}, {}
    for name, text in (("remarque", remark), ("note", private_note)):
        try:
            texts[name] = clean_text(text, limit=TEXT_MAX)
        except TextTooLong as error:
            texts[name] = error.text
            errors[name] = f"{error} Rien n’est perdu{NBSP}: raccourcissez, puis enregistrez."
    if level is not None and level not in content_of(answer.assessment.edition_id).level_by_value:
        errors["niveau"] = "Ce niveau n’existe pas dans cette édition de la norme."
    return _Proposal(level, texts["remarque"], texts["note"]), errors


# --- Requests ---------------------------------------------------------------------------------


def add_request(
    answer: Answer,
    network: Network,
    *,
    by: User,
    kind: str,
    text: str,
    expected: int | None = None,
    due_on: date | None = None,
) -> ReviewRequest:
    """Writes what the structure will be asked, already checked; `expected` is the identifier of an expected piece of the
    criterion. The same request sent twice counts once. Raises ReviewClosed, NotShared and RequestRefused."""
    with transaction.atomic():
        _hold(answer.assessment, network, by=by)
        mine = ReviewRequest.objects.filter(answer=answer, network=network).open()
        said = {"kind": kind, "text": text, "expected_id": expected, "due_on": due_on}
        if found := mine.filter(**said).first():
            return found
        if mine.count() >= REQUESTS_PER_ANSWER:
            raise RequestRefused(
                f"{REQUESTS_PER_ANSWER}{NBSP}demandes attendent déjà sur ce critère{NBSP}: retirez-en une pour en ajouter une autre."
            )
        return ReviewRequest.objects.create(answer=answer, network=network, asked_by=by, **said)


def change_request(
    request: ReviewRequest,
    *,
    by: User,
    before: str,
    kind: str,
    text: str,
    expected: int | None = None,
    due_on: date | None = None,
) -> bool:
    """Writes a request anew, unless it changed since the page read it (`before`, its `fingerprint`): then False, and nothing changes.

    Raises ReviewClosed, NotShared, and RequestRefused once it was told.
    """
    with transaction.atomic():
        _hold(request.answer.assessment, request.network, by=by)
        current = ReviewRequest.objects.select_for_update(of=("self",)).filter(pk=request.pk).open().first()
        if current is None:
            raise RequestRefused("Cette demande a été retirée entre-temps.")
        if current.sent_at:
            raise RequestRefused("La structure connaît déjà cette demande : retirez-la, puis écrivez-en une autre.")
        if fingerprint(current) != before:
            return False
        said = {"kind": kind, "text": text, "expected": expected, "due_on": due_on}
        ReviewRequest.objects.filter(pk=request.pk).update(**said, asked_by=by)
    return True


def fingerprint(request: ReviewRequest) -> str:
    """What a page showed of a request, shortened, to know whether it changed since."""
    said = (request.kind, request.expected_id, request.text, request.due_on)
    return sha256(repr(said).encode()).hexdigest()[:16]


def withdraw_request(request: ReviewRequest, *, by: User) -> None:
    """The network no longer asks: a request still unknown to the structure disappears, one it was told of is settled.

    Withdrawing twice is harmless. Raises ReviewClosed and NotShared.
    """
    with transaction.atomic():
        _hold(request.answer.assessment, request.network, by=by)
        ReviewRequest.objects.filter(pk=request.pk, sent_at=None).delete()
        _settle(request, by=by, verb="demande_retiree")


def accept_request(request: ReviewRequest, *, by: User) -> None:
    """The network has what it asked the structure for. Accepting twice is harmless. Raises ReviewClosed and NotShared."""
    with transaction.atomic():
        _hold(request.answer.assessment, request.network, by=by)
        _settle(request, by=by, verb="demande_acceptee")


def _settle(request: ReviewRequest, *, by: User, verb: str) -> None:
    told = ReviewRequest.objects.sent().open().filter(pk=request.pk)
    if told.update(settled_at=timezone.now(), settled_by=by):
        after = {"reponse": request.answer_id, "demande": request.pk}
        journal.record(verb, by=by, assessment=request.answer.assessment, after=after)


def kind_of(expected: int | None, kind: str) -> str:
    """A request for an expected piece is a request for evidence, whatever was ticked."""
    return RequestKind.EVIDENCE if expected else kind
