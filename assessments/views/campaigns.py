"""Campaigns: a network opens, follows, reminds and closes them; a structure answers."""

from collections import Counter

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments import campaigns
from assessments.campaigns import NotOpen, Stage
from assessments.forms.campaign import AnswerForm, CampaignForm
from assessments.models import Campaign, CampaignPlace
from assessments.scoring import count
from certif.accounts.models import Network, NetworkRole, Structure
from certif.accounts.views.lookup import get_network
from certif.dates import add_months, today
from certif.limits import PORTFOLIO_ROWS


@login_required
@require_safe
def campaign_list(request: HttpRequest, pk: int) -> HttpResponse:
    network, on = get_network(request, pk), today()
    taking_part = Count("places", filter=Q(places__assessment__isnull=False))
    rows = Campaign.objects.filter(network=network).select_related("edition")
    rows = rows.annotate(asked=Count("places"), taking_part=taking_part)
    context = {
        "network": network,
        "campaigns": [(campaign, _state(campaign, on)) for campaign in rows],
        "may_coordinate": network.member_role == NetworkRole.COORDINATOR,
    }
    return render(request, "assessments/campaign_list.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def campaign_create(request: HttpRequest, pk: int) -> HttpResponse:
    network, on = get_network(request, pk, coordinate=True), today()
    structures = Structure.objects.filter(affiliations__network=network).only("pk", "name").order_by("name", "pk")
    initial = {"opens_on": on, "due_on": add_months(on, 2)}
    form = CampaignForm(request.POST if request.method == "POST" else None, structures=structures, initial=initial)
    if form.is_valid():
        fields = {name: form.cleaned_data[name] for name in ("edition", "title", "message", "opens_on", "due_on")}
        campaign = campaigns.open_campaign(network, by=request.user, structures=form.structures, **fields)
        messages.success(request, f"La campagne « {campaign.title} » est ouverte.")
        return redirect("campaign_detail", pk, campaign.pk)
    context = {"network": network, "form": form}
    return render(request, "assessments/campaign_create.html", context, status=422 if form.is_bound else 200)


@login_required
@require_safe
def campaign_detail(request: HttpRequest, pk: int, campaign: int) -> HttpResponse:
    network, on = get_network(request, pk), today()
    row = _campaign(network, campaign)
    lines = campaigns.lines_of(row, on)
    stages = Counter(line.stage for line in lines)
    context = {
        "network": network,
        "campaign": row,
        "state": _state(row, on),
        "is_open": row.is_open(on),
        "may_coordinate": network.member_role == NetworkRole.COORDINATOR,
        "asked": len(lines),
        "late": sum(line.late for line in lines),
        "waiting": len(lines) - stages[Stage.SUBMITTED] - stages[Stage.DONE],
        "stages": [(stage, stages[stage]) for stage in Stage],
        "page": Paginator(lines, PORTFOLIO_ROWS).get_page(request.GET.get("page")),
    }
    return render(request, "assessments/campaign_detail.html", context)


@login_required
@require_POST
def campaign_remind(request: HttpRequest, pk: int, campaign: int) -> HttpResponse:
    network = get_network(request, pk, coordinate=True)
    row = _campaign(network, campaign)
    try:
        reminded = campaigns.remind(row, by=request.user)
    except NotOpen:
        messages.error(request, "Cette campagne n’est pas ouverte : personne n’est rappelé.")
    else:
        if reminded:
            messages.success(request, f"{count(reminded, 'structure est rappelée', 'structures sont rappelées')}.")
        else:
            messages.success(request, "Personne à rappeler : tout est transmis, ou déjà rappelé aujourd’hui.")
    return redirect("campaign_detail", pk, campaign)


@login_required
@require_POST
def campaign_close(request: HttpRequest, pk: int, campaign: int) -> HttpResponse:
    network = get_network(request, pk, coordinate=True)
    row = _campaign(network, campaign)
    campaigns.close(row, by=request.user)
    messages.success(request, f"La campagne « {row.title} » est terminée.")
    return redirect("campaign_detail", pk, campaign)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def campaign_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """`pk` is that of the structure’s place in the campaign."""
    places = CampaignPlace.objects.visible_to(request.user).select_related("campaign__network", "campaign__edition", "structure")
    place = get_object_or_404(places.defer("structure__logo").filter(campaign__opens_on__lte=today()), pk=pk)
    if not place.may_answer:
        raise PermissionDenied
    offered = campaigns.candidates(place)
    initial = {"dossier": str(place.assessment_id or (offered[0].pk if offered else "nouveau"))}
    form = AnswerForm(request.POST if request.method == "POST" else None, offered=offered, initial=initial)
    refusal = ""
    if form.is_valid():
        try:
            dossier = campaigns.answer(place, by=request.user, dossier=form.chosen)
        except NotOpen:
            refusal = "Cette campagne est terminée : on n’y répond plus."
        except ValidationError as error:
            form.add_error("dossier", error.messages[0])
        else:
            messages.success(
                request, "Vous participez à la campagne. Votre réseau verra votre avancement quand vous partagerez ce dossier."
            )
            return redirect("dashboard", dossier.pk)
    context = {"place": place, "campaign": place.campaign, "form": form, "refusal": refusal, "is_open": place.campaign.is_open(today())}
    status = 409 if refusal else 422 if form.is_bound else 200
    return render(request, "assessments/campaign_answer.html", context, status=status)


def _campaign(network: Network, pk: int) -> Campaign:
    return get_object_or_404(Campaign.objects.filter(network=network).select_related("edition", "network"), pk=pk)


def _state(campaign: Campaign, on) -> str:
    if campaign.closed_at:
        return "Terminée"
    if campaign.opens_on > on:
        return "À venir"
    return "Échéance passée" if campaign.due_on < on else "Ouverte"
