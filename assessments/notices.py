"""Telling people: one line in the product for each, once per event, whatever happens twice."""

from collections.abc import Iterable

from django.db.models import F

from assessments.models import Assessment, Notice, NoticeKind
from certif.accounts.models import User


def notify(
    kind: NoticeKind, *, to: Iterable[User], key: str, sentence: str, path: str, assessment: Assessment | None = None
) -> None:
    """Tells each person once, in the caller’s transaction. `key` names the event (« transmission:12:3 »); `sentence` is read in
    the product by someone who may see the dossier, and never goes into an e-mail; `path` is where it leads."""
    people = {user.pk: user for user in to}
    told = set(Notice.objects.filter(key=key, user__in=people).values_list("user", flat=True))
    new = [user for pk, user in people.items() if pk not in told]
    Notice.objects.bulk_create(
        (
            Notice(user=user, kind=kind, key=key, sentence=sentence[:300], path=path, assessment=assessment)
            for user in new
        ),
        ignore_conflicts=True,
    )
    User.objects.filter(pk__in=[user.pk for user in new]).update(unread=F("unread") + 1)
