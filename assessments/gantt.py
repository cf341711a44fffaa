"""Actions laid on months: which months are shown, and one stretched bar per dated action."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from assessments.enums import ActionStatus
from assessments.planning import Line
from assessments.reports.charts import Svg, gantt_row
from certif.dates import SHORT_MONTHS, add_months, month_year, short_date

MONTHS_MIN = 6
MONTHS_MAX = 36
MONTHS_PAST = 6
EVERY_MONTH_UP_TO = 9


@dataclass(frozen=True, slots=True)
class Month:
    """A column; `label` is empty when there is no room for it, `year` but for the first of each, `audit` elsewhere."""

    label: str
    year: str
    audit: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One dated action, its dates in words and its drawing, which says nothing more."""

    line: Line
    period: str
    svg: Svg


@dataclass(frozen=True, slots=True)
class Gantt:
    months: tuple[Month, ...]
    bars: tuple[Bar, ...]
    undated: tuple[Line, ...]
    span: str


def gantt(lines: Iterable[Line], *, today: date, audit_on: date | None) -> Gantt:
    """Dropped actions are left out; the window holds today, the audit and every action, within three years."""
    shown = [line for line in lines if line.action.status != ActionStatus.DROPPED]
    dated = sorted((line for line in shown if _days(line)), key=lambda line: (*_days(line), line.action.pk))
    first, count = _window(dated, today, audit_on)
    leading = next((line for line in shown if line.lift and line.is_open), None)
    return Gantt(
        months=tuple(_month(first, index, count, audit_on) for index in range(count)),
        bars=tuple(
            Bar(
                line,
                _period(line),
                gantt_row(
                    line.action.starts_on,
                    line.action.due_on,
                    first_month=first,
                    months=count,
                    today=today,
                    audit=audit_on,
                    done=_done(line, today),
                    blocking=line is leading,
                ),
            )
            for line in dated
        ),
        undated=tuple(line for line in shown if not _days(line)),
        span=f"De {month_year(first)} à {month_year(add_months(first, count - 1))}.",
    )


def _days(line: Line) -> tuple[date, date] | None:
    """From when to when; a single date counts for both, None without any."""
    action = line.action
    if not (action.starts_on or action.due_on):
        return None
    return action.starts_on or action.due_on, action.due_on or action.starts_on


def _window(lines: list[Line], today: date, audit_on: date | None) -> tuple[date, int]:
    """First day of the first month, and how many months."""
    days = [day for line in lines for day in _days(line)] + [today, *([audit_on] if audit_on else [])]
    earliest = max(min(days), add_months(today, -MONTHS_PAST)).replace(day=1)
    latest = max(days)
    months = (latest.year - earliest.year) * 12 + latest.month - earliest.month + 2
    return earliest, max(MONTHS_MIN, min(MONTHS_MAX, months))


def _month(first: date, index: int, count: int, audit_on: date | None) -> Month:
    day = add_months(first, index)
    audit = (
        f"audit le\u00a0{audit_on.day}" if audit_on and (audit_on.year, audit_on.month) == (day.year, day.month) else ""
    )
    if count > EVERY_MONTH_UP_TO and day.month % 3 != 1:
        return Month("", "", audit)
    return Month(SHORT_MONTHS[day.month - 1], str(day.year) if day.month == 1 or index == 0 else "", audit)


def _done(line: Line, today: date) -> Fraction | int:
    """What is filled: all of what is finished, the time gone by of what is under way."""
    if line.action.status == ActionStatus.DONE:
        return 1
    if line.action.status != ActionStatus.DOING or not (line.action.starts_on and line.action.due_on):
        return 0
    length = (line.action.due_on - line.action.starts_on).days + 1
    return min(max(Fraction((today - line.action.starts_on).days, length), Fraction(0)), Fraction(1))


def _period(line: Line) -> str:
    """« 13 novembre – 18 décembre », « avant le 18 décembre », « à partir du 13 novembre »."""
    action = line.action
    if action.starts_on and action.due_on:
        return f"{short_date(action.starts_on)} – {short_date(action.due_on)}"
    return f"pour le {short_date(action.due_on)}" if action.due_on else f"à partir du {short_date(action.starts_on)}"
