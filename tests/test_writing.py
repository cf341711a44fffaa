"""The verbs that write a draft: what they do, who may, and that a published edition is never touched."""

import pytest
from django.core.exceptions import PermissionDenied

from referentiel import writing
from referentiel.completeness import lacks
from referentiel.content import read_content
from referentiel.differences import compare
from referentiel.editions import Refusal, canonical_content
from referentiel.forms.criterion import CriterionForm
from referentiel.models import Chapter, Criterion, Edition, Register, Seal, Standard
from tests.drafts import criterion, typed
from tests.factories import key_of, make_edition, seal


def codes(edition: Edition) -> list[str]:
    return [each.code for each in read_content(edition.pk).criteria]


def chapter(edition: Edition, code: str) -> Chapter:
    return Chapter.objects.get(edition=edition, code=code)


def values(edition: Edition, code: str, **changes) -> dict:
    content = read_content(edition.pk)
    form = CriterionForm(content, content.criterion_by_code[code], typed(edition, code, **changes))
    assert form.is_valid(), form.errors
    return form.values


def test_an_empty_draft_has_a_scale_and_rules_that_can_be_used(db, ines):
    standard = Standard.objects.create(code="AUTRE", title="Autre", publisher="Nous")
    edition = writing.start(standard, code="AUTRE-1", label="Autre, première", levels=4, by=ines)
    content = read_content(edition.pk)
    assert [level.value for level in content.levels] == [0, 1, 2, 3]
    assert content.rules["constats"]["bloquant"] == {
        "0": "non-conformité majeure",
        "1": "non-conformité majeure",
        "2": "non-conformité mineure",
        "3": "point fort",
    }
    assert [lack.sentence for lack in lacks(content)] == ["L’édition n’a aucun critère."]


def test_the_usual_rules_of_five_levels_are_those_of_the_shipped_norm():
    table = writing.usual_rules(range(5))["constats"]
    assert [*table["majeur"].values()] == [
        "non-conformité mineure", "non-conformité mineure", "point sensible", "conforme", "point fort",
    ]  # fmt: skip


def test_a_copy_says_the_same_under_another_code(draft, ines):
    copy = writing.duplicate(draft, code="COPIE", label="Copie", by=ines)
    found = compare(canonical_content(draft), canonical_content(copy))
    assert [change.label for change in found.edition] == ["Code", "Libellé"]
    assert not any((found.rules, found.levels, found.registers, found.chapters, found.criteria))
    assert criterion(copy, "DEO-01").key == key_of("DEO-01")


VERBS = {
    "couverture": lambda e, by: writing.save_cover(
        e, based_on=writing.stamp(writing.cover(e)), values={"code": e.code, "label": "Autre", "notice": ""}, by=by
    ),
    "chapitre ajouté": lambda e, by: writing.add_chapter(e, values={"code": "NEU", "title": "Neuf", "short_title": "N"}, by=by),
    "chapitre écrit": lambda e, by: writing.save_chapter(
        chapter(e, "DEO"),
        based_on=writing.stamp(writing.chapter_values(chapter(e, "DEO"))),
        values={**writing.chapter_values(chapter(e, "DEO")), "title": "Autre"},
        by=by,
    ),
    "chapitre déplacé": lambda e, by: writing.move_chapter(chapter(e, "DEO"), place=1, by=by),
    "chapitre supprimé": lambda e, by: writing.delete_chapter(chapter(e, "DEO"), by=by),
    "critère ajouté": lambda e, by: writing.add_criterion(chapter(e, "DEO"), code="DEO-09", title="Neuf", by=by),
    "critère écrit": lambda e, by: writing.save_criterion(
        criterion(e, "DEO-01"), based_on=0, values=values(e, "DEO-01", titre="Autre"), by=by
    ),
    "critère déplacé": lambda e, by: writing.move_criterion(criterion(e, "DEO-01"), place=2, by=by),
    "critère copié": lambda e, by: writing.copy_criterion(criterion(e, "DEO-01"), code="DEO-09", by=by),
    "critère supprimé": lambda e, by: writing.delete_criterion(criterion(e, "DEO-01"), by=by),
    "règles": lambda e, by: writing.save_rules(
        e, based_on=writing.stamp(writing.rules_values(e)), levels=[{"value": 0, "label": "Non", "description": ""}], rules={}, by=by
    ),
    "registre ajouté": lambda e, by: writing.add_register(
        e, values={"code": "REG-9", "label": "Neuf", "definition": "", "label_confidence": "faible", "label_status": ""}, by=by
    ),
    "registre déplacé": lambda e, by: writing.move_register(e.registers.get(code="REG-1"), place=3, by=by),
    "registre supprimé": lambda e, by: writing.delete_register(e.registers.get(code="REG-1"), by=by),
    "brouillon supprimé": lambda e, by: writing.delete_draft(e, by=by),
}


@pytest.mark.parametrize("verb", VERBS)
def test_each_verb_writes_in_a_draft(draft, ines, verb):
    before = canonical_content(draft)
    VERBS[verb](draft, ines)
    assert not Edition.objects.filter(pk=draft.pk).exists() or canonical_content(draft) != before


@pytest.mark.parametrize("verb", VERBS)
def test_none_touches_a_published_edition(draft, ines, verb):
    seal(draft)
    before = canonical_content(draft)
    with pytest.raises(Refusal, match="ne change plus"):
        VERBS[verb](draft, ines)
    assert canonical_content(draft) == before


@pytest.mark.parametrize("verb", VERBS)
def test_only_norm_admins_write(draft, lea, verb):
    before = canonical_content(draft)
    with pytest.raises(PermissionDenied):
        VERBS[verb](draft, lea)
    assert canonical_content(draft) == before


@pytest.mark.parametrize(
    ("place", "order"),
    [
        (1, ["DEO-02", "DEO-01", "DEO-03"]),
        (3, ["DEO-01", "DEO-03", "DEO-02"]),
        (99, ["DEO-01", "DEO-03", "DEO-02"]),
        (0, ["DEO-02", "DEO-01", "DEO-03"]),
    ],
)
def test_a_criterion_moves_in_its_chapter(draft, ines, place, order):
    writing.move_criterion(criterion(draft, "DEO-02"), place=place, by=ines)
    assert [code for code in codes(draft) if code.startswith("DEO")] == order


def test_a_criterion_moves_to_another_chapter(draft, ines):
    writing.move_criterion(criterion(draft, "DEO-02"), chapter=chapter(draft, "QUA"), place=2, by=ines)
    content = read_content(draft.pk)
    assert [[each.code for each in chap.criteria] for chap in content.chapters] == [
        ["PER-01", "PER-02", "PER-08"],
        ["DEO-01", "DEO-03"],
        ["QUA-01", "DEO-02", "QUA-02"],
    ]
    assert [each.position for each in content.chapters[1].criteria] == [1, 2]


def test_not_to_a_chapter_of_another_edition(draft, ines):
    other = make_edition("AUTRE", sealed=False)
    with pytest.raises(Refusal, match="pas de cette édition"):
        writing.move_criterion(criterion(draft, "DEO-02"), chapter=chapter(other, "QUA"), place=1, by=ines)
    assert criterion(draft, "DEO-02").chapter == chapter(draft, "DEO")


def test_saving_twice_from_the_same_reading_is_refused(draft, ines):
    row = criterion(draft, "DEO-01")
    writing.save_criterion(row, based_on=0, values=values(draft, "DEO-01", titre="Premier"), by=ines)
    with pytest.raises(writing.Overtaken):
        writing.save_criterion(row, based_on=0, values=values(draft, "DEO-01", titre="Second"), by=ines)
    stored = criterion(draft, "DEO-01")
    assert (stored.title, stored.version, stored.written_by) == ("Premier", 1, ines.pk)


def test_keys_of_evidence_and_actions_survive_and_cannot_be_borrowed(draft, ines):
    borrowed = str(criterion(draft, "PER-01").expectedevidences.get(position=1).key)
    mine = str(criterion(draft, "DEO-01").expectedevidences.get().key)
    changes = {"preuves__1__cle": borrowed, "preuves__1__libelle": "Autre", "preuves__1__type": "document"}
    writing.save_criterion(criterion(draft, "DEO-01"), based_on=0, values=values(draft, "DEO-01", **changes), by=ines)
    kept, added = [str(each.key) for each in criterion(draft, "DEO-01").expectedevidences.order_by("position")]
    assert kept == mine
    assert added not in (mine, borrowed)


def test_a_code_is_taken_once(draft, ines):
    with pytest.raises(Refusal, match="déjà pris"):
        writing.add_criterion(chapter(draft, "QUA"), code="deo-01", title="Double", by=ines)
    with pytest.raises(Refusal, match="déjà pris"):
        writing.add_chapter(draft, values={"code": "DEO", "title": "Double", "short_title": "D"}, by=ines)
    assert Chapter.objects.filter(edition=draft).count() == 3


def test_registers_of_another_edition_are_left_out(draft, ines):
    other = make_edition("AUTRE", sealed=False)
    said = values(draft, "DEO-01") | {"registers": [Register.objects.filter(edition=other).first().pk]}
    writing.save_criterion(criterion(draft, "DEO-01"), based_on=0, values=said, by=ines)
    assert criterion(draft, "DEO-01").registers.count() == 0


def test_levels_that_go_take_their_descriptors(draft, ines):
    stored = writing.rules_values(draft)
    lost = writing.save_rules(
        draft, based_on=writing.stamp(stored), levels=stored["levels"][:4], rules=stored["rules"], by=ines
    )
    assert lost == Criterion.objects.filter(edition=draft).count()
    assert {each.value for row in read_content(draft.pk).criteria for each in row.descriptors} == {0, 1, 2, 3}


def test_deleting_a_draft_leaves_the_others(draft, ines):
    other = make_edition("AUTRE")
    writing.delete_draft(draft, by=ines)
    assert [*Edition.objects.all()] == [other]
    assert Seal.objects.count() == 1


def test_a_criterion_is_counted_blocking_without_evidence(draft):
    said = [(lack.sentence, lack.screen, lack.field) for lack in lacks(read_content(draft.pk))]
    assert said == [("PER-08\u00a0: un critère bloquant demande au moins une preuve obligatoire.", "draft_criterion", "preuves")]
