"""How a person gets in: the logins now open, and the second factor, which cannot be given up by who must have one."""

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import views as totp
from allauth.mfa.utils import is_mfa_enabled
from allauth.mfa.webauthn import views as webauthn
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from certif.accounts import logins, second_factor
from certif.text import NBSP

# --- Logins -----------------------------------------------------------------------------------


@login_required
@require_GET
@never_cache
def session_list(request: HttpRequest) -> HttpResponse:
    current = request.session.session_key
    mine = logins.of(request.user, current=current)
    if not any(login.is_current for login in mine):  # opened before logins were noted
        UserSession.objects.create_from_request(request)
        mine = logins.of(request.user, current=current)
    return render(request, "accounts/session_list.html", {"logins": mine})


@login_required
@require_POST
def session_end(request: HttpRequest, pk: int) -> HttpResponse:
    others = UserSession.objects.filter(user=request.user).exclude(session_key=request.session.session_key)
    row = get_object_or_404(others, pk=pk)
    logins.end(row)
    messages.success(request, f"{logins.device(row.user_agent)}{NBSP}: la session est fermée.")
    return redirect("session_list")


@login_required
@require_POST
def session_end_others(request: HttpRequest) -> HttpResponse:
    logins.end_others(request.user, current=request.session.session_key)
    messages.success(request, "Il ne reste que la session de cet appareil.")
    return redirect("session_list")


# --- Second factor ----------------------------------------------------------------------------


@login_required
def application_add(request: HttpRequest) -> HttpResponse:
    return _add(request, totp.activate_totp)


@login_required
def key_add(request: HttpRequest) -> HttpResponse:
    return _add(request, webauthn.add_webauthn)


def _add(request: HttpRequest, view) -> HttpResponse:
    """The first factor closes the other sessions: they opened without it."""
    is_first = request.method == "POST" and not request.user.has_second_factor
    response = view(request)
    if is_first and is_mfa_enabled(request.user, second_factor.TYPES):
        logins.end_others(request.user, current=request.session.session_key)
    return response


@login_required
def key_remove(request: HttpRequest, pk: int) -> HttpResponse:
    keys = Authenticator.objects.filter(user=request.user, type=Authenticator.Type.WEBAUTHN)
    if request.method == "POST" and not get_adapter().can_delete_authenticator(get_object_or_404(keys, pk=pk)):
        messages.error(request, get_adapter().error_messages["cannot_delete_authenticator"])
        return redirect("mfa_list_webauthn")
    return webauthn.remove_webauthn(request, pk=pk)


@login_required
@require_GET
def second_factor_done(request: HttpRequest) -> HttpResponse:
    """To the page the person wanted when a second factor was asked for."""
    return redirect(request.session.pop(second_factor.WANTED, None) or resolve_url("home"))
