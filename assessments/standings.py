"""Where each shared dossier stands, computed once by the one scoring and kept, so that following thousands costs no computing.

A standing is refreshed by each step of the dossier’s life, by whoever opens its dashboard, by `assessments.upkeep` behind
the screens, and every day by `manage.py recalculer_situations`. In between it may be older than the dossier: pages that show
it say from when it is.
"""

import logging
from datetime import date

from django.db.models import F

from assessments.models import Assessment, Standing
from assessments.reading import Reading
from assessments.scoring import Severity, explain_maturity
from assessments.snapshots import as_shown
from certif.dates import today

logger = logging.getLogger(__name__)

_FIELDS = [field.name for field in Standing._meta.concrete_fields if field.name not in ("id", "assessment")]


def of_reading(reading: Reading) -> Standing:
    """What is kept of a reading; `of_state` is the state the dossier had when it was fetched, before its answers were."""
    result, arithmetic = reading.result, explain_maturity(reading.dossier.criteria, reading.dossier.rules)
    return Standing(
        assessment=reading.assessment,
        of_state=reading.assessment.updated_at,
        of_day=reading.dossier.reference_on,
        verdict=result.verdict,
        done=result.progress.done,
        in_scope=result.progress.total,
        maturity_over=arithmetic.points,
        maturity_under=arithmetic.maximum or None,
        registers_covered=result.registers_covered,
        blocking=len(result.reasons_of(Severity.BLOCKING)),
        figures={
            "niveaux": {each.key: each.level for each in reading.dossier.criteria if each.rated},
            "registres": {
                reading.content.register_by_code[code].key: coverage.covered
                for code, coverage in result.coverage.items()
            },
            "motifs": list(dict.fromkeys(reason.code for reason in result.reasons)),
        },
    )


def keep(reading: Reading) -> None:
    """Stores the standing in place of the former, in one statement."""
    Standing.objects.bulk_create(
        [of_reading(reading)], update_conflicts=True, unique_fields=["assessment"], update_fields=_FIELDS
    )


def keep_if_due(reading: Reading) -> None:
    """The same, for a page that has just computed the reading: one question, and a write only when it teaches something."""
    if Assessment.objects.followed().due(today()).filter(pk=reading.assessment.pk).exists():
        keep(reading)


def refresh(assessment_id: int) -> None:
    """Computes one dossier anew if a network may read it."""
    dossier = Assessment.objects.followed().select_related("structure").filter(pk=assessment_id).first()
    if dossier:
        keep(as_shown(dossier))


def refresh_due(dossiers, *, on: date, limit: int | None = None) -> int:
    """Computes those of `dossiers` that are due, oldest first, and at most `limit`; how many. One that cannot be computed is
    reported and left for the next day."""
    oldest = dossiers.due(on).order_by(F("standing__of_state").asc(nulls_first=True), "pk").values_list("pk", flat=True)
    done = 0
    for pk in list(oldest[:limit]):
        try:
            refresh(pk)
            done += 1
        except Exception:
            logger.exception("The standing of dossier %s cannot be computed", pk)
    return done


def forget_unfollowed() -> int:
    """Deletes what is kept of dossiers that no network reads any more; how many."""
    return Standing.objects.exclude(assessment__in=Assessment.objects.followed().values("pk")).delete()[0]
