"""The portfolio of a network: its members and their shared dossiers, filtered, ordered, kept as views, exported."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import F, FilteredRelation, Q
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.views.decorators.http import require_POST, require_safe

from assessments import journal, upkeep
from assessments import portfolio as members
from assessments.forms.portfolio import SavedViewForm
from assessments.models import SavedView
from assessments.portfolio import Filters
from certif import spreadsheet
from certif.accounts.models import Network
from certif.accounts.views.lookup import get_network
from certif.dates import today
from certif.limits import PORTFOLIO_ROWS


@login_required
@require_safe
def portfolio(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, pk, Filters.read(request.GET))


@login_required
@require_safe
def portfolio_export(request: HttpRequest, pk: int) -> HttpResponse:
    network, on = get_network(request, pk), today()
    rows = Filters.read(request.GET).applied(members.rows_of(network), on)
    journal.record("portefeuille_telecharge", by=request.user, network=network, after={"lignes": len(rows)})
    response = HttpResponse(members.workbook(network, rows, on), content_type=spreadsheet.CONTENT_TYPE)
    response["Content-Disposition"] = f'attachment; filename="portefeuille-{slugify(network.name)}-{on}.xlsx"'
    return response


@login_required
@require_POST
def saved_view_create(request: HttpRequest, pk: int) -> HttpResponse:
    network = get_network(request, pk)
    form = SavedViewForm(request.POST)
    filters = Filters.read(QueryDict(request.POST.get("query", "")))
    if form.is_valid():
        try:
            view = members.keep_view(network, by=request.user, name=form.cleaned_data["name"], filters=filters)
        except members.ViewRefused as refusal:
            form.add_error("name", str(refusal))
        else:
            messages.success(request, f"La vue « {view.name} » est enregistrée.")
            return _back(pk, filters)
    return _page(request, pk, filters, form, status=422)


@login_required
@require_POST
def saved_view_delete(request: HttpRequest, pk: int, view: int) -> HttpResponse:
    network = get_network(request, pk)
    row = get_object_or_404(SavedView.objects.filter(network=network, user=request.user), pk=view)
    row.delete()
    messages.success(request, f"La vue « {row.name} » est supprimée.")
    return _back(pk, Filters.read(QueryDict(row.query)))


def _back(pk: int, filters: Filters) -> HttpResponse:
    query = f"?{filters.query}" if filters.query else ""
    return redirect(reverse("portfolio", args=[pk]) + query)


def _page(request: HttpRequest, pk: int, filters: Filters, form: SavedViewForm | None = None, *, status: int = 200):
    network, views = _network_and_views(request, pk)
    on, everyone = today(), members.rows_of(network)
    if any(row.is_stale for row in everyone):
        upkeep.ask(network)
    rows = filters.applied(everyone, on)
    page = Paginator(rows, PORTFOLIO_ROWS).get_page(request.GET.get("page"))
    context = {
        "network": network,
        "views": views,
        "form": form or SavedViewForm(),
        "filters": filters,
        "current_view": next((view for view in views if view.query == filters.query), None),
        "totals": members.totals(everyone),
        "found": len(rows),
        "page": page,
        "rows": [(row, row.days_left(on)) for row in page.object_list],
        "columns": [_heading(name, column.label, filters) for name, column in members.COLUMNS.items()],
        "choices": {
            "stages": members.STAGES,
            "verdicts": members.VERDICTS,
            "waiting": members.WAITING,
            "months": members.MONTHS,
        },
    }
    return render(request, "assessments/portfolio.html", context, status=status)


def _network_and_views(request: HttpRequest, pk: int) -> tuple[Network, list[SavedView]]:
    """The network with the views its reader kept there, in one query; 404 to a stranger."""
    rows = list(
        Network.objects.visible_to(request.user)
        .filter(pk=pk)
        .annotate(view=FilteredRelation("saved_views", condition=Q(saved_views__user=request.user)))
        .annotate(view_pk=F("view__pk"), view_name=F("view__name"), view_query=F("view__query"))
        .order_by("view__name", "view__pk")
    )
    if not rows:
        raise Http404
    views = [SavedView(pk=row.view_pk, name=row.view_name, query=row.view_query) for row in rows if row.view_pk]
    return rows[0], views


def _heading(name: str, label: str, filters: Filters) -> dict:
    order = filters.order
    return {
        "name": name,
        "label": label,
        "query": filters.ordered_by(name).query,
        "sorted": {name: "ascending", f"-{name}": "descending"}.get(order),
    }
