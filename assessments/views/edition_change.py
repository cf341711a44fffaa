"""A newer edition of the norm: what it changes for a dossier, the move criterion by criterion, making it, undoing it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments import moving, permissions
from assessments.left_behind import left_editions
from assessments.models import Assessment, Move
from assessments.passage import LABELS, Kind, Passage, projection, summary
from assessments.reading import Reading, read_rows
from assessments.scoring import NBSP, headline_parts
from assessments.views.lookup import get_assessment
from certif.dates import today
from certif.fields import whole_number
from referentiel.models import Edition, Fate

HISTORY = "historique"
# What becomes of answers, singular and plural.
COUNTED = {
    Kind.KEPT: (
        "réponse gardée telle quelle : le critère demande la même chose",
        "réponses gardées telles quelles : le critère demande la même chose",
    ),
    Kind.CONFIRM: (
        "réponse reprise, à reconfirmer : le critère est reformulé ou scindé",
        "réponses reprises, à reconfirmer : le critère est reformulé ou scindé",
    ),
    Kind.MERGED: (
        "réponse réunie à partir de plusieurs critères, à reconfirmer",
        "réponses réunies à partir de plusieurs critères, à reconfirmer",
    ),
    Kind.NEW: ("critère nouveau, auquel il faudra répondre", "critères nouveaux, auxquels il faudra répondre"),
    HISTORY: (
        "réponse à un critère supprimé : elle reste lisible dans l’historique",
        "réponses à des critères supprimés : elles restent lisibles dans l’historique",
    ),
}


@login_required
@require_safe
def edition_change(request: HttpRequest, pk: int) -> HttpResponse:
    """What changes for this structure: its criteria concerned, and two readings that are never mixed."""
    assessment = get_assessment(request, pk)
    on = today()
    offer = moving.offer(assessment, on=on)
    context = {**_base(assessment), "offer": offer, "on": on, "last": _last_move(assessment)}
    if offer and offer.mapping:
        move = offer.passage_of(assessment)
        context |= {
            "move": move,
            "sides": (
                _side("Aujourd’hui", read_rows(assessment, move.source, move.before, on=on)),
                _side("Dans la nouvelle édition", projection(assessment, move, on=on)),
            ),
            "counts": _counts(move),
            "concerned": [each for each in move.arrivals if each.fate != Fate.IDENTICAL or each.notes],
        }
    return render(request, "assessments/edition_change.html", context)


@login_required
@require_safe
def edition_preview(request: HttpRequest, pk: int) -> HttpResponse:
    """Criterion by criterion, before anything is done."""
    assessment = get_assessment(request, pk)
    offer = moving.offer(assessment, on=today())
    if offer is None or offer.mapping is None:
        return redirect("edition_change", pk)
    return _preview(request, assessment, offer)


@login_required
@require_POST
def edition_apply(request: HttpRequest, pk: int) -> HttpResponse:
    assessment = get_assessment(request, pk, manage=True)
    target = Edition.objects.published().filter(pk=whole_number(request.POST.get("edition", ""))).first()
    try:
        if target is None:
            raise moving.MoveRefused(f"Cette édition n’existe pas{NBSP}: rien n’a changé.")
        moving.apply(assessment, target, by=request.user, on=today())
    except moving.MoveRefused as refusal:
        offer = moving.offer(assessment, on=today())
        if offer is None or offer.mapping is None:
            messages.error(request, str(refusal))
            return redirect("edition_change", pk)
        return _preview(request, assessment, offer, refusal=str(refusal), status=409)
    messages.success(request, f"Votre dossier est passé à « {target.label} ». Les réponses à relire sont marquées.")
    return redirect("dashboard", pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edition_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Back to the edition left, as long as nothing written since would be lost."""
    assessment = get_assessment(request, pk, manage=True)
    if request.method == "POST":
        moves = Move.objects.filter(assessment=assessment).select_related("assessment", "source", "target")
        move = moves.filter(pk=whole_number(request.POST.get("passage", ""))).first()
        try:
            if move is None:
                raise moving.MoveRefused(f"Ce changement d’édition n’existe pas{NBSP}: rien n’a été annulé.")
            moving.undo(move, assessment, by=request.user)
        except moving.MoveRefused as refusal:
            return _undo_page(request, assessment, refusal=str(refusal), status=409)
        messages.success(request, f"Votre dossier est revenu à « {assessment.edition.label} », comme avant.")
        return redirect("dashboard", pk)
    return _undo_page(request, assessment)


@login_required
@require_safe
def edition_history(request: HttpRequest, pk: int) -> HttpResponse:
    """The answers left in former editions, as they were."""
    assessment = get_assessment(request, pk)
    member = permissions.is_member(assessment)
    context = {"assessment": assessment, "editions": left_editions(assessment, remarks=member), "is_member": member}
    return render(request, "assessments/edition_history.html", context)


# --- Pages ------------------------------------------------------------------------------------


def _base(assessment: Assessment) -> dict:
    return {
        "assessment": assessment,
        "is_open": assessment.is_writable,
        "may_move": permissions.can_manage(assessment) and assessment.is_writable,
    }


def _preview(
    request: HttpRequest, assessment: Assessment, offer: moving.Offer, *, refusal: str = "", status: int = 200
) -> HttpResponse:
    move = offer.passage_of(assessment)
    chosen = request.GET.get("filtre", "")
    chosen = chosen if chosen in {*Kind, HISTORY} else ""
    context = {
        **_base(assessment),
        "offer": offer,
        "move": move,
        "summary": summary(move),
        "filters": [("", "Tout", len(move.arrivals) + len(move.left_said)), *_filters(move)],
        "chosen": chosen,
        "arrivals": [each for each in move.arrivals if chosen in ("", each.kind)],
        "left": move.left_said if chosen in ("", HISTORY) else (),
        "labels": LABELS,
        "level_max": max(move.target.level_by_value),
        "refusal": refusal,
    }
    return render(request, "assessments/edition_preview.html", context, status=status)


def _undo_page(request: HttpRequest, assessment: Assessment, *, refusal: str = "", status: int = 200) -> HttpResponse:
    last = _last_move(assessment)
    context = {
        **_base(assessment),
        "last": last,
        "losses": moving.work_since(last) if last else [],
        "refusal": refusal,
    }
    return render(request, "assessments/edition_undo.html", context, status=status)


def _last_move(assessment: Assessment) -> Move | None:
    """The move that led to the edition the dossier is in."""
    moves = Move.objects.standing().filter(assessment=assessment, target=assessment.edition_id)
    return moves.select_related("source", "target", "moved_by").first()


def _side(name: str, reading: Reading) -> dict:
    return {
        "name": name,
        "content": reading.content,
        "headline": headline_parts(reading.result),
        "result": reading.result,
        "registers_min": reading.dossier.rules.registers_min,
    }


def _counts(move: Passage) -> list[tuple[str, int, str]]:
    """What becomes of the answers, in sentences: filter of the preview, number, what it means."""
    found = {kind: len(move.of_kind(kind)) for kind in Kind} | {HISTORY: len(move.left_said)}
    return [(kind, found[kind], forms[found[kind] > 1]) for kind, forms in COUNTED.items()]


def _filters(move: Passage) -> list[tuple[str, str, int]]:
    kinds = [(str(kind), LABELS[kind], len(move.of_kind(kind))) for kind in Kind]
    return [each for each in [*kinds, (HISTORY, "Dans l’historique", len(move.left_said))] if each[2]]
