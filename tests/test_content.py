"""The content of an edition: whole, in order, read in a constant number of queries and then for free."""

import pytest

from referentiel.content import content_of, forget_contents
from referentiel.models import Chapter, Criterion, Edition
from tests.factories import CRITERIA, key_of, make_edition

QUERIES = 11


@pytest.fixture
def content(db):
    return content_of(make_edition("ESSAI").pk)


def test_everything_is_there_in_order(content):
    assert [chapter.code for chapter in content.chapters] == ["PER", "DEO", "QUA"]
    assert [criterion.code for criterion in content.criteria] == [row[0] for row in CRITERIA]
    assert [criterion.number for criterion in content.criteria] == list(range(1, 9))
    assert [level.value for level in content.levels] == [0, 1, 2, 3, 4]
    assert [register.code for register in content.registers] == [f"REG-{number}" for number in range(1, 9)]


def test_a_criterion_carries_all_that_depends_on_it(content):
    criterion = content.criterion_by_code["PER-01"]
    assert criterion.key == str(key_of("PER-01"))
    assert [descriptor.text for descriptor in criterion.descriptors] == [
        f"Entité juridique employeuse au niveau {level}." for level in range(5)
    ]
    assert criterion.descriptor(3) == "Entité juridique employeuse au niveau 3."
    assert [(piece.label, piece.required, piece.validity_months) for piece in criterion.expected_evidence] == [
        ("Statuts", True, None),
        ("Registre du personnel", False, 12),
    ]
    assert [str(action.effort_days) for action in criterion.suggested_actions] == ["1.50", "2.00"]
    assert [question.role for question in criterion.interview_questions] == ["direction"]
    assert criterion.sources == ("https://exemple.fr/source",)


def test_a_conditional_criterion_knows_its_registers(content):
    criterion = content.criterion_by_code["DEO-03"]
    register = content.register_by_code["REG-8"]
    assert criterion.applicable_register_ids == (register.id,)
    assert criterion.applicable_register_keys == (register.key,)
    assert criterion.register_ids == ()


def test_the_same_criterion_is_found_by_code_id_and_key(content):
    criterion = content.criterion_by_code["DEO-01"]
    assert content.criterion_by_id[criterion.id] is criterion
    assert content.criterion_by_key[criterion.key] is criterion
    assert content.register_criterion.code == "PER-08"


def test_previous_and_next_run_through_chapters(content):
    by_code = content.criterion_by_code
    assert content.next(by_code["PER-08"]).code == "DEO-01"
    assert content.previous(by_code["DEO-01"]).code == "PER-08"
    assert content.previous(content.criteria[0]) is None
    assert content.next(content.criteria[-1]) is None


@pytest.mark.parametrize("count", [1, 30])
def test_reading_costs_the_same_whatever_the_size(django_assert_num_queries, db, count):
    criteria = tuple((f"PER-{number:02}", f"Critère {number}", "majeur", 2, {}) for number in range(1, count + 1))
    edition = make_edition(criteria=criteria)
    with django_assert_num_queries(QUERIES):
        assert len(content_of(edition.pk).criteria) == count


def test_a_sealed_edition_is_read_once(django_assert_num_queries, content):
    with django_assert_num_queries(0):
        assert content_of(content.id) is content
    forget_contents()
    with django_assert_num_queries(QUERIES):
        assert content_of(content.id) == content


def test_a_draft_is_read_each_time(db):
    draft = make_edition(sealed=False)
    assert content_of(draft.pk).sealed is False
    Criterion.objects.filter(edition=draft, code="PER-01").update(title="Autre titre")
    assert content_of(draft.pk).criterion_by_code["PER-01"].title == "Autre titre"


def test_an_empty_draft_can_be_read(db):
    draft = make_edition(sealed=False)
    Chapter.objects.filter(edition=draft).delete()
    content = content_of(draft.pk)
    assert content.criteria == ()
    assert content.register_criterion is None


def test_an_unknown_edition_is_said_so(db):
    with pytest.raises(Edition.DoesNotExist):
        content_of(0)
