"""What changes from one edition to another, to read and to print."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from referentiel.content import Content, CriterionContent, content_of
from referentiel.differences import GONE, Change, Differences, Item, Piece, Status, compare, words
from referentiel.differences import NEW as ADDED
from referentiel.differences import SAME as UNCHANGED
from referentiel.editions import canonical
from referentiel.models import Confidence, Criticality, Edition, Nature
from referentiel.views.keepers import for_norm_admins

CHANGED, MOVED, NEW, DROPPED, SAME = "modifie", "deplace", "nouveau", "supprime", "identique"
KINDS = {
    CHANGED: ("modifié", "modifiés"),
    MOVED: ("déplacé seulement", "déplacés seulement"),
    NEW: ("nouveau", "nouveaux"),
    DROPPED: ("supprimé", "supprimés"),
    SAME: ("identique", "identiques"),
}
SHOWN_FIRST = (CHANGED, MOVED, NEW, DROPPED)
PLACE = {"Place", "Chapitre"}
# Share of the longer text that must be common to both for the words to be shown mixed.
LEGIBLE = 0.4

# Fields whose values are words of a list, and how the screens say them.
CLOSED_LISTS = {"Nature": Nature.choices, "Confiance": Confidence.choices, "Criticité": Criticality.choices}


@dataclass(frozen=True, slots=True)
class Passage:
    label: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One criterion, as the newer edition has it or as the older had it, and what becomes of it."""

    kind: str
    criterion: CriterionContent
    passages: tuple[Passage, ...]

    @property
    def word(self) -> str:
        return KINDS[self.kind][0]


@require_safe
@for_norm_admins
def edition_differences(request: HttpRequest) -> HttpResponse:
    """`de` and `vers` are codes; without `de`, the edition that came before `vers`."""
    editions = list(Edition.objects.select_related("seal", "standard").order_by("created_at", "pk"))
    editions.sort(key=lambda edition: edition.status == "brouillon")  # what is written comes after what is published
    by_code = {edition.code: edition for edition in editions}
    target = _named(by_code, request.GET.get("vers")) or (editions[-1] if editions else None)
    source = _named(by_code, request.GET.get("de")) or _before(editions, target)
    context = {"editions": editions, "source": source, "target": target, "compared": False}
    if source and target and source != target:
        context |= {"compared": True} | _compared(request, content_of(source.pk), content_of(target.pk))
    return render(request, "referentiel/edition_differences.html", context)


def _compared(request: HttpRequest, old: Content, new: Content) -> dict:
    found = compare(canonical(old), canonical(new))
    lines = _lines(found, old, new)
    counts = Counter(line.kind for line in lines)
    chosen = set(request.GET.getlist("montrer")) & set(KINDS) or set(SHOWN_FIRST)
    chapter = request.GET.get("chapitre", "")
    return {
        "frame": frame_of(found),
        "counts": [(kind, names[counts[kind] > 1], counts[kind]) for kind, names in KINDS.items()],
        "total": len(lines),
        "lines": [line for line in lines if line.kind in chosen and chapter in ("", line.criterion.chapter_code)],
        "chosen": chosen,
        "chapter": chapter,
        "chapters": list(dict.fromkeys(line.criterion.chapter_code for line in lines)),
    }


def _lines(found: Differences, old: Content, new: Content) -> list[Line]:
    """Every criterion, in the order of the newer edition, the dropped ones last."""
    items = {item.key: item for item in found.criteria}
    lines = [_line(items.get(criterion.key), criterion) for criterion in new.criteria]
    dropped = [criterion for criterion in old.criteria if criterion.key not in new.criterion_by_key]
    return lines + [_line(items[criterion.key], criterion) for criterion in dropped]


def _line(item: Item | None, criterion: CriterionContent) -> Line:
    if item is None:
        return Line(SAME, criterion, ())
    if item.status is not Status.CHANGED:
        return Line(NEW if item.status is Status.ADDED else DROPPED, criterion, ())
    only_moved = {change.label for change in item.changes} <= PLACE
    return Line(MOVED if only_moved else CHANGED, criterion, tuple(passages(item.changes)))


def frame_of(found: Differences) -> list[Passage]:
    """What changes around the criteria: cover, rules, scale, chapters, registers."""
    frame = [*passages(found.edition), *passages(found.rules)]
    for name, items in (("Niveau", found.levels), ("Chapitre", found.chapters), ("Registre", found.registers)):
        for item in items:
            changes = item.changes or (_whole(item),)
            frame += passages(changes, f"{name} {item.code} · ")
    return frame


def _whole(item: Item) -> Change:
    added = item.status is Status.ADDED
    return Change(str(item.status), None if added else item.title, item.title if added else None)


def passages(changes: Iterable[Change], prefix: str = "") -> list[Passage]:
    """The changes that show: one between nothing and an empty list, or of rank alone, has no words."""
    seen = [change for change in changes if (change.before or "") != (change.after or "")]
    return [Passage(prefix + change.label, _legible(_in_words(change))) for change in seen]


def _in_words(change: Change) -> Change:
    """The value of a closed list as the screens say it."""
    words_of = dict(CLOSED_LISTS.get(change.label, ()))
    return Change(change.label, words_of.get(change.before, change.before), words_of.get(change.after, change.after))


def _legible(change: Change) -> tuple[Piece, ...]:
    """Word by word, unless so few words are left that the two texts would be read better one after the other."""
    pieces = words(change.before, change.after)
    kept = sum(len(piece.text) for piece in pieces if piece.kind == UNCHANGED)
    if not change.before or not change.after or kept >= LEGIBLE * max(len(change.before), len(change.after)):
        return pieces
    return Piece(GONE, change.before), Piece(ADDED, change.after)


def _named(by_code: dict[str, Edition], code: str | None) -> Edition | None:
    if not code:
        return None
    if code not in by_code:
        raise Http404
    return by_code[code]


def _before(editions: list[Edition], target: Edition | None) -> Edition | None:
    """The latest published edition before this one, of the same norm if it has one; failing that, any other."""
    others = [edition for edition in editions if edition != target]
    same = [edition for edition in others if target and edition.standard_id == target.standard_id]
    found = same or others
    place = editions.index(target) if target else 0
    published = [edition for edition in found if edition.status != "brouillon" and editions.index(edition) < place]
    return (published or found or [None])[-1]
