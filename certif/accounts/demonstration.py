"""The accounts of the demonstration: invented people, whose password and second factor are known to all."""

import base64
import hashlib
import time

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from allauth.mfa.utils import decrypt
from django.conf import settings

from certif.accounts.models import User

DOMAIN = "demonstration.invalid"
CODE_SECONDS = 30


def secret_of(email: str) -> str:
    """The secret of the authentication application of a demonstration account: the same on every machine."""
    return base64.b32encode(hashlib.sha256(f"certif, démonstration, {email}".encode()).digest()[:20]).decode()


def enrol() -> None:
    """Gives their known second factor to the demonstration accounts that must have one and have none."""
    people = User.objects.filter(email__endswith=f"@{DOMAIN}").exclude(authenticator__type=Authenticator.Type.TOTP)
    for user in people.order_by("pk"):
        if user.needs_second_factor:
            TOTP.activate(user, secret_of(user.email))


def code_now(user: User) -> str:
    """The six digits of the moment, for a demonstration account on a local trial; empty for anybody else, anywhere else."""
    if not settings.LOCAL or not user.email.endswith(f"@{DOMAIN}"):
        return ""
    secret = secret_of(user.email)
    application = user.authenticator_set.filter(type=Authenticator.Type.TOTP).first()
    if application is None or decrypt(application.data["secret"]) != secret:
        return ""
    return format_hotp_value(hotp_value(secret, int(time.time()) // CODE_SECONDS))
