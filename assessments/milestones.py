"""The certification cycle on a calendar: every milestone of an edition dated from one audit. Pure: no clock, no database."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from assessments.enums import AuditKind
from certif.dates import add_duration, long_date

NBSP = "\u00a0"

ANCHOR_OF = {
    AuditKind.INITIAL: "audit_initial",
    AuditKind.MIDTERM: "audit_intermediaire",
    AuditKind.RENEWAL: "renouvellement",
}
"""Which anchor of the cycle the audit being prepared is."""


@dataclass(frozen=True, slots=True)
class Milestone:
    """Something to have done by the day `on`; `links` are codes of criteria and names of documents."""

    code: str
    title: str
    description: str
    on: date
    responsible: str
    status: str
    links: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Anchor:
    """One of the audits of the cycle. `is_given`: its date was typed, the others follow from it."""

    code: str
    label: str
    on: date
    is_given: bool


@dataclass(frozen=True, slots=True)
class Cycle:
    """The audits and the milestones, both in the order of time."""

    anchors: tuple[Anchor, ...]
    milestones: tuple[Milestone, ...]

    def next_after(self, day: date) -> Milestone | None:
        """The first milestone due on `day` or later."""
        return next((milestone for milestone in self.milestones if milestone.on >= day), None)


def cycle_of(trame: Mapping, audit_kind: str, audit_on: date | None) -> Cycle | None:
    """The cycle of an edition around one audit date; None without a date, or when the cycle does not speak of this audit.

    Raises ValueError when the anchors do not lead to one another.
    """
    given = ANCHOR_OF[AuditKind(audit_kind)]
    if audit_on is None or given not in {each["code"] for each in trame.get("ancres", ())}:
        return None
    dates = _anchor_dates(trame["ancres"], given, audit_on)
    anchors = [
        Anchor(each["code"], each["libelle"], dates[each["code"]], each["code"] == given) for each in trame["ancres"]
    ]
    milestones = [
        Milestone(
            code=each["code"],
            title=each["titre"],
            description=each["description"],
            on=add_duration(dates[each["ancre"]], each["decalage"]),
            responsible=each["responsable"],
            status=each["statut"],
            links=tuple(each["lien"]),
        )
        for each in trame.get("jalons", ())
    ]
    return Cycle(
        tuple(sorted(anchors, key=lambda anchor: anchor.on)),
        tuple(sorted(milestones, key=lambda milestone: (milestone.on, milestone.code))),
    )


def _anchor_dates(anchors: Iterable[Mapping], given: str, on: date) -> dict[str, date]:
    """Walks from the given anchor to the others, forwards and backwards, along their default offsets."""
    dates = {given: on}
    links = [(each["code"], each["par_defaut"]) for each in anchors if each["par_defaut"]]
    while len(dates) < len(links) + 1:
        known = len(dates)
        for code, default in links:
            origin = default["ancre"]
            if origin in dates and code not in dates:
                dates[code] = add_duration(dates[origin], default["decalage"])
            elif code in dates and origin not in dates:
                dates[origin] = add_duration(dates[code], opposite(default["decalage"]))
        if len(dates) == known:
            raise ValueError(f"Les ancres du cycle ne mènent pas toutes à «{NBSP}{given}{NBSP}».")
    return dates


def opposite(duration: str) -> str:
    """« +P2Y » → « -P2Y »."""
    return duration[1:] if duration.startswith("-") else f"-{duration.removeprefix('+')}"


AUDIT_NAMES = {
    AuditKind.INITIAL: "L’audit initial",
    AuditKind.MIDTERM: "L’audit à deux ans",
    AuditKind.RENEWAL: "L’audit de renouvellement",
}


def countdown(audit_kind: str, audit_on: date | None, today: date) -> str:
    """« L’audit initial est dans 115 jours, le 16 mars 2027. », whatever the distance; says so when no date is set."""
    audit = AUDIT_NAMES[AuditKind(audit_kind)]
    if audit_on is None:
        return f"{audit} n’a pas encore de date."
    days = (audit_on - today).days
    day = long_date(audit_on)
    if days > 1:
        return f"{audit} est dans {days}{NBSP}jours, le {day}."
    if days in (0, 1):
        return f"{audit} est {'demain' if days else 'aujourd’hui'}, le {day}."
    if days == -1:
        return f"{audit} a eu lieu hier, le {day}."
    return f"{audit} a eu lieu il y a {-days}{NBSP}jours, le {day}."
