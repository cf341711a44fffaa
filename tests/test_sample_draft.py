"""The draft of the demonstration: every fate a criterion may have, in words that say they are invented."""

from datetime import date

from referentiel import sample_draft
from referentiel.completeness import lacks
from referentiel.content import read_content
from referentiel.differences import Status, compare
from referentiel.editions import canonical_content, fingerprint, publish
from referentiel.models import Edition


def test_it_is_complete_and_could_be_published(shipped):
    assert lacks(read_content(sample_draft.make().pk)) == []


def test_it_shows_every_fate(shipped, shipped_edition):
    draft = sample_draft.make()
    found = compare(canonical_content(shipped_edition), canonical_content(draft))
    by_status = {status: [item.code for item in found.criteria if item.status is status] for status in Status}

    assert by_status == {
        Status.ADDED: ["DEO-15", "TRA-12"],
        Status.REMOVED: ["MAN-02", "QUA-12"],
        Status.CHANGED: ["GOU-11", "DEO-04", "DEO-08", "INT-14", "COM-08", "MAN-01", "TRA-09", "QUA-06"],
    }


def test_what_changes_says_that_it_is_invented(shipped, shipped_edition):
    draft = read_content(sample_draft.make().pk)
    found = compare(canonical_content(shipped_edition), canonical_content(draft_edition()))
    touched = [item.key for item in found.criteria if item.status is not Status.REMOVED]

    assert "texte inventé" in draft.label
    assert draft.notice.startswith("Texte inventé pour la démonstration.")
    assert {draft.criterion_by_key[key].sources for key in touched} == {("Texte inventé pour la démonstration",)}
    assert {draft.criterion_by_key[key].confidence for key in touched} == {"faible"}


def draft_edition() -> Edition:
    return Edition.objects.get(code=sample_draft.CODE)


def test_made_twice_it_is_the_same(shipped):
    first = sample_draft.make()
    text = fingerprint(first)
    assert sample_draft.make() == first
    sample_draft.remove()
    assert fingerprint(sample_draft.make()) == text


def test_a_published_draft_stays(shipped, ines):
    publish(sample_draft.make(), by=ines, change_note="Essai.", in_force_on=date(2030, 1, 1))
    sample_draft.remove()
    assert draft_edition().code == sample_draft.CODE
