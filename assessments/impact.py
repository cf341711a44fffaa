"""What a passage between two editions would do to the dossiers still open: counts only, no structure is named."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from assessments.models import Assessment
from assessments.passage import Kind, passage, projection
from assessments.reading import read_rows, rows_of
from assessments.scoring import Verdict
from referentiel.mapping import arrows_of, contents_of
from referentiel.models import Mapping

SHOWN = 200
"""The dossiers read, the most recently active first: a page is answered in seconds."""


@dataclass(frozen=True, slots=True)
class Impact:
    """`verdicts` counts (today, under the new edition) pairs; `answers` counts what becomes of the answers, by kind, and
    « historique » for those left behind."""

    dossiers: int
    read: int
    verdicts: Counter
    answers: Counter

    @property
    def table(self) -> list[tuple[str, list[int]]]:
        """One line per verdict of today: how many dossiers under each verdict of the new edition."""
        return [(today, [self.verdicts[today, after] for after in Verdict]) for today in Verdict]

    @property
    def changed(self) -> int:
        return sum(times for (today, after), times in self.verdicts.items() if today != after)


def impact(mapping: Mapping, *, on: date) -> Impact:
    """Reads every open dossier of the source edition twice: under its own rules, and under those of the target."""
    source, target = contents_of(mapping)
    arrows = arrows_of(mapping)
    dossiers = Assessment.objects.writable().filter(edition=mapping.source_id)
    verdicts, answers, read = Counter(), Counter(), 0
    for dossier in dossiers.select_related("structure", "edition").order_by("-updated_at", "-pk")[:SHOWN]:
        rows = rows_of(dossier)
        move = passage(dossier, source, target, arrows, before=rows)
        today = read_rows(dossier, source, rows, on=on).result.verdict
        verdicts[today, projection(dossier, move, on=on).result.verdict] += 1
        answers.update(arrival.kind for arrival in move.arrivals if arrival.kind not in (Kind.NEW, Kind.EMPTY))
        answers["historique"] += len(move.left_said)
        read += 1
    return Impact(dossiers.count(), read, verdicts, answers)
