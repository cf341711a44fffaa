"""The eligibility questionnaire and the certification cycle of a draft, on screen."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from certif.dates import spoken
from referentiel import frame, writing
from referentiel.content import content_of
from referentiel.editions import Refusal
from referentiel.forms.frame import (
    GROUPS,
    USUAL_ANCHORS,
    CycleCoverForm,
    EligibilityCoverForm,
    FrameForm,
    MilestoneForm,
    QuestionForm,
)
from referentiel.forms.rows import after_gesture
from referentiel.frame import Part
from referentiel.models import Edition
from referentiel.views.draft_parts import DOWN, UP, tried
from referentiel.views.keepers import on_draft

ASKED = ["GET", "HEAD", "POST"]


@require_http_methods(ASKED)
@on_draft
def draft_eligibility(request: HttpRequest, edition: Edition) -> HttpResponse:
    stored = frame.cover(edition, Part.ELIGIBILITY)
    form = EligibilityCoverForm(stored, request.POST if request.method == "POST" else None)
    context = {"questions": frame.entries(edition, Part.ELIGIBILITY)}
    return _cover(request, edition, Part.ELIGIBILITY, stored, form, context)


@require_http_methods(ASKED)
@on_draft
def draft_cycle(request: HttpRequest, edition: Edition) -> HttpResponse:
    stored = frame.cover(edition, Part.CYCLE)
    form = CycleCoverForm(stored, request.POST if request.method == "POST" else None)
    names = {anchor["code"]: anchor["libelle"] for anchor in _anchors(edition)}
    milestones = [
        (each, spoken(each["decalage"]), names.get(each["ancre"], each["ancre"]))
        for each in frame.entries(edition, Part.CYCLE)
    ]
    return _cover(request, edition, Part.CYCLE, stored, form, {"milestones": milestones, "has_cycle": bool(stored)})


@require_http_methods(ASKED)
@on_draft
def draft_question_create(request: HttpRequest, edition: Edition) -> HttpResponse:
    content = content_of(edition.pk)
    return _added(request, edition, Part.ELIGIBILITY, lambda data: QuestionForm(content, None, data))


@require_http_methods(ASKED)
@on_draft
def draft_question(request: HttpRequest, edition: Edition, code: str) -> HttpResponse:
    content, stored = content_of(edition.pk), _entry(edition, Part.ELIGIBILITY, code)
    return _written(request, edition, Part.ELIGIBILITY, stored, lambda data: QuestionForm(content, stored, data))


@require_http_methods(ASKED)
@on_draft
def draft_milestone_create(request: HttpRequest, edition: Edition) -> HttpResponse:
    if not frame.cover(edition, Part.CYCLE).get("ancres"):
        messages.info(request, "Dites d’abord quels audits rythment le cycle.")
        return redirect("draft_cycle", edition.code)
    return _added(request, edition, Part.CYCLE, lambda data: MilestoneForm(_anchors(edition), None, data))


@require_http_methods(ASKED)
@on_draft
def draft_milestone(request: HttpRequest, edition: Edition, code: str) -> HttpResponse:
    stored = _entry(edition, Part.CYCLE, code)
    return _written(request, edition, Part.CYCLE, stored, lambda data: MilestoneForm(_anchors(edition), stored, data))


@require_POST
@on_draft
def draft_question_move(request: HttpRequest, edition: Edition, code: str) -> HttpResponse:
    codes = [each["code"] for each in frame.entries(edition, Part.ELIGIBILITY)]
    direction, place = request.POST.get("sens"), request.POST.get("place", "")
    if code not in codes or not (direction in (UP, DOWN) or (place.isascii() and place.isdigit() and len(place) < 5)):
        raise Http404
    wanted = int(place) if direction is None else codes.index(code) + 1 + (1 if direction == DOWN else -1)
    tried(request, lambda: frame.move_entry(edition, Part.ELIGIBILITY, code, place=wanted, by=request.user))
    return redirect(f"{reverse('draft_eligibility', args=[edition.code])}#q-{code}")


@require_POST
@on_draft
def draft_question_delete(request: HttpRequest, edition: Edition, code: str) -> HttpResponse:
    return _deleted(request, edition, Part.ELIGIBILITY, code)


@require_POST
@on_draft
def draft_milestone_delete(request: HttpRequest, edition: Edition, code: str) -> HttpResponse:
    return _deleted(request, edition, Part.CYCLE, code)


# --- What both parts have in common -----------------------------------------------------------

COVERS = {Part.ELIGIBILITY: "draft_eligibility", Part.CYCLE: "draft_cycle"}
ENTRIES = {Part.ELIGIBILITY: "draft_question", Part.CYCLE: "draft_milestone"}
DONE = {Part.ELIGIBILITY: "Le questionnaire est enregistré.", Part.CYCLE: "Le cycle est enregistré."}


def _entry(edition: Edition, part: Part, code: str) -> dict:
    found = frame.entry(edition, part, code)
    if found is None:
        raise Http404
    return found


def _anchors(edition: Edition) -> list[dict]:
    return frame.cover(edition, Part.CYCLE).get("ancres") or list(USUAL_ANCHORS)


def _cover(
    request: HttpRequest, edition: Edition, part: Part, stored: dict, form: FrameForm, context: dict
) -> HttpResponse:
    """The cover of a part, above its list."""
    page = f"referentiel/{COVERS[part]}.html"
    version = request.POST.get("version", writing.stamp(stored))
    context |= {"edition": edition, "form": form, "version": version}
    if not form.is_bound:
        return render(request, page, context)
    if form.is_valid():
        try:
            based_on = request.POST.get("version", "")
            frame.save_cover(edition, part, based_on=based_on, values=form.values, by=request.user)
        except writing.Overtaken:
            return render(request, page, context | _overtaken(stored, form), status=409)
        except Refusal as refusal:
            return render(request, page, context | {"refusal": refusal.reasons}, status=409)
        messages.success(request, DONE[part])
        return redirect(COVERS[part], edition.code)
    return render(request, page, context, status=422)


def _added(request: HttpRequest, edition: Edition, part: Part, made: Callable[[object], FrameForm]) -> HttpResponse:
    """A new entry, at the end of the list."""

    def save(form: FrameForm) -> None:
        frame.add_entry(edition, part, values=form.values, by=request.user)

    return _form(request, edition, part, None, made, save)


def _written(
    request: HttpRequest, edition: Edition, part: Part, stored: dict, made: Callable[[object], FrameForm]
) -> HttpResponse:
    def save(form: FrameForm) -> None:
        based_on = request.POST.get("version", "")
        frame.save_entry(edition, part, stored["code"], based_on=based_on, values=form.values, by=request.user)

    return _form(request, edition, part, stored, made, save)


def _form(
    request: HttpRequest, edition: Edition, part: Part, stored: dict | None, made: Callable, save: Callable
) -> HttpResponse:
    page = f"referentiel/{ENTRIES[part]}.html"
    context = {"edition": edition, "entry": stored, "version": request.POST.get("version", writing.stamp(stored))}
    if request.method != "POST":
        return render(request, page, context | {"form": made(None)})
    changed = after_gesture(request.POST, GROUPS, GROUPS)
    if changed is not None:
        form = made(changed)
        form.errors.clear()
        return render(request, page, context | {"form": form})
    form = made(request.POST)
    context |= {"form": form}
    if not form.is_valid():
        return render(request, page, context, status=422)
    try:
        save(form)
    except writing.Overtaken:
        return render(request, page, context | _overtaken(stored, form), status=409)
    except Refusal as refusal:
        return render(request, page, context | {"refusal": refusal.reasons}, status=422)
    messages.success(request, f"{form.cleaned_data['code']} est enregistré.")
    return redirect(COVERS[part], edition.code)


def _overtaken(stored: dict | None, form: FrameForm) -> dict:
    return {"current": form.current, "current_version": writing.stamp(stored)}


def _deleted(request: HttpRequest, edition: Edition, part: Part, code: str) -> HttpResponse:
    done = f"{code} est supprimé de ce brouillon."
    tried(request, lambda: frame.delete_entry(edition, part, code, by=request.user), done)
    return redirect(COVERS[part], edition.code)
