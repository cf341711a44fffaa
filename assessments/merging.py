"""Two texts side by side: what differs, word by word, and a proposal that keeps the words of both.

Texts are at most a few thousand characters; everything here is pure.
"""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

_WORDS = re.compile(r"\w+|\s+|[^\w\s]")
_SENTENCES = re.compile(r"[^.!?…\n]*(?:[.!?…]+[»)\u00a0\u202f]*|\n+|$)\s*")


@dataclass(frozen=True, slots=True)
class Piece:
    text: str
    differs: bool


def differences(mine: str, theirs: str) -> tuple[list[Piece], list[Piece]]:
    """Both texts cut in pieces, those that the other does not have marked."""
    left, right = _WORDS.findall(mine), _WORDS.findall(theirs)
    blocks = [
        block
        for block in SequenceMatcher(None, left, right).get_matching_blocks()
        if block.a + block.size == len(left) or any(word.isalnum() for word in left[block.a : block.a + block.size])
    ]
    return _pieces(left, [(block.a, block.size) for block in blocks]), _pieces(
        right, [(block.b, block.size) for block in blocks]
    )


def _pieces(words: list[str], common: list[tuple[int, int]]) -> list[Piece]:
    pieces, done = [], 0
    for start, size in common:
        pieces += [Piece("".join(words[done:start]), True), Piece("".join(words[start : start + size]), False)]
        done = start + size
    pieces.append(Piece("".join(words[done:]), True))
    return [piece for piece in pieces if piece.text]


def merged(base: str, mine: str, theirs: str) -> str:
    """A proposal from both texts, sentence by sentence; `base` is what both started from.

    A passage only one side changed is taken from that side; one that both changed keeps the words of both, mine first.
    """
    old, left, right = _sentences(base), _sentences(mine), _sentences(theirs)
    parts, done = [], 0
    for start, end, my_edits, their_edits in _groups(_edits(old, left), _edits(old, right)):
        parts += old[done:start]
        parts += _union(_applied(old, start, end, my_edits), _applied(old, start, end, their_edits), old[start:end])
        done = end
    parts += old[done:]
    return "".join(parts).strip()


def _sentences(text: str) -> list[str]:
    return [sentence for sentence in _SENTENCES.findall(_ended(text)) if sentence]


def _ended(text: str) -> str:
    """A text whose last sentence compares equal to the same sentence followed by another."""
    return f"{text.rstrip()} " if text.strip() else ""


def _edits(old: list[str], new: list[str]) -> list[tuple[int, int, list[str]]]:
    """What turns `old` into `new`: (start, end, replacement) of each passage of `old` that changed."""
    opcodes = SequenceMatcher(None, old, new).get_opcodes()
    return [(start, end, new[c:d]) for tag, start, end, c, d in opcodes if tag != "equal"]


def _groups(mine: list, theirs: list):
    """Edits that touch the same passage, together: yields (start, end, mine, theirs) in order."""
    mine, theirs = list(mine), list(theirs)
    while mine or theirs:
        start = min(edits[0][0] for edits in (mine, theirs) if edits)
        end, group = start, ([], [])
        grown = True
        while grown:
            grown = False
            for edits, taken in ((mine, group[0]), (theirs, group[1])):
                while edits and (edits[0][0] < end or edits[0][0] == start):
                    taken.append(edits.pop(0))
                    end = max(end, taken[-1][1])
                    grown = True
        yield start, end, *group


def _applied(old: list[str], start: int, end: int, edits: list) -> list[str]:
    parts = []
    for begins, ends, replacement in edits:
        parts += old[start:begins] + replacement
        start = ends
    return parts + old[start:end]


def _union(left: list[str], right: list[str], old: list[str]) -> list[str]:
    if right in (left, old):
        return left
    if left == old:
        return right
    parts = []
    for tag, a, b, c, d in SequenceMatcher(None, left, right).get_opcodes():
        parts += left[a:b]
        if tag in ("replace", "insert"):
            parts += right[c:d]
    return parts
