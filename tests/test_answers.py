"""Saving an answer: never over a colleague’s, never lost, never twice."""

import pytest

from assessments import answers
from assessments.answers import Conflict, DossierLocked, Locked, Refused, Saved
from assessments.enums import Status
from assessments.models import Answer, AnswerVersion, Assessment, Event, Outcome
from tests.factories import make_assessment, make_edition


@pytest.fixture
def stored(dossier):
    """Reads the answer to a criterion as a request would, with its dossier."""

    def read(code: str = "PER-02") -> Answer:
        return Answer.objects.select_related("assessment").get(assessment=dossier, criterion__code=code)

    return read


def save(answer, by, based_on=0, level=2, justification="Un texte.", not_applicable=False):
    return answers.save_answer(
        answer, by=by, based_on=based_on, level=level, justification=justification, not_applicable=not_applicable
    )


def history(code="PER-02"):
    """What was ever written, oldest first."""
    versions = AnswerVersion.objects.filter(answer__criterion__code=code).order_by("pk")
    return list(versions.values_list("number", "outcome", "level", "justification", "author__email"))


def test_it_stores_the_answer_and_its_version(stored, karim, dossier):
    outcome = save(stored(), karim)
    answer = stored()
    assert (outcome.version, outcome.changed, outcome.saved_at) == (1, True, answer.updated_at)
    assert (answer.level, answer.justification, answer.version, answer.updated_by) == (2, "Un texte.", 1, karim)
    assert history() == [(1, Outcome.SAVED, 2, "Un texte.", "karim@fabrique.fr")]
    assert Assessment.objects.get(pk=dossier.pk).updated_at == answer.updated_at


def test_versions_follow_one_another(stored, karim, lea):
    save(stored(), karim)
    save(stored(), lea, based_on=1, level=3, justification="Mieux.")
    assert [(number, level, author) for number, _, level, _, author in history()] == [
        (1, 2, "karim@fabrique.fr"),
        (2, 3, "lea@fabrique.fr"),
    ]


def test_an_unchanged_answer_makes_no_version(stored, karim, lea):
    save(stored(), karim)
    assert save(stored(), lea, based_on=1) == Saved(1, stored().updated_at, changed=False)
    assert len(history()) == 1


def test_saving_nothing_on_an_empty_answer_does_nothing(stored, karim):
    assert save(stored(), karim, level=None, justification=" \n") == Saved(0, None, changed=False)
    assert history() == []


def test_the_same_form_twice_is_one_version(stored, karim):
    read_twice = stored(), stored()
    assert [save(answer, karim).changed for answer in read_twice] == [True, False]
    assert len(history()) == 1


def test_a_stale_save_overwrites_nothing_and_its_text_is_kept(stored, karim, lea):
    save(stored(), karim, justification="Le texte de Karim.")
    outcome = save(stored(), lea, level=4, justification="Le texte de Léa.")
    assert isinstance(outcome, Conflict)
    assert (outcome.current.justification, outcome.current.updated_by) == ("Le texte de Karim.", karim)
    assert (stored().level, stored().justification, stored().version) == (2, "Le texte de Karim.", 1)
    assert history() == [
        (1, Outcome.SAVED, 2, "Le texte de Karim.", "karim@fabrique.fr"),
        (0, Outcome.CONFLICT, 4, "Le texte de Léa.", "lea@fabrique.fr"),
    ]


def test_someone_saving_between_our_reading_and_our_writing_is_a_conflict_too(stored, karim, lea):
    read_before = stored()
    save(stored(), karim, justification="Le texte de Karim.")
    assert isinstance(save(read_before, lea, justification="Le texte de Léa."), Conflict)
    assert stored().justification == "Le texte de Karim."


def test_a_losing_text_submitted_again_is_kept_once(stored, karim, lea):
    save(stored(), karim, justification="Le texte de Karim.")
    first, second = (save(stored(), lea, justification="Le texte de Léa.") for _ in range(2))
    assert first.kept == second.kept
    assert len(history()) == 2


def test_a_losing_text_equal_to_the_stored_one_is_no_conflict(stored, karim, lea):
    read_before = stored()
    save(stored(), karim)
    assert save(read_before, lea) == Saved(1, stored().updated_at, changed=False)
    assert len(history()) == 1


@pytest.mark.parametrize("status", [Status.SUBMITTED, Status.VALIDATED, Status.CLOSED, Status.ARCHIVED])
def test_a_dossier_no_longer_written_in_keeps_the_text_and_changes_nothing(stored, karim, dossier, status):
    Assessment.objects.filter(pk=dossier.pk).update(status=status)
    outcome = save(stored(), karim)
    assert isinstance(outcome, Locked)
    assert (stored().version, stored().level) == (0, None)
    assert history() == [(0, Outcome.CONFLICT, 2, "Un texte.", "karim@fabrique.fr")]


def test_a_dossier_returned_by_its_network_is_written_in(stored, karim, dossier):
    Assessment.objects.filter(pk=dossier.pk).update(status=Status.RETURNED)
    assert save(stored(), karim).changed is True


def test_a_dossier_closed_between_our_reading_and_our_writing_refuses_the_late_save(stored, karim, dossier):
    read_before = stored()
    Assessment.objects.filter(pk=dossier.pk).update(status=Status.CLOSED)
    assert isinstance(save(read_before, karim), Locked)
    assert (stored().version, stored().justification) == (0, "")
    assert history() == [(0, Outcome.CONFLICT, 2, "Un texte.", "karim@fabrique.fr")]


def test_the_text_is_cleaned(stored, karim):
    save(stored(), karim, justification="  Première ligne\r\nDeuxième\x00 \u202eligne  ")
    assert stored().justification == "Première ligne\nDeuxième ligne"


def test_four_thousand_characters_are_accepted_and_one_more_is_not(stored, karim):
    assert save(stored(), karim, justification="é" * 4_000).changed is True
    refused = save(stored(), karim, based_on=1, justification="é" * 4_001)
    assert refused == Refused(
        {
            "justification": "Ce texte compte 4\u202f001 caractères\u00a0: la limite est de 4\u202f000. "
            "Rien n’est perdu\u00a0: raccourcissez, puis enregistrez."
        }
    )
    assert (stored().version, len(history())) == (1, 1)


REASON = "Un seul site, une seule équipe."


def test_not_applicable_needs_a_reason(stored, karim):
    refused = save(stored(), karim, level=None, not_applicable=True, justification="Un seul site.")
    assert refused == Refused({"justification": "Encore 7\u00a0caractères\u00a0: dites pourquoi en une phrase."})
    assert save(stored(), karim, level=None, not_applicable=True, justification=REASON).changed is True
    assert (stored().not_applicable, stored().level) == (True, None)


def test_one_missing_character_is_singular(stored, karim):
    refused = save(stored(), karim, level=None, not_applicable=True, justification="x" * 19)
    assert refused.errors["justification"] == "Encore 1\u00a0caractère\u00a0: dites pourquoi en une phrase."


@pytest.mark.parametrize(
    ("code", "where"), [("PER-01", "un critère bloquant"), ("DEO-02", "ce critère")], ids=["bloquant", "majeur"]
)
def test_not_applicable_where_it_is_not_allowed_is_refused(stored, karim, code, where):
    refused = save(stored(code), karim, level=None, not_applicable=True, justification=REASON)
    assert refused == Refused({"niveau": f"«\u202fNon concerné\u202f» n’est pas proposé sur {where}."})


def test_a_level_and_not_applicable_are_refused_together(stored, karim):
    refused = save(stored(), karim, level=3, not_applicable=True, justification=REASON)
    assert refused == Refused({"niveau": "Choisissez un niveau ou «\u202fnon concerné\u202f», pas les deux."})


def test_the_scale_is_the_edition_s(fabrique, karim):
    dossier = make_assessment(fabrique, make_edition(level_max=3))
    answer = Answer.objects.select_related("assessment").get(assessment=dossier, criterion__code="PER-02")
    assert save(answer, karim, level=4) == Refused({"niveau": "Ce niveau n’existe pas dans cette édition de la norme."})
    assert save(answer, karim, level=3).changed is True


def test_a_criterion_is_given_to_a_colleague_and_taken_back(stored, lea, karim):
    answers.assign(stored(), by=lea, to=karim)
    assert stored().assigned_to == karim
    answers.assign(stored(), by=lea, to=None)
    assert stored().assigned_to is None
    assert stored().version == 0
    events = Event.objects.filter(verb="critere_confie").order_by("pk")
    assert [(event.before["personne"], event.after["personne"]) for event in events] == [
        (None, karim.pk),
        (karim.pk, None),
    ]


def test_a_closed_dossier_takes_no_assignment(stored, lea, dossier):
    Assessment.objects.filter(pk=dossier.pk).update(status=Status.CLOSED)
    with pytest.raises(DossierLocked):
        answers.assign(stored(), by=lea, to=lea)
    assert (stored().assigned_to, Event.objects.count()) == (None, 0)
