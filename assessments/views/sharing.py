"""With whom a dossier is shared: opened to a network, with its files or without, taken back, and seen as an advisor sees it."""

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import Resolver404, ResolverMatch, get_script_prefix, resolve, reverse, set_script_prefix
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments import permissions
from assessments import sharing as verbs
from assessments.forms.sharing import WITH_FILES, WITHOUT_FILES, FilesForm, ShareForm
from assessments.models import Assessment, Share
from assessments.views.lookup import Preview, get_assessment, get_document, get_evidence
from certif.accounts.models import Affiliation, Network, User


@dataclass(frozen=True, slots=True)
class Row:
    """A network of the structure; the share that stands, or the last that ended; `form` carries what was just refused."""

    network: Network
    share: Share | None
    ended: Share | None
    form: ShareForm | None


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def sharing(request: HttpRequest, pk: int) -> HttpResponse:
    assessment = get_assessment(request, pk, member=True)
    if request.method != "POST":
        return _page(request, assessment)
    if not permissions.can_manage(assessment):
        raise PermissionDenied
    form = ShareForm(request.POST, assessment=assessment)
    if not form.is_valid():
        return _page(request, assessment, form=form, status=422)
    network = form.cleaned_data["network"]
    try:
        verbs.share(assessment, network, with_files=form.with_files, by=request.user)
    except verbs.ShareRefused as refusal:
        form.add_error("network", str(refusal))
        return _page(request, assessment, form=form, status=422)
    messages.success(request, f"Le dossier est partagé avec {network}.")
    return redirect("sharing", pk)


@login_required
@require_POST
def share_files(request: HttpRequest, pk: int, share: int) -> HttpResponse:
    assessment = get_assessment(request, pk, manage=True)
    found = _find(assessment, share)
    form = FilesForm(request.POST)
    if not form.is_valid():
        messages.error(request, form.errors["files"][0])
    elif found.revoked_at:
        messages.error(request, f"Ce dossier n’est plus partagé avec {found.network}.")
    else:
        verbs.set_files(found, with_files=form.with_files, by=request.user)
        told = "peuvent aussi ouvrir les fichiers" if form.with_files else "ne voient plus que le nom des pièces"
        messages.success(request, f"Les conseillers de {found.network} {told}.")
    return redirect("sharing", pk)


@login_required
@require_POST
def share_withdraw(request: HttpRequest, pk: int, share: int) -> HttpResponse:
    assessment = get_assessment(request, pk, manage=True)
    found = _find(assessment, share)
    verbs.withdraw(found, by=request.user)
    messages.success(request, f"{found.network} ne voit plus ce dossier.")
    return redirect("sharing", pk)


def _find(assessment: Assessment, pk: int) -> Share:
    share = get_object_or_404(Share.objects.select_related("network").filter(assessment=assessment), pk=pk)
    share.assessment = assessment
    return share


def _page(
    request: HttpRequest, assessment: Assessment, *, form: ShareForm | None = None, status: int = 200
) -> HttpResponse:
    context = {
        "assessment": assessment,
        "can_manage": permissions.can_manage(assessment),
        "rows": _rows(assessment, form),
        "refusals": [error for errors in form.errors.values() for error in errors] if form else [],
        "with_files": WITH_FILES,
        "without_files": WITHOUT_FILES,
    }
    return render(request, "assessments/sharing.html", context, status=status)


def _rows(assessment: Assessment, form: ShareForm | None) -> list[Row]:
    """Each network of the structure, in the order of names."""
    given: dict[int, list[Share]] = {}
    for share in Share.objects.filter(assessment=assessment).select_related("shared_by").order_by("shared_at", "pk"):
        given.setdefault(share.network_id, []).append(share)
    places = Affiliation.objects.filter(structure=assessment.structure_id).select_related("network")
    chosen = form and form.data.get("network")
    return [
        Row(
            place.network,
            share=next((share for share in given.get(place.network_id, ()) if share.revoked_at is None), None),
            ended=next((share for share in reversed(given.get(place.network_id, ())) if share.revoked_at), None),
            form=form if chosen == str(place.network_id) else None,
        )
        for place in places.order_by("network__name", "pk")
    ]


# --- Seen as an advisor sees it ---------------------------------------------------------------


NOT_ON_SCREEN = {"evidence_file": get_evidence, "document_file": get_document}
"""Files are opened as oneself, once it is sure that an advisor would open them."""


@login_required
@require_safe
def sharing_preview(request: HttpRequest, pk: int, files: str, inside: str) -> HttpResponse:
    """The screen at the address `inside`, with the rights of an advisor: the very page an advisor is given.

    Every address it holds leads to a page seen the same way. What is not about this dossier opens as usual, outside.
    """
    assessment = get_assessment(request, pk, member=True)
    if files not in (WITH_FILES, WITHOUT_FILES):
        raise Http404
    try:
        match = resolve(f"/{inside}")
    except Resolver404:
        raise Http404 from None
    outside = f"{get_script_prefix()}{inside}" + (f"?{request.GET.urlencode()}" if request.GET else "")
    preview = Preview(request.user, assessment.pk, files == WITH_FILES, leave=reverse("sharing", args=[pk]))
    if match.url_name in NOT_ON_SCREEN:
        request.preview = preview
        NOT_ON_SCREEN[match.url_name](request, match.kwargs["pk"])
        return HttpResponseRedirect(outside)
    if not match.func.__module__.startswith("assessments.views.") or match.url_name == "sharing_preview":
        return HttpResponseRedirect(outside)
    response = _shown(request, match, preview, reverse("sharing_preview", args=[pk, files, "-"]).removesuffix("-"))
    return response if preview.opened else HttpResponseRedirect(outside)


def _shown(request: HttpRequest, match: ResolverMatch, preview: Preview, prefix: str) -> HttpResponse:
    """Runs the view of the screen for somebody who is nobody else: no structure, no network, no role."""
    request.user, request.resolver_match, request.preview = User(pk=0, name="Aperçu"), match, preview
    before = get_script_prefix()
    set_script_prefix(prefix)
    try:
        return match.func(request, *match.args, **match.kwargs)
    finally:
        set_script_prefix(before)
        request.user = preview.by
