"""How a sentence is set on paper: numbers in words, agreements, spaces that do not break, characters the press has."""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import pairwise

from certif.dates import MONTHS, SHORT_MONTHS
from certif.glyphs import without_missing
from certif.text import NARROW_NBSP, NBSP, typographie

_UNITS = (
    *("zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf"),
    *("dix", "onze", "douze", "treize", "quatorze", "quinze", "seize", "dix-sept", "dix-huit", "dix-neuf"),
)
_TENS = {2: "vingt", 3: "trente", 4: "quarante", 5: "cinquante", 6: "soixante"}
WORDS_UP_TO = 16


def in_words(number: int, *, feminine: bool = False) -> str:
    """« trois », « vingt et une »; beyond 69, the figures."""
    if number < 20:
        words = _UNITS[number]
    elif number < 70:
        tens, unit = divmod(number, 10)
        link = " et " if unit == 1 else "-" if unit else ""
        words = _TENS[tens] + link + (_UNITS[unit] if unit else "")
    else:
        return str(number)
    return words + "e" if feminine and words.endswith("un") else words


def counted(number: int, one: str, many: str, *, feminine: bool = False) -> str:
    """« trois motifs » up to sixteen, « 23 motifs » beyond; zero and one are singular, zero is « aucun »."""
    noun = one if number < 2 else many
    if number == 0:
        return f"{'aucune' if feminine else 'aucun'}{NBSP}{noun}"
    return f"{in_words(number, feminine=feminine) if number <= WORDS_UP_TO else number}{NBSP}{noun}"


def registers_covered(number: int) -> str:
    """« aucun registre n’est couvert », « trois registres sont couverts »."""
    if number == 0:
        return f"aucun{NBSP}registre n’est couvert"
    return counted(number, "registre est couvert", "registres sont couverts")


def plural(number: int, one: str, many: str) -> str:
    """« 1 critère », « 23 critères »."""
    return f"{number}{NBSP}{many if number >= 2 else one}"


def sentence(text: str) -> str:
    """With a capital, whatever the first letter."""
    return text[:1].upper() + text[1:]


def listed(items: Sequence[str]) -> str:
    """« a, b et c »."""
    items = list(items)
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} et {items[-1]}" if items else ""


def two_columns(rows: Sequence, *, most: int = 24) -> tuple[tuple[tuple, ...], ...]:
    """Bands of two columns, read one column after the other: a page may end between two bands and nowhere else.

    Bands are alike, of at most `most` rows; a first column is longer by one at most, and no column is empty.
    """
    count = -(-len(rows) // most)
    edges = [len(rows) * rank // count for rank in range(count + 1)] if count else []
    return tuple(_halves(rows[start:end]) for start, end in pairwise(edges))


def _halves(rows: Sequence) -> tuple[tuple, ...]:
    middle = (len(rows) + 1) // 2
    return tuple(tuple(half) for half in (rows[:middle], rows[middle:]) if half)


def quoted(text: str) -> str:
    return f"«{NARROW_NBSP}{text}{NARROW_NBSP}»"


def lowered(title: str) -> str:
    """A title inside a sentence: its first letter in lower case, unless it starts an acronym or a proper noun."""
    first, rest = title[:1], title[1:2]
    return title if rest.isupper() or first in "«0123456789" else first.lower() + title[1:]


def tied(text: str) -> str:
    """The last short word of a paragraph never stands alone on its line."""
    head, space, last = text.rpartition(" ")
    return f"{head}{NBSP}{last}" if space and len(last) <= 8 else text


def of_month(day: date) -> str:
    """« décembre 2026 », which may not be cut."""
    return f"{MONTHS[day.month - 1]}{NBSP}{day.year}"


def short_month(day: date) -> str:
    """« déc. 2026 »."""
    return f"{SHORT_MONTHS[day.month - 1]}{NBSP}{day.year}"


def figures_date(day: date) -> str:
    """« 04/12/2025 », for columns."""
    return f"{day.day:02}/{day.month:02}/{day.year}"


def period(start: date | None, end: date | None) -> str:
    """« déc. 2026 », « janv. – mars 2027 », « déc. 2026 – janv. 2027 »; « sans date » without any."""
    if start is None and end is None:
        return "sans date"
    first, last = start or end, end or start
    if (first.year, first.month) == (last.year, last.month):
        return short_month(last)
    if first.year == last.year:
        return f"{SHORT_MONTHS[first.month - 1]} – {short_month(last)}"
    return f"{short_month(first)} – {short_month(last)}"


def from_to(start: date, end: date) -> str:
    """« De décembre 2026 à décembre 2027 », « En mars 2027 »."""
    if (start.year, start.month) == (end.year, end.month):
        return f"En {of_month(start)}"
    first = MONTHS[start.month - 1]
    de = "D’" if first[0] in "ao" else "De "
    return f"{de}{first if start.year == end.year else of_month(start)} à {of_month(end)}"


def grouped(fingerprint: str, groups: int = 8) -> str:
    """The first signs of a fingerprint, four by four: « 9f3c 71ae 04d8 5b26 »."""
    return " ".join(fingerprint[i : i + 4] for i in range(0, groups * 4, 4))


# What the press can print of what people type


# Joiners, variation selectors, skin tones, tags: what turns several signs into one picture.
_PICTURE_GLUE = re.compile("[\u200d\u20e3\ufe00-\ufe0f\U0001f3fb-\U0001f3ff\U000e0000-\U000e01ef]")
_PICTURES = re.compile(
    "[\U0001f000-\U0010ffff\u2600-\u26ff\u2705-\u2712\u2714-\u2716\u2718-\u27bf\u2b00-\u2bff\ue000-\uf8ff]+"
)
_REPEATED = re.compile(r"(.)\1{399,}", re.DOTALL)
_LONG_WORD = re.compile(r"[^\s\u200b]{25,}")
MISSING = "□"
BREAK = "\u200b"


def printable(text: str) -> str:
    """A text somebody typed, ready for paper: French spaces; pictures become « □ », an endless run of one sign is cut."""
    if not text.isascii():
        text = without_missing(_PICTURES.sub(MISSING, _PICTURE_GLUE.sub("", text)), MISSING)
    text = _REPEATED.sub(lambda run: run[1] * 400 + "…", text)
    text = _LONG_WORD.sub(lambda word: BREAK.join(word[0][i : i + 20] for i in range(0, len(word[0]), 20)), text)
    return typographie(text).replace(f"«{NBSP}", f"«{NARROW_NBSP}").replace(f"{NBSP}»", f"{NARROW_NBSP}»")


def paragraphs(text: str) -> tuple[str, ...]:
    """The paragraphs of a typed text, ready for paper; more than forty short lines are run together."""
    lines = [line.strip() for line in printable(text).split("\n")]
    lines = [line for line in lines if line]
    if len(lines) > 40:
        lines = [" · ".join(lines)]
    return tuple(tied(line) for line in lines)


def shortened(text: str, limit: int) -> str:
    """At most `limit` characters, cut between two words."""
    if len(text) <= limit:
        return text
    head = text[:limit].rsplit(None, 1)[0].rstrip(" ,;:.–-«(")
    return f"{head}…"


def joined(parts: Iterable[str]) -> str:
    """Sentences one after the other."""
    return " ".join(part for part in parts if part)
