"""Opening a dossier: one transaction, one empty answer per criterion, one event; twice the same form opens one."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from assessments import dossiers
from assessments.enums import AuditKind, Status
from assessments.models import Answer, Assessment, Event
from tests.factories import answer, make_edition, make_service


def open_one(structure, edition, by, **changes):
    fields = {
        "title": "Auto-évaluation 2027",
        "audit_kind": AuditKind.INITIAL,
        "audit_on": date(2027, 3, 16),
        "services": [],
        "eligibility": {},
    } | changes
    return dossiers.open_assessment(structure=structure, edition=edition, by=by, **fields)


def test_a_dossier_holds_one_empty_answer_per_criterion(fabrique, edition, lea):
    service = make_service(fabrique)
    opened = open_one(fabrique, edition, lea, services=[service], eligibility={"ELI-01": "constituee"})
    stored = Assessment.objects.get()
    assert stored == opened
    assert (stored.status, stored.structure, stored.edition, stored.created_by) == (
        Status.DRAFT,
        fabrique,
        edition,
        lea,
    )
    assert (stored.title, stored.audit_on) == ("Auto-évaluation 2027", date(2027, 3, 16))
    assert list(stored.services.all()) == [service]
    assert stored.eligibility == {"ELI-01": "constituee"}
    codes = (
        Answer.objects.filter(assessment=stored).order_by("criterion__code").values_list("criterion__code", flat=True)
    )
    assert list(codes) == sorted(edition.criteria.values_list("code", flat=True))
    assert set(stored.answers.values_list("level", "not_applicable", "justification", "version")) == {
        (None, False, "", 0)
    }


def test_opening_is_one_event(fabrique, edition, lea):
    opened = open_one(fabrique, edition, lea)
    event = Event.objects.get()
    assert (event.verb, event.actor, event.assessment, event.structure) == ("dossier_ouvert", lea, opened, fabrique)
    assert event.after["edition"] == edition.code
    assert event.after["empreinte"] == edition.seal.fingerprint


def test_opening_costs_the_same_whatever_the_number_of_criteria(fabrique, edition, lea, django_assert_num_queries):
    open_one(fabrique, edition, lea, title="Premier")
    with django_assert_num_queries(12):
        open_one(fabrique, edition, lea, title="Deuxième")


def test_a_draft_edition_is_refused(fabrique, lea):
    with pytest.raises(ValidationError) as refused:
        open_one(fabrique, make_edition(sealed=False), lea)
    assert refused.value.message_dict == {"edition": [dossiers.NOT_PUBLISHED]}
    assert (Assessment.objects.count(), Event.objects.count()) == (0, 0)


def test_a_retired_edition_is_refused(fabrique, lea, edition):
    edition.seal.retired_on = date(2026, 6, 1)
    edition.seal.save()
    with pytest.raises(ValidationError):
        open_one(fabrique, edition, lea)
    assert Assessment.objects.count() == 0


def test_a_service_of_another_structure_is_refused(fabrique, edition, lea, passeurs):
    with pytest.raises(ValidationError) as refused:
        open_one(fabrique, edition, lea, services=[make_service(fabrique), make_service(passeurs)])
    assert refused.value.message_dict == {"services": [dossiers.FOREIGN_SERVICE]}
    assert Assessment.objects.count() == 0


def test_the_same_form_sent_twice_opens_one_dossier(fabrique, edition, lea):
    assert open_one(fabrique, edition, lea) == open_one(fabrique, edition, lea)
    assert (Assessment.objects.count(), Event.objects.count()) == (1, 1)


def test_a_title_already_worked_on_is_taken(fabrique, edition, lea):
    answer(open_one(fabrique, edition, lea), "DEO-01", 2, by=lea)
    with pytest.raises(ValidationError) as refused:
        open_one(fabrique, edition, lea)
    assert refused.value.message_dict == {"title": [dossiers.TITLE_TAKEN]}


def test_a_title_taken_by_a_colleague_is_refused(fabrique, edition, lea, karim):
    open_one(fabrique, edition, lea)
    with pytest.raises(ValidationError):
        open_one(fabrique, edition, karim)
    assert Assessment.objects.count() == 1


def test_two_structures_may_use_the_same_title(fabrique, passeurs, edition, lea, oscar):
    open_one(fabrique, edition, lea)
    open_one(passeurs, edition, oscar)
    assert Assessment.objects.count() == 2


def test_an_answer_the_questionnaire_does_not_know_is_left_out(fabrique, edition, lea):
    opened = open_one(fabrique, edition, lea, eligibility={"ELI-01": "inventée", "ELI-99": "constituee"})
    assert opened.eligibility == {}


def test_the_proposed_title_is_free(fabrique, edition, lea):
    assert dossiers.proposed_title(fabrique, 2027) == "Auto-évaluation 2027"
    open_one(fabrique, edition, lea)
    assert dossiers.proposed_title(fabrique, 2027) == "Auto-évaluation 2027 (2)"
