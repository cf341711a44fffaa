"""The door of the screens where the norm is written: norm admins pass, others learn nothing."""

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from referentiel.completeness import Lack
from referentiel.models import Edition


def for_norm_admins(view: Callable) -> Callable:
    """404 to everyone else; the login page to who is not signed in."""

    @wraps(view)
    def kept(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not request.user.is_norm_admin:
            raise Http404
        return view(request, *args, **kwargs)

    return kept


def on_draft(view: Callable) -> Callable:
    """Gives the view the edition of the address. One only reads a published edition: there, and not here."""

    @wraps(view)
    def drafted(request: HttpRequest, edition: str, *args, **kwargs) -> HttpResponse:
        found = get_object_or_404(Edition.objects.select_related("seal", "standard"), code=edition)
        if found.status != "brouillon" and request.method in ("GET", "HEAD"):
            messages.info(request, "Cette édition est publiée : elle se lit, mais ne s’écrit plus.")
            return redirect("edition_detail", found.code)
        return view(request, found, *args, **kwargs)

    return for_norm_admins(drafted)


def name_of(number: int | None) -> str:
    """Who wrote last, by their number; empty when nobody did or they left."""
    person = get_user_model().objects.filter(pk=number).first() if number else None
    return person.get_short_name() if person else ""


def address_of(lack: Lack, edition: Edition) -> str:
    """Where what is missing is fixed."""
    if lack.screen in ("draft_criterion", "draft_question"):
        return f"{reverse(lack.screen, args=[edition.code, lack.key])}#{lack.field}"
    if lack.screen == "draft_rules":
        return f"{reverse('draft_rules', args=[edition.code])}#{lack.field}"
    return f"{reverse('draft', args=[edition.code])}#{lack.key or 'plan'}"
