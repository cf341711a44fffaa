"""What changes between two editions, on screen."""

import pytest
from django.urls import reverse

from referentiel import writing
from referentiel.models import Chapter, Nature
from tests.drafts import criterion
from tests.people import client_of


@pytest.fixture
def changed(edition, ines):
    """A copy of the published edition: one reworded, one moved alone, one dropped, one new."""
    copy = writing.duplicate(edition, code="SUITE", label="La suite", by=ines)
    row = criterion(copy, "DEO-01")
    row.statement = "Libre consentement : ce que l’on vérifie vraiment."
    row.save(update_fields=["statement"])
    writing.move_criterion(criterion(copy, "QUA-02"), place=1, by=ines)
    writing.delete_criterion(criterion(copy, "DEO-02"), by=ines)
    writing.add_criterion(Chapter.objects.get(edition=copy, code="PER"), code="PER-09", title="Neuf", by=ines)
    return copy


def compared(user, **query):
    return client_of(user).get(reverse("edition_differences"), query)


def test_every_criterion_is_counted(edition, changed, ines):
    response = compared(ines, de=edition.code, vers=changed.code)
    assert [(kind, count) for kind, _word, count in response.context["counts"]] == [
        ("modifie", 1), ("deplace", 1), ("nouveau", 1), ("supprime", 1), ("identique", 5),
    ]  # fmt: skip
    assert [(line.kind, line.criterion.code) for line in response.context["lines"]] == [
        ("nouveau", "PER-09"), ("modifie", "DEO-01"), ("deplace", "QUA-02"), ("supprime", "DEO-02"),
    ]  # fmt: skip


def test_word_by_word_for_eyes_and_ears(edition, changed, ines):
    page = compared(ines, de=edition.code, vers=changed.code).content.decode()
    assert "[ajouté\u00a0: </span> vraiment<span" in page


def test_closed_lists_are_said_in_words(edition, changed, ines):
    row = criterion(changed, "DEO-01")
    row.nature = Nature.GOOD_PRACTICE if row.nature != Nature.GOOD_PRACTICE else Nature.LEGAL
    row.save(update_fields=["nature"])
    response = compared(ines, de=edition.code, vers=changed.code)
    line = next(line for line in response.context["lines"] if line.criterion.code == "DEO-01")
    passage = next(passage for passage in line.passages if passage.label == "Nature")
    assert row.get_nature_display() in "".join(piece.text for piece in passage.pieces)


def test_what_is_still_written_comes_after_what_is_published(changed, ines, edition):
    assert [each.status for each in compared(ines).context["editions"]] == ["publiée", "brouillon"]


def test_filters(edition, changed, ines):
    response = compared(ines, de=edition.code, vers=changed.code, montrer=["identique", "modifie"], chapitre="DEO")
    assert [line.criterion.code for line in response.context["lines"]] == ["DEO-01", "DEO-03"]


def test_the_edition_before_is_proposed(edition, changed, ines):
    writing.duplicate(edition, code="AUTRE-BROUILLON", label="Un autre brouillon", by=ines)
    response = compared(ines, vers=changed.code)
    assert (response.context["source"], response.context["target"]) == (edition, changed)


def test_an_unknown_edition_is_not_found(edition, changed, ines):
    assert compared(ines, de="RIEN").status_code == 404


def test_one_edition_alone_has_nothing_to_compare(edition, ines):
    assert "Il faut deux éditions." in compared(ines).content.decode()
