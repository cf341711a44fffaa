"""What people are reminded of: who, when, once; and what one is not reminded of."""

from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from assessments import reminders
from assessments.enums import ActionStatus, Status
from assessments.models import Action, Answer, Assessment, Notice
from certif.accounts.models import User
from certif.dates import today
from tests.factories import ask, make_evidence, use_evidence

DAY = date(2026, 11, 21)


def told(user) -> list[str]:
    rows = Notice.objects.filter(user=user, kind="rappel").order_by("pk").values_list("sentence", flat=True)
    return [sentence.replace("\xa0", " ").replace("\u202f", " ") for sentence in rows]


def remind(*days: date) -> None:
    for day in days or (DAY,):
        reminders.remind(day)


def row(dossier, code) -> Answer:
    return Answer.objects.get(assessment=dossier, criterion__code=code)


def test_a_request_is_reminded_a_week_before_and_once_late(dossier, reseau, adele, lea, karim, lise):
    Answer.objects.filter(pk=row(dossier, "PER-01").pk).update(assigned_to=karim)
    for code in ("PER-01", "DEO-01", "DEO-02"):
        ask(row(dossier, code), reseau, adele, "Une pièce.", due_on=DAY)
    ask(row(dossier, "QUA-01"), reseau, adele, "Pas encore dite.", due_on=DAY, sent=False)
    done = ask(row(dossier, "QUA-02"), reseau, adele, "Faite.", due_on=DAY)
    type(done).objects.filter(pk=done.pk).update(answered_at=timezone.now())

    remind(DAY - timedelta(days=8))
    assert told(lea) == told(karim) == []
    remind(DAY - timedelta(days=7), DAY - timedelta(days=6), DAY)
    assert told(karim) == ["1 demande de votre réseau attendue pour le 21 novembre 2026."]
    assert told(lea) == ["2 demandes de votre réseau attendues pour le 21 novembre 2026."]
    remind(DAY + timedelta(days=1), DAY + timedelta(days=2))
    assert told(karim)[1:] == ["1 demande de votre réseau était attendue pour le 21 novembre 2026."]
    assert told(lea)[1:] == ["2 demandes de votre réseau étaient attendues pour le 21 novembre 2026."]
    assert told(lise) == told(adele) == []


def test_a_late_action_is_reminded_once_to_whoever_carries_it(dossier, lea, karim):
    for owner, due_on, status in (
        (karim, DAY, ActionStatus.TODO), (karim, DAY, ActionStatus.DOING), (None, DAY, ActionStatus.TODO),
        (karim, DAY, ActionStatus.DONE), (karim, DAY + timedelta(days=9), ActionStatus.TODO),
        (karim, DAY - timedelta(days=60), ActionStatus.TODO),
    ):  # fmt: skip
        done_at = timezone.now() if status == ActionStatus.DONE else None
        Action.objects.create(assessment=dossier, title="Écrire", owner=owner, due_on=due_on, status=status, done_at=done_at)
    remind(DAY)
    assert told(karim) == []
    remind(DAY + timedelta(days=3), DAY + timedelta(days=4))
    assert told(karim) == ["2 actions devaient être faites pour le 21 novembre 2026."]
    assert told(lea) == ["1 action devait être faite pour le 21 novembre 2026."]


def test_an_action_of_someone_gone_is_reminded_to_owners(dossier, lea, karim):
    Action.objects.create(assessment=dossier, title="Écrire", owner=karim, due_on=DAY)
    karim.memberships.all().delete()
    remind(DAY + timedelta(days=1))
    assert (len(told(lea)), told(karim)) == (1, [])


def test_pieces_that_stop_counting_are_reminded_together(dossier, fabrique, lea, karim, lise):
    ends = DAY + timedelta(days=30)
    for number in range(2):
        use_evidence(make_evidence(fabrique, f"Pièce {number}", expires_on=ends), dossier, "PER-01")
        use_evidence(make_evidence(fabrique, f"Plus tard {number}", expires_on=ends + timedelta(days=1)), dossier, "PER-01")
    use_evidence(make_evidence(fabrique, "Déjà passée", expires_on=DAY - timedelta(days=1)), dossier, "PER-01")
    remind(DAY, DAY)
    assert told(lea) == told(karim) == ["2 preuves ne vaudront plus après le 21 décembre 2026."]
    assert told(lise) == []


@pytest.mark.parametrize(
    ("left", "said"),
    [(91, []), (90, ["dans 90 jours"]), (31, ["dans 31 jours"]), (30, ["dans 30 jours"]), (1, ["demain"]), (0, ["aujourd’hui"]), (-1, [])],
)
def test_the_audit_comes(dossier, lea, left, said):
    on = DAY + timedelta(days=left)
    Assessment.objects.filter(pk=dossier.pk).update(audit_on=on)
    remind()
    assert [sentence.partition(" est ")[2].partition(",")[0] for sentence in told(lea)] == said


def test_the_audit_is_told_three_times_on_its_way(dossier, lea):
    Assessment.objects.filter(pk=dossier.pk).update(audit_on=DAY)
    remind(*(DAY - timedelta(days=days) for days in range(100, -2, -1)))
    assert [sentence.partition(" est ")[2].partition(",")[0] for sentence in told(lea)] == ["dans 90 jours", "dans 30 jours", "dans 7 jours"]
    Assessment.objects.filter(pk=dossier.pk).update(audit_on=DAY + timedelta(days=365))
    remind(DAY + timedelta(days=360))
    assert len(told(lea)) == 4


def test_an_archived_dossier_and_somebody_disabled_are_left_alone(dossier, lea, karim):
    Assessment.objects.filter(pk=dossier.pk).update(audit_on=DAY)
    User.objects.filter(pk=karim.pk).update(is_active=False)
    remind()
    assert (len(told(lea)), told(karim)) == (1, [])
    Assessment.objects.filter(pk=dossier.pk).update(audit_on=DAY + timedelta(days=1), status=Status.ARCHIVED)
    remind()
    assert len(told(lea)) == 1


def test_the_command_says_how_many_and_adds_nothing_twice(dossier, lea, capsys):
    Assessment.objects.filter(pk=dossier.pk).update(audit_on=today())
    call_command("rappeler")
    call_command("rappeler")
    assert capsys.readouterr().out == "1\xa0rappel.\n0\xa0rappel.\n"
