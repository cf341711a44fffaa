"""Writing one criterion: the form, what it says as one types, two people at once, its preview, its place."""

from dataclasses import replace

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from referentiel import writing
from referentiel.blank_grid import printable
from referentiel.completeness import lacks
from referentiel.content import Content, CriterionContent, content_of
from referentiel.editions import Refusal
from referentiel.forms.conflict import chosen, compare
from referentiel.forms.criterion import GROUPS, CriterionForm, flat, version_of
from referentiel.forms.draft import CopyForm, NewCriterionForm
from referentiel.forms.rows import after_gesture
from referentiel.models import Chapter, Criterion, Edition
from referentiel.views.draft_parts import chapter_context, tried, wanted_place
from referentiel.views.keepers import name_of, on_draft


@require_http_methods(["GET", "HEAD", "POST"])
@on_draft
def draft_criterion(request: HttpRequest, edition: Edition, key: str) -> HttpResponse:
    row, content, item = _find(edition, key)
    if request.method != "POST":
        return _page(request, edition, content, item, row, CriterionForm(content, item), row.version)
    data, version = chosen(request.POST, flat(item, content), content), version_of(request.POST)
    changed = after_gesture(data, GROUPS, GROUPS)
    if changed is not None or request.POST.get("geste"):
        form = CriterionForm(content, item, changed if changed is not None else data)
        return _page(request, edition, content, item, row, form, version, untouched=True)
    form = CriterionForm(content, item, data)
    if not form.is_valid() or version is None:
        return _page(request, edition, content, item, row, form, version, status=422)
    try:
        writing.save_criterion(row, based_on=version, values=form.values, by=request.user)
    except writing.Overtaken:
        return _conflict(request, edition, content, item, row, data)
    except Refusal as refusal:
        return _page(request, edition, content, item, row, form, version, refusal=refusal.reasons, status=409)
    messages.success(request, f"{form.cleaned_data['code']} est enregistré.")
    following = content.next(item) if "suivant" in request.POST else None
    return redirect("draft_criterion", edition.code, following.key if following else item.key)


def _find(edition: Edition, key: str) -> tuple[Criterion, Content, CriterionContent]:
    """The row first: a text read after its version can only be newer, and a save would then be refused."""
    row = get_object_or_404(Criterion.objects.select_related("edition", "chapter"), edition=edition, key=key)
    content = content_of(edition.pk)
    item = content.criterion_by_key.get(str(key))
    if item is None:
        raise Http404
    return row, content, item


def _page(
    request: HttpRequest,
    edition: Edition,
    content: Content,
    item: CriterionContent,
    row: Criterion,
    form: CriterionForm,
    version: int | None,
    *,
    refusal: list[str] | None = None,
    untouched: bool = False,
    copy: CopyForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """`untouched`: a gesture on the lines, nothing is judged yet."""
    if untouched:
        form.errors.clear()
    context = {
        "edition": edition,
        "content": content,
        "criterion": item,
        "chapter": content.chapter_of(item),
        "form": form,
        "copy": copy or CopyForm(auto_id="copie_%s"),
        "version": row.version if version is None else version,
        "refusal": refusal,
        "unsaved": form.is_bound,
        "lacks": [lack for lack in lacks(content) if lack.key == item.key],
        "writer": name_of(row.written_by),
        "written_at": row.written_at,
        "previous": content.previous(item),
        "next": content.next(item),
    }
    return render(request, "referentiel/draft_criterion.html", context, status=status)


def _conflict(
    request: HttpRequest, edition: Edition, content: Content, item: CriterionContent, row: Criterion, data: QueryDict
) -> HttpResponse:
    """Both texts, field by field; `data` travels hidden in the page, so that nothing has to be typed again."""
    row.refresh_from_db()
    content = content_of(edition.pk)
    item = content.criterion_by_key[item.key]
    context = {
        "edition": edition,
        "criterion": item,
        "chapter": content.chapter_of(item),
        "differences": compare(data, flat(item, content), content),
        "kept": [
            (name, value)
            for name, values in data.lists()
            for value in values
            if name not in ("version", "csrfmiddlewaretoken")
        ],
        "version": row.version,
        "writer": name_of(row.written_by),
        "written_at": row.written_at,
    }
    return render(request, "referentiel/draft_conflict.html", context, status=409)


@require_POST
@on_draft
def draft_criterion_check(request: HttpRequest, edition: Edition, key: str) -> HttpResponse:
    """What the form would say of what is typed now, field by field. Writes nothing."""
    _row, content, item = _find(edition, key)
    form = CriterionForm(content, item, request.POST)
    form.is_valid()
    return render(request, "referentiel/_field_messages.html", {"form": form})


@require_POST
@on_draft
def draft_criterion_create(request: HttpRequest, edition: Edition, chapter: str) -> HttpResponse:
    chapter = get_object_or_404(Chapter.objects.select_related("edition"), edition=edition, key=chapter)
    form = NewCriterionForm(request.POST, auto_id="nouveau_%s")
    if form.is_valid():
        try:
            criterion = writing.add_criterion(chapter, **form.cleaned_data, by=request.user)
        except Refusal as refusal:
            form.add_error("code", " ".join(refusal.reasons))
        else:
            messages.success(request, f"{criterion.code} est ajouté à la fin du chapitre. Écrivez-le.")
            return redirect("draft_criterion", edition.code, criterion.key)
    context = chapter_context(edition, chapter) | {"new": form}
    return render(request, "referentiel/draft_chapter.html", context, status=422)


@require_POST
@on_draft
def draft_criterion_copy(request: HttpRequest, edition: Edition, key: str) -> HttpResponse:
    """A second criterion that says the same, to be told apart: how one is split."""
    row, content, item = _find(edition, key)
    form = CopyForm(request.POST, auto_id="copie_%s")
    if form.is_valid():
        try:
            copied = writing.copy_criterion(row, code=form.cleaned_data["code"], by=request.user)
        except Refusal as refusal:
            form.add_error("code", " ".join(refusal.reasons))
        else:
            messages.success(request, f"{copied.code} reprend tout ce que dit {row.code} : écrivez ce qui les distingue.")
            return redirect("draft_criterion", edition.code, copied.key)
    stored = CriterionForm(content, item)
    return _page(request, edition, content, item, row, stored, row.version, copy=form, status=422)


@require_POST
@on_draft
def draft_criterion_move(request: HttpRequest, edition: Edition, key: str) -> HttpResponse:
    criterion = get_object_or_404(Criterion.objects.select_related("edition", "chapter"), edition=edition, key=key)
    chapter = None
    if request.POST.get("chapitre"):
        chapters = {str(each.key): each for each in Chapter.objects.filter(edition=edition)}
        chapter = chapters.get(request.POST["chapitre"])
        if chapter is None:
            raise Http404
    place = 9999 if chapter and not request.POST.get("place") else wanted_place(request, criterion, criterion.chapter.criteria)
    tried(request, lambda: writing.move_criterion(criterion, chapter=chapter, place=place, by=request.user))
    return redirect(f"{reverse('draft', args=[edition.code])}#{criterion.key}")


@require_POST
@on_draft
def draft_criterion_delete(request: HttpRequest, edition: Edition, key: str) -> HttpResponse:
    criterion = get_object_or_404(Criterion.objects.select_related("edition", "chapter"), edition=edition, key=key)
    done = f"{criterion.code} est supprimé de ce brouillon."
    tried(request, lambda: writing.delete_criterion(criterion, by=request.user), done)
    return redirect(f"{reverse('draft', args=[edition.code])}#{criterion.chapter.key}")


# --- Preview ----------------------------------------------------------------------------------


@require_safe
@on_draft
def draft_preview(request: HttpRequest, edition: Edition, key: str) -> HttpResponse:
    """The criterion as structures will meet it."""
    row, content, item = _find(edition, key)
    context = {
        "edition": edition,
        "content": content,
        "criterion": item,
        "chapter": content.chapter_of(item),
        "conditions": content.conditions(item),
        "levels_of_actions": [
            (action, content.level_by_value.get(action.target_level)) for action in item.suggested_actions
        ],
        "previous": content.previous(item),
        "next": content.next(item),
        "row": row,
    }
    return render(request, "referentiel/draft_preview.html", context)


@require_safe
@on_draft
def draft_preview_pdf(request: HttpRequest, edition: Edition, key: str) -> HttpResponse:
    """The blank grid, reduced to this criterion."""
    _row, content, item = _find(edition, key)
    chapter = replace(content.chapter_of(item), criteria=(item,))
    headers = {
        "Content-Disposition": content_disposition_header(False, f"apercu-{item.code}.pdf"),
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(
        printable(replace(content, chapters=(chapter,))), content_type="application/pdf", headers=headers
    )
