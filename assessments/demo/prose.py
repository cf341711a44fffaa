"""The invented texts: one file per chapter, dated on the day the demonstration is made."""

import json
import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path

from certif.dates import add_months, long_date, month_year

HERE = Path(__file__).parent
_BLANK = re.compile(r"\{(?P<name>[a-z]+)(?P<shift>[+-]\d+)?\}")


@cache
def read_json(name: str):
    return json.loads((HERE / name).read_text("utf-8"))


@cache
def texts() -> dict[str, dict[str, dict]]:
    """For each criterion, what a structure writes while it is weak (`faible`) and once it is solid (`solide`)."""
    files = sorted(path.name for path in HERE.glob("texts_*.json"))
    return {code: each for name in files for code, each in read_json(name).items()}


def filled(text: str, on: date, words: Mapping[str, str]) -> str:
    """`text` with its blanks filled: {mois-3}, {jour-12}, {annee-1} counted from the day `on`, and the given words."""
    return _BLANK.sub(lambda blank: _word(blank["name"], int(blank["shift"] or 0), on, words), text)


def _word(name: str, shift: int, on: date, words: Mapping[str, str]) -> str:
    match name:
        case "mois":
            return month_year(add_months(on, shift))
        case "jour":
            return long_date(date.fromordinal(on.toordinal() + shift))
        case "annee":
            return str(on.year + shift)
    return words[name]


def first_sentences(text: str, number: int) -> str:
    """The beginning of a text, as somebody would have left it half written."""
    return " ".join(re.split(r"(?<=[.!?]) ", text)[:number])
