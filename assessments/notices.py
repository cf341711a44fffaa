"""Telling people: one line in the product for each, once per event, whatever happens twice; and reading it."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest
from django.utils import timezone

from assessments import mails
from assessments.models import Assessment, Cadence, Notice, NoticeKind
from assessments.subscriptions import cadences_of
from certif.accounts.models import User
from certif.dates import PARIS
from certif.limits import DIGEST_HOUR


@transaction.atomic(savepoint=False)
def notify(
    kind: NoticeKind, *, to: Iterable[User], key: str, sentence: str, path: str, assessment: Assessment | None = None
) -> None:
    """Tells each person once, with the caller’s transaction if there is one. `key` names the event (« transmission:12:3 »);
    `sentence` is read in the product by someone who may see the dossier, and never goes into an e-mail; `path` is where it
    leads."""
    people = {user.pk: user for user in to}
    told = set(Notice.objects.filter(key=key, user__in=people).values_list("user", flat=True))
    new = sorted(people.keys() - told)
    if not new:
        return
    now = timezone.now()
    cadences = cadences_of(new, kind)
    Notice.objects.bulk_create(
        (
            Notice(
                user_id=pk,
                kind=kind,
                key=key,
                sentence=sentence[:300],
                path=path,
                assessment=assessment,
                created_at=now,
                mail_due_at=_mail_due_at(cadences[pk], now),
            )
            for pk in new
        ),
        ignore_conflicts=True,
    )
    # In the order of their numbers: two events that tell the same people wait for one another, never for ever.
    list(User.objects.select_for_update(no_key=True).filter(pk__in=new).order_by("pk").values_list("pk", flat=True))
    User.objects.filter(pk__in=new).update(unread=F("unread") + 1)
    if Cadence.NOW in cadences.values():
        transaction.on_commit(mails.deliver.enqueue, robust=True)


def _mail_due_at(cadence: Cadence, now: datetime) -> datetime | None:
    """At once, or at the next morning’s e-mail, or never."""
    if cadence == Cadence.NEVER:
        return None
    if cadence == Cadence.NOW:
        return now
    morning = now.astimezone(PARIS).replace(hour=DIGEST_HOUR, minute=0, second=0, microsecond=0)
    return morning if morning > now else morning + timedelta(days=1)


# --- Reading ----------------------------------------------------------------------------------


def mark_read(notice: Notice) -> None:
    """Twice is harmless."""
    with transaction.atomic():
        if Notice.objects.unread().filter(pk=notice.pk).update(read_at=timezone.now()):
            User.objects.filter(pk=notice.user_id, unread__gt=0).update(unread=F("unread") - 1)


def mark_events_read(user: User, keys: Iterable[str]) -> None:
    """What tells events the person has just seen for themselves has nothing more to tell."""
    with transaction.atomic():
        if done := Notice.objects.filter(user=user, key__in=keys).unread().update(read_at=timezone.now()):
            User.objects.filter(pk=user.pk).update(unread=Greatest(F("unread") - done, 0))


def mark_all_read(user: User) -> None:
    with transaction.atomic():
        Notice.objects.filter(user=user).unread().update(read_at=timezone.now())
        User.objects.filter(pk=user.pk).update(unread=0)


def recount(user: User) -> int:
    """How many the person has not read, of those they may see; what the header shows is put right."""
    found = Notice.objects.visible_to(user).unread().count()
    if found != user.unread:
        User.objects.filter(pk=user.pk).update(unread=found)
        user.unread = found
    return found
