"""Campaigns: a network asks its members to assess themselves before a day; each answers with a dossier of its own choosing.

What the network follows is what sharing allows: that a structure has begun is told by the structure, which takes part; how
far it is, only once it shares the dossier.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from fractions import Fraction

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from assessments import dossiers, journal
from assessments.enums import AuditKind, Status
from assessments.models import Assessment, Campaign, CampaignPlace, NoticeKind, Share
from assessments.notices import notify
from assessments.scoring import NBSP
from certif.accounts.models import Membership, Network, Role, Service, Structure, User
from certif.dates import PARIS, long_date, today
from certif.limits import LATE_DAYS
from referentiel.models import Edition

WEEK_BEFORE = timedelta(days=7)


class Stage(StrEnum):
    """Where a structure is in a campaign, as its network may know; the value is what people read."""

    NOT_STARTED = "Pas commencé"
    STARTED = "A commencé, sans partager"
    IN_PROGRESS = "En cours"
    SUBMITTED = "Transmise"
    DONE = "Validée"


_STAGES = {
    Status.DRAFT: Stage.IN_PROGRESS,
    Status.RETURNED: Stage.IN_PROGRESS,
    Status.SUBMITTED: Stage.SUBMITTED,
}


@dataclass(frozen=True, slots=True)
class Line:
    """A structure in a campaign. `dossier` and `completeness` are None until it shares one."""

    place: CampaignPlace
    stage: Stage
    late: bool
    dossier: Assessment | None = None
    completeness: Fraction | None = None


def lines_of(campaign: Campaign, on: date) -> list[Line]:
    """Every structure asked that still belongs to the network, those that are late first, then by name. One query."""
    shared = Share.objects.active().filter(assessment=OuterRef("assessment"), network=campaign.network_id)
    places = (
        campaign.places.filter(structure__affiliations__network=campaign.network_id)
        .select_related("structure", "assessment__standing")
        .defer("structure__logo", "assessment__standing__figures")
        .annotate(is_shared=Exists(shared))
    )
    lines = [_line(place, campaign, on) for place in places]
    return sorted(lines, key=lambda line: not line.late)


def _line(place: CampaignPlace, campaign: Campaign, on: date) -> Line:
    past = on > campaign.due_on
    if place.assessment is None:
        return Line(place, Stage.NOT_STARTED, past)
    if not place.is_shared:
        return Line(place, Stage.STARTED, past)
    stage = _STAGES.get(place.assessment.status, Stage.DONE)
    standing = getattr(place.assessment, "standing", None)
    share = Fraction(standing.done, standing.in_scope) if standing and standing.in_scope else None
    return Line(place, stage, past and stage == Stage.IN_PROGRESS, place.assessment, share)


# --- The network ------------------------------------------------------------------------------


class NotOpen(Exception):
    """The campaign is over, or has not begun."""


def open_campaign(
    network: Network,
    *,
    by: User,
    edition: Edition,
    title: str,
    message: str,
    opens_on: date,
    due_on: date,
    structures: Iterable[Structure],
) -> Campaign:
    """Asks these members; they are told at once, or on the day it opens. A form sent twice opens one campaign."""
    with transaction.atomic():
        Network.objects.select_for_update().get(pk=network.pk)
        same = {"network": network, "edition": edition, "title": title, "opens_on": opens_on, "due_on": due_on}
        if twin := Campaign.objects.filter(**same, closed_at=None).first():
            return twin
        campaign = Campaign.objects.create(**same, message=message, created_by=by)
        CampaignPlace.objects.bulk_create(CampaignPlace(campaign=campaign, structure=each) for each in structures)
        after = {"campagne": campaign.pk, "titre": title, "edition": edition.code, "structures": campaign.places.count()}
        journal.record("campagne_ouverte", by=by, network=network, after=after)
        if campaign.is_open(today()):
            announce(campaign)
    return campaign


def announce(campaign: Campaign) -> None:
    """Tells the owners of every structure asked, each once."""
    for place, owners in _owners(campaign.places.all()):
        notify(
            NoticeKind.CAMPAIGN,
            to=owners,
            key=f"campagne:{campaign.pk}",
            sentence=f"{campaign.network} ouvre la campagne «{NBSP}{campaign.title}{NBSP}», "
            f"à transmettre avant le {long_date(campaign.due_on)}.",
            path=reverse("campaign_answer", args=[place.pk]),
        )


def remind(campaign: Campaign, *, by: User | None, on: date | None = None, since: date | None = None) -> int:
    """Reminds the structures that have not transmitted, each once a day, or once since that day; how many. Raises NotOpen."""
    on = on or today()
    if not campaign.is_open(on):
        raise NotOpen
    with transaction.atomic():
        waiting = [line.place.pk for line in lines_of(campaign, on) if line.stage not in (Stage.SUBMITTED, Stage.DONE)]
        not_yet = Q(reminded_at=None) | Q(reminded_at__lt=datetime.combine(since or on, time(), PARIS))
        places = CampaignPlace.objects.select_for_update(of=("self",)).filter(not_yet, pk__in=waiting)
        told = _owners(places)
        for place, owners in told:
            _remind(place, owners, on)
        CampaignPlace.objects.filter(pk__in=[place.pk for place, _ in told]).update(reminded_at=timezone.now())
        if told:
            after = {"campagne": campaign.pk, "structures": len(told)}
            journal.record("campagne_rappelee", by=by, network=campaign.network, after=after)
    return len(told)


def _remind(place: CampaignPlace, owners: list[User], on: date) -> None:
    campaign = place.campaign
    late = on > campaign.due_on
    when = "était attendue" if late else "est attendue"
    notify(
        NoticeKind.REMINDER,
        to=owners,
        key=f"campagne:{campaign.pk}:{place.structure_id}:{on}",
        sentence=f"{campaign.network} rappelle la campagne «{NBSP}{campaign.title}{NBSP}»{NBSP}: "
        f"votre auto-évaluation {when} le {long_date(campaign.due_on)}.",
        path=reverse("campaign_answer", args=[place.pk]),
    )


def close(campaign: Campaign, *, by: User) -> None:
    """Ends it: nobody answers nor is reminded any more. Closing twice is harmless."""
    with transaction.atomic():
        if Campaign.objects.filter(pk=campaign.pk, closed_at=None).update(closed_at=timezone.now()):
            after = {"campagne": campaign.pk, "titre": campaign.title}
            journal.record("campagne_terminee", by=by, network=campaign.network, after=after)


def remind_due(on: date) -> int:
    """For the scheduled command: announces what opens, reminds a week before the due day and the day after, or at the first
    run since. How many structures were reminded; a second run reminds nobody."""
    open_ones = Campaign.objects.filter(closed_at=None, opens_on__lte=on).select_related("network")
    for campaign in open_ones.filter(due_on__gte=on):
        with transaction.atomic():
            announce(campaign)
    reminded = 0
    for campaign in open_ones.filter(due_on__range=(on - timedelta(days=LATE_DAYS), on + WEEK_BEFORE)):
        since = campaign.due_on + timedelta(days=1) if on > campaign.due_on else campaign.due_on - WEEK_BEFORE
        if campaign.opens_on < since:  # otherwise its announcement is all the news
            reminded += remind(campaign, by=None, on=on, since=since)
    return reminded


def _owners(places) -> list[tuple[CampaignPlace, list[User]]]:
    """Each place of a structure that still belongs to the network, with the owners of the structure."""
    rows = list(
        places.filter(structure__affiliations__network=F("campaign__network"))
        .select_related("campaign__network", "structure")
        .defer("structure__logo")
    )
    members = Membership.objects.filter(structure__in=[row.structure_id for row in rows], role=Role.OWNER, user__is_active=True)
    owners: dict[int, list[User]] = {}
    for membership in members.select_related("user"):
        owners.setdefault(membership.structure_id, []).append(membership.user)
    return [(row, owners.get(row.structure_id, [])) for row in rows]


# --- The structure ----------------------------------------------------------------------------


def open_to(user: User, *, on: date, structure: int | None = None) -> list[CampaignPlace]:
    """The open campaigns the person’s structures (or that one) are asked in, the soonest due first."""
    places = CampaignPlace.objects.visible_to(user).open(on).order_by("campaign__due_on", "pk")
    if structure:
        places = places.filter(structure=structure)
    return list(places.select_related("campaign__network", "structure", "assessment").defer("structure__logo"))


def candidates(place: CampaignPlace) -> list[Assessment]:
    """The dossiers the structure may answer with: its own, in the edition of the campaign, latest first."""
    return list(Assessment.objects.filter(structure=place.structure_id, edition=place.campaign.edition_id))


def answer(place: CampaignPlace, *, by: User, dossier: Assessment | None) -> Assessment:
    """Takes part, with a dossier of the structure, or a new one named after the campaign.

    Raises NotOpen, and ValidationError when the dossier is not one of `candidates` or its title is taken.
    """
    if not place.campaign.is_open(today()):
        raise NotOpen
    with transaction.atomic():
        if dossier is None:
            services = Service.objects.filter(site__structure=place.structure_id, ended_on=None)
            dossier = dossiers.open_assessment(
                structure=place.structure,
                edition=place.campaign.edition,
                title=place.campaign.title,
                audit_kind=AuditKind.INITIAL,
                audit_on=None,
                services=services,
                eligibility={},
                by=by,
            )
        elif (dossier.structure_id, dossier.edition_id) != (place.structure_id, place.campaign.edition_id):
            raise ValidationError("Choisissez un dossier de votre structure, dans l’édition de la campagne.")
        if CampaignPlace.objects.filter(pk=place.pk).exclude(assessment=dossier).update(assessment=dossier):
            after = {"campagne": place.campaign_id, "reseau": place.campaign.network.name}
            journal.record("campagne_repondue", by=by, assessment=dossier, after=after)
    return dossier
