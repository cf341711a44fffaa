"""A draft at a glance: what it lacks, its plan, its cover, its end."""

from collections import Counter
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from referentiel import writing
from referentiel.completeness import Lack, lacks
from referentiel.content import content_of
from referentiel.editions import Refusal
from referentiel.forms.draft import CoverForm
from referentiel.models import Edition
from referentiel.views.draft_parts import overtaken
from referentiel.views.keepers import address_of, name_of, on_draft


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing to fix, and the address where it is fixed."""

    sentence: str
    address: str


def missing(found: list[Lack], edition: Edition) -> list[Missing]:
    return [Missing(lack.sentence, address_of(lack, edition)) for lack in found]


@require_safe
@on_draft
def draft(request: HttpRequest, edition: Edition) -> HttpResponse:
    content = content_of(edition.pk)
    found = lacks(content)
    return render(
        request,
        "referentiel/draft.html",
        {
            "edition": edition,
            "content": content,
            "missing": missing(found, edition),
            "questions": len(content.eligibility.get("questions", ())),
            "milestones": len(content.cycle.get("jalons", ())),
            "by_criterion": Counter(lack.key for lack in found if lack.screen == "draft_criterion"),
            "writer": name_of(edition.written_by),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@on_draft
def draft_cover(request: HttpRequest, edition: Edition) -> HttpResponse:
    stored = writing.cover(edition)
    form = CoverForm(request.POST or None, initial=stored, edition=edition)
    context = {"edition": edition, "form": form, "version": request.POST.get("version", writing.stamp(stored))}
    if not form.is_bound:
        return render(request, "referentiel/draft_cover.html", context)
    if form.is_valid():
        try:
            writing.save_cover(
                edition, based_on=request.POST.get("version", ""), values=form.cleaned_data, by=request.user
            )
        except writing.Overtaken:
            return render(request, "referentiel/draft_cover.html", context | overtaken(stored, form), status=409)
        except Refusal as refusal:
            return render(request, "referentiel/draft_cover.html", context | {"refusal": refusal.reasons}, status=409)
        messages.success(request, "La couverture est enregistrée.")
        return redirect("draft", form.cleaned_data["code"])
    return render(request, "referentiel/draft_cover.html", context, status=422)


@require_POST
@on_draft
def draft_delete(request: HttpRequest, edition: Edition) -> HttpResponse:
    try:
        writing.delete_draft(edition, by=request.user)
    except Refusal as refusal:
        messages.error(request, " ".join(refusal.reasons))
        return redirect("draft", edition.code)
    messages.success(request, f"Le brouillon « {edition.label} » est supprimé.")
    return redirect("edition_list")
