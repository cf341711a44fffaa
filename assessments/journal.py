"""Writes the journal: who did what, when, in which dossier; and checks that nobody touched it since.

What the chain proves: a line changed, taken away, slipped in or moved shows at the next check, unless everything after it
was computed again too. Who keeps elsewhere the last digest that `manage.py verifier_journal` prints can tell even that.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from assessments.chain import COVERED, FIRST, chain_of, digest_of
from assessments.models import Assessment, ChainHead, Event
from certif.accounts.models import Network, Structure, User

AT_ONCE = 2000  # lines read from the database at a time


def record(
    verb: str,
    *,
    by: User | None,
    assessment: Assessment | None = None,
    structure: Structure | None = None,
    network: Network | None = None,
    before: dict | None = None,
    after: dict | None = None,
) -> None:
    """Adds one event, in the caller’s transaction. Values in `before` and `after` are JSON."""
    append(
        [
            Event(
                verb=verb,
                actor=by,
                assessment=assessment,
                structure_id=assessment.structure_id if assessment else structure and structure.pk,
                network=network,
                before=before or {},
                after=after or {},
            )
        ]
    )


def append(events: Iterable[Event]) -> None:
    """Adds events in the order given, each at the end of its chain.

    The end of a chain is held until the transaction ends: of two writers, the second waits and never forks the chain.
    Chains are taken in the order of their names, so that two writers never wait for each other.
    """
    chains = defaultdict(list)
    for event in events:
        event.chain = chain_of(event.structure_id, event.network_id)
        chains[event.chain].append(event)
    with transaction.atomic(savepoint=False):
        for chain in sorted(chains):
            _append(chain, chains[chain])


def _append(chain: str, events: list[Event]) -> None:
    head, _ = ChainHead.objects.select_for_update().get_or_create(chain=chain, defaults={"digest": FIRST})
    for event in events:
        head.sequence += 1
        event.sequence, event.previous = head.sequence, head.digest
        event.digest = head.digest = digest_of(event.at, vars(event), event.previous)
    Event.objects.bulk_create(events)
    ChainHead.objects.filter(pk=chain).update(sequence=head.sequence, digest=head.digest)


# --- Checking ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Flaw:
    """The first place where a chain does not hold. `at` and `verb` are those of the line found there, if any."""

    chain: str
    sequence: int
    what: str
    at: datetime | None = None
    verb: str = ""


@dataclass(frozen=True, slots=True)
class Checked:
    """One chain, read to its end or to its first flaw. `digest` is that of its last line."""

    chain: str
    lines: int
    digest: str
    flaw: Flaw | None


def check(chain: str | None = None) -> Iterator[Checked]:
    """Reads the chains one by one, or a single one, in bounded memory."""
    written = Event.objects.order_by().values_list("chain", flat=True).union(ChainHead.objects.values_list("chain"))
    for name in [chain] if chain else sorted(written):
        yield _check(name)


def _check(chain: str) -> Checked:
    lines, previous = 0, FIRST
    rows = Event.objects.filter(chain=chain).in_order().values("at", "previous", "digest", *COVERED)
    for row in rows.iterator(chunk_size=AT_ONCE):
        if what := _flaw(row, lines + 1, previous):
            return Checked(chain, lines, previous, Flaw(chain, lines + 1, what, row["at"], row["verb"]))
        lines, previous = lines + 1, row["digest"]
    head = ChainHead.objects.filter(pk=chain).first()
    if head is None or (head.sequence, head.digest) != (lines, previous):
        return Checked(chain, lines, previous, Flaw(chain, lines + 1, "la fin de la chaîne manque"))
    return Checked(chain, lines, previous, None)


def _flaw(row: dict, expected: int, previous: str) -> str:
    if row["sequence"] != expected:
        return "une ligne manque avant celle-ci"
    if digest_of(row["at"], row, row["previous"]) != row["digest"]:
        return "cette ligne a été modifiée"
    if row["previous"] != previous:
        return "cette ligne ne suit pas la précédente"
    return ""
