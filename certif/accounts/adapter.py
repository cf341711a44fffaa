"""How allauth speaks for us: where people arrive, what its refusals say, how secrets are kept."""

import base64
import hashlib

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import ratelimit
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.shortcuts import resolve_url

from certif.accounts import logins, second_factor
from certif.accounts.models import User

TOO_MANY = "Trop de tentatives : attendez un quart d’heure avant de réessayer."
WRONG_CODE = "Ce code n’est pas le bon, ou il a expiré."


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": "Ce compte est désactivé.",
        "cannot_remove_primary_email": "Cette adresse est celle de votre compte : elle ne peut pas être retirée.",
        "duplicate_email": "C’est déjà l’adresse de votre compte.",
        "email_password_mismatch": "L’adresse électronique ou le mot de passe n’est pas le bon.",
        "email_taken": "Un compte existe déjà avec cette adresse.",
        "enter_current_password": "Ce n’est pas votre mot de passe actuel.",
        "incorrect_code": WRONG_CODE,
        "incorrect_password": "Ce n’est pas votre mot de passe.",
        "invalid_login": "L’adresse électronique ou le mot de passe n’est pas le bon.",
        "invalid_or_expired_key": "Ce lien n’est pas valable, ou il a expiré.",
        "invalid_password_reset": "Ce lien n’est pas valable, ou il a expiré.",
        "max_email_addresses": "Vous ne pouvez pas ajouter plus de %d adresses.",
        "rate_limited": TOO_MANY,
        "same_as_current": "C’est déjà la valeur actuelle.",
        "too_many_login_attempts": TOO_MANY,
        "unknown_email": "Aucun compte n’a cette adresse.",
        "unverified_primary_email": "L’adresse de votre compte doit d’abord être confirmée.",
    }

    def pre_authenticate(self, request: HttpRequest, **credentials) -> None:
        """Too many failures is a 429 with its delay, not one more message on the login form."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError as error:
            raise ImmediateHttpResponse(ratelimit.respond_429(request)) from error

    def save_user(self, request: HttpRequest, user: User, form, commit: bool = True) -> User:
        user.name = form.cleaned_data["name"]
        return super().save_user(request, user, form, commit)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """To the dossiers; to their network or to the norm for who has no structure; else to the list of structures, a guide."""
        user = request.user
        if user.memberships.exists():
            return super().get_login_redirect_url(request)
        if user.accompanies:
            return resolve_url("network_list")
        return resolve_url("edition_list" if user.is_norm_admin else "structure_list")

    def post_login(self, request: HttpRequest, user: User, **options):
        logins.forget_old()
        return super().post_login(request, user, **options)

    get_signup_redirect_url = get_login_redirect_url

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return resolve_url("account")

    def get_reauthentication_methods(self, user) -> list[dict]:
        methods = super().get_reauthentication_methods(user)
        return [method | {"description": REAUTHENTICATION[method["id"]]} for method in methods]


REAUTHENTICATION = {
    "reauthenticate": "Utiliser mon mot de passe",
    "mfa_reauthenticate": "Utiliser un code de l’application ou de secours",
    "mfa_reauthenticate:webauthn": "Utiliser une clé de sécurité",
}


class MFAAdapter(DefaultMFAAdapter):
    """Second factors: secrets are encrypted at rest with a key derived from SECRET_KEY."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "add_email_blocked": "Désactivez d’abord la double authentification pour changer d’adresse.",
        "cannot_delete_authenticator": (
            "C’est votre seul second facteur, et votre rôle en demande un : ajoutez-en un autre avant de retirer celui-ci."
        ),
        "cannot_generate_recovery_codes": "Activez d’abord un second facteur.",
        "incorrect_code": WRONG_CODE,
        "unverified_email": "Confirmez d’abord votre adresse électronique.",
    }

    def encrypt(self, text: str) -> str:
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _cipher().decrypt(encrypted_text.encode()).decode()

    def can_delete_authenticator(self, authenticator) -> bool:
        return second_factor.may_remove(authenticator)

    def generate_authenticator_name(self, user: User, type: str) -> str:
        number = user.authenticator_set.filter(type=type).count() + 1
        return "Ma clé" if number == 1 else f"Ma clé nº {number}"

    def _get_site_name(self) -> str:
        return "Certif"


def _cipher() -> MultiFernet:
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    digests = (hashlib.sha256(b"certif.mfa:" + key.encode()).digest() for key in keys)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
