from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certif import dates
from certif.dates import add_duration, add_months


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2027, 1, 31), 1, date(2027, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2027, 12, 15), 1, date(2028, 1, 15)),
        (date(2027, 1, 15), -1, date(2026, 12, 15)),
        (date(2027, 3, 31), -13, date(2026, 2, 28)),
        (date(2027, 3, 31), 0, date(2027, 3, 31)),
    ],
)
def test_add_months(day, months, expected):
    assert add_months(day, months) == expected


@pytest.mark.parametrize(
    ("duration", "expected"),
    [
        ("-P13M", date(2026, 2, 3)),
        ("+P15D", date(2027, 3, 18)),
        ("+P0D", date(2027, 3, 3)),
        ("P2Y", date(2029, 3, 3)),
        ("+P1Y6M", date(2028, 9, 3)),
        ("-P2W", date(2027, 2, 17)),
        ("-P1M1D", date(2027, 2, 2)),
    ],
)
def test_add_duration(duration, expected):
    assert add_duration(date(2027, 3, 3), duration) == expected


@pytest.mark.parametrize("duration", ["", "P", "13M", "PT2H", "--P1D", "P1D ", "P1.5M", "P1D1M"])
def test_a_duration_that_is_none_is_refused(duration):
    with pytest.raises(ValueError, match="Durée ISO 8601 attendue"):
        add_duration(date(2027, 3, 3), duration)


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.integers(-600, 600))
def test_months_later_is_the_same_day_or_the_last_one(day, months):
    moved = add_months(day, months)
    assert (moved.year * 12 + moved.month) - (day.year * 12 + day.month) == months
    assert moved.day == day.day or (moved.day < day.day and (moved + timedelta(days=1)).day == 1)


def test_it_is_already_tomorrow_in_paris(time_machine):
    time_machine.move_to(datetime(2027, 1, 10, 23, 30, tzinfo=UTC))
    assert dates.today() == date(2027, 1, 11)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (dates.long_date(date(2027, 3, 3)), "3\u00a0mars\u00a02027"),
        (dates.long_date(date(2027, 8, 1)), "1er\u00a0août\u00a02027"),
        (dates.short_date(date(2027, 3, 1)), "1er\u00a0mars"),
        (dates.month_year(date(2027, 12, 3)), "décembre\u00a02027"),
        (dates.hour(datetime(2027, 1, 10, 13, 5, tzinfo=UTC)), "14\u00a0h\u00a005"),
        (dates.long_moment(datetime(2027, 7, 31, 22, 32, tzinfo=UTC)), "1er\u00a0août\u00a02027 à 0\u00a0h\u00a032"),
    ],
)
def test_french_sentences(sentence, expected):
    assert sentence == expected
