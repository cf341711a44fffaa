"""Fifty people saving at once: every acknowledged save is kept, in order; and the same storm without the guard loses some."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import OperationalError, connection, connections
from django.utils import timezone

from assessments.answers import Saved, save_answer
from assessments.models import Answer, AnswerVersion, Outcome
from tests.factories import make_assessment, make_user

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

WRITERS = 50
SAVES = 40  # acknowledged, each: 2 000 in all
CODES = ("PER-01", "PER-02", "DEO-01", "DEO-02", "QUA-01", "QUA-02")


def storm(work) -> list:
    """Runs `work(writer)` in fifty threads that start together, each with its own connection; gives what they return."""
    together = threading.Barrier(WRITERS)

    def run(writer: int):
        try:
            connection.ensure_connection()
            together.wait()
            return work(writer)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(WRITERS) as pool:
        return [done for each in pool.map(run, range(WRITERS)) for done in each]


def read(pk: int) -> Answer:
    return Answer.objects.select_related("assessment").get(pk=pk)


@pytest.fixture
def writers(db):
    return [make_user(name=f"Personne {number}") for number in range(WRITERS)]


@pytest.fixture
def answer_ids(dossier) -> list[int]:
    """Of five dossiers, so that people meet often without meeting all the time."""
    others = [make_assessment(dossier.structure, dossier.edition, title=f"Dossier {number}") for number in range(2, 6)]
    return [each.answers.get(criterion__code=code).pk for each in (dossier, *others) for code in CODES]


def test_no_acknowledged_save_is_lost(answer_ids, writers):
    def work(writer: int) -> list[tuple[int, int, str]]:
        acknowledged = []
        for number in range(SAVES):
            pk = answer_ids[(writer + number) % len(answer_ids)]
            text = f"Personne {writer}, texte {number}."
            while True:
                answer = read(pk)
                outcome = save_answer(
                    answer, by=writers[writer], based_on=answer.version, level=number % 5, justification=text
                )
                if isinstance(outcome, Saved):
                    break
            acknowledged.append((pk, outcome.version, text))
        return acknowledged

    acknowledged = storm(work)
    assert len(acknowledged) == WRITERS * SAVES
    assert AnswerVersion.objects.filter(outcome=Outcome.CONFLICT).exists()  # they did meet
    kept = AnswerVersion.objects.filter(outcome=Outcome.SAVED).values_list("answer_id", "number", "justification")
    assert sorted(kept) == sorted(acknowledged)
    for pk in answer_ids:
        numbers = AnswerVersion.objects.filter(answer=pk, outcome=Outcome.SAVED).order_by("number")
        last = numbers.last()
        assert list(numbers.values_list("number", flat=True)) == list(range(1, last.number + 1))
        assert (read(pk).version, read(pk).justification) == (last.number, last.justification)


def test_every_refused_save_of_a_storm_is_kept_as_a_losing_text(answer_ids, writers):
    """Everyone starts from the same empty page of one answer: one wins, the others are told and kept."""

    def work(writer: int) -> list:
        answer = read(answer_ids[0])
        return [save_answer(answer, by=writers[writer], based_on=0, level=2, justification=f"Personne {writer}.")]

    outcomes = storm(work)
    assert sum(isinstance(outcome, Saved) for outcome in outcomes) == 1
    texts = AnswerVersion.objects.values_list("justification", flat=True)
    assert sorted(texts) == sorted(f"Personne {writer}." for writer in range(WRITERS))


def test_the_same_storm_without_the_guard_loses_writes(answer_ids, writers):
    """The negative control: read, change, save, as a plain form would."""

    def work(writer: int) -> list[int]:
        acknowledged = []
        for number in range(4):
            answer = read(answer_ids[number % 2])
            answer.version += 1
            answer.justification = f"Personne {writer}, texte {number}."
            answer.updated_by, answer.updated_at = writers[writer], timezone.now()
            try:
                answer.save()
            except OperationalError:
                continue
            acknowledged.append(answer.pk)
        return acknowledged

    acknowledged = storm(work)
    stored = sum(read(pk).version for pk in answer_ids[:2])
    assert stored < len(acknowledged)
