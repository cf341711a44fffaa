"""The roadmap in time: bars on the cover, the calendar month by month, the milestones of the cycle."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from assessments.priorities import Priority
from assessments.reports.frame import Source
from assessments.reports.typography import counted, from_to, of_month, printable, shortened, tied
from certif.dates import SHORT_MONTHS, add_months, long_date, month_year, short_date

MONTHS_MIN = 6
MONTHS_MAX = 18
LABEL = 42
DEPOSIT = "Déposer la pièce "
PROPOSED = "*"
COVER_WIDTH = 170.0
COVER_HEIGHT = 62.0
COVER_LABEL = 6.5  # millimetres kept above the bars for the name of the audit
BARS_LEFT = 68.0
BARS_WIDTH = 102.0
HEAD = 14.0
PITCH = 5.9
ROWS_FIRST = 33
ROWS_NEXT = 38

Numbered = Iterable[tuple[int, Mapping]]


@dataclass(frozen=True)
class Window:
    """Whole months, the first one included; `skipped` actions end before or start after."""

    first: date
    months: int

    def column(self, day: date) -> int:
        return (day.year - self.first.year) * 12 + day.month - self.first.month

    def holds(self, day: date) -> bool:
        return 0 <= self.column(day) < self.months


def _span(action: Mapping) -> tuple[date, date] | None:
    days = [date.fromisoformat(day) for day in (action["debut"], action["echeance"]) if day]
    return (days[0], days[-1]) if days else None


def _window(source: Source, rows: Numbered) -> Window | None:
    spans = [span for _, action in rows if (span := _span(action))]
    if not spans:
        return None
    first = max(min(start for start, _ in spans), add_months(source.on, -2)).replace(day=1)
    last = max(end for _, end in spans)
    if source.audit_on and source.audit_on > last:
        last = source.audit_on
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    return Window(first, max(MONTHS_MIN, min(MONTHS_MAX, months)))


# The calendar: sheets of one page each, in millimetres. The titles are text beside the drawing, since WeasyPrint lays out
# the text of a drawing letter by letter.


@dataclass(frozen=True)
class Month:
    label: str
    year: str
    left: str
    centre: str


@dataclass(frozen=True)
class Row:
    """An action: its text, and where its bar stands."""

    number: int
    title: str
    kind: str
    line: str
    left: str
    top: str
    width: str


@dataclass(frozen=True)
class Pin:
    sign: str
    css: str
    left: str


@dataclass(frozen=True)
class Sheet:
    """One page of the calendar; `said` is its alternative text."""

    height: str
    said: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Calendar:
    lead: str
    legend: str
    months: tuple[Month, ...]
    audit: str
    pins: tuple[Pin, ...]
    sheets: tuple[Sheet, ...]
    undated: str


def calendar(source: Source, rows: list[tuple[int, Mapping]]) -> Calendar | None:
    """None when no action has a date."""
    window = _window(source, rows)
    if window is None:
        return None
    column = BARS_WIDTH / window.months
    shown, beyond, undated = [], 0, 0
    for number, action in rows:
        span = _span(action)
        if span is None:
            undated += 1
        elif window.column(span[1]) < 0 or window.column(span[0]) >= window.months:
            beyond += 1
        else:
            shown.append((number, action, span))
    audit = source.audit_on if source.audit_on and window.holds(source.audit_on) else None
    pinned = (
        f" Losange : jalon ; losange plein et trait : audit du {long_date(audit)}."
        if audit
        else " Losange : jalon du cycle."
    )
    pins = tuple(_pins(source, window, column))
    return Calendar(
        lead=tied(_lead(source, rows, window)),
        legend="Barre pleine : priorité 1. Barre cernée : priorité 2. Barre claire : priorité 3."
        + (pinned if pins else ""),
        months=tuple(_months(window, column)),
        audit=f"{BARS_LEFT + (window.column(audit) + (audit.day - 1) / 31) * column:.2f}" if audit else "",
        pins=pins,
        sheets=tuple(_sheets(shown, window, column)),
        undated=_left_out(undated, beyond),
    )


def _months(window: Window, column: float) -> Iterable[Month]:
    for rank in range(window.months):
        day = add_months(window.first, rank)
        label = SHORT_MONTHS[day.month - 1].rstrip(".")
        left = BARS_LEFT + rank * column
        yield Month(
            label if column > 7 else label[:1].upper(),
            str(day.year) if rank == 0 or day.month == 1 else "",
            f"{left:.2f}",
            f"{left + column / 2:.2f}",
        )


def _sheets(shown: list, window: Window, column: float) -> Iterable[Sheet]:
    start, room = 0, ROWS_FIRST
    while start < len(shown):
        part = shown[start : start + room]
        first, last = part[0][0], part[-1][0]
        yield Sheet(
            height=f"{HEAD + len(part) * PITCH:.2f}",
            said=f"Calendrier des actions {first} à {last}, {from_to(window.first, add_months(window.first, window.months - 1)).lower()}. "
            "Chaque fiche dit ses dates.",
            rows=tuple(_row(rank, *each, window, column) for rank, each in enumerate(part)),
        )
        start, room = start + room, ROWS_NEXT


def _row(rank: int, number: int, action: Mapping, span: tuple[date, date], window: Window, column: float) -> Row:
    start, end = max(0, window.column(span[0])), min(window.months - 1, window.column(span[1]))
    top = HEAD + rank * PITCH
    return Row(
        number=number,
        title=shortened(_short(printable(action["titre"])), LABEL),
        kind=f"p{action['priorite']}",
        line=f"{top + PITCH:.2f}",
        left=f"{BARS_LEFT + start * column + 0.3:.2f}",
        top=f"{top + 1.45:.2f}",
        width=f"{(end - start + 1) * column - 0.6:.2f}",
    )


def _short(title: str) -> str:
    """« Statuts » for « Déposer la pièce « Statuts » »: the calendar has little room."""
    if not title.startswith(DEPOSIT):
        return title
    return "Pièce : " + title.removeprefix(DEPOSIT).strip("«» \u00a0\u202f")


def _pins(source: Source, window: Window, column: float) -> Iterable[Pin]:
    """One diamond per month that holds a milestone; the audit’s is full."""
    columns = {window.column(day): False for day in _milestone_days(source) if window.holds(day)}
    if source.audit_on and window.holds(source.audit_on):
        columns[window.column(source.audit_on)] = True
    for rank, is_audit in sorted(columns.items()):
        yield Pin("◆" if is_audit else "◇", "t" if is_audit else "", f"{BARS_LEFT + rank * column + column / 2:.2f}")


def _milestone_days(source: Source) -> list[date]:
    return [date.fromisoformat(each["date"]) for each in source.data["jalons"]]


def _lead(source: Source, rows: list, window: Window) -> str:
    first = [span for _, action in rows if action["priorite"] == Priority.UNBLOCK and (span := _span(action))]
    text = "Les numéros renvoient aux fiches des pages précédentes."
    if first:
        end = max(stop for _, stop in first)
        return f"Ce qui bloque est levé en {of_month(end)}, si le rythme est tenu. {text}"
    return f"Un coup d’œil sur {counted(window.months, 'mois', 'mois')}. {text}"


def _left_out(undated: int, beyond: int) -> str:
    parts = []
    if undated:
        parts.append(f"{counted(undated, 'action n’a', 'actions n’ont', feminine=True)} pas encore de date")
    if beyond:
        parts.append(f"{counted(beyond, 'action sort', 'actions sortent', feminine=True)} de ces mois")
    text = " ; ".join(parts)
    return f"{text[:1].upper()}{text[1:]}." if text else ""


# The cover


@dataclass(frozen=True)
class CoverBar:
    """A bar, a label or the audit line of the picture on the cover, in millimetres."""

    kind: str
    left: str
    top: str
    width: str = ""
    height: str = ""
    text: str = ""


def cover_bars(source: Source, rows: list[tuple[int, Mapping]]) -> tuple[CoverBar, ...]:
    window = _window(source, rows)
    return tuple(_cover(source, rows, window)) if window else ()


def _cover(source: Source, rows: list, window: Window) -> Iterable[CoverBar]:
    column = COVER_WIDTH / window.months
    dated = [(action, span) for _, action in rows if (span := _span(action)) and window.column(span[1]) >= 0]
    dated = [(action, span) for action, span in dated if window.column(span[0]) < window.months]
    step = min(3.2, (COVER_HEIGHT - COVER_LABEL) / max(1, len(dated)))
    height = max(0.5, min(1.2, step * 0.6))
    for rank, (action, span) in enumerate(dated):
        start, end = max(0, window.column(span[0])), min(window.months - 1, window.column(span[1]))
        yield CoverBar(
            f"p{action['priorite']}",
            f"{start * column:.2f}",
            f"{COVER_LABEL + rank * step:.2f}",
            f"{(end - start + 1) * column - 0.8:.2f}",
            f"{height:.2f}",
        )
    every = 1 if window.months <= 13 else 2
    for rank in range(0, window.months, every):
        day = add_months(window.first, rank)
        yield CoverBar("month", f"{rank * column:.2f}", f"{COVER_HEIGHT + 7:.2f}", text=SHORT_MONTHS[day.month - 1])
    audit = source.audit_on
    if audit and window.holds(audit):
        x = (window.column(audit) + (audit.day - 1) / 31) * column
        yield CoverBar("audit", f"{x:.2f}", "2", height=f"{COVER_HEIGHT + 3:.2f}")
        name = f"{source.audit_label}, {short_date(audit)}"
        yield CoverBar("audit-name-left" if x > COVER_WIDTH * 0.65 else "audit-name", f"{x:.2f}", "2.4", text=name)


# The milestones


@dataclass(frozen=True)
class MilestoneRow:
    sign: str
    css: str
    when: str
    title: str
    is_audit: bool
    responsible: str


@dataclass(frozen=True)
class Milestones:
    lead: str
    rows: tuple[MilestoneRow, ...]


def milestones(source: Source) -> Milestones | None:
    """None while the audit has no date, or for an edition without a cycle."""
    audits = {each["code"] for each in source.content.cycle.get("jalons", ()) if each["decalage"].endswith("P0D")}
    rows = []
    for each in source.data["jalons"]:
        day = date.fromisoformat(each["date"])
        is_audit = each["code"] in audits
        rows.append(
            MilestoneRow(
                sign="◆" if is_audit else "☐",
                css="t" if is_audit else "",
                when=long_date(day) if is_audit else month_year(day) + PROPOSED * (each["statut"] == "proposition"),
                title=each["titre"],
                is_audit=is_audit,
                responsible=each["responsable"].capitalize(),
            )
        )
    if not rows:
        return None
    return Milestones(
        lead=tied(
            f"{source.content.cycle.get('titre') or 'Cycle de certification'}. Ces dates découlent de celle de l’audit ; "
            "celles que marque un astérisque sont une proposition de calendrier."
        ),
        rows=tuple(rows),
    )
