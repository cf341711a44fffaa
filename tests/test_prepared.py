"""Querysets compiled once give what the ORM gives."""

from datetime import date

import pytest

from assessments.models import Answer, Assessment, Evidence
from certif.accounts.models import User
from certif.prepared import Prepared, day, number
from tests.factories import answer, make_evidence

pytestmark = pytest.mark.django_db

FIELDS = ("criterion__code", "level", "not_applicable", "updated_at")
answers_of = Prepared(
    lambda assessment, code: Answer.objects.filter(assessment=assessment, criterion__code=str(code)).values_list(
        *FIELDS
    ),
    assessment=number,
    code=number,
)
dated_before = Prepared(
    lambda on: Evidence.objects.filter(effective_on__lte=on).order_by("effective_on").values_list("effective_on"),
    on=day,
)


def test_numbers_texts_booleans_and_moments_are_those_of_the_orm(dossier, karim):
    answer(dossier, "PER-01", 3, by=karim)
    for code in ("PER-01", "PER-02"):
        rows = Answer.objects.filter(assessment=dossier, criterion__code=code).values_list(*FIELDS)
        assert answers_of(assessment=dossier.pk, code=code) == list(rows)


def test_each_call_takes_its_own_values(dossier, karim):
    answer(dossier, "PER-01", 3, by=karim)
    assert [answers_of(assessment=dossier.pk, code=code)[0][1] for code in ("PER-01", "PER-02", "PER-01")] == [
        3,
        None,
        3,
    ]
    assert answers_of(assessment=dossier.pk + 1, code="PER-01") == []
    assert answers_of(assessment=dossier.pk, code="' OR 1=1 --") == []


def test_dates_are_compared_as_dates(fabrique):
    for on in (date(2026, 1, 5), date(2026, 11, 21)):
        make_evidence(fabrique, url="https://exemple.fr", effective_on=on)
    assert dated_before(on=date(2026, 11, 20)) == [(date(2026, 1, 5),)]
    assert dated_before(on=date(2026, 11, 21)) == [(date(2026, 1, 5),), (date(2026, 11, 21),)]


def test_the_door_compiled_once_is_the_door(dossier, lea, oscar):
    door = Prepared(
        lambda user: Assessment.objects.visible_to(User(pk=user)).values_list("pk", "member_role"), user=number
    )
    for person in (lea, oscar):
        assert door(user=person.pk) == list(Assessment.objects.visible_to(person).values_list("pk", "member_role"))


def test_a_value_the_queryset_ignores_is_a_mistake():
    with pytest.raises(ValueError, match="does not use code"):
        Prepared(lambda code: Answer.objects.values_list("pk"), code=number)()
