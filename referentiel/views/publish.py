"""Publishing a draft, with what it lacks said first; retiring an edition, which deletes nothing."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from referentiel import editions
from referentiel.completeness import lacks
from referentiel.content import content_of
from referentiel.forms.draft import PublishForm
from referentiel.models import Edition, Mapping
from referentiel.views.draft import missing
from referentiel.views.keepers import for_norm_admins, on_draft


@require_http_methods(["GET", "HEAD", "POST"])
@on_draft
def edition_publish(request: HttpRequest, edition: Edition) -> HttpResponse:
    content = content_of(edition.pk)
    form = PublishForm(request.POST or None)
    context = {"edition": edition, "content": content, "form": form, "missing": missing(lacks(content), edition)}
    if not form.is_bound:
        return render(request, "referentiel/edition_publish.html", context)
    if form.is_valid():
        try:
            seal = editions.publish(edition, by=request.user, **form.cleaned_data)
        except editions.Refusal as refusal:
            return render(
                request, "referentiel/edition_publish.html", context | {"refusal": refusal.reasons}, status=409
            )
        messages.success(request, f"L’édition est publiée. Son empreinte : {seal.fingerprint[:12]}…")
        return _next_step(request, edition)
    return render(request, "referentiel/edition_publish.html", context, status=422)


def _next_step(request: HttpRequest, edition: Edition) -> HttpResponse:
    """To what lets dossiers follow: the passage already drawn, or one from the edition where most of them are open."""
    mapping = Mapping.objects.filter(target=edition).exclude(source__seal=None).order_by("-updated_at", "-pk").first()
    if mapping:
        return redirect("mapping_detail", mapping.pk)
    editions = Edition.objects.published().filter(standard=edition.standard_id).exclude(pk=edition.pk)
    before = editions.with_dossiers().order_by("-open_dossiers", "-seal__in_force_on", "-pk").first()
    if before is None:
        return redirect("edition_list")
    messages.info(request, f"Dites maintenant ce que deviennent les critères de « {before.label} » : les dossiers pourront suivre.")
    return redirect(f"{reverse('mapping_list')}?depart={before.pk}&arrivee={edition.pk}#nouvelle")


@require_http_methods(["GET", "HEAD", "POST"])
@for_norm_admins
def edition_retire(request: HttpRequest, edition: str) -> HttpResponse:
    edition = get_object_or_404(Edition.objects.select_related("seal", "standard"), code=edition)
    if request.method == "POST":
        try:
            editions.retire(edition, by=request.user)
        except editions.Refusal as refusal:
            messages.error(request, " ".join(refusal.reasons))
        else:
            messages.success(
                request,
                f"« {edition.label} » est retirée : elle reste lisible, les nouveaux dossiers en prennent une autre.",
            )
        return redirect("edition_list")
    return render(request, "referentiel/edition_retire.html", {"edition": edition})
