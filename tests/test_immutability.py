"""A published edition never changes, by whatever road; a draft does."""

import pytest
from django.contrib.admin import site
from django.db import IntegrityError, connection, transaction
from django.forms import modelform_factory
from django.test import Client

from referentiel.editions import fingerprint, retire
from referentiel.models import (
    Chapter,
    Criterion,
    Edition,
    ExpectedEvidence,
    InterviewQuestion,
    Level,
    LevelDescriptor,
    Register,
    Seal,
    Standard,
    SuggestedAction,
)
from tests.factories import make_edition, make_user

MESSAGE = "Une édition publiée ne change plus"
PARTS = [
    (Edition, "label"),
    (Level, "label"),
    (Chapter, "title"),
    (Register, "label"),
    (Criterion, "statement"),
    (LevelDescriptor, "text"),
    (ExpectedEvidence, "label"),
    (SuggestedAction, "title"),
    (InterviewQuestion, "question"),
]
parts = pytest.mark.parametrize(("model", "field"), PARTS, ids=lambda value: getattr(value, "__name__", value))


def rows_of(model, edition):
    if model is Edition:
        return Edition.objects.filter(pk=edition.pk)
    path = "criterion__edition" if hasattr(model, "criterion") else "edition"
    return model.objects.filter(**{path: edition}).order_by("pk")


def by_update(model, field, edition):
    rows_of(model, edition).update(**{field: "changé"})


def by_save(model, field, edition):
    row = rows_of(model, edition).first()
    setattr(row, field, "changé")
    row.save()


def by_bulk_update(model, field, edition):
    row = rows_of(model, edition).first()
    setattr(row, field, "changé")
    model.objects.bulk_update([row], [field])


def by_form(model, field, edition):
    row = rows_of(model, edition).first()
    form = modelform_factory(model, fields=[field])({field: "changé"}, instance=row)
    assert form.is_valid()
    form.save()


def by_sql(model, field, edition):
    row = rows_of(model, edition).first()
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {model._meta.db_table} SET {field} = %s WHERE id = %s", ["changé", row.pk])


ROADS = pytest.mark.parametrize("road", [by_update, by_save, by_bulk_update, by_form, by_sql])


@ROADS
@parts
def test_a_sealed_row_keeps_its_words(db, road, model, field):
    edition = make_edition()
    before = fingerprint(edition)
    with pytest.raises(IntegrityError, match=MESSAGE), transaction.atomic():
        road(model, field, edition)
    assert fingerprint(edition) == before


@ROADS
@parts
def test_a_draft_row_changes(db, road, model, field):
    edition = make_edition(sealed=False)
    before = fingerprint(edition)
    road(model, field, edition)
    assert fingerprint(edition) != before


@parts
def test_a_sealed_row_stays(db, model, field):
    edition = make_edition()
    before = fingerprint(edition)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows_of(model, edition).delete()
    assert fingerprint(edition) == before


@parts
def test_a_raw_delete_is_refused_too(db, model, field):
    edition = make_edition()
    with pytest.raises(IntegrityError, match=MESSAGE), transaction.atomic():
        rows_of(model, edition)._raw_delete("default")


@pytest.mark.parametrize("model", [model for model, _field in PARTS if model is not Edition])
def test_nothing_is_added(db, model):
    edition = make_edition()
    row = rows_of(model, edition).last()
    row.pk = None
    for field in ("key", "code", "position", "value"):
        if hasattr(row, field):
            setattr(row, field, type(getattr(row, field))(int=7) if field == "key" else 77)
    before = fingerprint(edition)
    for add in (row.save, lambda: model.objects.bulk_create([row])):
        with pytest.raises(IntegrityError, match=MESSAGE), transaction.atomic():
            add()
    assert fingerprint(edition) == before


def test_registers_of_a_criterion_are_frozen(db):
    edition = make_edition()
    plain = edition.criteria.get(code="PER-01")
    conditional = edition.criteria.get(code="DEO-03")
    register = edition.registers.get(code="REG-1")
    before = fingerprint(edition)
    for change in (
        lambda: plain.registers.add(register),
        lambda: plain.applicable_registers.add(register),
        lambda: conditional.applicable_registers.clear(),
        lambda: conditional.applicable_registers.set([register]),
        lambda: register.criteria.add(plain),
    ):
        with pytest.raises(IntegrityError, match=MESSAGE), transaction.atomic():
            change()
    assert fingerprint(edition) == before


def test_a_row_does_not_move_into_a_sealed_edition(db):
    sealed, draft = make_edition(), make_edition(sealed=False)
    with pytest.raises(IntegrityError, match=MESSAGE), transaction.atomic():
        Level.objects.filter(edition=draft, value=4).update(edition=sealed, value=5)


def test_the_seal_cannot_be_broken(db):
    edition = make_edition()
    for change in (
        lambda: Seal.objects.filter(edition=edition).update(fingerprint="0" * 64),
        lambda: Seal.objects.filter(edition=edition).update(change_note="Autre."),
        lambda: Seal.objects.filter(edition=edition).delete(),
        lambda: Seal.objects.filter(edition=edition)._raw_delete("default"),
    ):
        with pytest.raises(IntegrityError, match="Une publication ne se modifie ni ne s’efface"), transaction.atomic():
            change()
    assert retire(edition).retired_on is not None


def test_the_name_of_the_norm_is_frozen_with_its_editions(db):
    make_edition(sealed=False)
    assert Standard.objects.filter(code="ESSAI").update(title="Autre titre") == 1
    make_edition()
    with pytest.raises(IntegrityError, match=MESSAGE), transaction.atomic():
        Standard.objects.filter(code="ESSAI").update(title="Encore un autre")


ADMINISTERED = [model for model in site._registry if model._meta.app_label == "referentiel"]


@pytest.mark.parametrize("model", ADMINISTERED, ids=lambda model: model.__name__)
def test_the_administration_only_looks(db, model, rf):
    request = rf.get("/")
    request.user = make_user(is_staff=True, is_superuser=True)
    admin = site._registry[model]
    assert admin.has_view_permission(request)
    assert not admin.has_add_permission(request)
    assert not admin.has_change_permission(request)
    assert not admin.has_delete_permission(request)
    for inline in admin.get_inline_instances(request):
        assert not inline.has_change_permission(request)
        assert not inline.has_add_permission(request, None)
        assert not inline.has_delete_permission(request)


def test_posting_to_the_administration_is_refused(db):
    edition = make_edition()
    client = Client()
    client.force_login(make_user(is_staff=True, is_superuser=True))
    response = client.post(f"/admin/referentiel/edition/{edition.pk}/change/", {"label": "changé"})
    assert response.status_code == 403
    assert Edition.objects.get(pk=edition.pk).label == edition.label
