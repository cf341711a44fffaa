"""Adding a piece of evidence: a file, a link or a piece of the library, for a criterion, a register or later."""

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from assessments import evidence
from assessments.evidence import Target
from assessments.forms.evidence import ExpectedForm, FileForm, LinkForm
from assessments.library import Library
from assessments.models import Answer, Assessment, Evidence, EvidenceUse, RegisterDeclaration
from assessments.reading import read
from assessments.scoring import NBSP
from assessments.views.lookup import get_assessment
from certif.dates import today
from certif.fields import whole_number
from certif.uploads import oversized_fields
from referentiel.content import CriterionContent, RegisterContent, content_of

FILE, LINK, REUSE = "fichier", "lien", "bibliotheque"
WAYS = ((FILE, "Déposer un fichier"), (LINK, "Coller un lien"), (REUSE, "Réutiliser une preuve"))
SHOWN = 30


@dataclass(frozen=True, slots=True)
class Destination:
    """Where the piece goes, as the address of the page says it: a criterion, a register, or the library alone."""

    assessment: Assessment
    criterion: CriterionContent | None = None
    register: RegisterContent | None = None
    target: Target | None = None

    @property
    def query(self) -> str:
        if self.criterion:
            return urlencode({"critere": self.criterion.code})
        return urlencode({"registre": self.register.code}) if self.register else ""

    @property
    def url(self) -> str:
        if self.criterion:
            return reverse("criterion", args=[self.assessment.pk, self.criterion.code]) + "#preuves"
        if self.register:
            return reverse("register_detail", args=[self.assessment.pk, self.register.code]) + "#preuves"
        return reverse("evidence_list", args=[self.assessment.pk])


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def evidence_add(request: HttpRequest, pk: int) -> HttpResponse:
    assessment = get_assessment(request, pk, write=True)
    to = _destination(request, assessment)
    if request.method != "POST":
        return _page(request, to, way=_way(request.GET.get("par"), to))
    way = _way(request.POST.get("par"), to)
    if way == REUSE:
        return _reuse(request, to)
    return _file(request, to) if way == FILE else _link(request, to)


def _way(asked: str | None, to: Destination) -> str:
    """Without a criterion or a register, there is nothing to reuse a piece for."""
    return asked if asked in (FILE, LINK) or (asked == REUSE and to.target) else FILE


def _destination(request: HttpRequest, assessment: Assessment) -> Destination:
    """404 when the criterion is not of the edition, or the register not declared."""
    content = content_of(assessment.edition_id)
    if code := request.GET.get("critere"):
        criterion = content.criterion_by_code.get(code)
        if criterion is None:
            raise Http404
        answer = get_object_or_404(Answer, assessment=assessment, criterion=criterion.id)
        return Destination(assessment, criterion, target=Target(assessment, answer=answer))
    if code := request.GET.get("registre"):
        register = content.register_by_code.get(code)
        if register is None:
            raise Http404
        declaration = get_object_or_404(RegisterDeclaration, assessment=assessment, register=register.id)
        return Destination(assessment, register=register, target=Target(assessment, declaration=declaration))
    return Destination(assessment)


def _aim(to: Destination, form: ExpectedForm) -> Target | None:
    if to.criterion is None:
        return to.target
    return Target(to.assessment, answer=to.target.answer, expected_id=form.expected_id)


# --- The three ways ---------------------------------------------------------------------------


def _file(request: HttpRequest, to: Destination) -> HttpResponse:
    oversized = oversized_fields(request)
    form = FileForm(request.POST, request.FILES, oversized=oversized, criterion=to.criterion, auto_id="piece_%s")
    if not form.is_valid():
        return _page(request, to, way=FILE, form=form, status=413 if form.oversized else 422)
    target = _aim(to, form)
    structure = to.assessment.structure
    try:
        piece = evidence.file_upload(
            structure, form.cleaned_data["file"], by=request.user, described=form.described, target=target
        )
    except evidence.AlreadyKept as refusal:
        return _already(request, to, FILE, form, refusal, target)
    except evidence.TooMuch as refusal:
        form.add_error("file", str(refusal))
        return _page(request, to, way=FILE, form=form, status=422)
    except evidence.DossierFrozen as refusal:
        return _page(request, to, way=FILE, form=form, status=409, refusal=str(refusal))
    return _done(request, to, piece)


def _link(request: HttpRequest, to: Destination) -> HttpResponse:
    form = LinkForm(request.POST, criterion=to.criterion, auto_id="piece_%s")
    if not form.is_valid():
        return _page(request, to, way=LINK, form=form, status=422)
    target = _aim(to, form)
    try:
        piece = evidence.file_link(
            to.assessment.structure,
            form.cleaned_data["url"],
            by=request.user,
            described=form.described,
            target=target,
        )
    except evidence.AlreadyKept as refusal:
        return _already(request, to, LINK, form, refusal, target)
    except evidence.DossierFrozen as refusal:
        return _page(request, to, way=LINK, form=form, status=409, refusal=str(refusal))
    return _done(request, to, piece)


def _reuse(request: HttpRequest, to: Destination) -> HttpResponse:
    chosen = whole_number(request.POST.get("evidence", ""))
    if chosen is None:
        return _page(request, to, way=REUSE, status=422, refusal="Choisissez une preuve de la bibliothèque.")
    piece = get_object_or_404(Evidence, pk=chosen, structure=to.assessment.structure_id)
    form = ExpectedForm(request.POST, criterion=to.criterion)
    if not form.is_valid():
        return _page(request, to, way=REUSE, status=422, refusal=form.errors["expected"][0])
    try:
        evidence.attach(piece, _aim(to, form), by=request.user)
    except evidence.Replaced as refusal:
        return _page(request, to, way=REUSE, status=422, refusal=str(refusal))
    except evidence.TooMuch as refusal:
        return _page(request, to, way=REUSE, status=422, refusal=str(refusal))
    except evidence.DossierFrozen as refusal:
        return _page(request, to, way=REUSE, status=409, refusal=str(refusal))
    return _done(request, to, piece)


# --- Answering --------------------------------------------------------------------------------


def _already(
    request: HttpRequest,
    to: Destination,
    way: str,
    form: FileForm | LinkForm,
    refusal: evidence.AlreadyKept,
    target: Target | None,
) -> HttpResponse:
    """The same form sent twice is done; the same file for something else is reused, if the person agrees."""
    if target and evidence.supports(refusal.piece, target):
        return _done(request, to, refusal.piece)
    return _page(request, to, way=way, form=form, status=409, refusal=str(refusal), known=refusal.piece)


def _done(request: HttpRequest, to: Destination, piece: Evidence) -> HttpResponse:
    if to.criterion:
        notice = f"«{NBSP}{piece.label}{NBSP}» est jointe à ce critère."
    elif to.register:
        notice = f"«{NBSP}{piece.label}{NBSP}» appuie ce registre."
    else:
        notice = f"«{NBSP}{piece.label}{NBSP}» est dans la bibliothèque."
    if request.htmx and to.criterion:
        return section(request, to.assessment, to.criterion, notice=notice)
    messages.success(request, notice)
    return redirect(to.url)


def section(
    request: HttpRequest, assessment: Assessment, criterion: CriterionContent, *, status: int = 200, **more
) -> HttpResponse:
    """The evidence of one criterion, for htmx."""
    uses = EvidenceUse.objects.filter(answer__assessment=assessment, answer__criterion=criterion.id)
    context = {
        "assessment": assessment,
        "criterion": criterion,
        "uses": uses.select_related("evidence").order_by("pk"),
        **more,
    }
    return render(request, "assessments/_criterion_evidence.html", context, status=status)


def _page(
    request: HttpRequest,
    to: Destination,
    *,
    way: str,
    form: FileForm | LinkForm | None = None,
    status: int = 200,
    refusal: str = "",
    known: Evidence | None = None,
) -> HttpResponse:
    if request.htmx and to.criterion and way == FILE and request.method == "POST":
        return section(
            request, to.assessment, to.criterion, status=status, piece_form=form, refusal=refusal, known=known
        )
    if form is None and way != REUSE:
        initial = {"expected": request.GET.get("attendue", "")}
        kind = FileForm if way == FILE else LinkForm
        form = kind(criterion=to.criterion, initial=initial, auto_id="piece_%s")
    words = request.GET.get("q", "").strip()[:100]
    lines = _choices(to, words) if way == REUSE else ()
    context = {
        "assessment": to.assessment,
        "criterion": to.criterion,
        "register": to.register,
        "to": to,
        "way": way,
        "ways": [each for each in WAYS if each[0] != REUSE or to.target],
        "form": form,
        "expected": to.criterion.expected_evidence if to.criterion else (),
        "asked": request.GET.get("attendue", ""),
        "lines": lines[:SHOWN],
        "found": len(lines),
        "words": words,
        "refusal": refusal,
        "known": known,
    }
    return render(request, "assessments/evidence_add.html", context, status=status)


def _choices(to: Destination, words: str) -> list:
    """Pieces of the library that do not support the destination yet."""
    on = today()
    lines = Library(read(to.assessment, on=on), on=on).kept("", words)
    if to.criterion:
        return [line for line in lines if all(use.criterion.code != to.criterion.code for use in line.uses)]
    return [line for line in lines if all(each.code != to.register.code for each in line.registers)]
