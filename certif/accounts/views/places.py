"""Sites and services of a structure: added, renamed, closed or deleted from its page."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from certif.accounts import structures
from certif.accounts.forms import NewServiceForm, ServiceForm, SiteForm
from certif.accounts.models import Service, Site, Structure
from certif.accounts.views.lookup import get_structure
from certif.accounts.views.structures import page


@login_required
@require_POST
def site_add(request: HttpRequest, pk: int) -> HttpResponse:
    structure = get_structure(request, pk, manage=True)
    form = SiteForm(request.POST, instance=Site(structure=structure), auto_id="site-%s")
    return _save(request, structure, form, structures.save_site, "site", "Le site « {} » est ajouté.")


@login_required
@require_POST
def site_edit(request: HttpRequest, pk: int, site: int) -> HttpResponse:
    structure = get_structure(request, pk, manage=True)
    row = get_object_or_404(structure.sites, pk=site)
    form = SiteForm(request.POST, instance=row, auto_id=f"site-{site}-%s")
    return _save(request, structure, form, structures.save_site, f"site-{site}", "Le site « {} » est à jour.")


@login_required
@require_POST
def site_delete(request: HttpRequest, pk: int, site: int) -> HttpResponse:
    structure = get_structure(request, pk, manage=True)
    row = get_object_or_404(structure.sites, pk=site)
    return _delete(request, structure, row, structures.delete_site, f"site-{site}", "Le site « {} » est supprimé.")


@login_required
@require_POST
def service_add(request: HttpRequest, pk: int, site: int) -> HttpResponse:
    structure = get_structure(request, pk, manage=True)
    place = get_object_or_404(structure.sites, pk=site)
    name = f"site-{site}-service"
    form = NewServiceForm(request.POST, instance=Service(site=place), auto_id=f"{name}-%s")
    return _save(request, structure, form, structures.save_service, name, "Le dispositif « {} » est ajouté.")


@login_required
@require_POST
def service_edit(request: HttpRequest, pk: int, service: int) -> HttpResponse:
    structure = get_structure(request, pk, manage=True)
    name = f"service-{service}"
    form = ServiceForm(request.POST, instance=_service(structure, service), auto_id=f"{name}-%s")
    return _save(request, structure, form, structures.save_service, name, "Le dispositif « {} » est à jour.")


@login_required
@require_POST
def service_delete(request: HttpRequest, pk: int, service: int) -> HttpResponse:
    structure = get_structure(request, pk, manage=True)
    row = _service(structure, service)
    done = "Le dispositif « {} » est supprimé."
    return _delete(request, structure, row, structures.delete_service, f"service-{service}", done)


def _service(structure: Structure, pk: int) -> Service:
    return get_object_or_404(Service.objects.filter(site__structure=structure), pk=pk)


def _save(request: HttpRequest, structure: Structure, form, verb, name: str, done: str) -> HttpResponse:
    if form.is_valid():
        try:
            row = verb(form.save(commit=False))
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, done.format(row.name))
            return _back(structure)
    return page(request, structure, status=422, bound={name: form})


def _delete(request: HttpRequest, structure: Structure, row, verb, name: str, done: str) -> HttpResponse:
    try:
        verb(row)
    except ValidationError as refusal:
        return page(request, structure, status=409, refused={name: refusal.message})
    messages.success(request, done.format(row.name))
    return _back(structure)


def _back(structure: Structure) -> HttpResponse:
    return redirect(reverse("structure_detail", args=[structure.pk]) + "#sites")
