"""A person’s private calendar: one revocable address, the deadlines of the actions they carry, as iCalendar."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from icalendar import Calendar, Event

from assessments import journal
from assessments.models import Action, Assessment, CalendarFeed
from assessments.scoring import NBSP
from certif.accounts.models import User
from certif.dates import long_date
from certif.ui import jours


def create(*, by: User) -> str:
    """Gives the person a new address and forgets the former one. The token is told once: only its SHA-256 is kept."""
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        CalendarFeed.objects.filter(user=by).delete()
        CalendarFeed.objects.create(user=by, token_hash=_hash(token))
        journal.record("calendrier_cree", by=by)
    return token


def revoke(*, by: User) -> None:
    """The address stops working on the next request. Revoking twice is harmless."""
    with transaction.atomic():
        deleted, _ = CalendarFeed.objects.filter(user=by).delete()
        if deleted:
            journal.record("calendrier_retire", by=by)


def owner_of(token: str) -> User | None:
    """The person an address belongs to; None for an unknown address or a disabled account."""
    feed = CalendarFeed.objects.select_related("user").filter(token_hash=_hash(token), user__is_active=True).first()
    return feed and feed.user


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def actions_of(user: User) -> Iterable[Action]:
    """Open actions with a deadline that the person carries, or that nobody carries in a structure they write for."""
    visible = Assessment.objects.visible_to(user)
    written = visible.filter(member_role__in=("owner", "contributor"))
    return (
        Action.objects.open()
        .filter(due_on__isnull=False, assessment__in=visible.values("pk"))
        .filter(Q(owner=user) | Q(owner=None, assessment__in=written.values("pk")))
        .select_related("assessment__structure", "owner")
        .prefetch_related("criteria")
        .order_by("due_on", "pk")
    )


def ics(actions: Iterable[Action], *, now: datetime) -> bytes:
    """The actions as all-day events of one calendar: UTF-8, folded lines, identifiers that never change."""
    host = urlsplit(settings.SITE_URL).hostname
    calendar = Calendar()
    calendar.add("prodid", "-//Certif//Feuille de route//FR")
    calendar.add("version", "2.0")
    calendar.add("name", "Certif, feuille de route")
    calendar.add("x-wr-calname", "Certif, feuille de route")
    calendar.add("refresh-interval", timedelta(hours=6), {"VALUE": "DURATION"})
    for action in actions:
        event = Event()
        event.add("uid", f"action-{action.pk}@{host}")
        event.add("dtstamp", now)
        event.add("sequence", action.version)
        event.add("dtstart", action.due_on)
        event.add("dtend", action.due_on + timedelta(days=1))
        event.add("summary", action.title if action.owner else f"À confier{NBSP}: {action.title}")
        event.add("description", _description(action))
        event.add("categories", [action.assessment.structure.name])
        event.add("url", settings.SITE_URL + reverse("action_edit", args=[action.pk]))
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    return calendar.to_ical()


def _description(action: Action) -> str:
    codes = ", ".join(sorted(criterion.code for criterion in action.criteria.all()))
    lines = [
        f"{action.assessment.structure.name}, {action.assessment.title}",
        f"Critères{NBSP}: {codes}" if codes else "",
        f"Charge{NBSP}: {jours(action.effort_days)}" if action.effort_days else "",
        f"Échéance{NBSP}: {long_date(action.due_on)}, jour compris",
        action.detail,
    ]
    return "\n".join(line for line in lines if line)
