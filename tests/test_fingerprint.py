"""The fingerprint says « same content » and nothing else."""

import pytest

from referentiel.editions import canonical_content, fingerprint
from referentiel.models import (
    Chapter,
    Criterion,
    Edition,
    ExpectedEvidence,
    InterviewQuestion,
    Level,
    LevelDescriptor,
    Register,
    Standard,
    SuggestedAction,
)
from tests.factories import make_edition


def test_the_same_content_has_the_same_fingerprint_under_other_numbers(db):
    first = make_edition("ESSAI", sealed=False)
    before, number = fingerprint(first), first.pk
    first.delete()
    make_edition("AUTRE", sealed=False)
    again = make_edition("ESSAI", sealed=False)
    assert again.pk != number
    assert fingerprint(again) == before
    assert len(before) == 64


def test_sealing_leaves_the_fingerprint_alone(db):
    edition = make_edition(sealed=False)
    before = fingerprint(edition)
    edition.created_at = edition.created_at.replace(year=2000)
    edition.save()
    assert fingerprint(edition) == before


CHANGES = [
    (Standard, "title"),
    (Edition, "label"),
    (Edition, "notice"),
    (Chapter, "introduction"),
    (Chapter, "short_title"),
    (Level, "description"),
    (Register, "definition"),
    (Register, "label_status"),
    (Criterion, "title"),
    (Criterion, "statement"),
    (Criterion, "criticality_reason"),
    (Criterion, "na_condition"),
    (LevelDescriptor, "text"),
    (ExpectedEvidence, "label"),
    (ExpectedEvidence, "kind"),
    (SuggestedAction, "detail"),
    (InterviewQuestion, "expected"),
]


@pytest.mark.parametrize(("model", "field"), CHANGES, ids=lambda value: getattr(value, "__name__", value))
def test_any_word_changes_it(db, model, field):
    edition = make_edition(sealed=False)
    before = fingerprint(edition)
    model.objects.filter(pk=model.objects.order_by("pk").first().pk).update(**{field: "changé"})
    assert fingerprint(edition) != before


def test_so_does_a_register_attached_to_a_criterion(db):
    edition = make_edition(sealed=False)
    before = fingerprint(edition)
    edition.criteria.get(code="PER-01").registers.add(edition.registers.get(code="REG-2"))
    assert fingerprint(edition) != before


def test_efforts_are_written_plainly(db):
    content = canonical_content(make_edition())
    efforts = {
        action["charge_jours"]
        for criterion in content["chapitres"][0]["criteres"]
        for action in criterion["actions_types"]
    }
    assert efforts == {"1.5", "2"}
