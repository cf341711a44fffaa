"""Talking beside a criterion: opening a thread, answering, calling somebody by name, settling, having read."""

import re
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from assessments import journal
from assessments.enums import SILENT
from assessments.models import Answer, Assessment, Comment, NoticeKind, Share, Thread, ThreadRead
from assessments.notices import mark_events_read, notify
from assessments.scoring import NNBSP
from assessments.threads import Person
from certif.accounts.models import Membership, Network, User
from referentiel.content import content_of


class TalkClosed(Exception):
    """Nobody writes in this thread any more: the dossier is closed, has moved, or is no longer shared with that network."""


class CannotSee(Exception):
    """Somebody called does not see the thread."""


def circle_of(assessment: Assessment, network: Network | int | None) -> QuerySet[User]:
    """Those who see the threads between colleagues, or those with a network: members, and its people."""
    inside = Q(memberships__structure=assessment.structure_id)
    if network:
        inside |= Q(network_memberships__network=network)
    return User.objects.filter(inside, is_active=True).distinct()


def called_in(text: str, people: Iterable[Person]) -> set[int]:
    """Identifiers of the people a text calls, as « @Prénom Nom »: the longest name wins."""
    by_name: dict[str, set[int]] = {}
    for person in people:
        by_name.setdefault(person.name.casefold(), set()).add(person.id)
    if not by_name or "@" not in text:
        return set()
    names = "|".join(re.escape(name) for name in sorted(by_name, key=len, reverse=True))
    found = re.findall(rf"(?<!\w)@({names})(?!\w)", text.casefold())
    return {pk for name in found for pk in by_name[name]}


def open_thread(
    answer: Answer, *, by: User, body: str, network: Network | int | None = None, mentions: Iterable[int] = ()
) -> Comment:
    """Opens a thread between colleagues, or with a network, with its first remark, already checked. The same words sent
    twice in a row count once. Raises TalkClosed, or CannotSee."""
    network = network.pk if isinstance(network, Network) else network
    with transaction.atomic():
        now = _hold(answer.assessment, network)
        last = Thread.objects.filter(answer=answer, network=network).last()
        if last and (said := _same(last, by, body)):
            return said
        thread = Thread.objects.create(answer=answer, network_id=network, opened_by=by, opened_at=now)
        return _say(thread, answer.assessment, by=by, body=body, mentions=mentions, at=now)


def reply(thread: Thread, *, by: User, body: str, mentions: Iterable[int] = ()) -> Comment:
    """Adds a remark, already checked; a settled thread opens again. Raises TalkClosed, or CannotSee."""
    assessment = thread.answer.assessment
    with transaction.atomic():
        now = _hold(assessment, thread.network_id)
        if said := _same(thread, by, body):
            return said
        Thread.objects.filter(pk=thread.pk).update(resolved_at=None, resolved_by=None)
        return _say(thread, assessment, by=by, body=body, mentions=mentions, at=now)


def settle(thread: Thread, *, by: User) -> None:
    """Marks a thread as settled; twice is harmless. Raises TalkClosed."""
    with transaction.atomic():
        now = _hold(thread.answer.assessment, thread.network_id)
        if Thread.objects.open().filter(pk=thread.pk).update(resolved_at=now, resolved_by=by):
            _note("fil_regle", thread, by=by)


def reopen(thread: Thread, *, by: User) -> None:
    """Opens a settled thread again; twice is harmless. Raises TalkClosed."""
    with transaction.atomic():
        _hold(thread.answer.assessment, thread.network_id)
        if Thread.objects.filter(pk=thread.pk, resolved_at__isnull=False).update(resolved_at=None, resolved_by=None):
            _note("fil_rouvert", thread, by=by)


def mark_read(threads: Iterable[int], *, by: User, until: datetime) -> None:
    """The person has read these threads up to a moment, and so the notices that lead to them; never takes back what was read
    later."""
    threads = set(threads)
    later = ThreadRead.objects.filter(thread__in=threads, user=by, read_at__gte=until).values_list("thread", flat=True)
    ThreadRead.objects.bulk_create(
        (ThreadRead(thread_id=pk, user=by, read_at=until) for pk in sorted(threads - set(later))),
        update_conflicts=True,
        unique_fields=["thread", "user"],
        update_fields=["read_at"],
    )
    seen = Comment.objects.filter(thread__in=threads, created_at__lte=until).values_list("pk", flat=True)
    mark_events_read(by, [_key(kind, pk) for pk in seen for kind in (NoticeKind.MENTION, NoticeKind.REPLY)])


def _hold(assessment: Assessment, network: int | None) -> datetime:
    """Dates the dossier, so that two writers follow one another; the moment. Raises TalkClosed."""
    now = timezone.now()
    rows = Assessment.objects.exclude(status__in=SILENT).filter(pk=assessment.pk, edition=assessment.edition_id)
    if not rows.update(updated_at=now):
        raise TalkClosed
    if network and not Share.objects.active().filter(assessment=assessment.pk, network=network).exists():
        raise TalkClosed
    return now


def _same(thread: Thread, by: User, body: str) -> Comment | None:
    """The last remark of the thread, if it is this one already."""
    last = thread.comments.last()
    return last if last and (last.author_id, last.body) == (by.pk, body) else None


def _say(
    thread: Thread, assessment: Assessment, *, by: User, body: str, mentions: Iterable[int], at: datetime
) -> Comment:
    called = list(circle_of(assessment, thread.network_id).filter(pk__in=set(mentions) - {by.pk}).order_by("pk"))
    if {user.pk for user in called} != set(mentions) - {by.pk}:
        raise CannotSee
    comment = Comment.objects.create(thread=thread, author=by, body=body, created_at=at)
    comment.mentions.set(called)
    mark_read([thread.pk], by=by, until=at)
    _note("critere_commente", thread, by=by, commentaire=comment.pk)
    _tell(comment, assessment, called, by=by)
    return comment


def _tell(comment: Comment, assessment: Assessment, called: list[User], *, by: User) -> None:
    """Whoever is called, and whoever already wrote or was called in the thread, as long as they see it."""
    thread = comment.thread
    criterion = content_of(assessment.edition_id).criterion_by_id[thread.answer.criterion_id]
    about = f"à propos de {criterion.code}, dans «{NNBSP}{assessment}{NNBSP}»."
    others = Comment.objects.filter(thread=thread).exclude(pk=comment.pk)
    followers = circle_of(assessment, thread.network_id).filter(
        Q(pk__in=others.values("author")) | Q(pk__in=others.filter(mentions__isnull=False).values("mentions"))
    )
    followers = followers.exclude(pk__in=[by.pk, *(user.pk for user in called)]).order_by("pk")
    members = set(Membership.objects.filter(structure=assessment.structure_id).values_list("user", flat=True))
    for kind, people, does in (
        (NoticeKind.MENTION, called, "vous appelle"),
        (NoticeKind.REPLY, list(followers), "répond"),
    ):
        for screen, inside in (("criterion", True), ("review_criterion", False)):
            notify(
                kind,
                to=[user for user in people if (user.pk in members) == inside],
                key=_key(kind, comment.pk),
                sentence=f"{by} {does} {about}",
                path=f"{reverse(screen, args=[assessment.pk, criterion.code])}#fil-{thread.pk}",
                assessment=assessment,
            )


def _key(kind: NoticeKind, comment: int) -> str:
    """Names, among what people are told, that somebody said something."""
    return f"{kind.value}:{comment}"


def _note(verb: str, thread: Thread, *, by: User, **more) -> None:
    after = {"reponse": thread.answer_id, "fil": thread.pk, "reseau": thread.network_id, **more}
    journal.record(verb, by=by, assessment=thread.answer.assessment, after=after)
