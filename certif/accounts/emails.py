"""The e-mails the teams of structures and networks receive; those of the sign-in pages are sent by allauth."""

import logging
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse

from certif.accounts.models import Invitation, NetworkRole, Role, User

logger = logging.getLogger(__name__)


def invitation_url(token: str) -> str:
    """The address of the link, from SITE_URL and never from the request’s Host header."""
    return settings.SITE_URL + reverse("invitation_accept", args=[token])


def send_invitation(invitation: Invitation, token: str) -> bool:
    """Whether the message left; without a mail server whoever invites hands the link over."""
    context = {"invitation": invitation, "url": invitation_url(token)}
    return _send(f"Invitation à rejoindre {invitation.place}", "invitation", context, [invitation.email])


def ask_for_another(invitation: Invitation) -> bool:
    """Tells whoever may send one that the person would like a new invitation."""
    if invitation.network:
        leading = {"network_memberships__network": invitation.network, "network_memberships__role": NetworkRole.COORDINATOR}
        url = settings.SITE_URL + reverse("network_team", args=[invitation.network_id])
    else:
        leading = {"memberships__structure": invitation.structure_id, "memberships__role": Role.OWNER}
        url = settings.SITE_URL + reverse("structure_detail", args=[invitation.structure_id]) + "#equipe"
    people = User.objects.filter(is_active=True, **leading)
    subject = f"Une nouvelle invitation est demandée pour {invitation.place}"
    context = {"invitation": invitation, "url": url}
    return _send(subject, "invitation_asked", context, list(people.values_list("email", flat=True)))


def _send(subject: str, template: str, context: dict, to: list[str]) -> bool:
    body = render_to_string(f"emails/{template}.txt", context)
    try:
        send_mail(settings.ACCOUNT_EMAIL_SUBJECT_PREFIX + " ".join(subject.split()), body, None, to)
    except (OSError, SMTPException):
        logger.warning("an e-mail could not be sent", exc_info=True)
        return False
    return True
