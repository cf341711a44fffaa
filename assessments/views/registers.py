"""The registers of intervention: what is declared, by which services, what proves it, what is covered."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments import evidence, permissions, registers
from assessments.forms.registers import RegisterForm
from assessments.library import horizon, validity
from assessments.models import Assessment, Evidence, RegisterDeclaration
from assessments.reading import Reading
from assessments.scoring import NBSP, add_months
from assessments.snapshots import as_shown
from assessments.views.lookup import get_assessment
from certif.fields import whole_number
from referentiel.content import RegisterContent, content_of


@login_required
@require_safe
def register_list(request: HttpRequest, pk: int) -> HttpResponse:
    assessment = get_assessment(request, pk)
    reading = as_shown(assessment)
    margin = reading.result.registers_covered - reading.dossier.rules.registers_min
    context = {
        "assessment": assessment,
        "reading": reading,
        "registers": _tiles(reading),
        "margin": margin,
        "missing_count": -margin,
        "rated": _rated(reading),
        "since": add_months(reading.dossier.reference_on, -reading.dossier.rules.registers_months),
        "has_services": bool(reading.inputs["dossier"]["perimetre"]),
        "can_write": permissions.can_write(assessment) and assessment.is_writable,
    }
    return render(request, "assessments/registers.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def register_detail(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    assessment = get_assessment(request, pk, write=request.method == "POST")
    register = find_register(assessment, code)
    services = assessment.services.select_related("site").order_by("site__name", "name", "pk")
    if request.method != "POST":
        return _page(request, assessment, register, None)
    form = RegisterForm(request.POST, services=services)
    if not form.is_valid():
        return _page(request, assessment, register, form, status=422)
    try:
        registers.declare(assessment, register, by=request.user, services=form.cleaned_data["services"])
    except ValidationError as refusal:
        form.add_error(None, refusal)
        return _page(request, assessment, register, form, status=422)
    except registers.RegistersFrozen as refusal:
        return _page(request, assessment, register, form, status=409, refusal=str(refusal))
    messages.success(request, f"Le registre «{NBSP}{register.label}{NBSP}» est déclaré.")
    return redirect("register_detail", assessment.pk, register.code)


@login_required
@require_POST
def register_withdraw(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    assessment = get_assessment(request, pk, write=True)
    register = find_register(assessment, code)
    try:
        registers.withdraw(assessment, register, by=request.user)
    except registers.RegistersFrozen as refusal:
        return _page(request, assessment, register, None, status=409, refusal=str(refusal))
    messages.success(
        request,
        f"Le registre «{NBSP}{register.label}{NBSP}» n’est plus déclaré. Ses preuves restent dans la bibliothèque.",
    )
    return redirect("registers", assessment.pk)


@login_required
@require_POST
def register_evidence_remove(request: HttpRequest, pk: int, code: str, piece: int) -> HttpResponse:
    assessment = get_assessment(request, pk, write=True)
    register = find_register(assessment, code)
    declarations = RegisterDeclaration.objects.select_related("assessment")
    declaration = get_object_or_404(declarations, assessment=assessment, register=register.id)
    attached = get_object_or_404(declaration.evidence, pk=piece)
    try:
        evidence.detach_from_register(attached, declaration, by=request.user)
    except evidence.DossierFrozen as refusal:
        return _page(request, assessment, register, None, status=409, refusal=str(refusal))
    messages.success(
        request, f"«{NBSP}{attached.label}{NBSP}» n’appuie plus ce registre ; la preuve reste dans la bibliothèque."
    )
    return redirect("register_detail", assessment.pk, register.code)


def find_register(assessment: Assessment, code: str) -> RegisterContent:
    found = content_of(assessment.edition_id).register_by_code.get(code)
    if found is None:
        raise Http404
    return found


def _tiles(reading: Reading) -> list[tuple]:
    return list(zip(reading.dossier.registers, reading.result.coverage.values(), strict=True))


def _rated(reading: Reading) -> dict | None:
    """The criterion that rates the number of registers, and whether its level agrees with the counter."""
    item = reading.content.register_criterion
    if item is None:
        return None
    level = reading.by_code[item.code].level
    enough = reading.result.registers_covered >= reading.dossier.rules.registers_min
    claims = level is not None and level >= reading.dossier.rules.evidence_level_min
    return {
        "criterion": item,
        "level": level,
        "word": "" if level is None else reading.content.level_by_value[level].label,
        "disagrees": level is not None and claims != enough,
    }


def _page(
    request: HttpRequest,
    assessment: Assessment,
    register: RegisterContent,
    form: RegisterForm | None,
    *,
    status: int = 200,
    refusal: str = "",
) -> HttpResponse:
    reading = as_shown(assessment)
    declaration = RegisterDeclaration.objects.filter(assessment=assessment, register=register.id).first()
    services = list(assessment.services.select_related("site").order_by("site__name", "name", "pk"))
    can_write = permissions.can_write(assessment) and assessment.is_writable
    if declaration:
        held = set(declaration.services.order_by("pk").values_list("pk", flat=True))
    else:  # a structure with one service has nothing to choose
        held = {services[0].pk} if can_write and len(services) == 1 else set()
    pieces = declaration.evidence.order_by("-effective_on", "-pk") if declaration else Evidence.objects.none()
    on = reading.dossier.reference_on
    place = [each.code for each in reading.content.registers].index(register.code)
    context = {
        "assessment": assessment,
        "register": register,
        "place": place + 1,
        "total": len(reading.content.registers),
        "next": reading.content.registers[(place + 1) % len(reading.content.registers)],
        "declared": declaration is not None,
        "coverage": reading.result.coverage[register.code],
        "rules": reading.dossier.rules,
        "since": add_months(on, -reading.dossier.rules.registers_months),
        "form": form,
        "services": services,
        "chosen": {whole_number(each) for each in form.data.getlist("services")} if form else held,
        "pieces": [(piece, validity(piece, [], on=on, horizon=horizon(assessment, on))) for piece in pieces],
        "opens_files": permissions.can_read_files(assessment),
        "can_write": can_write,
        "refusal": refusal,
    }
    return render(request, "assessments/register_detail.html", context, status=status)
