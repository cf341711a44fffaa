"""The passage from one edition to the next, as norm admins read and correct it."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from certif.fields import whole_number
from referentiel import mapping as verbs
from referentiel.editions import Refusal
from referentiel.mapping import NBSP, StaleMapping, Table
from referentiel.models import Edition, Fate, Mapping
from referentiel.views.keepers import for_norm_admins

UNREAD = "a-relire"


@require_http_methods(["GET", "HEAD", "POST"])
@for_norm_admins
def mapping_list(request: HttpRequest) -> HttpResponse:
    """Every passage, and how one starts: the two editions, then a proposal."""
    editions = Edition.objects.select_related("seal", "standard").order_by("standard__code", "-created_at", "-pk")
    refusal = ""
    if request.method == "POST":
        found = {name: editions.filter(pk=_number(request.POST.get(name))).first() for name in ("depart", "arrivee")}
        if not all(found.values()):
            refusal = "Choisissez l’édition de départ et l’édition d’arrivée."
        else:
            try:
                return redirect("mapping_detail", verbs.prepare(*found.values(), by=request.user).pk)
            except Refusal as refused:
                refusal = str(refused)
    mappings = Mapping.objects.select_related("source__seal", "target__seal").order_by("-updated_at", "-pk")
    context = {
        "mappings": [{"mapping": each, "ready": verbs.is_ready(each)} for each in mappings],
        "editions": editions,
        "chosen": {name: _number(request.POST.get(name) or request.GET.get(name)) for name in ("depart", "arrivee")},
        "refusal": refusal,
    }
    return render(request, "referentiel/mapping_list.html", context, status=422 if refusal else 200)


@require_safe
@for_norm_admins
def mapping_detail(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _find(pk))


@require_POST
@for_norm_admins
def mapping_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Where one criterion goes, or where one comes from."""
    mapping = _find(pk)
    said = {
        "source": _key(request.POST.get("source")),
        "target": _key(request.POST.get("target")),
        "targets": [key for key in map(_key, request.POST.getlist("arrivee")) if key],
        "origins": [key for key in map(_key, request.POST.getlist("origine")) if key],
        "identical": request.POST.get("texte") == Fate.IDENTICAL,
    }
    if not (said["source"] or said["target"]):
        return _page(request, mapping, refusal="Cette ligne n’existe plus.", status=422)
    try:
        verbs.correct(mapping, by=request.user, version=_number(request.POST.get("version")), **said)
    except Refusal as refusal:
        return _page(request, mapping, refusal=str(refusal), status=422)
    except StaleMapping as refusal:
        return _page(request, mapping, refusal=str(refusal), status=409)
    messages.success(request, "La correspondance est corrigée ; ce que vous avez choisi est marqué comme relu.")
    return _back(request, mapping, said["source"] or said["target"])


@require_POST
@for_norm_admins
def mapping_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    mapping = _find(pk)
    lines = [_number(each) for each in request.POST.getlist("ligne")]
    try:
        done = verbs.confirm(mapping, by=request.user, version=_number(request.POST.get("version")), lines=lines)
    except StaleMapping as refusal:
        return _page(request, mapping, refusal=str(refusal), status=409)
    messages.success(
        request,
        f"{done}{NBSP}{'lignes marquées' if done > 1 else 'ligne marquée'} comme relue{'s' if done > 1 else ''}.",
    )
    return _back(request, mapping)


@require_POST
@for_norm_admins
def mapping_propose(request: HttpRequest, pk: int) -> HttpResponse:
    mapping = _find(pk)
    try:
        verbs.propose_again(mapping, by=request.user, version=_number(request.POST.get("version")))
    except StaleMapping as refusal:
        return _page(request, mapping, refusal=str(refusal), status=409)
    messages.success(request, "Une nouvelle proposition remplace ce qui n’était pas relu.")
    return _back(request, mapping)


@require_POST
@for_norm_admins
def mapping_delete(request: HttpRequest, pk: int) -> HttpResponse:
    mapping = _find(pk)
    try:
        verbs.delete(mapping, by=request.user, version=_number(request.POST.get("version")))
    except StaleMapping as refusal:
        return _page(request, mapping, refusal=str(refusal), status=409)
    messages.success(request, "La correspondance est supprimée.")
    return redirect("mapping_list")


def _find(pk: int) -> Mapping:
    return get_object_or_404(Mapping.objects.select_related("source__seal", "target__seal"), pk=pk)


def _back(request: HttpRequest, mapping: Mapping, key: str = "") -> HttpResponse:
    """The list under the same filter, at the same line."""
    chosen = request.POST.get("filtre", "")
    query = f"?filtre={chosen}" if chosen in {*Fate.values, UNREAD} else ""
    return redirect(reverse("mapping_detail", args=[mapping.pk]) + query + (f"#c-{key}" if key else ""))


def _page(request: HttpRequest, mapping: Mapping, *, refusal: str = "", status: int = 200) -> HttpResponse:
    mapping = _find(mapping.pk)
    table = Table(mapping)
    chosen = request.GET.get("filtre") or request.POST.get("filtre", "")
    rows = [row for row in table.rows if _keeps(row, chosen)]
    opened = _number(request.GET.get("corriger"))
    row = next((row for row in table.rows if row.line.pk == opened), None)
    context = {
        "mapping": mapping,
        "table": table,
        "filters": [("", "Tout", len(table.rows)), (UNREAD, "À relire", table.unread), *table.counts],
        "chosen": chosen,
        "rows": rows,
        "unread": [row.line.pk for row in rows if not row.line.confirmed],
        "opened": row and {"row": row, **_form(table, row)},
        "refusal": refusal,
    }
    return render(request, "referentiel/mapping_detail.html", context, status=status)


def _keeps(row, chosen: str) -> bool:
    if chosen == UNREAD:
        return not row.line.confirmed
    return not chosen or row.line.fate == chosen


def _form(table: Table, row) -> dict:
    """The choices of a line: where its criterion goes now and one more, or where it comes from."""
    if row.old:
        ends = [each.new.key for each in table.rows if each.old and each.old.key == row.old.key and each.new]
        return {"side": table.target, "name": "arrivee", "selected": [*ends, ""]}
    return {"side": table.source, "name": "origine", "selected": ["", ""]}


def _number(text: str | None) -> int:
    """A number an address or a form carries; 0, which nothing has, for anything else."""
    return whole_number(text or "") or 0


def _key(text: str | None) -> str:
    try:
        return str(uuid.UUID(text or ""))
    except ValueError:
        return ""
