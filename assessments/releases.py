"""Figures of a whole network, published together and frozen: what its people and its members see of each other.

What may be published, and when, is `assessments.anonymity`. Pages read releases and nothing else.
"""

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.crypto import salted_hmac

from assessments import anonymity
from assessments.anonymity import Held, Publication, Seals, Table
from assessments.models import Release, Share, Standing, Upkeep
from certif.accounts.models import Network
from certif.limits import ANONYMOUS_MIN
from referentiel.content import Content, content_of
from referentiel.models import Edition

CRITERION, REGISTER, REASON = "critere:", "registre:", "motif:"
"""What a table is about; the stable key, or the code of the reason, follows."""

ELIGIBILITY, REGISTERS = "eligibilite", "registres_insuffisants"
YES, NO = "oui", "non"


def publish_due(network: Network) -> list[Release]:
    """Publishes what may be, edition by edition, and notes why the rest waits."""
    contributions = contributions_of(network)
    published, waiting = [], {}
    for edition_id, answers in contributions.items():
        found = _publish(network, edition_id, answers)
        if isinstance(found, Release):
            published.append(found)
        else:
            waiting[str(edition_id)] = found
    Upkeep.objects.update_or_create(network=network, defaults={"waiting": waiting})
    return published


def contributions_of(network: Network) -> dict[int, dict[str, dict[str, object]]]:
    """By edition, what each member contributes: the dossier it shared last, as it stands."""
    shares = Share.objects.active().filter(network=network).order_by("shared_at", "pk")
    latest = dict(shares.values_list("assessment__structure", "assessment"))
    standings = Standing.objects.filter(assessment__in=latest.values()).order_by("assessment")
    rows = standings.values_list("assessment__structure", "assessment__edition", "registers_covered", "figures")
    found: dict[int, dict[str, dict[str, object]]] = {}
    for structure, edition, covered, figures in rows.iterator():
        found.setdefault(edition, {})[str(structure)] = _answers(content_of(edition), covered, figures)
    return found


def _answers(content: Content, registers_covered: int, figures: dict) -> dict[str, object]:
    holds = {
        ELIGIBILITY: ELIGIBILITY in figures["motifs"],
        REGISTERS: registers_covered < content.rules["registres"]["minimum"],
    }
    return {
        **{CRITERION + key: level for key, level in figures["niveaux"].items()},
        **{REGISTER + key: YES if covered else NO for key, covered in figures["registres"].items()},
        **{REASON + code: YES if here else NO for code, here in holds.items()},
    }


def _publish(network: Network, edition_id: int, contributions: dict) -> Release | Held:
    rows = Release.objects.filter(edition=edition_id)
    newest, now = rows.aggregate(newest=Max("pk"))["newest"], timezone.now()
    found = anonymity.publish(
        contributions,
        _earlier(rows),
        keys=_keys(),
        at=now.isoformat(),
        at_least=ANONYMOUS_MIN,
        network=network.pk,
    )
    if isinstance(found, Held):
        return found
    with transaction.atomic():
        # Compared with every earlier one: if another came in the meantime, this one will be weighed again, later.
        Edition.objects.select_for_update(no_key=True).get(pk=edition_id)
        if rows.aggregate(newest=Max("pk"))["newest"] != newest:
            return Held.CLOSE
        return Release.objects.create(
            network=network,
            edition_id=edition_id,
            published_at=now,
            structures=found.structures,
            figures={name: {"n": table.counts, "le": table.since} for name, table in found.tables.items()},
            contributions={"cle": found.seals.key_id, "tables": found.seals.tables, "empreintes": found.seals.of},
        )


def _earlier(rows) -> Iterator[Publication]:
    for row in rows.order_by("published_at", "pk").iterator(chunk_size=1):
        sealed = row.contributions
        yield Publication(
            Seals(sealed["cle"], tuple(sealed["tables"]), sealed["empreintes"]),
            tables_of(row),
            row.structures,
            row.published_at.isoformat(),
            row.network_id,
        )


def tables_of(release: Release) -> dict[str, Table]:
    return {name: Table(each["n"], each["le"]) for name, each in release.figures.items()}


def _keys() -> list[bytes]:
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [salted_hmac("certif.release", "", secret=secret, algorithm="sha256").digest() for secret in secrets]


def moment(text: str) -> datetime:
    """When a table was published."""
    return datetime.fromisoformat(text)
