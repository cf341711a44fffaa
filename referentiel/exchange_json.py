"""Editions as JSON, out and in. Reading keeps the line of every value, and refuses what Python’s own reader lets pass.

Refused: names given twice, NaN and infinities, too many values, too deep a nesting.
"""

import json
import re
from json.decoder import scanstring

from certif import limits
from certif.text import thousands
from referentiel.source import Numeral, Path, Place, Source, Unreadable

AS_TEXT = "mettez-le entre guillemets"
_BLANK = re.compile(r"[ \t\n\r]*")
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?")
_INTEGER_DIGITS = 9
_WORDS = {"true": True, "false": False, "null": None}


def dump(document: dict) -> str:
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def load(text: str) -> Source:
    """Raises Unreadable at the first place that cannot be understood."""
    reader = _Reader(text)
    tree, end = reader.value(reader.blank(0), ())
    if reader.blank(end) != len(text):
        raise reader.unreadable(reader.blank(end), "il reste du texte après la fin du document.")
    return Source(tree, reader.places, AS_TEXT)


class _Reader:
    def __init__(self, text: str):
        self.text = text
        self.places: dict[Path, Place] = {}
        self._line, self._seen = 1, 0

    def line(self, position: int) -> int:
        """Positions come in increasing order, but for errors."""
        if position < self._seen:
            return self.text.count("\n", 0, position) + 1
        self._line += self.text.count("\n", self._seen, position)
        self._seen = position
        return self._line

    def unreadable(self, position: int, sentence: str) -> Unreadable:
        return Unreadable(f"ligne {self.line(min(position, len(self.text)))}", sentence)

    def blank(self, position: int) -> int:
        return _BLANK.match(self.text, position).end()

    def value(self, position: int, path: Path) -> tuple[object, int]:
        """The value that starts at `position`, and where it ends."""
        if len(self.places) >= limits.NORM_IMPORT_VALUES:
            raise self.unreadable(position, f"plus de {thousands(limits.NORM_IMPORT_VALUES)} valeurs : c’est trop.")
        line = self.line(position)
        self.places[path] = Place((line,), f"ligne {line}")
        first = self.text[position : position + 1]
        if first in ("{", "["):
            if len(path) >= limits.NORM_IMPORT_DEPTH:
                raise self.unreadable(position, "trop de niveaux emboîtés.")
            return self.mapping(position + 1, path) if first == "{" else self.sequence(position + 1, path)
        if first == '"':
            return self.string(position)
        for word, meaning in _WORDS.items():
            if self.text.startswith(word, position):
                return meaning, position + len(word)
        number = _NUMBER.match(self.text, position)
        if number is None:
            raise self.unreadable(position, "une valeur est attendue ici.")
        whole = number[1] is None and number[2] is None and len(number[0]) <= _INTEGER_DIGITS
        return int(number[0]) if whole else Numeral(number[0]), number.end()

    def string(self, position: int) -> tuple[str, int]:
        try:
            return scanstring(self.text, position + 1, True)
        except json.JSONDecodeError as problem:
            raise self.unreadable(
                problem.pos, "ce texte entre guillemets est mal écrit ou n’est pas refermé."
            ) from None

    def mapping(self, position: int, path: Path) -> tuple[dict, int]:
        found: dict[str, object] = {}
        position = self.blank(position)
        if self.text[position : position + 1] == "}":
            return found, position + 1
        while True:
            if self.text[position : position + 1] != '"':
                raise self.unreadable(position, "un nom de champ entre guillemets est attendu ici.")
            start = position
            name, position = self.string(position)
            if name in found:
                first = self.places[*path, name].name
                raise self.unreadable(start, f"le champ « {name[:40]} » est donné deux fois (déjà {first}).")
            position = self.blank(position)
            if self.text[position : position + 1] != ":":
                raise self.unreadable(position, "deux-points attendus après le nom du champ.")
            found[name], position = self.value(self.blank(position + 1), (*path, name))
            position, ended = self.after(position, "}")
            if ended:
                return found, position

    def sequence(self, position: int, path: Path) -> tuple[list, int]:
        found: list[object] = []
        position = self.blank(position)
        if self.text[position : position + 1] == "]":
            return found, position + 1
        while True:
            value, position = self.value(position, (*path, len(found)))
            found.append(value)
            position, ended = self.after(position, "]")
            if ended:
                return found, position

    def after(self, position: int, closing: str) -> tuple[int, bool]:
        """Past a comma, or past the end of the list."""
        position = self.blank(position)
        mark = self.text[position : position + 1]
        if mark not in (",", closing) or not mark:
            raise self.unreadable(position, f"virgule ou « {closing} » attendu ici.")
        return (position + 1, True) if mark == closing else (self.blank(position + 1), False)
