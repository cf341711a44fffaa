"""One piece of evidence: what it is, what it supports, its versions; renewed, described again or deleted."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Case, Exists, OuterRef, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from assessments import evidence
from assessments.forms.evidence import FileForm, LinkForm, PieceForm, initial_of
from assessments.library import expected_of, horizon, validity
from assessments.models import Assessment, Evidence, EvidenceUse, RegisterDeclaration
from assessments.permissions import can_write
from assessments.scoring import NBSP, add_months
from assessments.views.evidence_add import FILE, LINK, WAYS
from assessments.views.lookup import dossiers_of, get_evidence
from certif.accounts.models import Role
from certif.dates import today
from certif.uploads import oversized_fields
from referentiel.content import content_of


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def evidence_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The page, and the form that corrects the label and the dates."""
    piece = get_evidence(request, pk, write=request.method == "POST")
    if request.method != "POST":
        return _page(request, piece, PieceForm(initial=initial_of(piece)))
    form = PieceForm(request.POST)
    if not form.is_valid():
        return _page(request, piece, form, status=422)
    try:
        evidence.describe(piece, by=request.user, described=form.described)
    except evidence.PieceFrozen as refusal:
        return _page(request, piece, form, status=409, refusal=str(refusal))
    messages.success(request, "La preuve est enregistrée.")
    return redirect("evidence_detail", piece.pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def evidence_replace(request: HttpRequest, pk: int) -> HttpResponse:
    """A newer version, from a file or a link."""
    piece = get_evidence(request, pk, write=True)
    way = request.POST.get("par") or request.GET.get("par") or (LINK if piece.is_link else FILE)
    initial = {"label": piece.label}
    if request.method != "POST":
        form = LinkForm(initial=initial) if way == LINK else FileForm(initial=initial)
        return _replace_page(request, piece, way, form)
    form = (
        LinkForm(request.POST)
        if way == LINK
        else FileForm(request.POST, request.FILES, oversized=oversized_fields(request))
    )
    if not form.is_valid():
        status = 413 if way != LINK and form.oversized else 422
        return _replace_page(request, piece, way, form, status=status)
    source = {"url": form.cleaned_data["url"]} if way == LINK else {"upload": form.cleaned_data["file"]}
    try:
        newer = evidence.replace(piece, by=request.user, described=form.described, **source)
    except evidence.AlreadyKept as refusal:
        if refusal.piece.replaces_id == piece.pk:  # the same form sent twice
            return redirect("evidence_detail", refusal.piece.pk)
        return _replace_page(request, piece, way, form, status=409, refusal=str(refusal))
    except evidence.Replaced as refusal:
        if newest := _same(piece, form, way):
            return redirect("evidence_detail", newest.pk)
        return _replace_page(request, piece, way, form, status=409, refusal=str(refusal))
    except evidence.TooMuch as refusal:
        form.add_error("file", str(refusal))
        return _replace_page(request, piece, way, form, status=422)
    messages.success(request, f"«{NBSP}{newer.label}{NBSP}» remplace la version précédente dans vos dossiers en cours.")
    return redirect("evidence_detail", newer.pk)


@login_required
@require_POST
def evidence_delete(request: HttpRequest, pk: int) -> HttpResponse:
    piece = get_evidence(request, pk, write=True)
    assessment = _context(request, piece)
    try:
        evidence.delete(piece, by=request.user)
    except evidence.PieceFrozen as refusal:
        return _page(request, piece, PieceForm(initial=initial_of(piece)), status=409, refusal=str(refusal))
    messages.success(request, f"«{NBSP}{piece.label}{NBSP}» est supprimée.")
    return redirect("evidence_list", assessment.pk) if assessment else redirect("assessment_list")


def _same(piece: Evidence, form: FileForm | LinkForm, way: str) -> Evidence | None:
    """The version that already replaces the piece, when it is this very file or link: the form was sent twice."""
    same = {"url": form.cleaned_data["url"]} if way == LINK else {"sha256": form.cleaned_data["file"].sha256}
    return Evidence.objects.filter(replaces=piece, **same).first()


def _context(request: HttpRequest, piece: Evidence) -> Assessment | None:
    """The dossier whose menu surrounds the page: one the piece supports, else the latest of the structure."""
    used = EvidenceUse.objects.current().filter(evidence=piece, answer__assessment=OuterRef("pk"))
    declared = RegisterDeclaration.objects.current().filter(evidence=piece, assessment=OuterRef("pk"))
    dossiers = dossiers_of(request).filter(structure=piece.structure_id)
    rank = Case(When(Exists(used) | Exists(declared), then=Value(0)), default=Value(1))
    return dossiers.select_related("structure", "edition").order_by(rank, "-updated_at", "-pk").first()


def _page(
    request: HttpRequest, piece: Evidence, form: PieceForm, *, status: int = 200, refusal: str = ""
) -> HttpResponse:
    assessment = _context(request, piece)
    on = today()
    uses = _uses(request, piece)
    until = horizon(assessment, on) if assessment else add_months(on, 3)
    writes = piece.member_role in (Role.OWNER, Role.CONTRIBUTOR)
    context = {
        "layout": "assessments/base_assessment.html" if assessment else "base.html",
        "assessment": assessment,
        "piece": piece,
        "form": form,
        "uses": uses,
        "declarations": _declarations(request, piece),
        "validity": validity(piece, [use["expected"] for use in uses], on=on, horizon=until),
        "newer": Evidence.objects.filter(replaces=piece).first() if piece.member_role else None,
        "older": piece.replaces if piece.member_role else None,
        "is_member": piece.member_role is not None,
        "frozen": writes and evidence.frozen(piece),
        "can_write": writes,
        "refusal": refusal,
        "shows": evidence.shows(piece),
    }
    return render(request, "assessments/evidence_detail.html", context, status=status)


def _uses(request: HttpRequest, piece: Evidence) -> list[dict]:
    """What the piece supports, in the dossiers this person sees."""
    dossiers = {
        each.pk: each for each in dossiers_of(request).filter(structure=piece.structure_id)
    }
    rows = EvidenceUse.objects.current().filter(evidence=piece, answer__assessment__in=dossiers).select_related("answer")
    found = []
    for use in rows.order_by("pk"):
        dossier = dossiers[use.answer.assessment_id]
        criterion = content_of(dossier.edition_id).criterion_by_id[use.answer.criterion_id]
        found.append(
            {
                "use": use,
                "dossier": dossier,
                "criterion": criterion,
                "expected": expected_of(criterion, use.expected_id),
                "can_write": can_write(dossier) and dossier.is_writable,
            }
        )
    return found


def _declarations(request: HttpRequest, piece: Evidence) -> list[dict]:
    dossiers = dossiers_of(request).filter(structure=piece.structure_id)
    rows = RegisterDeclaration.objects.current().filter(evidence=piece, assessment__in=dossiers.values("pk"))
    return [
        {
            "dossier": row.assessment,
            "register": content_of(row.assessment.edition_id).register_by_id[row.register_id],
        }
        for row in rows.select_related("assessment").order_by("pk")
    ]


def _replace_page(
    request: HttpRequest,
    piece: Evidence,
    way: str,
    form: FileForm | LinkForm,
    *,
    status: int = 200,
    refusal: str = "",
) -> HttpResponse:
    assessment = _context(request, piece)
    context = {
        "layout": "assessments/base_assessment.html" if assessment else "base.html",
        "assessment": assessment,
        "piece": piece,
        "newer": Evidence.objects.filter(replaces=piece).first(),
        "ways": WAYS[:2],
        "way": LINK if way == LINK else FILE,
        "form": form,
        "refusal": refusal,
    }
    return render(request, "assessments/evidence_replace.html", context, status=status)
