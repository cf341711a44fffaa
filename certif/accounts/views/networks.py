"""The networks a person works for: which they are, how one is described, and the page of its people and its members."""

from unicodedata import normalize

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from assessments import affiliations
from certif.accounts import networks
from certif.accounts.forms import AdvisorInvitationForm, MemberInvitationForm, NetworkForm, NetworkRoleForm
from certif.accounts.models import Network, NetworkRole
from certif.accounts.views.lookup import get_network
from certif.accounts.views.structures import lead_to_the_problem, waiting_invitations
from certif.text import clean_text

LINK_TO_HAND_OVER = "network_invitation_to_hand_over"
STRUCTURES_PER_PAGE = 50
HOME = "portfolio"
"""The page that opens a network."""


@login_required
@require_GET
def network_list(request: HttpRequest) -> HttpResponse:
    """The only network opens by itself."""
    mine = list(Network.objects.visible_to(request.user))
    if len(mine) == 1:
        return redirect(HOME, mine[0].pk)
    for network in mine:
        network.role = NetworkRole(network.member_role).label
    return render(request, "accounts/network_list.html", {"networks": mine, "home": HOME})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def network_edit(request: HttpRequest, pk: int) -> HttpResponse:
    network = get_network(request, pk, coordinate=True)
    form = NetworkForm(request.POST or None, instance=get_network(request, pk))
    if form.is_valid():
        form.save()
        messages.success(request, "Le réseau est à jour.")
        return redirect("network_team", pk)
    context = {"form": form, "network": network}
    return render(request, "accounts/network_edit.html", context, status=422 if form.is_bound else 200)


@login_required
@require_GET
@never_cache
def network_team(request: HttpRequest, pk: int) -> HttpResponse:
    return page(request, get_network(request, pk))


def page(
    request: HttpRequest,
    network: Network,
    *,
    status: int = 200,
    bound: dict | None = None,
    refused: dict | None = None,
) -> HttpResponse:
    """The people and the members of a network.

    `bound` holds the form that was just refused, by name (« person », « member-12 »), to show again what was typed;
    `refused` holds why an action was, by the name of its row.
    """
    bound, refused = bound or {}, refused or {}
    coordinates = networks.can_coordinate(network)
    words = clean_text(request.GET.get("q", ""))
    found = network.affiliations.select_related("structure").defer("structure__logo").order_by("structure__name", "pk")
    if words:
        found = found.filter(structure__name__icontains=words)
    context = {
        "network": network,
        "can_coordinate": coordinates,
        "people": _people(network, request.user, bound),
        "structures": Paginator(affiliations.with_shared(found), STRUCTURES_PER_PAGE).get_page(request.GET.get("page")),
        "structure_count": network.affiliations.count(),
        "words": words,
        "requests": [],
        "hand_over": request.session.pop(LINK_TO_HAND_OVER, None) if coordinates else None,
    }
    if coordinates:
        waiting = waiting_invitations(network)
        context |= {
            "requests": _requests(network),
            "invited_people": [each for each in waiting if not each.is_for_a_structure],
            "invited_structures": [each for each in waiting if each.is_for_a_structure],
            "person_form": bound.get("person") or AdvisorInvitationForm(auto_id="person-%s"),
            "structure_form": bound.get("structure") or MemberInvitationForm(auto_id="structure-%s"),
        }
    for row in context["structures"]:
        row.anchor = f"structure-{row.pk}"
    for row in (*context["people"], *context["structures"], *context["requests"]):
        row.refusal = refused.get(row.anchor)
    lead_to_the_problem(request, bound, refused)
    return render(request, "accounts/network_team.html", context, status=status)


def _people(network: Network, person, bound: dict) -> list:
    """Coordinators first, then by name, accents apart."""
    found = network.memberships.select_related("user").order_by("pk")

    def rank(member) -> tuple:
        return member.role != NetworkRole.COORDINATOR, normalize("NFKD", member.user.name).casefold()

    people = sorted(found, key=rank)
    for member in people:
        member.anchor = f"member-{member.pk}"
        member.is_me = member.user_id == person.pk
        initial = {"role": member.role}
        member.form = bound.get(member.anchor) or NetworkRoleForm(initial=initial, auto_id=f"{member.anchor}-%s")
    return people


def _requests(network: Network) -> list:
    waiting = network.join_requests.filter(answered_at=None).select_related("structure", "asked_by")
    rows = list(waiting.defer("structure__logo"))
    for row in rows:
        row.anchor = f"request-{row.pk}"
    return rows
