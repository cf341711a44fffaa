"""The e-mails of notices: to whom, when, what they say and do not say, never twice; and stopping them."""

import re
import threading
from datetime import UTC, datetime, timedelta
from smtplib import SMTPException

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from assessments import mails, sharing, subscriptions
from assessments.models import Cadence, Notice, NoticeKind, NoticePreference, Share
from assessments.notices import notify
from certif.accounts.models import User
from certif.limits import MAIL_PATIENCE
from tests.factories import make_assessment, make_network, make_structure, make_user
from tests.people import client_of

MENTION = NoticeKind.MENTION


def tell(*people, key="essai:1", kind=MENTION, **more) -> None:
    notify(kind, to=people, key=key, sentence="Karim vous appelle à propos de PER-02.", path="/dossiers/", **more)


def want(user, cadence, *kinds) -> None:
    subscriptions.choose(user, dict.fromkeys(kinds or NoticeKind, cadence))


def tomorrow() -> datetime:
    return timezone.now() + timedelta(days=1)


def sent() -> list[tuple[str, str]]:
    return [(message.to[0], message.subject) for message in mail.outbox]


# --- When -------------------------------------------------------------------------------------


def test_each_event_is_one_e_mail(lea, karim):
    tell(lea, karim)
    tell(lea, key="essai:2", kind=NoticeKind.REMINDER)
    assert [mails.send_due() for _ in range(2)] == [3, 0]
    assert sorted(sent()) == [
        ("karim@fabrique.fr", "[Certif] Quelqu’un vous appelle dans un fil"),
        ("lea@fabrique.fr", "[Certif] Quelqu’un vous appelle dans un fil"),
        ("lea@fabrique.fr", "[Certif] Une échéance approche ou est passée"),
    ]


@pytest.mark.django_db(transaction=True)
def test_it_leaves_once_the_event_is_written_and_not_before(settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
    lea = make_user("lea@fabrique.fr")
    with transaction.atomic():
        tell(lea)
        assert mail.outbox == []
    assert len(mail.outbox) == 1
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        tell(lea, key="essai:2")
        1 / 0
    assert (len(mail.outbox), Notice.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-11-21T05:59:00+01:00", "2026-11-21T07:00:00+01:00"),
        ("2026-11-21T07:00:00+01:00", "2026-11-22T07:00:00+01:00"),
        ("2026-10-24T12:00:00+02:00", "2026-10-25T07:00:00+01:00"),
    ],
    ids=["before seven", "at seven", "the night the hour changes"],
)
def test_once_a_day_is_at_seven(lea, monkeypatch, now, due):
    want(lea, Cadence.DAILY)
    monkeypatch.setattr(timezone, "now", lambda: datetime.fromisoformat(now).astimezone(UTC))
    tell(lea)
    assert Notice.objects.get().mail_due_at == datetime.fromisoformat(due)


def test_once_a_day_everything_comes_together(lea):
    want(lea, Cadence.DAILY, MENTION, NoticeKind.REPLY)
    for number in range(2):
        tell(lea, key=f"essai:{number}")
    tell(lea, key="essai:3", kind=NoticeKind.REPLY)
    assert (mails.send_due(), mails.send_due(tomorrow()), mails.send_due(tomorrow())) == (0, 1, 0)
    assert sent() == [("lea@fabrique.fr", "[Certif] Ce qui vous attend aujourd’hui")]
    body = mail.outbox[0].body
    assert "- Quelqu’un vous appelle dans un fil (2 fois)" in body
    assert "- Une réponse dans un fil que vous suivez\n" in body


def test_never_is_never(lea):
    want(lea, Cadence.NEVER, MENTION)
    tell(lea)
    tell(lea, key="essai:2", kind=NoticeKind.REPLY)
    assert mails.send_due(tomorrow()) == 1
    assert sent() == [("lea@fabrique.fr", "[Certif] Une réponse dans un fil que vous suivez")]
    assert Notice.objects.filter(user=lea).count() == 2


def test_the_choice_of_the_moment_counts(lea):
    want(lea, Cadence.DAILY)
    tell(lea)
    want(lea, Cadence.NEVER)
    assert (mails.send_due(tomorrow()), Notice.objects.get().mail_due_at) == (0, None)


def test_the_command_catches_up_but_not_for_ever(lea, capsys):
    tell(lea)
    tell(lea, key="essai:2")
    Notice.objects.filter(key="essai:1").update(mail_due_at=timezone.now() - MAIL_PATIENCE - timedelta(minutes=1))
    call_command("envoyer_courriels")
    assert (capsys.readouterr().out, len(mail.outbox)) == ("1\xa0courriel envoyé.\n", 1)
    assert Notice.objects.get(key="essai:1").mail_due_at is None


# --- To whom ----------------------------------------------------------------------------------


def test_whoever_may_no_longer_read_gets_nothing(dossier, reseau, lea, karim, lise, adele):
    share = Share.objects.create(assessment=dossier, network=reseau, shared_by=lea)
    tell(lea, karim, lise, adele, assessment=dossier)
    sharing.withdraw(share, by=lea)
    Notice.objects.exclude(key="essai:1").update(mail_due_at=None)
    karim.memberships.all().delete()
    User.objects.filter(pk=lise.pk).update(is_active=False)
    assert mails.send_due() == 1
    assert [address for address, _ in sent()] == ["lea@fabrique.fr"]
    assert Notice.objects.to_mail(tomorrow()).count() == 0


def test_what_was_read_meanwhile_is_not_repeated(lea):
    tell(lea)
    client_of(lea).get(reverse("notification_open", args=[Notice.objects.get().pk]))
    assert mails.send_due() == 0


# --- What they say ----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", NoticeKind)
@pytest.mark.parametrize("cadence", [Cadence.NOW, Cadence.DAILY])
def test_an_e_mail_names_nobody_and_nothing(db, edition, kind, cadence):
    lea = make_user("adresse@exemple.fr", "Zénobie Quintessence")
    structure = make_structure("Xylophone Associé", owner=lea)
    make_network("Réseau Kaléidoscope")
    dossier = make_assessment(structure, edition, title="Ornithorynque 2027", by=lea)
    want(lea, cadence)
    notify(
        kind, to=[lea], key=f"{kind}:1", assessment=dossier, path=f"/dossiers/{dossier.pk}/criteres/PER-02/",
        sentence="Zénobie Quintessence, de Xylophone Associé, membre de Réseau Kaléidoscope, écrit « prestidigitation » sur PER-02.",
    )  # fmt: skip

    mails.send_due(tomorrow())

    message = mail.outbox[0]
    whole = f"{message.subject}\n{message.body}\n{message.extra_headers}"
    for word in ("Zénobie", "Quintessence", "Xylophone", "Kaléidoscope", "Ornithorynque", "prestidigitation", "PER-02", "adresse@"):
        assert word not in whole
    links = re.findall(r"http\S+", message.body)
    notice = Notice.objects.get()
    page = reverse("notification_open", args=[notice.pk]) if cadence == Cadence.NOW else reverse("notifications")
    assert f"http://testserver{page}" in links
    assert message.recipients() == ["adresse@exemple.fr"]


# --- Never twice ------------------------------------------------------------------------------


def storm(work, runs=4) -> list:
    """Runs `work` at once in several threads, each with its own connection; what they gave."""
    found, barrier = [], threading.Barrier(runs)

    def run():
        try:
            barrier.wait(20)
            found.append(work())
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(runs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


@pytest.mark.django_db(transaction=True)
def test_runs_at_once_never_send_twice():
    people = [make_user(f"p{number}@exemple.fr") for number in range(6)]
    for number in range(5):
        tell(*people, key=f"essai:{number}")
    assert sum(storm(mails.send_due)) == 30
    assert sorted(address for address, _ in sent()) == sorted([user.email for user in people] * 5)


@pytest.mark.django_db(transaction=True)
def test_without_the_claim_they_would(monkeypatch):
    """The same storm, each run reading before any of them writes: the proof that the test can fail."""
    lea = make_user("lea@fabrique.fr")
    tell(lea)
    ready = threading.Barrier(4)

    def read_only(user_id, now):
        due = list(Notice.objects.to_mail(now).filter(user=user_id))
        ready.wait(20)
        return due

    monkeypatch.setattr(mails, "_claim", read_only)
    assert sum(storm(mails.send_due)) == 4


class Closed(EmailBackend):
    def open(self):
        raise ConnectionRefusedError


class Hiccup(EmailBackend):
    """Loses the first message, and the connection with it."""

    lost = 0

    def send_messages(self, messages):
        if not Hiccup.lost:
            Hiccup.lost += 1
            raise SMTPException
        return super().send_messages(messages)


@override_settings(EMAIL_BACKEND="tests.test_mails.Closed")
def test_nothing_is_claimed_while_the_server_cannot_be_reached(lea, caplog):
    tell(lea)
    assert (mails.send_due(), Notice.objects.to_mail(tomorrow()).count()) == (0, 1)
    assert [record.levelname for record in caplog.records] == ["WARNING"]


@override_settings(EMAIL_BACKEND="tests.test_mails.Hiccup")
def test_an_e_mail_lost_on_its_way_is_not_sent_again_and_holds_up_nobody(lea, karim, caplog):
    Hiccup.lost = 0
    tell(lea, karim)
    assert [mails.send_due() for _ in range(2)] == [1, 0]
    assert (len(mail.outbox), Notice.objects.to_mail(tomorrow()).count()) == (1, 0)


# --- Stopping them ----------------------------------------------------------------------------


def preferences(user) -> dict[str, str]:
    return dict(NoticePreference.objects.filter(user=user).values_list("kind", "cadence"))


def stop_link(message) -> str:
    link = re.fullmatch(r"<http://testserver(/desabonnement/\S+/)>", message.extra_headers["List-Unsubscribe"])[1]
    assert f"http://testserver{link}\n" in message.body
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    return link


def test_a_link_stops_one_kind_without_signing_in(lea):
    tell(lea)
    mails.send_due()
    link = stop_link(mail.outbox[0])
    client = client_of()
    page = client.get(link)
    assert (page.status_code, preferences(lea)) == (200, {})
    assert "Quelqu’un vous appelle dans un fil" in page.content.decode()
    assert "Léa" not in page.content.decode()
    assert client.post(link, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert preferences(lea) == {MENTION.value: Cadence.NEVER.value}
    tell(lea, key="essai:2")
    assert mails.send_due() == 0


def test_a_mail_program_may_send_it_by_itself(lea):
    client = Client(enforce_csrf_checks=True)
    link = reverse("unsubscribe", args=[subscriptions.token_of(lea, MENTION)])
    assert client.post(link, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert preferences(lea) == {MENTION.value: Cadence.NEVER.value}


def test_the_link_of_the_day_stops_what_comes_once_a_day(lea):
    want(lea, Cadence.DAILY, MENTION, NoticeKind.REPLY)
    want(lea, Cadence.NOW, NoticeKind.REMINDER)
    tell(lea)
    mails.send_due(tomorrow())
    client_of().post(stop_link(mail.outbox[0]))
    assert preferences(lea) == {"mention": "jamais", "reponse": "jamais", "rappel": "immediat"}


def test_a_link_that_is_not_ours_stops_nothing(lea):
    token = subscriptions.token_of(lea, MENTION)
    gone = make_user()
    others = [token[:-1], f"{token}x", "abc", "a" * 3_000, subscriptions.token_of(lea, "tout"), subscriptions.token_of(gone, MENTION)]
    gone.delete()
    for other in others:
        for method in ("get", "post"):
            assert getattr(client_of(), method)(f"/desabonnement/{other}/").status_code == 404
    assert NoticePreference.objects.count() == 0


# --- Choosing ---------------------------------------------------------------------------------


def test_one_chooses_kind_by_kind(lea):
    url = reverse("notification_preferences")
    client = client_of(lea)
    assert {field.initial for field in client.get(url).context["form"].fields.values()} == {"immediat"}
    chosen = dict.fromkeys(NoticeKind.values, "quotidien") | {"mention": "jamais"}
    assert client.post(url, chosen).url == url
    assert preferences(lea) == chosen
    assert {name: field.initial for name, field in client.get(url).context["form"].fields.items()} == chosen


def test_a_choice_that_does_not_exist_is_refused(lea):
    chosen = dict.fromkeys(NoticeKind.values, "quotidien") | {"mention": "parfois"}
    response = client_of(lea).post(reverse("notification_preferences"), chosen)
    assert (response.status_code, preferences(lea)) == (422, {})
    assert "Choisissez dans la liste." in response.content.decode()
    assert response.content.decode().count('<option value="quotidien" selected>') == len(NoticeKind) - 1
