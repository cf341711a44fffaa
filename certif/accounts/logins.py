"""Where a person is signed in: one row per login, told in words; ending one closes it at its next request."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime

from allauth.usersessions.models import UserSession
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from certif import limits
from certif.accounts.models import User
from certif.sessions import BEGAN_AT, SEEN_AT, SessionStore

# What a browser says of itself → what people call it; the first word found is the right one.
BROWSERS = {
    "Edg": "Edge",
    "OPR/": "Opera",
    "SamsungBrowser": "Samsung Internet",
    "Firefox": "Firefox",
    "FxiOS": "Firefox",
    "CriOS": "Chrome",
    "Chrome": "Chrome",
    "Safari": "Safari",
}
SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "CrOS": "ChromeOS",
    "Mac OS": "macOS",
    "Linux": "Linux",
}


@dataclass(frozen=True, slots=True)
class Login:
    pk: int
    device: str
    address: str
    began_at: datetime
    seen_at: datetime
    """Ten minutes late at most."""
    is_current: bool


def device(user_agent: str) -> str:
    """« Firefox sur Windows »."""
    browser = next((name for word, name in BROWSERS.items() if word in user_agent), "")
    system = next((name for word, name in SYSTEMS.items() if word in user_agent), "")
    if not browser:
        return f"Navigateur inconnu sur {system}" if system else "Appareil inconnu"
    return f"{browser} sur {system}" if system else browser


def of(user: User, *, current: str | None) -> list[Login]:
    """The logins that still open something, this one first, then the last used; two queries, whatever their number."""
    rows = {row.session_key: row for row in UserSession.objects.filter(user=user).order_by("pk")}
    open_now = Session.objects.filter(session_key__in=rows, expire_date__gt=timezone.now()).order_by("pk")
    found = []
    for session in open_now:
        data = session.get_decoded()
        row = rows[session.session_key]
        if _opens(data, user):
            seen = datetime.fromtimestamp(data[SEEN_AT], UTC) if SEEN_AT in data else row.created_at
            is_current = session.session_key == current
            found.append(Login(row.pk, device(row.user_agent), row.ip, row.created_at, seen, is_current))
    return sorted(found, key=lambda login: (not login.is_current, -login.seen_at.timestamp(), login.pk))


def _opens(data: dict, user: User) -> bool:
    """Neither another person’s since, nor of an older password, nor past its seven days."""
    age = time.time() - data.get(BEGAN_AT, time.time())
    return (
        data.get(SESSION_KEY) == str(user.pk)
        and data.get(HASH_SESSION_KEY) == user.get_session_auth_hash()
        and age <= limits.SESSION_AGE.total_seconds()
    )


@transaction.atomic
def end(row: UserSession) -> None:
    """Closes one login. Closing twice is harmless."""
    SessionStore().delete(row.session_key)
    UserSession.objects.filter(pk=row.pk).delete()


@transaction.atomic
def end_others(user: User, *, current: str | None) -> int:
    """Closes every login of the person but this one; how many."""
    others = UserSession.objects.filter(user=user).exclude(session_key=current)
    closed, _ = Session.objects.filter(session_key__in=list(others.values_list("session_key", flat=True))).delete()
    others.delete()
    return closed


def forget_old() -> None:
    """What is known of the device of a login goes with it: none lasts longer than `limits.SESSION_AGE`."""
    UserSession.objects.filter(created_at__lt=timezone.now() - limits.SESSION_AGE).delete()
