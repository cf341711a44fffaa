"""What changes from one edition to another, to read and to print."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from referentiel.comparison import CHANGED, DROPPED, KINDS, MOVED, NEW, Comparison
from referentiel.content import content_of
from referentiel.models import Edition
from referentiel.views.keepers import for_norm_admins

SHOWN_FIRST = (CHANGED, MOVED, NEW, DROPPED)


@require_safe
@for_norm_admins
def edition_differences(request: HttpRequest) -> HttpResponse:
    """`de` and `vers` are codes; without `de`, the edition that came before `vers`."""
    editions = list(Edition.objects.select_related("seal", "standard").order_by("created_at", "pk"))
    by_code = {edition.code: edition for edition in editions}
    target = _named(by_code, request.GET.get("vers")) or (editions[-1] if editions else None)
    source = _named(by_code, request.GET.get("de")) or _before(editions, target)
    context = {
        "editions": editions,
        "source": source,
        "target": target,
        "comparison": None,
        "lines": [],
        "chosen": set(),
    }
    if source and target and source != target:
        comparison = Comparison(content_of(source.pk), content_of(target.pk))
        chosen = set(request.GET.getlist("montrer")) & set(KINDS) or set(SHOWN_FIRST)
        chapter = request.GET.get("chapitre", "")
        lines = [line for line in comparison.of_kinds(chosen) if chapter in ("", line.criterion.chapter_code)]
        codes = dict.fromkeys(line.criterion.chapter_code for line in comparison.lines)
        context |= {
            "comparison": comparison,
            "lines": lines,
            "chosen": chosen,
            "chapter": chapter,
            "chapters": list(codes),
        }
    return render(request, "referentiel/edition_differences.html", context)


def _named(by_code: dict[str, Edition], code: str | None) -> Edition | None:
    if not code:
        return None
    if code not in by_code:
        raise Http404
    return by_code[code]


def _before(editions: list[Edition], target: Edition | None) -> Edition | None:
    """The latest other edition of the same norm, or of any when it has no other."""
    others = [edition for edition in editions if edition != target]
    same = [edition for edition in others if target and edition.standard_id == target.standard_id]
    return (same or others or [None])[-1]
