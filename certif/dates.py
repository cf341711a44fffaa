"""Days and hours: arithmetic that survives 29 February, French sentences, what day it is in Paris."""

import calendar
import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")

MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)
SHORT_MONTHS = ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.")

_DURATION = re.compile(r"(?P<sign>[+-]?)P(?:(?P<years>\d+)Y)?(?:(?P<months>\d+)M)?(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?")


def today() -> date:
    """The day it is in Paris."""
    return datetime.now(PARIS).date()


def in_paris(moment: datetime) -> datetime:
    return moment.astimezone(PARIS)


def add_months(day: date, months: int) -> date:
    """The same day `months` later (or earlier), or the last of that month when it has no such day."""
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(years, month + 1)[1]
    return day.replace(year=years, month=month + 1, day=min(day.day, last))


def add_duration(day: date, duration: str) -> date:
    """`day` moved by a signed ISO 8601 duration in whole days: « -P13M », « +P15D », « P1Y6M », « +P0D »."""
    match = _DURATION.fullmatch(duration)
    if match is None or not any(match[unit] for unit in ("years", "months", "weeks", "days")):
        raise ValueError(f"Durée ISO 8601 attendue, par exemple « -P13M » ou « +P15D », et non « {duration} ».")
    sign = -1 if match["sign"] == "-" else 1
    years, months, weeks, days = (int(match[unit] or 0) for unit in ("years", "months", "weeks", "days"))
    return add_months(day, sign * (12 * years + months)) + timedelta(days=sign * (7 * weeks + days))


UNITS = (("years", "an", "ans"), ("months", "mois", "mois"), ("weeks", "semaine", "semaines"), ("days", "jour", "jours"))
SAME_DAY = "le jour même"


def spoken(duration: str) -> str:
    """« 13 mois avant » for « -P13M », « 1 an et 6 mois après », « le jour même » for no time at all; else as it is."""
    match = _DURATION.fullmatch(duration)
    if match is None:
        return duration
    parts = [
        f"{number} {many if number > 1 else one}" for unit, one, many in UNITS if (number := int(match[unit] or 0))
    ]
    return f"{' et '.join(parts)} {'avant' if match['sign'] == '-' else 'après'}" if parts else SAME_DAY


def long_date(day: date) -> str:
    """« 3 mars 2027 », « 1er mars 2027 »."""
    return f"{short_date(day)}\u00a0{day.year}"


def short_date(day: date) -> str:
    """« 3 mars », « 1er mars »."""
    return f"{'1er' if day.day == 1 else day.day}\u00a0{MONTHS[day.month - 1]}"


def month_year(day: date) -> str:
    """« mars 2027 »."""
    return f"{MONTHS[day.month - 1]}\u00a0{day.year}"


def hour(moment: datetime) -> str:
    """« 14 h 32 », in Paris."""
    local = in_paris(moment)
    return f"{local.hour}\u00a0h\u00a0{local.minute:02}"


def long_moment(moment: datetime) -> str:
    """« 3 mars 2027 à 14 h 32 », in Paris."""
    return f"{long_date(in_paris(moment).date())} à {hour(moment)}"


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def stamp(moment: datetime) -> int:
    """A moment as a number a browser hands back: microseconds since 1970."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def moment_of(stamp: int | None) -> datetime | None:
    """The moment a browser hands back; None when there is none, or it is still to come."""
    if stamp is None or stamp > (datetime.now(UTC) - _EPOCH) // timedelta(microseconds=1):
        return None
    return _EPOCH + timedelta(microseconds=stamp)
