"""What the dashboard adds to the reading: pieces to renew, late actions, what colleagues did."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from assessments.models import Action, Answer, AnswerVersion, Assessment, Event, EvidenceUse, Outcome
from assessments.reading import Reading
from assessments.sayings import SAYINGS, verbs
from assessments.scoring import EvidencePiece, ExpectedEvidence, expiry
from certif.accounts.models import User
from certif.dates import add_months, in_paris

MONTHS_AHEAD = 3
"""How far to look for pieces about to expire when the audit has no date, or a past one."""

ACTIVITY_SHOWN = 5
CODES_SHOWN = 6
LOOK_BACK = 60
"""How many saves and events are read to tell the latest deeds."""


@dataclass(frozen=True, slots=True)
class Renewal:
    """A piece that expired, or will before the audit. `ends_on` is its last valid day."""

    evidence_id: int
    label: str
    code: str
    ends_on: date
    is_expired: bool


def renewals(reading: Reading) -> tuple[Renewal, ...]:
    """Soonest first; a piece used for several criteria counts once for each."""
    assessment, on = reading.assessment, reading.dossier.reference_on
    audit_on = assessment.audit_on
    until = audit_on if audit_on and audit_on >= on else add_months(on, MONTHS_AHEAD)
    rows = (
        EvidenceUse.objects.current()
        .filter(answer__assessment=assessment, evidence__replaced_by=None)
        .select_related("evidence", "expected", "answer")
        .order_by("pk")
    )
    found = []
    for use in rows:
        ends_on = last_valid_day(use)
        code = reading.content.criterion_by_id[use.answer.criterion_id].code
        if ends_on and ends_on < until and reading.by_code[code].in_scope:
            found.append(Renewal(use.evidence_id, use.evidence.label, code, ends_on, ends_on < on))
    return tuple(sorted(found, key=lambda renewal: (renewal.ends_on, renewal.code)))


def last_valid_day(use: EvidenceUse) -> date | None:
    """Of a piece where it is used, by the one rule of scoring; None when nothing limits it."""
    return expiry(*_as_scored(use))


def _as_scored(use: EvidenceUse) -> tuple[EvidencePiece, ExpectedEvidence | None]:
    piece = EvidencePiece(use.evidence.label, use.evidence.effective_on, use.evidence.expires_on)
    expected = use.expected
    return piece, expected and ExpectedEvidence(
        str(expected.key), expected.label, expected.required, expected.validity_months
    )


def late_actions(reading: Reading) -> tuple[Action, ...]:
    on = reading.dossier.reference_on
    return tuple(
        Action.objects.late(on).filter(assessment=reading.assessment).select_related("owner").order_by("due_on", "pk")
    )


# --- What colleagues did ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody did on one day: « Karim a répondu à » and the criteria, when there are some."""

    who: str
    what: str
    at: datetime
    codes: tuple[str, ...] = ()

    @property
    def more(self) -> int:
        """Criteria beyond those a line shows."""
        return max(0, len(self.codes) - CODES_SHOWN)


def activity(reading: Reading, *, but: User) -> tuple[Deed, ...]:
    """The latest deeds of the others, answers and events together; the same thing done again the same day counts once."""
    found = sorted([*_answers(reading, but), *_events(reading.assessment, but)], key=lambda deed: deed.at, reverse=True)
    days: dict[tuple, Deed] = {}
    for deed in found:
        key = (deed.who, deed.what, in_paris(deed.at).date())
        known = days.setdefault(key, deed)
        days[key] = replace(known, codes=tuple(dict.fromkeys(known.codes + deed.codes)))
    return tuple(days.values())[:ACTIVITY_SHOWN]


def _answers(reading: Reading, but: User) -> list[Deed]:
    rows = (
        AnswerVersion.objects.filter(answer__in=Answer.objects.current().filter(assessment=reading.assessment))
        .filter(outcome=Outcome.SAVED, origin="")
        .exclude(author=but)
        .select_related("author", "answer")
        .order_by("-saved_at", "-pk")[:LOOK_BACK]
    )
    return [Deed(_name(row.author), "a répondu à", row.saved_at, (_code(reading, row),)) for row in rows]


def _code(reading: Reading, row: AnswerVersion) -> str:
    return reading.content.criterion_by_id[row.answer.criterion_id].code


def _events(assessment: Assessment, but: User) -> list[Deed]:
    rows = (
        Event.objects.filter(assessment=assessment, verb__in=verbs(told=True))
        .exclude(actor=but)
        .order_by("-at", "-pk")[:LOOK_BACK]
    )
    names = _names({row.actor_id for row in rows})
    return [Deed(_name(names.get(row.actor_id)), SAYINGS[row.verb].sentence, row.at) for row in rows]


def _names(ids: set[int | None]) -> Mapping[int, User]:
    """Events outlive the people they name: no join, whoever is left."""
    return User.objects.in_bulk([pk for pk in ids if pk])


def _name(person: User | None) -> str:
    return person.get_short_name() if person else "Une personne partie"


def has_begun(reading: Reading) -> bool:
    """Something is answered, or declared: the guided start is over."""
    return reading.result.progress.done > 0 or any(criterion.not_applicable for criterion in reading.dossier.criteria)
