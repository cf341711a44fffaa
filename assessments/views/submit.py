"""Handing a dossier over to its networks, taking it back, putting it away: what each step does, what is missing, and the step."""

from collections.abc import Callable, Iterable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from assessments import expected, workflow
from assessments.models import Share
from assessments.reading import Reading, read
from assessments.scoring import NBSP, headline_parts
from assessments.views.lookup import get_assessment


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def submit(request: HttpRequest, pk: int) -> HttpResponse:
    return _step(request, pk, workflow.submit, f"Dossier transmis{NBSP}: votre réseau peut le relire.")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    return _step(request, pk, workflow.take_back, f"Vous avez repris le dossier{NBSP}: chacun peut de nouveau y répondre.")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def archive(request: HttpRequest, pk: int) -> HttpResponse:
    return _step(request, pk, workflow.archive, "Dossier archivé. Ses documents restent à votre disposition.")


def _step(request: HttpRequest, pk: int, verb: Callable, done: str) -> HttpResponse:
    """The page of a step, named as its verb; on POST, the step, or why not."""
    assessment = get_assessment(request, pk, manage=True)
    refusal = None
    if request.method == "POST":
        try:
            verb(assessment, by=request.user)
        except workflow.StepRefused as refused:
            refusal = refused
            assessment = get_assessment(request, pk, manage=True)
        else:
            messages.success(request, done)
            return redirect("dashboard", pk)
    reading = read(assessment)
    step = workflow.step_from(verb.__name__, assessment.status)
    todo = step.missing(reading) if step and step.missing else []
    shares = Share.objects.active().filter(assessment=assessment).select_related("network")
    context = {
        "assessment": assessment,
        "status": workflow.label_for(assessment),
        "possible": step is not None,
        "refusal": refusal,
        "todo": lines_of(todo, reading),
        "networks": [share.network for share in shares.order_by("network__name", "pk")],
        "headline": headline_parts(reading.result),
        "waiting": expected.waiting(assessment),
    }
    return render(request, f"assessments/{verb.__name__}.html", context, status=409 if refusal else 200)


def lines_of(todo: Iterable[workflow.ToDo], reading: Reading) -> list[dict]:
    """Each thing to settle, with its criteria as the norm names them."""
    return [
        {"item": item, "criteria": [reading.content.criterion_by_code[code] for code in item.criteria]} for item in todo
    ]
