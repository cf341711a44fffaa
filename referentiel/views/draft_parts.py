"""The plan of a draft: its chapters and its registers, added, written, moved and taken away."""

from collections.abc import Callable

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from referentiel import writing
from referentiel.content import content_of
from referentiel.editions import Refusal
from referentiel.forms.draft import ChapterForm, NewCriterionForm, RegisterForm
from referentiel.models import Chapter, Criterion, Edition, Register
from referentiel.views.keepers import on_draft

UP, DOWN = "haut", "bas"


def wanted_place(request: HttpRequest, row: Chapter | Criterion | Register, among: QuerySet) -> int:
    """Where a row goes, counted from 1: one up or one down among its neighbours, or the place it was dropped at."""
    direction, place = request.POST.get("sens"), request.POST.get("place", "")
    if direction in (UP, DOWN):
        rank = among.filter(position__lt=row.position).count() + 1
        return rank + (1 if direction == DOWN else -1)
    if not (place.isascii() and place.isdigit() and len(place) < 5):
        raise Http404
    return int(place)


def tried(request: HttpRequest, act: Callable[[], object], done: str = "") -> bool:
    """Does it, or says why not."""
    try:
        act()
    except Refusal as refusal:
        messages.error(request, " ".join(refusal.reasons))
        return False
    if done:
        messages.success(request, done)
    return True


# --- Chapters ---------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@on_draft
def draft_chapter_create(request: HttpRequest, edition: Edition) -> HttpResponse:
    form = ChapterForm(request.POST or None)
    context = {"edition": edition, "form": form, "chapter": None}
    if form.is_valid():
        try:
            chapter = writing.add_chapter(edition, values=form.cleaned_data, by=request.user)
        except Refusal as refusal:
            return render(request, "referentiel/draft_chapter.html", context | {"refusal": refusal.reasons}, status=422)
        messages.success(request, f"Le chapitre {chapter.code} est ajouté. Ajoutez-y ses critères.")
        return redirect("draft_chapter", edition.code, chapter.key)
    return render(request, "referentiel/draft_chapter.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@on_draft
def draft_chapter(request: HttpRequest, edition: Edition, key: str) -> HttpResponse:
    chapter = get_object_or_404(Chapter.objects.select_related("edition"), edition=edition, key=key)
    stored = writing.chapter_values(chapter)
    form = ChapterForm(request.POST or None, initial=stored)
    context = chapter_context(edition, chapter)
    context |= {"form": form, "version": request.POST.get("version", context["version"])}
    if not form.is_bound:
        return render(request, "referentiel/draft_chapter.html", context)
    if form.is_valid():
        try:
            writing.save_chapter(
                chapter, based_on=request.POST.get("version", ""), values=form.cleaned_data, by=request.user
            )
        except writing.Overtaken:
            return render(request, "referentiel/draft_chapter.html", context | overtaken(stored, form), status=409)
        except Refusal as refusal:
            return render(request, "referentiel/draft_chapter.html", context | {"refusal": refusal.reasons}, status=422)
        messages.success(request, "Le chapitre est enregistré.")
        return redirect("draft", edition.code)
    return render(request, "referentiel/draft_chapter.html", context, status=422)


def chapter_context(edition: Edition, chapter: Chapter) -> dict:
    """The page of a chapter as it is stored."""
    stored = writing.chapter_values(chapter)
    return {
        "edition": edition,
        "chapter": chapter,
        "criteria": content_of(edition.pk).chapter_by_code[chapter.code].criteria,
        "form": ChapterForm(initial=stored),
        "new": NewCriterionForm(auto_id="nouveau_%s"),
        "version": writing.stamp(stored),
    }


def overtaken(stored: dict, form) -> dict:
    """What somebody saved meanwhile, field by field, and the version a choice is now based on."""
    told = [(form[name], "\n".join(value) if isinstance(value, list) else value) for name, value in stored.items()]
    return {"current": told, "current_version": writing.stamp(stored)}


@require_POST
@on_draft
def draft_chapter_move(request: HttpRequest, edition: Edition, key: str) -> HttpResponse:
    chapter = get_object_or_404(Chapter.objects.select_related("edition"), edition=edition, key=key)
    place = wanted_place(request, chapter, edition.chapters)
    tried(request, lambda: writing.move_chapter(chapter, place=place, by=request.user))
    return redirect(f"{reverse('draft', args=[edition.code])}#{chapter.key}")


@require_POST
@on_draft
def draft_chapter_delete(request: HttpRequest, edition: Edition, key: str) -> HttpResponse:
    chapter = get_object_or_404(Chapter.objects.select_related("edition"), edition=edition, key=key)
    done = f"Le chapitre {chapter.code} et ses critères sont supprimés."
    tried(request, lambda: writing.delete_chapter(chapter, by=request.user), done)
    return redirect("draft", edition.code)


# --- Registers --------------------------------------------------------------------------------


@require_safe
@on_draft
def draft_registers(request: HttpRequest, edition: Edition) -> HttpResponse:
    return render(request, "referentiel/draft_registers.html", {"edition": edition, "content": content_of(edition.pk)})


@require_http_methods(["GET", "HEAD", "POST"])
@on_draft
def draft_register_create(request: HttpRequest, edition: Edition) -> HttpResponse:
    form = RegisterForm(request.POST or None)
    context = {"edition": edition, "form": form, "register": None}
    if form.is_valid():
        try:
            writing.add_register(edition, values=form.cleaned_data, by=request.user)
        except Refusal as refusal:
            return render(
                request, "referentiel/draft_register.html", context | {"refusal": refusal.reasons}, status=422
            )
        messages.success(request, "Le registre est ajouté.")
        return redirect("draft_registers", edition.code)
    return render(request, "referentiel/draft_register.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@on_draft
def draft_register(request: HttpRequest, edition: Edition, key: str) -> HttpResponse:
    register = get_object_or_404(Register.objects.select_related("edition"), edition=edition, key=key)
    stored = writing.register_values(register)
    form = RegisterForm(request.POST or None, initial=stored)
    content = content_of(edition.pk)
    linked = [each for each in content.criteria if register.pk in (*each.register_ids, *each.applicable_register_ids)]
    context = {
        "edition": edition,
        "register": register,
        "linked": linked,
        "form": form,
        "version": request.POST.get("version", writing.stamp(stored)),
    }
    if not form.is_bound:
        return render(request, "referentiel/draft_register.html", context)
    if form.is_valid():
        try:
            writing.save_register(
                register, based_on=request.POST.get("version", ""), values=form.cleaned_data, by=request.user
            )
        except writing.Overtaken:
            return render(request, "referentiel/draft_register.html", context | overtaken(stored, form), status=409)
        except Refusal as refusal:
            return render(
                request, "referentiel/draft_register.html", context | {"refusal": refusal.reasons}, status=422
            )
        messages.success(request, "Le registre est enregistré.")
        return redirect("draft_registers", edition.code)
    return render(request, "referentiel/draft_register.html", context, status=422)


@require_POST
@on_draft
def draft_register_move(request: HttpRequest, edition: Edition, key: str) -> HttpResponse:
    register = get_object_or_404(Register.objects.select_related("edition"), edition=edition, key=key)
    place = wanted_place(request, register, edition.registers)
    tried(request, lambda: writing.move_register(register, place=place, by=request.user))
    return redirect(f"{reverse('draft_registers', args=[edition.code])}#{register.key}")


@require_POST
@on_draft
def draft_register_delete(request: HttpRequest, edition: Edition, key: str) -> HttpResponse:
    register = get_object_or_404(Register.objects.select_related("edition"), edition=edition, key=key)
    tried(request, lambda: writing.delete_register(register, by=request.user), "Le registre est supprimé.")
    return redirect("draft_registers", edition.code)
