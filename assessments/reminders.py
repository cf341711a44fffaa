"""What people are reminded of: each reminder finds who to tell of what is due, and says it once for each due date.

A reminder missed one day (the command did not run) is told the next: keys name what is due and when, not the day it was told.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.urls import reverse

from assessments import campaigns
from assessments.enums import Status
from assessments.models import Action, Assessment, EvidenceUse, Notice, NoticeKind, ReviewRequest
from assessments.notices import notify
from assessments.overview import last_valid_day
from assessments.scoring import NBSP, NNBSP, count
from certif.accounts.models import Membership, Role, User
from certif.dates import long_date
from certif.limits import AUDIT_DAYS, EVIDENCE_ENDING_DAYS, LATE_DAYS, REQUEST_DUE_DAYS


@dataclass(frozen=True, slots=True)
class Reminder:
    """What to tell whom. `key` names what is due and when."""

    key: str
    to: tuple[User, ...]
    sentence: str
    path: str
    assessment: Assessment | None = None


def remind(on: date) -> int:
    """Tells everyone what is due on the day `on`; how many lines were added. A second run adds none."""
    before = Notice.objects.filter(kind=NoticeKind.REMINDER).count()
    campaigns.remind_due(on)
    for find in REMINDERS:
        for each in find(on):
            notify(
                NoticeKind.REMINDER,
                to=each.to,
                key=f"rappel:{each.key}",
                sentence=each.sentence,
                path=each.path,
                assessment=each.assessment,
            )
    return Notice.objects.filter(kind=NoticeKind.REMINDER).count() - before


# --- What is due ------------------------------------------------------------------------------


def requests_due(on: date) -> Iterator[Reminder]:
    """What a network expects, a week before its day and once the day is past: to whom the criterion is given, else to owners."""
    until = on + timedelta(days=REQUEST_DUE_DAYS)
    rows = ReviewRequest.objects.current().waiting().filter(due_on__gte=_oldest(on), due_on__lte=until)
    rows = rows.select_related("answer__assessment", "answer__assigned_to").exclude(
        answer__assessment__status=Status.ARCHIVED
    )
    groups: dict[tuple, int] = defaultdict(int)
    dossiers: dict[int, Assessment] = {}
    for row in rows.order_by("pk"):
        dossier = dossiers.setdefault(row.answer.assessment_id, row.answer.assessment)
        groups[dossier.pk, row.due_on, row.answer.assigned_to_id] += 1
    teams = _Teams(dossiers.values())
    for (pk, due_on, person), number in groups.items():
        late = due_on < on
        what = count(number, "demande de votre réseau", "demandes de votre réseau")
        attended = "attendue" if number == 1 else "attendues"
        sentence = f"{what}{' était' if number == 1 else ' étaient'} {attended}" if late else f"{what} {attended}"
        yield Reminder(
            f"demandes:{pk}:{due_on}:{'retard' if late else 'bientot'}:{person or 'responsables'}",
            teams.writer_or_owners(dossiers[pk], person),
            f"{sentence} pour le {long_date(due_on)}.",
            reverse("dashboard", args=[pk]),
            dossiers[pk],
        )


def actions_late(on: date) -> Iterator[Reminder]:
    """Actions whose day is past: to whoever carries them, else to owners."""
    rows = Action.objects.late(on).filter(due_on__gte=_oldest(on)).exclude(assessment__status=Status.ARCHIVED)
    groups: dict[tuple, int] = defaultdict(int)
    dossiers: dict[int, Assessment] = {}
    for row in rows.select_related("assessment").order_by("pk"):
        dossiers.setdefault(row.assessment_id, row.assessment)
        groups[row.assessment_id, row.due_on, row.owner_id] += 1
    teams = _Teams(dossiers.values())
    for (pk, due_on, person), number in groups.items():
        verb = "devait être faite" if number == 1 else "devaient être faites"
        yield Reminder(
            f"actions:{pk}:{due_on}:{person or 'responsables'}",
            teams.writer_or_owners(dossiers[pk], person),
            f"{count(number, 'action', 'actions')} {verb} pour le {long_date(due_on)}.",
            reverse("roadmap", args=[pk]),
            dossiers[pk],
        )


def evidence_ending(on: date) -> Iterator[Reminder]:
    """Pieces that stop counting within a month: to owners and contributors, one reminder for each last day."""
    until = on + timedelta(days=EVIDENCE_ENDING_DAYS)
    rows = (
        EvidenceUse.objects.current()
        .filter(evidence__replaced_by=None)
        .exclude(answer__assessment__status__in=(Status.CLOSED, Status.ARCHIVED))
        .select_related("evidence", "expected", "answer__assessment")
        .order_by("pk")
    )
    groups: dict[tuple, set[int]] = defaultdict(set)
    dossiers: dict[int, Assessment] = {}
    for use in rows.iterator():
        ends_on = last_valid_day(use)
        if ends_on and on <= ends_on <= until:
            dossier = dossiers.setdefault(use.answer.assessment_id, use.answer.assessment)
            groups[dossier.pk, ends_on].add(use.evidence_id)
    teams = _Teams(dossiers.values())
    for (pk, ends_on), pieces in groups.items():
        verb = "ne vaudra plus" if len(pieces) == 1 else "ne vaudront plus"
        yield Reminder(
            f"preuves:{pk}:{ends_on}",
            teams.writers(dossiers[pk]),
            f"{count(len(pieces), 'preuve', 'preuves')} {verb} après le {long_date(ends_on)}.",
            reverse("evidence_list", args=[pk]),
            dossiers[pk],
        )


def audits_near(on: date) -> Iterator[Reminder]:
    """The audit comes in three months, a month, a week: to the whole team that writes; the nearest step only."""
    rows = Assessment.objects.filter(audit_on__gte=on, audit_on__lte=on + timedelta(days=max(AUDIT_DAYS)))
    dossiers = list(rows.exclude(status=Status.ARCHIVED).order_by("pk"))
    teams = _Teams(dossiers)
    for dossier in dossiers:
        left = (dossier.audit_on - on).days
        step = min(days for days in AUDIT_DAYS if left <= days)
        when = {0: "aujourd’hui", 1: "demain"}.get(left, f"dans {left}{NBSP}jours")
        yield Reminder(
            f"audit:{dossier.pk}:{dossier.audit_on}:{step}",
            teams.writers(dossier),
            f"L’audit préparé par «{NNBSP}{dossier}{NNBSP}» est {when}, le {long_date(dossier.audit_on)}.",
            reverse("dashboard", args=[dossier.pk]),
            dossier,
        )


REMINDERS: tuple[Callable[[date], Iterable[Reminder]], ...] = (
    requests_due,
    actions_late,
    evidence_ending,
    audits_near,
)
"""Everything one is reminded of, in this order."""


def _oldest(on: date) -> date:
    return on - timedelta(days=LATE_DAYS)


class _Teams:
    """Who writes in the structures of some dossiers, read once."""

    def __init__(self, dossiers: Iterable[Assessment]):
        structures = {dossier.structure_id for dossier in dossiers}
        rows = Membership.objects.filter(
            structure__in=structures, role__in=(Role.OWNER, Role.CONTRIBUTOR), user__is_active=True
        )
        self.members: dict[int, list[Membership]] = defaultdict(list)
        for row in rows.select_related("user").order_by("user_id"):
            self.members[row.structure_id].append(row)

    def writers(self, dossier: Assessment) -> tuple[User, ...]:
        return tuple(row.user for row in self.members[dossier.structure_id])

    def writer_or_owners(self, dossier: Assessment, person: int | None) -> tuple[User, ...]:
        """The person, if still there; else whoever answers for the structure."""
        team = self.members[dossier.structure_id]
        found = [row.user for row in team if row.user_id == person]
        return tuple(found or [row.user for row in team if row.role == Role.OWNER])
