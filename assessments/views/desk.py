"""The desk of an advisor: the dossier being read, for which of their networks, and where its pages are."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.db.models import Max
from django.http import Http404, HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse

from assessments.grid import declared_registers, read_grid
from assessments.models import Assessment, ReviewerOpinion
from assessments.publishing import networks_of
from assessments.reviewing import Review, read_reviews, why_closed
from assessments.views.lookup import get_assessment
from certif.accounts.models import Network
from certif.dates import stamp
from certif.fields import whole_number
from referentiel.content import CriterionContent


@dataclass(frozen=True, slots=True)
class Desk:
    """`network` is the one the person reads for; `networks` all those they could, most people having one."""

    assessment: Assessment
    network: Network
    networks: tuple[Network, ...]

    @property
    def closed(self) -> str:
        return why_closed(self.assessment)

    def query(self, **more: str | None) -> str:
        """« ?reseau=3&filtre=ecarts », saying the network only when there is a choice."""
        given = {"reseau": self.network.pk} if len(self.networks) > 1 else {}
        given |= {name: value for name, value in more.items() if value}
        return f"?{urlencode(given)}" if given else ""

    def url(self, name: str, *args: object, **query: str | None) -> str:
        return reverse(name, args=[self.assessment.pk, *args]) + self.query(**query)


def get_desk(request: HttpRequest, pk: int) -> Desk:
    """404 to whoever may not see the dossier, 403 to its structure, and the network asked for (`reseau`) or the first one."""
    return desk_of(request, get_assessment(request, pk))


def desk_of(request: HttpRequest, assessment: Assessment) -> Desk:
    if not assessment.is_shared_with_me:
        raise PermissionDenied
    networks = tuple(networks_of(assessment, request.user).order_by("name", "pk"))
    if not networks:
        raise Http404
    wanted = whole_number(request.POST.get("reseau") or request.GET.get("reseau") or "")
    if wanted is None:
        return Desk(assessment, networks[0], networks)
    found = next((network for network in networks if network.pk == wanted), None)
    if found is None:
        raise Http404
    return Desk(assessment, found, networks)


def review_of(
    request: HttpRequest, desk: Desk, *, current: CriterionContent | None = None, declared: frozenset[int] | None = None
) -> Review:
    """Every line of the dossier as this desk’s network reads it, under the filter of the address. `declared`: the registers
    the structure declares, when they are already known."""
    assessment = desk.assessment
    declared = declared_registers(assessment) if declared is None else declared
    grid = read_grid(assessment, request.user, declared=declared, current=current)
    (review,) = read_reviews(grid, assessment, [desk.network], chosen=request.GET.get("filtre"))
    return review


def rail_html(desk: Desk, review: Review) -> str:
    """Rendered once, shown twice: beside the criterion, and folded above it on a phone."""
    context = {
        "assessment": desk.assessment,
        "review": review,
        "base": criteria_url(desk),
        "suffix": desk.query(filtre=review.chosen),
        "clear": desk.query() or "?",
        "filters": filters_of(desk, review),
        "all_url": desk.url("review", filtre=review.chosen),
    }
    return render_to_string("assessments/_review_rail.html", context)


def criteria_url(desk: Desk) -> str:
    """What every criterion’s address starts with: reversing a hundred of them would cost more than the page."""
    return reverse("review_criterion", args=[desk.assessment.pk, "-"]).removesuffix("-/")


def filters_of(desk: Desk, review: Review) -> list[dict]:
    return [{"filter": each, "query": desk.query(filtre=each.name)} for each in review.filters]


def seen_of(desk: Desk) -> int:
    """The last change a page shows, whether the structure’s or a colleague’s: what it asks `review_live` about."""
    mine = ReviewerOpinion.objects.filter(answer__assessment=desk.assessment, network=desk.network)
    moments = mine.aggregate(saved=Max("updated_at"), read=Max("read_at")).values()
    return max(map(stamp, (desk.assessment.updated_at, *filter(None, moments))))
