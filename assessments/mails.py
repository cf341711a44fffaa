"""The e-mails of notices: that something waits, of which kind, and a link. No name, no text: an e-mail is read by anyone.

An e-mail is claimed before it is sent (`mailed_at`): two runs at once never send it twice, and one that fails on its way is
lost rather than repeated. Nothing is claimed while the mail server cannot be reached.
"""

import logging
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django_tasks import task

from assessments.models import Cadence, Notice, NoticeKind
from assessments.subscriptions import DIGEST, preferences_of, token_of
from certif.accounts.models import User
from certif.limits import MAIL_PATIENCE

logger = logging.getLogger(__name__)


@task()
def deliver() -> None:
    send_due()


def send_due(now: datetime | None = None) -> int:
    """Sends what is due, at once or for the day; how many e-mails left."""
    now = now or timezone.now()
    late = Notice.objects.to_mail(now - MAIL_PATIENCE)
    late.update(mail_due_at=None)
    waiting = Notice.objects.to_mail(now).order_by("user").values_list("user", flat=True).distinct()
    people = list(waiting)
    if not people:
        return 0
    post = _Post()
    sent = 0
    for pk in people:
        if not post.is_open():
            break
        messages = _messages(pk, now)
        for place, (message, notices) in enumerate(messages):
            if not post.is_open():
                _give_back(notice for _message, left in messages[place:] for notice in left)
                break
            sent += post.send(message, notices)
    post.close()
    return sent


class _Post:
    """The mail server, opened before anything is claimed, and again after a failure."""

    def __init__(self):
        self.connection = get_connection()
        self.opened = False
        self.lost = False

    def is_open(self) -> bool:
        if not self.opened and not self.lost:
            try:
                self.connection.open()
                self.opened = True
            except (OSError, SMTPException):
                self.lost = True
                logger.warning("the mail server cannot be reached: e-mails wait", exc_info=True)
        return self.opened

    def send(self, message: EmailMessage, notices: list[Notice]) -> int:
        try:
            return self.connection.send_messages([message]) or 0
        except (OSError, SMTPException):
            logger.warning("an e-mail was lost: notices %s", [notice.pk for notice in notices], exc_info=True)
            self.close()
            return 0

    def close(self) -> None:
        try:
            self.connection.close()
        except (OSError, SMTPException):
            logger.warning("the mail server did not say goodbye", exc_info=True)
        self.opened = False


# --- Who gets what ----------------------------------------------------------------------------


def _messages(user_id: int, now: datetime) -> list[tuple[EmailMessage, list[Notice]]]:
    """Claims what is due to one person, and writes it: an e-mail for each, and one for those wanted once a day.

    Nothing for someone disabled, or who no longer sees the dossier; nothing of what was read meanwhile.
    """
    claimed = _claim(user_id, now)
    user = User.objects.filter(pk=user_id, is_active=True).first()
    wanted = _still_wanted(claimed, user) if user else []
    kept = {notice.pk for notice in wanted}
    Notice.objects.filter(pk__in=[notice.pk for notice in claimed if notice.pk not in kept]).update(
        mail_due_at=None, mailed_at=None
    )
    if not wanted:
        return []
    cadences = preferences_of(user)
    alone = [notice for notice in wanted if cadences[notice.kind] == Cadence.NOW]
    together = [notice for notice in wanted if cadences[notice.kind] == Cadence.DAILY]
    messages = [(_one(user, notice), [notice]) for notice in alone]
    return messages + ([(_digest(user, together), together)] if together else [])


def _claim(user_id: int, now: datetime) -> list[Notice]:
    """What is due to the person, and is now ours to send: another run at the same moment finds nothing."""
    with transaction.atomic():
        due = list(Notice.objects.to_mail(now).filter(user=user_id).select_for_update().order_by("created_at", "pk"))
        Notice.objects.filter(pk__in=[notice.pk for notice in due]).update(mailed_at=timezone.now())
    return due


def _give_back(notices: Iterable[Notice]) -> None:
    """Claimed, and never handed to the mail server: the next run sends them."""
    Notice.objects.filter(pk__in=[notice.pk for notice in notices]).update(mailed_at=None)


def _still_wanted(claimed: list[Notice], user: User) -> list[Notice]:
    rows = Notice.objects.visible_to(user).unread().filter(pk__in=[notice.pk for notice in claimed])
    seen = set(rows.values_list("pk", flat=True))
    cadences = preferences_of(user)
    return [notice for notice in claimed if notice.pk in seen and cadences[notice.kind] != Cadence.NEVER]


# --- What they say ----------------------------------------------------------------------------


def _one(user: User, notice: Notice) -> EmailMessage:
    kind = NoticeKind(notice.kind)
    context = {"kind": kind.label, "url": _url("notification_open", notice.pk)}
    return _message(user, kind.label, "notice", context, kind)


def _digest(user: User, notices: list[Notice]) -> EmailMessage:
    counts = Counter(NoticeKind(notice.kind) for notice in notices)
    lines = [(kind.label, number, _stop_url(user, kind)) for kind, number in counts.items()]
    context = {"lines": lines, "url": _url("notifications")}
    return _message(user, "Ce qui vous attend aujourd’hui", "notice_digest", context, DIGEST)


def _message(user: User, subject: str, template: str, context: dict, kind: str) -> EmailMessage:
    stop = _stop_url(user, kind)
    body = render_to_string(
        f"emails/{template}.txt", context | {"stop": stop, "preferences": _url("notification_preferences")}
    )
    headers = {
        "List-Unsubscribe": f"<{stop}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",  # RFC 8058
        "Auto-Submitted": "auto-generated",
    }
    return EmailMessage(settings.ACCOUNT_EMAIL_SUBJECT_PREFIX + subject, body, None, [user.email], headers=headers)


def _stop_url(user: User, kind: str) -> str:
    return _url("unsubscribe", token_of(user, kind))


def _url(name: str, *args) -> str:
    """From SITE_URL, and never from a request’s Host header."""
    return settings.SITE_URL + reverse(name, args=args)
