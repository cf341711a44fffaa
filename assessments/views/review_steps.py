"""Ending a review: sending the dossier back with a list, validating it, opening a validated one again. Each shows first what it tells."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from assessments import workflow
from assessments.enums import Status
from assessments.forms.review import MessageForm
from assessments.grid import declared_registers, read_grid
from assessments.reading import read
from assessments.reviewing import Told, read_reviews, told_of
from assessments.scoring import headline_parts
from assessments.views.desk import Desk, criteria_url, get_desk
from referentiel.content import content_of


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def send_back(request: HttpRequest, pk: int) -> HttpResponse:
    desk = get_desk(request, pk)
    form = MessageForm(
        request.POST or None, label="Votre message à la structure", help_text="Ce que vous avez lu, ce que vous attendez, pour quand."
    )
    return _step(
        request,
        desk,
        template="assessments/send_back.html",
        form=form,
        take=lambda: workflow.send_back(desk.assessment, by=request.user, reason=form.cleaned_data["reason"]),
        done="Dossier renvoyé : la structure a votre liste.",
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def validate(request: HttpRequest, pk: int) -> HttpResponse:
    desk = get_desk(request, pk)
    return _step(
        request,
        desk,
        template="assessments/validate.html",
        take=lambda: workflow.validate(desk.assessment, by=request.user),
        done="Dossier validé : son état est figé, la structure lit votre avis.",
        more=lambda: {"headline": headline_parts(read(desk.assessment).result)},
    )


def _step(
    request: HttpRequest,
    desk: Desk,
    *,
    template: str,
    take: Callable[[], None],
    done: str,
    form: MessageForm | None = None,
    more: Callable[[], dict] = dict,
) -> HttpResponse:
    """Shows what will be told; on POST, tells it, unless it is no longer what was shown."""
    told = _told(request, desk)
    refusal, status = "", 200
    if request.method == "POST":
        if request.POST.get("vu") != _seen(told):
            refusal, status = "Un avis a changé pendant que vous lisiez cette page : voici ce qui sera communiqué maintenant.", 409
        elif form and not form.is_valid():
            status = 422
        else:
            try:
                take()
            except workflow.StepRefused as refused:
                refusal, status = str(refused), 409
            else:
                messages.success(request, done)
                return redirect(desk.url("review"))
    content = content_of(desk.assessment.edition_id)
    context = {
        "assessment": desk.assessment,
        "desk": desk,
        "told": told,
        "labels": {level.value: f"{level.value} {level.label}" for level in content.levels},
        "top": content.top,
        "seen": _seen(told),
        "form": form,
        "possible": desk.assessment.status == Status.SUBMITTED,
        "state": workflow.label(desk.assessment.status, workflow.Audience.NETWORK),
        "refusal": refusal,
        "base": criteria_url(desk),
        "suffix": desk.query(),
        "back": desk.url("review"),
        **more(),
    }
    return render(request, template, context, status=status)


def _told(request: HttpRequest, desk: Desk) -> tuple[Told, ...]:
    """What each network the person advises here has to say: a step tells all of it."""
    grid = read_grid(desk.assessment, request.user, declared=declared_registers(desk.assessment))
    return tuple(told_of(review) for review in read_reviews(grid, desk.assessment, desk.networks, texts=True))


def _seen(told: tuple[Told, ...]) -> str:
    return "-".join(each.fingerprint for each in told)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def review_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    desk = get_desk(request, pk)
    form = MessageForm(
        request.POST or None,
        label="Pourquoi rouvrir ce dossier\u202f?",
        help_text="La structure lit ce motif, et il reste au journal du dossier.",
    )
    refusal, status = "", 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                workflow.reopen(desk.assessment, by=request.user, reason=form.cleaned_data["reason"])
            except workflow.StepRefused as refused:
                refusal, status = str(refused), 409
            else:
                messages.success(request, "Dossier rouvert : la structure peut de nouveau y répondre.")
                return redirect(desk.url("review"))
    context = {
        "assessment": desk.assessment,
        "desk": desk,
        "form": form,
        "possible": desk.assessment.status == Status.VALIDATED,
        "state": workflow.label(desk.assessment.status, workflow.Audience.NETWORK),
        "refusal": refusal,
        "back": desk.url("review"),
    }
    return render(request, "assessments/review_reopen.html", context, status=status)
