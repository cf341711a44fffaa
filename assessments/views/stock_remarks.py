"""The remarks a network uses again: listed, added, changed, deleted, and given one by one to the page that inserts them."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from assessments import stock
from assessments.forms.review import StockRemarkForm
from assessments.models import StockRemark
from certif.accounts.models import Network
from certif.accounts.views.lookup import get_network


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def stock_remarks(request: HttpRequest, pk: int) -> HttpResponse:
    network = get_network(request, pk)
    if request.method != "POST":
        return _list(request, network, StockRemarkForm())
    form = StockRemarkForm(request.POST)
    if form.is_valid():
        try:
            stock.add(network, by=request.user, title=form.cleaned_data["titre"], body=form.cleaned_data["texte"])
        except stock.StockRefused as refusal:
            form.add_error(refusal.field or None, str(refusal))
        else:
            messages.success(request, "Remarque gardée : elle est proposée à tout le réseau pendant la relecture.")
            return redirect("stock_remarks", pk)
    return _list(request, network, form, status=422)


def _list(request: HttpRequest, network: Network, form: StockRemarkForm, *, status: int = 200) -> HttpResponse:
    remarks = StockRemark.objects.filter(network=network).select_related("created_by").order_by("title", "pk")
    return render(request, "assessments/stock_remarks.html", {"network": network, "remarks": remarks, "form": form}, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def stock_remark(request: HttpRequest, pk: int, remark: int) -> HttpResponse:
    """A page to change it; its text alone for the review screen, which inserts it at the cursor."""
    network = get_network(request, pk)
    found = get_object_or_404(StockRemark, network=network, pk=remark)
    if request.method != "POST":
        if request.htmx:
            return HttpResponse(found.body, content_type="text/plain; charset=utf-8")
        form = StockRemarkForm(initial={"titre": found.title, "texte": found.body})
        return _edit(request, network, found, form)
    form = StockRemarkForm(request.POST)
    if form.is_valid():
        said = {"title": form.cleaned_data["titre"], "body": form.cleaned_data["texte"]}
        try:
            changed = stock.change(found, by=request.user, before=request.POST.get("avant", ""), **said)
        except stock.StockRefused as refusal:
            form.add_error(refusal.field or None, str(refusal))
        else:
            if not changed:
                found = get_object_or_404(StockRemark, network=network, pk=remark)
                return _edit(request, network, found, form, stale=True, status=409)
            messages.success(request, "Remarque modifiée.")
            return redirect("stock_remarks", pk)
    return _edit(request, network, found, form, status=422)


def _edit(
    request: HttpRequest, network: Network, found: StockRemark, form: StockRemarkForm, *, stale: bool = False, status: int = 200
) -> HttpResponse:
    context = {"network": network, "remark": found, "form": form, "before": stock.fingerprint(found), "stale": stale}
    return render(request, "assessments/stock_remark.html", context, status=status)


@login_required
@require_POST
def stock_remark_delete(request: HttpRequest, pk: int, remark: int) -> HttpResponse:
    network = get_network(request, pk)
    found = get_object_or_404(StockRemark, network=network, pk=remark)
    stock.delete(found, by=request.user)
    messages.success(request, f"Remarque « {found.title} » supprimée.")
    return redirect("stock_remarks", pk)
