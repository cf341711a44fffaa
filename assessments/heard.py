"""What networks told the structure of one criterion, as parts of the one query of the entry screen (see `assessments.margin`).

Only what was told: what a network writes and has not sent, and its private notes, are never among these rows.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q, QuerySet, TextField
from django.db.models.functions import Cast, JSONObject

from assessments.models import Answer, ReviewerOpinion, ReviewRequest
from assessments.rows import NUMBER, rows
from certif.accounts.models import Network, User
from referentiel.content import CriterionContent
from referentiel.models import ExpectedEvidence


@dataclass(frozen=True, slots=True)
class HeardOpinion:
    """An opinion as it was told; `by` is empty when its author left."""

    network: str
    by: str
    level: int | None
    remark: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Heard:
    """`requests` are those not settled; each carries its names and the label of its expected piece, nothing else."""

    opinions: tuple[HeardOpinion, ...] = ()
    requests: tuple[ReviewRequest, ...] = ()


def heard_of(found: Iterable[tuple], criterion: CriterionContent) -> Heard:
    """What rows of `parts` say (others are skipped), the first to speak first."""
    opinions, requests = [], []
    for kind, pk, who, body, at, day, number, ref in sorted(found, key=lambda row: row[:2]):
        if kind == "opinion":
            names = json.loads(who)
            level = None if number is None else int(number)
            opinions.append(HeardOpinion(names["network"], names["by"] or "", level, body, at))
        elif kind == "request":
            requests.append(_request(criterion, pk, json.loads(who), body, at, day, ref))
    return Heard(tuple(opinions), tuple(requests))


def _request(criterion: CriterionContent, pk: int, names: dict, text: str, answered_at, due_on, expected_id) -> ReviewRequest:
    """The row as the list of what is expected shows it."""
    label = next((each.label for each in criterion.expected_evidence if each.id == expected_id), None)
    return ReviewRequest(
        pk=pk,
        answer=Answer(criterion_id=criterion.id),
        network=Network(name=names["network"]),
        kind=names["kind"],
        expected=label and ExpectedEvidence(label=label),
        text=text,
        due_on=due_on,
        asked_by=_person(names["by"]),
        answered_by=_person(names["answered_by"]),
        answered_at=answered_at,
    )


def _person(name: str | None) -> User | None:
    return User(name=name) if name else None


def parts(assessment: int, criterion: int) -> list[QuerySet]:
    """`who` holds several names, as JSON."""
    here = {"answer__assessment": assessment, "answer__criterion": criterion}
    something = Q(shown_level__isnull=False) | ~Q(shown_remark="")
    return [
        rows(
            ReviewerOpinion.objects.shown().filter(something, **here),
            "opinion",
            "pk",
            who=_names(network="network__name", by="shown_by__name"),
            body=F("shown_remark"),
            at=F("shown_at"),
            number=Cast(F("shown_level"), NUMBER),
        ),
        rows(
            ReviewRequest.objects.sent().open().filter(**here),
            "request",
            "pk",
            who=_names(network="network__name", by="asked_by__name", answered_by="answered_by__name", kind="kind"),
            body=F("text"),
            at=F("answered_at"),
            day=F("due_on"),
            ref=F("expected_id"),
        ),
    ]


def _names(**paths: str) -> Cast:
    return Cast(JSONObject(**{name: F(path) for name, path in paths.items()}), TextField())
