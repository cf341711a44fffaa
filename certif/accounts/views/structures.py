"""The structures a person belongs to, and the page of one: its team, its sites, its services, its logo."""

from unicodedata import normalize

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from assessments import affiliations
from certif.accounts import invitations, structures
from certif.accounts.forms import (
    InvitationForm,
    JoinRequestForm,
    LogoForm,
    NewServiceForm,
    RoleForm,
    ServiceForm,
    SiteForm,
    StructureForm,
)
from certif.accounts.models import Role, Structure
from certif.accounts.views.lookup import get_structure
from certif.uploads import oversized_fields

LINK_TO_HAND_OVER = "invitation_to_hand_over"


@login_required
@require_GET
def structure_list(request: HttpRequest) -> HttpResponse:
    context = {
        "structures": Structure.objects.visible_to(request.user),
        "networks": request.user.network_memberships.select_related("network").order_by("network__name", "pk"),
    }
    return render(request, "accounts/structure_list.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def structure_create(request: HttpRequest) -> HttpResponse:
    """Who comes from the invitation of a network goes back to it."""
    token = request.GET.get("invitation", "")
    form = StructureForm(request.POST or None)
    if form.is_valid():
        try:
            structure = structures.create(form.save(commit=False), by=request.user)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            if token and invitations.find(token):
                messages.success(request, f"{structure} est créée.")
                return redirect("invitation_accept", token)
            messages.success(request, f"{structure} est créée. Ouvrez un dossier : vous y nommerez votre premier site.")
            return redirect("structure_detail", structure.pk)
    context = {"form": form, "token": token}
    return render(request, "accounts/structure_create.html", context, status=422 if form.is_bound else 200)


@login_required
@require_GET
@never_cache
def structure_detail(request: HttpRequest, pk: int) -> HttpResponse:
    return page(request, get_structure(request, pk))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def structure_edit(request: HttpRequest, pk: int) -> HttpResponse:
    structure = get_structure(request, pk, manage=True)
    form = StructureForm(request.POST or None, instance=structure)
    if form.is_valid():
        form.save()
        messages.success(request, "La structure est à jour.")
        return redirect("structure_detail", pk)
    context = {"form": form, "structure": structure}
    return render(request, "accounts/structure_edit.html", context, status=422 if form.is_bound else 200)


@login_required
@require_GET
def structure_logo(request: HttpRequest, pk: int) -> HttpResponse:
    structure = get_structure(request, pk)
    if not structure.has_logo:
        raise Http404
    response = HttpResponse(bytes(structure.logo), content_type="image/png")
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-cache"
    return response


@login_required
@require_POST
def structure_logo_save(request: HttpRequest, pk: int) -> HttpResponse:
    structure = get_structure(request, pk, manage=True)
    form = LogoForm(request.POST, request.FILES)
    if "logo" in oversized_fields(request):
        form.errors.clear()
        form.add_error("logo", "Ce fichier dépasse 10 Mo.")
        return page(request, structure, status=413, bound={"logo": form})
    if not form.is_valid():
        return page(request, structure, status=422, bound={"logo": form})
    Structure.objects.filter(pk=structure.pk).update(logo=form.cleaned_data["logo"])
    messages.success(request, "Le logo est enregistré.")
    return redirect("structure_detail", pk)


@login_required
@require_POST
def structure_logo_delete(request: HttpRequest, pk: int) -> HttpResponse:
    structure = get_structure(request, pk, manage=True)
    Structure.objects.filter(pk=structure.pk).update(logo=None)
    messages.success(request, "Le logo est retiré.")
    return redirect("structure_detail", pk)


def page(
    request: HttpRequest,
    structure: Structure,
    *,
    status: int = 200,
    bound: dict | None = None,
    refused: dict | None = None,
) -> HttpResponse:
    """The page of a structure.

    `bound` holds the form that was just refused, by name (« invitation », « site-12 »), to show again what was typed;
    `refused` holds why an action was, by the name of its row.
    """
    bound = bound or {}
    manages = structures.can_manage(structure)
    context = {
        "structure": structure,
        "can_manage": manages,
        "has_dossiers": structure.assessments.exists(),
        "members": _members(structure, request.user, bound),
        "sites": _sites(structure, bound),
        "hand_over": request.session.pop(LINK_TO_HAND_OVER, None) if manages else None,
        "affiliations": affiliations.of_structure(structure),
    }
    if manages:
        context |= {
            "invitations": waiting_invitations(structure),
            "invitation_form": bound.get("invitation") or InvitationForm(auto_id="invitation-%s"),
            "site_form": bound.get("site") or SiteForm(auto_id="site-%s"),
            "logo_form": bound.get("logo") or LogoForm(auto_id="logo-%s"),
            **_requests(structure, bound),
        }
    for row in (
        *context["members"],
        *context["sites"],
        *(service for site in context["sites"] for service in site.list),
    ):
        row.refusal = (refused or {}).get(row.anchor)
    lead_to_the_problem(request, bound, refused or {})
    return render(request, "accounts/structure_detail.html", context, status=status)


def lead_to_the_problem(request: HttpRequest, bound: dict, refused: dict) -> None:
    """The page is long: the sentence is also at its top, and the field in fault has the focus."""
    for sentence in refused.values():
        messages.error(request, sentence)
    for form in bound.values():
        messages.error(request, "Rien n’est enregistré : un champ est à corriger.")
        fields = [name for name in form.errors if name in form.fields]
        if fields:
            form.fields[fields[0]].widget.attrs["autofocus"] = True


def _members(structure: Structure, person, bound: dict) -> list:
    """Owners first, then by name, accents apart."""
    found = structure.memberships.select_related("user").order_by("pk")
    ranks = {role: rank for rank, role in enumerate(Role.values)}
    members = sorted(found, key=lambda member: (ranks[member.role], normalize("NFKD", member.user.name).casefold()))
    for member in members:
        member.anchor = f"member-{member.pk}"
        member.is_me = member.user_id == person.pk
        member.form = bound.get(member.anchor) or RoleForm(initial={"role": member.role}, auto_id=f"{member.anchor}-%s")
    return members


def waiting_invitations(place) -> list:
    """Those of a structure or a network nobody has accepted nor withdrawn, the late ones included: they can be renewed."""
    waiting = list(place.invitations.filter(accepted_at=None, revoked_at=None))
    now = timezone.now()
    for invitation in waiting:
        invitation.is_expired = invitation.expires_at <= now
    return waiting


def _requests(structure: Structure, bound: dict) -> dict:
    """What was asked of networks, and the form to ask one more."""
    networks = affiliations.open_to(structure)
    return {
        "join_requests": affiliations.requests_of(structure),
        "open_networks": networks.exists(),
        "join_form": bound.get("join") or JoinRequestForm(networks=networks, auto_id="join-%s"),
    }


def _sites(structure: Structure, bound: dict) -> list:
    sites = list(structure.sites.prefetch_related("services"))
    for site in sites:
        site.anchor = f"site-{site.pk}"
        site.is_open = site.anchor in bound
        site.form = bound.get(site.anchor) or SiteForm(instance=site, auto_id=f"{site.anchor}-%s")
        new = f"{site.anchor}-service"
        site.adds = new in bound
        site.service_form = bound.get(new) or NewServiceForm(auto_id=f"{new}-%s")
        site.list = list(site.services.all())
        for service in site.list:
            service.anchor = f"service-{service.pk}"
            service.is_open = service.anchor in bound
            service.form = bound.get(service.anchor) or ServiceForm(instance=service, auto_id=f"{service.anchor}-%s")
    return sites
