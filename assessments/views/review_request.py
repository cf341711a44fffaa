"""A request of the network: changing it before the structure knows, withdrawing it, accepting what came."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from assessments import reviews
from assessments.forms.review import RequestForm, initial_of
from assessments.models import ReviewRequest
from assessments.views.desk import Desk, get_desk
from assessments.views.rail import find_criterion


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def review_request(request: HttpRequest, pk: int, code: str, asked: int) -> HttpResponse:
    desk = get_desk(request, pk)
    found = _find(desk, code, asked)
    item = find_criterion(desk.assessment, code)
    if request.method != "POST":
        return _page(request, desk, found, RequestForm(initial=initial_of(found, item), criterion=item))
    form = RequestForm(request.POST, criterion=item)
    if not form.is_valid():
        return _page(request, desk, found, form, status=422)
    try:
        if not reviews.change_request(found, by=request.user, before=request.POST.get("avant", ""), **form.said):
            return _page(request, desk, _find(desk, code, asked), form, overtaken=True, status=409)
    except reviews.NotShared:
        raise Http404 from None
    except (reviews.ReviewClosed, reviews.RequestRefused) as refusal:
        return _page(request, desk, found, form, refusal=str(refusal), status=409)
    messages.success(request, "Demande modifiée.")
    return redirect(f"{desk.url('review_criterion', code)}#demandes")


def _page(
    request: HttpRequest,
    desk: Desk,
    found: ReviewRequest,
    form: RequestForm,
    *,
    refusal: str = "",
    overtaken: bool = False,
    status: int = 200,
) -> HttpResponse:
    context = {
        "assessment": desk.assessment,
        "desk": desk,
        "criterion": find_criterion(desk.assessment, found.answer.criterion.code),
        "asked": found,
        "form": form,
        "before": reviews.fingerprint(found),
        "overtaken": overtaken,
        "refusal": refusal or desk.closed,
        "back": f"{desk.url('review_criterion', found.answer.criterion.code)}#demandes",
    }
    return render(request, "assessments/review_request.html", context, status=status)


@login_required
@require_POST
def review_request_withdraw(request: HttpRequest, pk: int, code: str, asked: int) -> HttpResponse:
    return _settle(request, pk, code, asked, reviews.withdraw_request, "Demande retirée.")


@login_required
@require_POST
def review_request_accept(request: HttpRequest, pk: int, code: str, asked: int) -> HttpResponse:
    return _settle(request, pk, code, asked, reviews.accept_request, "Demande réglée.")


def _settle(request: HttpRequest, pk: int, code: str, asked: int, verb: Callable, sentence: str) -> HttpResponse:
    desk = get_desk(request, pk)
    try:
        verb(_find(desk, code, asked), by=request.user)
    except reviews.NotShared:
        raise Http404 from None
    except reviews.ReviewClosed as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, sentence)
    return redirect(f"{desk.url('review_criterion', code, filtre=request.GET.get('filtre'))}#demandes")


def _find(desk: Desk, code: str, asked: int) -> ReviewRequest:
    """A request of this network, on this criterion of this dossier, that still stands."""
    mine = ReviewRequest.objects.current().open().filter(network=desk.network, answer__assessment=desk.assessment)
    found = mine.select_related("answer__criterion", "network", "expected", "asked_by")
    row = get_object_or_404(found, pk=asked, answer__criterion__code=code)
    row.answer.assessment = desk.assessment
    return row
