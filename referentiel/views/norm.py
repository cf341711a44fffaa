"""Reading the norm: an edition, a chapter, a criterion, a search. Public, and without SQL beyond finding the edition."""

from collections import Counter

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from referentiel.models import Criticality, Edition, Nature
from referentiel.search import QUERY_MAX, search
from referentiel.views.lookup import get_edition


@require_safe
def norm(request: HttpRequest) -> HttpResponse:
    """The editions; straight to the only one when there is no choice."""
    editions = list(
        Edition.objects.readable_by(request.user)
        .select_related("seal", "standard")
        .order_by("-seal__in_force_on", "-pk")
    )
    if len(editions) == 1:
        return redirect("edition_detail", editions[0].code)
    return render(request, "referentiel/norm.html", {"editions": editions})


@require_safe
def edition_detail(request: HttpRequest, edition: str) -> HttpResponse:
    edition, content = get_edition(request, edition)
    return render(
        request,
        "referentiel/edition_detail.html",
        {
            "edition": edition,
            "content": content,
            "criticalities": _counted(Criticality, Counter(each.criticality for each in content.criteria)),
            "natures": _counted(Nature, Counter(each.nature for each in content.criteria)),
            "findings": [
                (label, [content.rules["constats"][value][str(level.value)] for level in content.levels])
                for value, label in Criticality.choices
            ],
        },
    )


def _counted(choices, counts: Counter) -> list[tuple[str, str, int]]:
    return [(value, label, counts[value]) for value, label in choices.choices if counts[value]]


@require_safe
def norm_chapter(request: HttpRequest, edition: str, chapter: str) -> HttpResponse:
    edition, content = get_edition(request, edition)
    chapter = _named(content.chapter_by_code, chapter)
    place = content.chapters.index(chapter)
    return render(
        request,
        "referentiel/norm_chapter.html",
        {
            "edition": edition,
            "content": content,
            "chapter": chapter,
            "previous": content.chapters[place - 1] if place else None,
            "next": content.chapters[place + 1] if place + 1 < len(content.chapters) else None,
        },
    )


@require_safe
def norm_criterion(request: HttpRequest, edition: str, code: str) -> HttpResponse:
    edition, content = get_edition(request, edition)
    criterion = _named(content.criterion_by_code, code)
    return render(
        request,
        "referentiel/norm_criterion.html",
        {
            "edition": edition,
            "content": content,
            "chapter": content.chapter_of(criterion),
            "criterion": criterion,
            "registers": [content.register_by_id[pk] for pk in criterion.register_ids],
            "conditions": content.conditions(criterion),
            "previous": content.previous(criterion),
            "next": content.next(criterion),
        },
    )


@require_safe
def norm_search(request: HttpRequest, edition: str) -> HttpResponse:
    edition, content = get_edition(request, edition)
    query = request.GET.get("q", "").strip()[:QUERY_MAX]
    return render(
        request,
        "referentiel/norm_search.html",
        {
            "edition": edition,
            "content": content,
            "query": query,
            "findings": search(content, query) if query else None,
            "query_max": QUERY_MAX,
        },
    )


def _named(mapping: dict, name: str):
    if name not in mapping:
        raise Http404
    return mapping[name]
