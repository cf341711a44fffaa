"""Text on its way in (cleaned) and on its way out (French typography)."""

import re
import unicodedata

from certif import limits

NARROW_NBSP = "\u202f"
NBSP = "\u00a0"

# Controls except tab and line feed; marks that reorder or hide what is read; halves of a broken pair.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u206a-\u206f"
    "\u2028\u2029\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]"
)


class TextTooLong(ValueError):
    """The cleaned text exceeds its limit; it is given back whole, so that nothing typed is lost."""

    def __init__(self, text: str, limit: int):
        self.text = text
        self.limit = limit
        super().__init__(f"Ce texte compte {thousands(len(text))} caractères : la limite est de {thousands(limit)}.")


def clean_text(value: str | None, *, limit: int | None = None) -> str:
    """`value` without what no one meant to type; raises `TextTooLong` beyond `limit` characters.

    Line ends become LF, the composition NFC; controls and bidi overrides go; at most
    `limits.COMBINING_MARKS_MAX` combining marks follow one another; outer blanks go.
    """
    text = (value or "").replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    text = unicodedata.normalize("NFC", _FORBIDDEN.sub("", text))
    text = _cap_marks(text).strip()
    if limit is not None and len(text) > limit:
        raise TextTooLong(text, limit)
    return text


def _cap_marks(text: str) -> str:
    if text.isascii():
        return text
    kept = []
    marks = 0
    for character in text:
        marks = marks + 1 if unicodedata.category(character)[0] == "M" else 0
        if marks <= limits.COMBINING_MARKS_MAX:
            kept.append(character)
    return "".join(kept)


def forbidden_at(text: str) -> int | None:
    """Where the first character stands that no text may hold; None when there is none."""
    found = _FORBIDDEN.search(text)
    return found.start() if found else None


def first_unwanted(text: str) -> str | None:
    """The first character that `clean_text` would take away from a text, but for its outer blanks; None when it keeps all."""
    place = forbidden_at(text)
    if place is not None:
        return text[place]
    capped = _cap_marks(text)
    return (
        None if capped == text else next(each for each, kept in zip(text, capped + "\0", strict=False) if each != kept)
    )


def thousands(number: int) -> str:
    """4000 → « 4 000 », with a space that does not break."""
    return f"{number:,d}".replace(",", NARROW_NBSP)


def alphabetical(text: str) -> str:
    """A key that files « Éva » between « Emma » and « Fanny », whatever the case."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(each for each in plain if not unicodedata.combining(each))


def typographie(text: str) -> str:
    """French spacing of a plain text: curly apostrophes, spaces that do not break around « » : ; ! ? %."""
    text = re.sub(r"(?<=\w)'(?=\w)", "’", text)
    text = re.sub(r"«[ \u00a0\u202f]*", f"«{NBSP}", text)
    text = re.sub(r"[ \u00a0\u202f]*»", f"{NBSP}»", text)
    text = re.sub(r"[ \u00a0\u202f]+([;!?])", rf"{NARROW_NBSP}\1", text)
    return re.sub(r"[ \u00a0\u202f]+([:%])", rf"{NBSP}\1", text)
