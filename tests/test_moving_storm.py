"""A dossier moves and comes back while somebody saves: no acknowledged text is left behind."""

import threading
from datetime import date

import pytest
from django.db import connection

from assessments import answers, moving
from assessments.models import Answer, AnswerVersion, Assessment
from tests.editions import next_edition
from tests.factories import answer_all, make_assessment, make_edition, make_structure, make_user

DAY = date(2026, 11, 21)
SAVES = 60


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_no_acknowledged_text_is_left_behind():
    owner = make_user()
    source = make_edition()
    dossier = make_assessment(make_structure(owner=owner), source)
    answer_all(dossier, 3, by=owner)
    target = next_edition(source)
    acknowledged, problems, over = [], [], threading.Event()

    def save():
        try:
            for number in range(SAVES):
                row = (
                    Answer.objects.current()
                    .select_related("assessment")
                    .get(assessment=dossier, criterion__code="QUA-01")
                )
                text = f"Texte {number}."
                outcome = answers.save_answer(row, by=owner, based_on=row.version, level=2, justification=text)
                if isinstance(outcome, answers.Saved):
                    acknowledged.append(text)
        except Exception as error:
            problems.append(error)
        finally:
            over.set()
            connection.close()

    def move():
        try:
            while not over.is_set():
                seen = Assessment.objects.visible_to(owner).select_related("structure", "edition").get(pk=dossier.pk)
                done = moving.apply(seen, target, by=owner, on=DAY)
                try:
                    moving.undo(done, seen, by=owner)
                except moving.WorkWouldBeLost:
                    break
        except Exception as error:
            problems.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=each) for each in (save, move)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert problems == []
    assert set(
        AnswerVersion.objects.filter(justification__in=acknowledged).values_list("justification", flat=True).order_by()
    ) == set(acknowledged)
    current = Answer.objects.current().get(assessment=dossier, criterion__code="QUA-01")
    assert current.justification == acknowledged[-1]
