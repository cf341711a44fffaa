"""What a network follows at a glance: its members, where each shared dossier stands, what waits for whom.

Rows come from the standings kept (`assessments.standings`): nothing is computed here. Filters and order apply in Python, so
that « Écoute » is found by « ecoute » and comes before « Lien » on both databases.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple
from urllib.parse import urlencode

from django.db import transaction
from django.db.models import Count, Exists, IntegerField, OuterRef, Value
from openpyxl import Workbook

from assessments.enums import Status
from assessments.models import ReviewRequest, SavedView, Share
from assessments.scoring import NBSP, Verdict, count, percent
from assessments.workflow import Audience, label
from certif import dates, spreadsheet
from certif.accounts.models import Network, Structure, User
from certif.limits import SAVED_VIEW_QUERY, SAVED_VIEWS
from referentiel.content import content_of
from referentiel.search import plain

WORDS_MAX = 100
MONTHS = (3, 6, 12)
NOTHING_SHARED = "aucun"
"""In place of a stage: members that share nothing."""


class Waiting(StrEnum):
    """For whom a dossier waits."""

    NETWORK = "nous"
    STRUCTURE = "structure"


class Row(NamedTuple):
    """A member and one dossier it shares; everything after `structure` is None when it shares none."""

    structure_id: int
    structure: str
    pk: int | None = None
    title: str | None = None
    edition: int | None = None
    status: str | None = None
    audit_on: date | None = None
    updated_at: datetime | None = None
    verdict: str | None = None
    done: int | None = None
    in_scope: int | None = None
    maturity_over: int | None = None
    maturity_under: int | None = None
    registers_covered: int | None = None
    blocking: int | None = None
    of_state: datetime | None = None
    requests: int = 0

    @property
    def stage(self) -> str:
        return label(self.status, Audience.NETWORK)

    @property
    def is_stale(self) -> bool:
        """Computed before the dossier last changed, or never."""
        return self.pk is not None and self.of_state != self.updated_at

    @property
    def as_of(self) -> str:
        """« au 3 mars, 10 h 12 » when the figures are older than the dossier; empty otherwise."""
        if not self.is_stale:
            return ""
        if self.of_state is None:
            return "pas encore calculé"
        moment = dates.in_paris(self.of_state)
        day = dates.short_date(moment) if moment.year == dates.today().year else dates.long_date(moment)
        return f"au {day}, {dates.hour(self.of_state)}"

    @property
    def completeness(self) -> Fraction | None:
        return Fraction(self.done, self.in_scope) if self.in_scope else None

    @property
    def maturity(self) -> Fraction | None:
        return Fraction(self.maturity_over, self.maturity_under) if self.maturity_under else None

    @property
    def registers_total(self) -> int:
        return len(content_of(self.edition).registers)

    @property
    def blocking_text(self) -> str:
        return count(self.blocking, "point bloquant", "points bloquants") if self.blocking else ""

    @property
    def waiting(self) -> Waiting | None:
        return {Status.SUBMITTED: Waiting.NETWORK, Status.RETURNED: Waiting.STRUCTURE}.get(self.status)

    @property
    def waiting_text(self) -> str:
        """What waits for whom, as the network says it."""
        if self.waiting == Waiting.NETWORK:
            return "à relire par vous"
        if self.waiting == Waiting.STRUCTURE:
            asked = f"{NBSP}: {count(self.requests, 'demande', 'demandes')}" if self.requests else ""
            return f"attend la structure{asked}"
        return "rien"

    def days_left(self, on: date) -> str:
        """« dans 82 jours », « demain », « passé de 3 jours »; empty without a date."""
        if self.audit_on is None:
            return ""
        days = (self.audit_on - on).days
        if days in (0, 1):
            return ("aujourd’hui", "demain")[days]
        return f"dans {days}{NBSP}jours" if days > 0 else f"passé de {count(-days, 'jour', 'jours')}"


_DOSSIER = [f"assessment__{name}" for name in ("pk", "title", "edition_id", "status", "audit_on", "updated_at")] + [
    f"assessment__standing__{name}"
    for name in (
        *("verdict", "done", "in_scope", "maturity_over", "maturity_under"),
        *("registers_covered", "blocking", "of_state"),
    )
]
_NOTHING = Value(None, output_field=IntegerField())  # NULL, whatever the column it stands in


def rows_of(network: Network) -> list[Row]:
    """One row for each dossier a member shares with the network, and one for each member that shares none. Two queries."""
    shared = Share.objects.active().filter(network=network).order_by()
    silent = Structure.objects.filter(affiliations__network=network).exclude(
        Exists(shared.filter(assessment__structure=OuterRef("pk")))
    )
    members = shared.values_list("assessment__structure", "assessment__structure__name", *_DOSSIER).union(
        silent.order_by().values_list("pk", "name", *[_NOTHING] * len(_DOSSIER)), all=True
    )
    waiting = ReviewRequest.objects.waiting().current().filter(network=network).order_by()
    asked = dict(waiting.values_list("answer__assessment").annotate(Count("pk")))
    return [Row(*values, asked.get(values[2], 0)) for values in members]


# --- Filters and order ------------------------------------------------------------------------

_VERDICT_RANK = {verdict: rank for rank, verdict in enumerate(Verdict)}
_STAGE_RANK = {status: rank for rank, status in enumerate(Status)}
_WAITING_RANK = {Waiting.NETWORK: 0, Waiting.STRUCTURE: 1}


@dataclass(frozen=True, slots=True)
class Column:
    """How a column is called, and what orders its rows (None comes last either way)."""

    label: str
    key: Callable[[Row], object]


COLUMNS: Mapping[str, Column] = {
    "structure": Column("Structure", lambda row: plain(row.structure)),
    "etape": Column("Étape", lambda row: _STAGE_RANK.get(row.status)),
    "verdict": Column("Verdict", lambda row: row.verdict and (_VERDICT_RANK[row.verdict], -row.blocking)),
    "completude": Column("Complétude", lambda row: row.completeness),
    "maturite": Column("Maturité", lambda row: row.maturity),
    "registres": Column("Registres", lambda row: row.registers_covered),
    "activite": Column("Dernière activité", lambda row: row.updated_at),
    "audit": Column("Audit", lambda row: row.audit_on),
    "attend": Column("Ce qui attend", lambda row: _WAITING_RANK.get(row.waiting)),
}
STAGES = [(status.value, label(status, Audience.NETWORK)) for status in Status] + [
    (NOTHING_SHARED, "Ne partage pas de dossier")
]
VERDICTS = [(verdict.value, str(verdict).capitalize()) for verdict in Verdict]
WAITING = [(Waiting.NETWORK.value, "Vous"), (Waiting.STRUCTURE.value, "La structure")]


@dataclass(frozen=True, slots=True)
class Filters:
    """What is asked of a portfolio. `order` is a column, with « - » before it for the reverse."""

    words: str = ""
    stage: str = ""
    verdict: str = ""
    months: int = 0
    waiting: str = ""
    order: str = "structure"

    @classmethod
    def read(cls, given: Mapping[str, str]) -> "Filters":
        """From a query string; what means nothing is left out."""
        months = given.get("audit", "")
        order = given.get("tri", "")
        return cls(
            words=" ".join(given.get("q", "").split())[:WORDS_MAX],
            stage=_known(given.get("etape"), STAGES),
            verdict=_known(given.get("verdict"), VERDICTS),
            months=int(months) if months in map(str, MONTHS) else 0,
            waiting=_known(given.get("attend"), WAITING),
            order=order if order.removeprefix("-") in COLUMNS else "structure",
        )

    @property
    def query(self) -> str:
        """The query string that says the same, shortest form; empty for everything by name."""
        said = {
            "q": self.words,
            "etape": self.stage,
            "verdict": self.verdict,
            "audit": self.months,
            "attend": self.waiting,
            "tri": "" if self.order == "structure" else self.order,
        }
        return urlencode({name: value for name, value in said.items() if value})

    @property
    def narrow(self) -> bool:
        """Whether anything is filtered out."""
        return bool(self.words or self.stage or self.verdict or self.months or self.waiting)

    def ordered_by(self, column: str) -> "Filters":
        """The same rows by this column; the other way round when they already are."""
        return replace(self, order=f"-{column}" if self.order == column else column)

    def applied(self, rows: Iterable[Row], on: date) -> list[Row]:
        """The rows asked for, in order; members of the same rank come by name."""
        kept = [row for row in rows if self._keeps(row)]
        if self.months:
            until = dates.add_months(on, self.months)
            kept = [row for row in kept if row.audit_on and on <= row.audit_on <= until]
        if self.words:
            words = plain(self.words).split()
            kept = [row for row in kept if all(word in plain(row.structure) for word in words)]
        return self._sorted(kept)

    def _keeps(self, row: Row) -> bool:
        stage = NOTHING_SHARED if row.pk is None else row.status
        return (
            self.stage in ("", stage) and self.verdict in ("", row.verdict) and self.waiting in ("", row.waiting or None)
        )

    def _sorted(self, rows: list[Row]) -> list[Row]:
        column = COLUMNS[self.order.removeprefix("-")]
        named = sorted((plain(row.structure), row.pk or 0, row) for row in rows)
        keyed = [(column.key(row), row) for _, _, row in named]
        known = [pair for pair in keyed if pair[0] is not None]
        known.sort(key=lambda pair: pair[0], reverse=self.order.startswith("-"))
        return [row for _, row in known] + [row for key, row in keyed if key is None]


def _known(value: str | None, choices: list[tuple[str, str]]) -> str:
    return value if value in dict(choices) else ""


def totals(rows: Iterable[Row]) -> Counter:
    """How many members, dossiers shared, and dossiers that wait for the network."""
    found = Counter(members=len({row.structure_id for row in rows}))
    for row in rows:
        found["shared"] += row.pk is not None
        found["to_read"] += row.waiting == Waiting.NETWORK
    return found


# --- Views worth keeping ----------------------------------------------------------------------


class ViewRefused(Exception):
    """Why a view is not kept, as a French sentence."""


def keep_view(network: Network, *, by: User, name: str, filters: Filters) -> SavedView:
    """Keeps filters and order under a name of one’s own. Raises ViewRefused."""
    with transaction.atomic():
        User.objects.select_for_update().get(pk=by.pk)  # a form sent twice, a limit reached twice at once
        mine = SavedView.objects.filter(network=network, user=by)
        if mine.filter(name=name).exists():
            raise ViewRefused("Vous avez déjà une vue de ce nom.")
        if mine.count() >= SAVED_VIEWS:
            raise ViewRefused(f"Vous gardez déjà {SAVED_VIEWS} vues{NBSP}: supprimez-en une d’abord.")
        return SavedView.objects.create(network=network, user=by, name=name, query=filters.query[:SAVED_VIEW_QUERY])


# --- The workbook -----------------------------------------------------------------------------

_SHEET = (
    ("Structure", 34),
    ("Dossier", 28),
    ("Étape", 22),
    ("Verdict indicatif", 20),
    ("Points bloquants", 11),
    ("Critères répondus", 11),
    ("Critères du périmètre", 11),
    ("Complétude, %", 12),
    ("Maturité indicative, %", 12),
    ("Registres couverts", 11),
    ("Calculé", 22),
    ("Dernière activité", 18),
    ("Audit", 12),
    ("Ce qui attend", 30),
)


def workbook(network: Network, rows: Iterable[Row], on: date) -> bytes:
    """The same rows as the page, as a workbook without formulas."""
    book = Workbook()
    sheet = book.active
    sheet.title = "Portefeuille"
    spreadsheet.write_title(sheet, f"{network.name}, le {dates.long_date(on)}")
    spreadsheet.write_table(sheet, _SHEET, (_cells(row) for row in rows), first_row=3)
    spreadsheet.landscape(sheet)
    book.properties.title = f"Portefeuille – {network.name}"
    book.properties.creator = "Certif"
    book.properties.language = "fr-FR"
    return spreadsheet.to_bytes(book)


def _cells(row: Row) -> list:
    if row.pk is None:
        return [row.structure, "ne partage pas de dossier"]
    return [
        row.structure,
        row.title,
        row.stage,
        row.verdict and str(row.verdict),
        row.blocking,
        row.done,
        row.in_scope,
        percent(row.completeness),
        percent(row.maturity),
        row.registers_covered,
        row.as_of or "à jour",
        dates.in_paris(row.updated_at).replace(tzinfo=None),
        row.audit_on,
        row.waiting_text,
    ]
