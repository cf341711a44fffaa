"""Tags of the norm: where a criterion comes from, the words that were looked for."""

from urllib.parse import urlsplit

from django import template
from django.utils.html import format_html, format_html_join

from certif.signs import shape
from referentiel.models import Nature
from referentiel.search import pieces

register = template.Library()

MEANINGS = {
    Nature.ATTESTED: "Une source publique dit que la norme ou la certification le demande.",
    Nature.PRESUMED: "Aucune source publique ne le dit mot pour mot : nous le déduisons des sources citées.",
    Nature.LEGAL: "La loi ou un règlement l’impose, certification ou non.",
    Nature.GOOD_PRACTICE: "Utile pour se préparer ; rien de public n’indique que l’audit le demande.",
}
SHORT_ADDRESS = 46


@register.filter
def nature_meaning(nature: str) -> str:
    """What a « nature » means, in one sentence."""
    return MEANINGS[nature]


@register.simple_tag
def sign(value: int, top: int) -> str:
    """The Harvey ball of a level out of `top`, as a character of the signs font of printed documents."""
    return "○◔◑◕●"[shape(value, top)]


@register.filter
def lower_first(text: str) -> str:
    """« Une réponse » → « une réponse », to go on a sentence."""
    return text[:1].lower() + text[1:]


@register.filter
def source(text: str) -> str:
    """A public address as a link named by its site and page; any other text as it is."""
    if not text.startswith(("https://", "http://")):
        return text
    parts = urlsplit(text)
    name = parts.netloc.removeprefix("www.") + parts.path.rstrip("/")
    if len(name) > SHORT_ADDRESS:
        name = name[: SHORT_ADDRESS - 1] + "…"
    return format_html('<a href="{}" rel="noopener noreferrer nofollow">{}</a>', text, name)


@register.filter
def highlight(text: str, words: frozenset[str]) -> str:
    """The text, escaped, with every word that was looked for marked."""
    return format_html_join(
        "", "{}", ((format_html("<mark>{}</mark>", piece) if found else piece,) for piece, found in pieces(text, words))
    )
