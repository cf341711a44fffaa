"""A draft made equal to a document: by stable keys, in one go, never a published edition."""

import copy
import uuid

import pytest
from django.core.exceptions import PermissionDenied

from referentiel import drafts
from referentiel.editions import Refusal, canonical_content
from referentiel.models import Criterion, Edition, Standard
from tests.factories import key_of, make_edition


@pytest.fixture
def draft(db) -> Edition:
    return make_edition("BROUILLON", sealed=False)


def document_of(edition: Edition) -> dict:
    return copy.deepcopy(canonical_content(edition))


def criterion_in(document: dict, code: str) -> dict:
    return next(each for chapter in document["chapitres"] for each in chapter["criteres"] if each["code"] == code)


def rewritten(document: dict) -> dict:
    """A change of every kind: texts, parts, scale, rules, order, additions, removals, exchanged codes and homes."""
    document["edition"] |= {"libelle": "Autre libellé", "avertissement": "Autre avertissement."}
    document["regles"] = document["regles"] | {"seuils": {"mineures_max": 1, "niveau_preuve_min": 2}}
    document["cycle"] = {}
    document["echelle"].append({"valeur": 5, "libelle": "Exemplaire", "description": ""})
    first, second = document["chapitres"][:2]
    first["code"], second["code"] = second["code"], first["code"]
    first["criteres"][0]["code"], first["criteres"][1]["code"] = "PER-02", "PER-01"
    first["criteres"][0]["enonce"] = "=1+1 « énoncé » réécrit 👩‍👩‍👧\nsur deux lignes."
    first["criteres"][0]["preuves_attendues"].reverse()
    first["criteres"].append(second["criteres"].pop(0))
    last = document["chapitres"].pop()
    new = copy.deepcopy(last["criteres"][0])
    new |= {"code": "1.10", "cle": str(uuid.uuid4()), "registres": [], "preuves_attendues": []}
    document["chapitres"].insert(
        0, last | {"cle": str(uuid.uuid4()), "titre": "Un chapitre neuf", "criteres": [new, last["criteres"][1]]}
    )
    document["registres"].pop(0)
    for chapter in document["chapitres"]:
        for criterion in chapter["criteres"]:
            for name in ("registres", "applicable_si_registre"):
                criterion[name] = [code for code in criterion[name] if code != "REG-1"]
    return document


def test_the_draft_says_what_the_document_says(draft, ines):
    document = rewritten(document_of(draft))
    assert drafts.write_content(draft, document, by=ines) is True
    assert canonical_content(draft) == document


def test_what_keeps_its_key_keeps_its_row_and_only_what_changes_gets_a_version(draft, ines):
    rows = {row.code: row.pk for row in draft.criteria.all()}
    document = document_of(draft)
    criterion_in(document, "DEO-02")["titre"] = "Secret partagé"
    drafts.write_content(draft, document, by=ines)
    draft.refresh_from_db()
    assert {row.code: row.pk for row in draft.criteria.all()} == rows
    assert set(draft.criteria.values_list("code", "version", "written_by")) == {
        (code, int(code == "DEO-02"), ines.pk if code == "DEO-02" else None) for code in rows
    }
    assert (draft.version, draft.written_by) == (1, ines.pk)


def test_writing_the_same_thing_again_does_nothing(draft, ines):
    assert drafts.write_content(draft, document_of(draft), by=ines) is False
    draft.refresh_from_db()
    assert (draft.version, draft.written_at) == (0, None)


def test_a_published_edition_is_refused_by_name(ines):
    edition = make_edition("PUBLIEE")
    document = rewritten(document_of(edition))
    before = canonical_content(edition)
    with pytest.raises(Refusal) as refusal:
        drafts.write_content(edition, document, by=ines)
    assert refusal.value.reasons == [
        "L’édition « Édition d’essai PUBLIEE » (PUBLIEE) est publiée : elle ne change plus. Choisissez un autre code."
    ]
    assert canonical_content(edition) == before


def test_a_neighbour_may_not(draft, lea):
    document = rewritten(document_of(draft))
    with pytest.raises(PermissionDenied):
        drafts.write_content(draft, document, by=lea)
    with pytest.raises(PermissionDenied):
        drafts.create_draft(document, by=lea)


def test_a_code_already_taken_is_refused(draft, ines):
    make_edition("PRISE")
    document = document_of(draft)
    document["edition"]["code"] = "PRISE"
    for attempt in (
        lambda: drafts.write_content(draft, document, by=ines),
        lambda: drafts.create_draft(document, by=ines),
    ):
        with pytest.raises(Refusal) as refusal:
            attempt()
        assert refusal.value.reasons == ["Une édition porte déjà le code « PRISE »."]


def test_a_draft_is_born_from_a_document_with_its_norm(draft, ines):
    document = document_of(draft)
    document["edition"]["code"] = "NEUVE"
    document["norme"] = {"code": "AUTRE", "titre": "Une autre norme", "editeur": "Quelqu’un"}
    edition = drafts.create_draft(document, by=ines)
    assert canonical_content(edition) == document
    assert Standard.objects.get(code="AUTRE").editions.get() == edition
    assert edition.status == "brouillon"


def test_a_norm_known_under_another_title_is_refused_and_nothing_is_written(draft, ines):
    document = document_of(draft)
    document["edition"]["code"] = "NEUVE"
    document["norme"]["titre"] = "Un autre titre"
    with pytest.raises(Refusal) as refusal:
        drafts.create_draft(document, by=ines)
    assert refusal.value.reasons == ["La norme ESSAI est déjà connue sous un autre titre ou un autre éditeur."]
    assert list(Edition.objects.values_list("code", flat=True)) == ["BROUILLON"]


@pytest.mark.parametrize("size", [3, 40])
def test_writing_costs_the_same_number_of_queries_whatever_the_size(db, ines, django_assert_max_num_queries, size):
    criteria = tuple((f"DEO-{number:02}", f"Libre {number}", "majeur", 2, {}) for number in range(size))
    draft = make_edition(criteria=criteria, sealed=False)
    document = document_of(draft)
    for number in range(size):
        criterion_in(document, f"DEO-{number:02}")["titre"] = "Réécrit"
    with django_assert_max_num_queries(45):
        drafts.write_content(draft, document, by=ines)
    assert Criterion.objects.filter(edition=draft, title="Réécrit", version=1).count() == size


def test_keys_of_the_factory_survive(draft, ines):
    document = rewritten(document_of(draft))
    drafts.write_content(draft, document, by=ines)
    assert draft.criteria.get(key=key_of("PER-01")).code == "PER-02"
