"""Template tags and filters of every page: marks, icons, French figures and dates."""

from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import cache, lru_cache

from django import template
from django.templatetags.static import static
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import mark_safe

from assessments.scoring import NBSP, NNBSP, percent_text
from certif import dates
from certif.signs import shape

register = template.Library()

MARKS = 256  # distinct marks kept ready: a page shows the same few a hundred times
UNANSWERED = "x"
NOT_APPLICABLE = "n"

EDITION = {"edition_change", "edition_preview", "edition_undo", "edition_history"}
STEPS = {"submit", "take_back", "archive", "close", "reopen"}

# Entries of a dossier’s menu, and the screens each of them covers.
NAV = (
    ("dashboard", "Tableau de bord", {"dashboard", "scope", "sharing", *STEPS, "journal", *EDITION}),
    ("grid", "Grille", {"grid", "criterion", "answer_history", "conflict"}),
    ("registers", "Registres", {"registers", "register_detail"}),
    ("evidence_list", "Preuves", {"evidence_list", "evidence_add", "evidence_detail", "evidence_preview", "evidence_replace"}),
    ("roadmap", "Feuille de route", {"roadmap", "roadmap_board", "roadmap_gantt", "action_create", "action_edit"}),
    ("synthesis", "Synthèse", {"synthesis", "landmarks", "why"}),
    ("documents", "Documents", {"documents"}),
)
PUBLIC_NAV = (
    ("norm", "La norme", {"norm", "edition_detail", "norm_chapter", "norm_criterion", "norm_search"}),
    ("eligibility", "L’éligibilité", {"eligibility"}),
    ("verify", "Vérifier un document", {"verify", "verify_code"}),
)
# What an advisor goes through in place of the grid.
REVIEW = (
    "review",
    "Relecture",
    {
        "review", "review_criterion", "review_conflict", "review_request", "send_back", "validate", "review_reopen", "grid",
        "criterion",
    },
)  # fmt: skip
# A network’s own pages, and the screens each of them covers.
NETWORK_NAV = (
    ("portfolio", "Portefeuille", {"portfolio", "saved_view_create"}),
    ("network_figures", "Ensemble", {"network_figures"}),
    ("campaign_list", "Campagnes", {"campaign_list", "campaign_create", "campaign_detail"}),
    ("stock_remarks", "Remarques", {"stock_remarks", "stock_remark"}),
    (
        "network_team",
        "Équipe",
        {"network_team", "network_journal", "network_edit", "network_invite", "network_member_role", "network_member_remove"},
    ),
    ("network_official_texts", "Textes officiels", {"network_official_texts", "network_official_text"}),
)
# Where norm admins write.
NORM_NAV = (
    (
        "edition_list",
        "Référentiel",
        {
            "edition_list", "draft_create", "standard_create", "draft", "draft_cover", "draft_rules", "draft_registers",
            "draft_register", "draft_register_create", "draft_chapter", "draft_chapter_create", "draft_criterion",
            "draft_criterion_create", "draft_criterion_copy", "draft_eligibility", "draft_question", "draft_question_create",
            "draft_cycle", "draft_milestone", "draft_milestone_create", "mapping_correct", "mapping_confirm", "mapping_propose",
            "mapping_delete",
            "draft_preview", "mapping_list", "mapping_detail", "mapping_impact", "edition_publish", "edition_retire",
            "edition_differences", "edition_import", "edition_import_preview",
        },
    ),
)  # fmt: skip


@register.simple_tag(takes_context=True)
def nav(context, entries: str = "dossier") -> list[dict]:
    """Menu entries: name, label, and whether the current page belongs to it. An advisor reads where a member answers."""
    match = context["request"].resolver_match
    current = match.url_name if match else None
    table = {"dossier": _of_dossier(context), "public": PUBLIC_NAV, "norm": NORM_NAV, "network": NETWORK_NAV}[entries]
    return [{"name": name, "label": label, "current": current in screens} for name, label, screens in table]


def _of_dossier(context) -> tuple:
    """A member who looks as an advisor would keeps the grid: what a network writes stays with it."""
    assessment = context.get("assessment")
    looks_on = getattr(context["request"], "preview", None)
    if looks_on or assessment is None or assessment.member_role or not assessment.is_shared_with_me:
        return NAV
    return tuple(REVIEW if entry[0] == "grid" else entry for entry in NAV)


@cache
def _sprite() -> str:
    """Asked a hundred times a page: it does not change while the process lives."""
    return static("img/signes.svg")


def _symbol(symbol: str) -> str:
    return f"{_sprite()}#{symbol}"


@register.simple_tag
@lru_cache(MARKS)
def icon(name: str, css: str = "") -> str:
    """A decorative icon of the sprite; always put words beside it."""
    return format_html('<svg class="ico {}" aria-hidden="true"><use href="{}"/></svg>', css, _symbol(f"i-{name}"))


@register.simple_tag
@lru_cache(MARKS)
def ball(value, size: str = "", top: int | None = None) -> str:
    """The Harvey ball of a level out of `top`, of « n » (non concerné) or of « x »/None (sans réponse).

    Decorative: the number and the word stand beside it, or in a visually hidden text.
    """
    if value is None or value == UNANSWERED:
        quarter = UNANSWERED
    elif value == NOT_APPLICABLE:
        quarter = NOT_APPLICABLE
    else:
        quarter = shape(int(value), int(top))
    css = f"hb-{size}" if size else ""
    return format_html('<svg class="hb {}" aria-hidden="true"><use href="{}"/></svg>', css, _symbol(f"hb-{quarter}"))


@register.simple_tag
@lru_cache(MARKS)
def criticality(value: str, word: bool = True) -> str:
    """The square of a criticality and its word (visually hidden when `word` is false)."""
    return format_html(
        '<span class="crit crit-{0}"><svg aria-hidden="true" viewBox="0 0 10 10"><use href="{1}"/></svg>'
        '<span class="{2}">{3}</span></span>',
        value,
        _symbol(f"c-{value}"),
        "" if word else "visually-hidden",
        str(value).capitalize(),
    )


@register.filter
def percent(value: Fraction | None) -> str:
    """« 62 % », rounded by the one rule of `assessments.scoring`."""
    return percent_text(value)


@register.filter
def nombre(value) -> str:
    """A number as French people write it: « 15,5 », « 1 250 »."""
    if value is None or value == "":
        return ""
    number = Decimal(str(value)).normalize()
    text = f"{number:,f}".replace(",", NNBSP).replace(".", ",")
    return text.replace("-", "−")


@register.filter
def accorde(count: int, forms: str) -> str:
    """« 3 critères » from `3|accorde:"critère,critères"`; zero and one are singular in French."""
    singular, plural = forms.split(",")
    return f"{nombre(count)}{NBSP}{singular if abs(count) < 2 else plural}"


@register.filter
def jours(days) -> str:
    """« 15,5 jours », « 1 jour »."""
    return f"{nombre(days)}{NBSP}{'jour' if abs(Decimal(str(days))) < 2 else 'jours'}"


@register.filter
def euros(amount) -> str:
    return f"{nombre(amount)}{NBSP}€"


@register.filter
def taille(size: int) -> str:
    """A file size: « 2,4 Mo », « 812 ko »."""
    if size < 1024 * 1024:
        return f"{max(1, round(size / 1024))}{NBSP}ko"
    return f"{nombre(round(Decimal(size) / (1024 * 1024), 1))}{NBSP}Mo"


def _day(value: date | datetime) -> date:
    return dates.in_paris(value).date() if isinstance(value, datetime) else value


@register.filter
def jour(value) -> str:
    """« 3 mars 2027 »; empty when there is no date."""
    return dates.long_date(_day(value)) if value else ""


@register.filter
def jour_court(value) -> str:
    """« 3 déc. 2026 »."""
    if not value:
        return ""
    day = _day(value)
    number = "1er" if day.day == 1 else day.day
    return f"{number}{NBSP}{dates.SHORT_MONTHS[day.month - 1]}{NBSP}{day.year}"


@register.filter
def heure(value: datetime) -> str:
    """« 14 h 32 », in Paris."""
    return dates.hour(value) if value else ""


@register.filter
def moment(value: datetime) -> str:
    """« 3 mars 2027 à 14 h 32 », in Paris."""
    return dates.long_moment(value) if value else ""


@register.filter
def paragraphes(text: str) -> str:
    """Escaped text as paragraphs; a blank line starts a new one, a line break stays one."""
    blocks = [block for block in str(text or "").replace("\r\n", "\n").split("\n\n") if block.strip()]
    return format_html_join(
        "",
        "<p>{}</p>",
        ((mark_safe("<br>".join(conditional_escape(line) for line in block.split("\n"))),) for block in blocks),
    )


@register.filter
def prenom(person) -> str:
    return person.get_short_name() if person else "Une personne partie"


@register.filter
def get(mapping, key):
    """`mapping|get:key`, None when absent."""
    return mapping.get(key)
