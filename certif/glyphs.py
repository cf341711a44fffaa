"""The characters the press can draw: those of its own fonts, and of DejaVu Sans where the system has it."""

from functools import cache
from pathlib import Path

from django.conf import settings
from fontTools.ttLib import TTFont

TEXT_FONT = Path(settings.BASE_DIR) / "static" / "fonts" / "print" / "Inter-Regular.ttf"
SIGNS_FONT = TEXT_FONT.with_name("CertifSignes.ttf")
# Debian's fontconfig brings it; it draws Greek, Cyrillic, Arabic, Hebrew and most symbols.
FALLBACK_FONT = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")


@cache
def drawable() -> frozenset[str]:
    found = {"\n"}
    for path in (TEXT_FONT, SIGNS_FONT, FALLBACK_FONT):
        if path.exists():
            with TTFont(path, lazy=True) as font:
                found.update(map(chr, font.getBestCmap()))
    return frozenset(found)


def without_missing(text: str, replacement: str) -> str:
    """`text` where each character no font can draw is replaced."""
    if text.isascii():
        return text
    known = drawable()
    if known.issuperset(text):
        return text
    return "".join(character if character in known else replacement for character in text)
