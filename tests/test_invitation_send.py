"""Inviting a colleague: an e-mail, a link shown once, seven days, and only its fingerprint stored."""

import hashlib
import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import override_settings
from django.utils import timezone

from assessments.models import Event
from certif import limits
from certif.accounts.models import Invitation, Role
from tests.people import client_of


def invite(user, structure, email="nora@exemple.fr", role=Role.CONTRIBUTOR, **kwargs):
    return client_of(user).post(f"/structures/{structure.pk}/invitations/", {"email": email, "role": role}, **kwargs)


def link_in(text):
    return re.search(r"http://testserver(/invitations/[\w-]{43}/)", text)[1]


def test_the_mail_leaves_and_the_link_is_shown_once(lea, fabrique):
    client = client_of(lea)
    path = f"/structures/{fabrique.pk}/"
    response = client.post(f"{path}invitations/", {"email": "Nora@Exemple.fr", "role": Role.READER})
    assert response.headers["Location"] == f"{path}#equipe"
    [message] = mail.outbox
    assert (message.to, message.subject) == (["nora@exemple.fr"], "[Certif] Invitation à rejoindre La Fabrique")
    assert "Léa Martin vous invite à rejoindre La Fabrique" in message.body
    first, second = (client.get(path).content.decode() for _ in range(2))
    assert link_in(first) == link_in(message.body)
    assert "/invitations/" not in re.sub(rf"{path}invitations/", "", second)


def test_only_the_fingerprint_is_stored(lea, fabrique):
    invite(lea, fabrique)
    invitation = Invitation.objects.get()
    token = link_in(mail.outbox[0].body).split("/")[2]
    assert invitation.token_hash == hashlib.sha256(token.encode()).hexdigest()
    assert (invitation.email, invitation.role, invitation.created_by) == ("nora@exemple.fr", "contributor", lea)
    assert invitation.expires_at - invitation.created_at == pytest.approx(timedelta(days=7), abs=timedelta(seconds=1))


def test_the_journal_names_no_address(lea, fabrique):
    invite(lea, fabrique)
    event = Event.objects.get()
    assert (event.verb, event.actor, event.structure, event.after) == (
        "invitation",
        lea,
        fabrique,
        {"role": "contributor"},
    )


@override_settings(EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend", EMAIL_HOST="127.0.0.1", EMAIL_PORT=1)
def test_without_a_mail_server_the_link_remains(lea, fabrique):
    client = client_of(lea)
    client.post(f"/structures/{fabrique.pk}/invitations/", {"email": "nora@exemple.fr", "role": Role.READER})
    page = client.get(f"/structures/{fabrique.pk}/").content.decode()
    assert "le message n’a pas pu partir" in page
    assert link_in(page)


def test_the_link_ignores_the_host_of_the_request(lea, fabrique):
    invite(lea, fabrique, headers={"host": "localhost"})
    assert link_in(mail.outbox[0].body)


def test_inviting_again_replaces_the_pending_one(lea, fabrique):
    for _ in range(2):
        invite(lea, fabrique)
    old, new = Invitation.objects.order_by("pk")
    assert (old.revoked_at is None, new.revoked_at is None) == (False, True)


def test_a_member_is_not_invited(lea, karim, fabrique):
    response = invite(lea, fabrique, "KARIM@fabrique.fr")
    assert response.status_code == 422
    assert "Cette personne fait déjà partie de la structure." in response.content.decode()
    assert not Invitation.objects.exists()


def test_not_more_than_fifty_a_day(lea, fabrique):
    now = timezone.now()
    Invitation.objects.bulk_create(
        Invitation(
            structure=fabrique, email=f"p{number}@exemple.fr", role=Role.READER, token_hash=str(number),
            created_by=lea, expires_at=now + limits.INVITATION_AGE,
        )
        for number in range(limits.INVITATIONS_PER_DAY)
    )  # fmt: skip
    response = invite(lea, fabrique)
    assert response.status_code == 422
    assert "réessayez demain" in response.content.decode()
    assert mail.outbox == []


@pytest.mark.parametrize(
    ("email", "role", "said"),
    [
        ("pas une adresse", "reader", "Saisissez une adresse de courriel valide."),
        ("", "reader", "Ce champ est obligatoire."),
        ("a@exemple.fr\nBcc: b@exemple.fr", "reader", "Saisissez une adresse de courriel valide."),
        ("a" * 255 + "@exemple.fr", "reader", "254"),
        ("nora@exemple.fr", "roi", "Sélectionnez un choix valide. roi n’en fait pas partie."),
    ],
)
def test_bad_input_is_said_in_french_and_kept(lea, fabrique, email, role, said):
    response = invite(lea, fabrique, email, role)
    assert response.status_code == 422
    assert said in response.content.decode()
    assert response.context["invitation_form"]["email"].value() == email
    assert mail.outbox == []


def test_who_may(karim, lise, oscar, adele, reseau, lea, fabrique):
    assert [invite(user, fabrique).status_code for user in (karim, lise, oscar, adele)] == [403, 403, 404, 404]
    path = f"/structures/{fabrique.pk}/invitations/"
    assert client_of().post(path).headers["Location"] == f"/connexion/?next={path}"
    assert client_of(lea).get(path).status_code == 405
    assert mail.outbox == []


def test_it_is_withdrawn_by_an_owner_only(lea, karim, oscar, fabrique, passeurs):
    invite(lea, fabrique)
    invitation = Invitation.objects.get()
    for user, structure, status in (
        (karim, fabrique, 403),
        (oscar, fabrique, 404),
        (oscar, passeurs, 404),
        (lea, fabrique, 302),
    ):
        invitation.refresh_from_db()
        assert invitation.revoked_at is None
        path = f"/structures/{structure.pk}/invitations/{invitation.pk}/annuler/"
        assert client_of(user).post(path).status_code == status
    invitation.refresh_from_db()
    assert invitation.revoked_at
