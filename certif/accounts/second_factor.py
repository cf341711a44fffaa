"""The second factor: who has one, who must have one before anything else, and who may not give up the last.

Whether a person has one comes with the person, in the query that reads their session: no page pays for asking, and the answer
is never an old one.
"""

from collections.abc import Callable

from allauth.account import auth_backends
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from certif.accounts.models import User

TYPES = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
"""Recovery codes only stand in for one of these."""

HOME = "mfa_index"
WANTED = "wanted_before_second_factor"
"""In the session: the page the person was going to."""

OPEN = {
    "mfa_index",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "mfa_list_webauthn",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_download_recovery_codes",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
    "account_reauthenticate",
    "account_logout",
    # an address must be confirmed before a factor is added
    "account_email",
    "account_email_verification_sent",
    "account_confirm_email",
    # about the product, and not about anybody
    "accessibility",
    "privacy",
    "health",
    "ready",
    # whoever holds the signed address stops these e-mails, signed in or not
    "unsubscribe",
}
SENTENCE = (
    "Ajoutez un second facteur à votre compte pour continuer. "
    "Ce que vous venez d’écrire n’est pas enregistré : gardez cette page ouverte."
)


class AuthenticationBackend(auth_backends.AuthenticationBackend):
    def get_user(self, user_id: int) -> User | None:
        """The person of the session, with `has_second_factor`."""
        factors = Authenticator.objects.filter(user=OuterRef("pk"), type__in=TYPES)
        user = User.objects.filter(pk=user_id).annotate(has_second_factor=Exists(factors)).first()
        return user if user and self.user_can_authenticate(user) else None


def require_second_factor(get_response: Callable[[HttpRequest], HttpResponse]):
    """Middleware: who accompanies or administers adds a second factor before anything else."""

    def middleware(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    def process_view(request: HttpRequest, view, args, kwargs) -> HttpResponse | None:
        # Nobody is signed in without a cookie: asking who it is would make every public answer depend on it.
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or request.resolver_match.view_name in OPEN:
            return None
        user = request.user
        if not user.is_authenticated or not user.needs_second_factor or user.has_second_factor:
            return None
        if request.headers.get("HX-Request"):
            # Neither a success, which would count as a save, nor a page inside the page.
            return HttpResponse(SENTENCE, status=403, headers={"HX-Redirect": reverse(HOME)}, content_type="text/plain; charset=utf-8")
        if request.method == "GET":
            request.session[WANTED] = request.get_full_path()
        return redirect(HOME)

    middleware.process_view = process_view
    return middleware


def may_remove(authenticator: Authenticator) -> bool:
    """Whoever must have a second factor keeps one."""
    if not authenticator.user.needs_second_factor or authenticator.type not in TYPES:
        return True
    others = Authenticator.objects.filter(user=authenticator.user, type__in=TYPES).exclude(pk=authenticator.pk)
    return others.exists()
