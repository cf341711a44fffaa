"""Every norm and its editions, and how a draft starts."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from referentiel import writing
from referentiel.forms.draft import StandardForm, StartForm
from referentiel.models import Edition, Standard
from referentiel.views.keepers import for_norm_admins


@dataclass(frozen=True, slots=True)
class Shelf:
    standard: Standard
    editions: list[Edition]


@require_safe
@for_norm_admins
def edition_list(request: HttpRequest) -> HttpResponse:
    editions = list(Edition.objects.with_dossiers().select_related("seal", "standard").order_by("-created_at", "-pk"))
    shelves = [
        Shelf(standard, [edition for edition in editions if edition.standard_id == standard.pk])
        for standard in Standard.objects.order_by("code")
    ]
    return render(request, "referentiel/edition_list.html", {"shelves": shelves, "can_compare": len(editions) > 1})


@require_http_methods(["GET", "HEAD", "POST"])
@for_norm_admins
def draft_create(request: HttpRequest) -> HttpResponse:
    form = StartForm(
        request.POST or None, initial={"source": request.GET.get("de"), "standard": request.GET.get("norme")}
    )
    if form.is_valid():
        edition = _started(form.cleaned_data, by=request.user)
        messages.success(
            request, "Le brouillon est prêt. Personne ne le voit que les personnes qui administrent le référentiel."
        )
        return redirect("draft", edition.code)
    return render(request, "referentiel/draft_create.html", {"form": form}, status=422 if form.is_bound else 200)


def _started(data: dict, by) -> Edition:
    names = {"code": data["code"], "label": data["label"], "by": by}
    if data["source"]:
        return writing.duplicate(data["source"], standard=data["standard"], **names)
    return writing.start(data["standard"], levels=data["levels"], **names)


@require_http_methods(["GET", "HEAD", "POST"])
@for_norm_admins
def standard_create(request: HttpRequest) -> HttpResponse:
    form = StandardForm(request.POST or None)
    if form.is_valid():
        standard = writing.add_standard(**form.cleaned_data, by=request.user)
        messages.success(request, f"La norme {standard.code} est ajoutée. Commencez-en une édition.")
        return redirect("edition_list")
    return render(request, "referentiel/standard_create.html", {"form": form}, status=422 if form.is_bound else 200)
