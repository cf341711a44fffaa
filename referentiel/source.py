"""What a file says and where it says it: the values a reader found, their places, and the problems met on the way."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from certif import limits
from certif.text import clean_text

Path = tuple[str | int, ...]


class Numeral(str):
    """A number as it was written, « 1.10 »: good for a number of days, never for a text."""

    __slots__ = ()


class Place(NamedTuple):
    """Where something is in a file: its rank, to say first what comes first, and its name (« ligne 12 », « Critères!F4 »)."""

    rank: tuple[int, ...]
    name: str


@dataclass(frozen=True, slots=True)
class Problem:
    place: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.place} : {self.sentence}"


class Unreadable(Exception):
    """The file stops being understood at one place."""

    def __init__(self, place: str, sentence: str):
        self.problem = Problem(place, clean_text(sentence))
        super().__init__(str(self.problem))


@dataclass(frozen=True, slots=True)
class Source:
    """What a reader found in a file, and where. `as_text` says how one writes there a number that is a text.

    `found`: what the reader itself had to leave out, and why.
    """

    tree: object
    places: Mapping[Path, Place]
    as_text: str
    found: Sequence[tuple[Place, str]] = ()

    def place(self, path: Path) -> Place:
        """The place of a value, or of what should have held it."""
        while path not in self.places:
            path = path[:-1]
        return self.places[path]


MISSING = object()
Kind = Callable[[object, Path, "Check"], object]


@dataclass(slots=True)
class Check:
    source: Source
    found: list[tuple[Place, str]] = field(default_factory=list)

    def complain(self, path: Path, sentence: str) -> None:
        self.found.append((self.source.place(path), clean_text(sentence)))

    @property
    def problems(self) -> list[Problem]:
        """First places first, no more than a person reads."""
        ordered = sorted(self.found, key=lambda each: each[0].rank)
        shown = [Problem(place.name, sentence) for place, sentence in ordered[: limits.NORM_IMPORT_PROBLEMS]]
        if len(ordered) > len(shown):
            rest = len(ordered) - len(shown)
            shown.append(Problem("suite", f"{rest} autre{'s' * (rest > 1)} erreur{'s' * (rest > 1)} après celles-ci."))
        return shown


def shown(value: object) -> str:
    """A value as a sentence quotes it: no more than a line."""
    said = str(value)
    return said if len(said) <= 60 else f"{said[:59]}…"
