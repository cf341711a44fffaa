"""Editions on screen: the list, how a draft starts, its plan, its cover, its parts, its end."""

import pytest
from django.urls import reverse

from assessments.enums import Status
from referentiel import writing
from referentiel.content import read_content
from referentiel.models import Edition, Standard
from tests.factories import make_assessment, make_edition
from tests.people import client_of


def page_of(client, name: str, *args) -> str:
    response = client.get(reverse(name, args=args))
    assert response.status_code == 200
    return response.content.decode()


def test_every_edition_is_listed_with_its_state(draft, edition, ines, django_assert_num_queries):
    page = page_of(client_of(ines), "edition_list")
    assert page.count('<li class="ed">') == 2
    assert all(word in page for word in ("Brouillon", "Publiée", edition.seal.fingerprint[:12], "5\u00a0janvier\u00a02026"))


def test_the_list_says_how_many_dossiers_are_in_each(edition, ines, fabrique):
    for status in (Status.DRAFT, Status.RETURNED, Status.CLOSED):
        make_assessment(fabrique, edition, status=status)
    (listed,) = client_of(ines).get(reverse("edition_list")).context["shelves"][0].editions
    assert (listed.dossiers, listed.open_dossiers) == (3, 2)


@pytest.mark.parametrize("count", [1, 12])
def test_the_list_costs_the_same_whatever_its_length(db, ines, django_assert_num_queries, count):
    for _ in range(count):
        make_edition()
    client = client_of(ines)
    client.get(reverse("edition_list"))  # the session is refreshed once
    with django_assert_num_queries(4):
        client.get(reverse("edition_list"))


def test_the_menu_leads_there_for_norm_admins_only(edition, ines, lea):
    link = reverse("edition_list")
    assert f'href="{link}"' in page_of(client_of(ines), "norm_search", edition.code)
    assert f'href="{link}"' not in page_of(client_of(lea), "norm_search", edition.code)


def created(client, **data):
    return client.post(reverse("draft_create"), data)


def test_a_draft_starts_from_an_edition(edition, ines):
    response = created(client_of(ines), source=edition.pk, code="SUITE", label="La suite")
    assert response.url == reverse("draft", args=["SUITE"])
    assert len(read_content(Edition.objects.get(code="SUITE").pk).criteria) == 8


def test_or_empty_under_another_norm(db, ines):
    client = client_of(ines)
    client.post(reverse("standard_create"), {"code": "AUTRE", "title": "Autre cadre", "publisher": "Nous"})
    created(client, code="AUTRE-1", label="Première", standard=Standard.objects.get().pk, levels="3")
    content = read_content(Edition.objects.get(code="AUTRE-1").pk)
    assert (content.standard_code, len(content.levels), content.criteria) == ("AUTRE", 3, ())


@pytest.mark.parametrize(
    ("data", "errors"),
    [
        ({"label": "Sans code"}, {"code", "standard", "levels"}),
        ({"code": "importer", "label": "x", "levels": "4"}, {"code", "standard"}),
        ({"code": "a b", "label": "x", "levels": "40"}, {"code", "standard", "levels"}),
    ],
)
def test_what_is_missing_is_said(db, ines, data, errors):
    response = created(client_of(ines), **data)
    assert (response.status_code, set(response.context["form"].errors)) == (422, errors)
    assert not Edition.objects.exists()


def test_what_it_lacks_leads_where_it_is_fixed(draft, ines):
    client = client_of(ines)
    response = client.get(reverse("draft", args=[draft.code]))
    [lack] = response.context["missing"]
    assert lack.sentence == "PER-08\u00a0: un critère bloquant demande au moins une preuve obligatoire."
    assert client.get(lack.address.partition("#")[0]).context["criterion"].code == "PER-08"
    assert lack.address.endswith("#preuves")


def test_the_plan_moves_by_its_buttons(draft, ines):
    client = client_of(ines)
    deo = draft.chapters.get(code="DEO")
    client.post(reverse("draft_chapter_move", args=[draft.code, deo.key]), {"sens": "haut"})
    assert [each.code for each in read_content(draft.pk).chapters] == ["DEO", "PER", "QUA"]
    client.post(reverse("draft_chapter_move", args=[draft.code, deo.key]), {"sens": "haut"})
    client.post(reverse("draft_chapter_move", args=[draft.code, deo.key]), {"sens": "bas"})
    assert [each.code for each in read_content(draft.pk).chapters] == ["PER", "DEO", "QUA"]


def stored(draft, kind: str, code: str) -> dict:
    row = getattr(draft, kind).get(code=code)
    return writing.chapter_values(row) if kind == "chapters" else writing.register_values(row)


@pytest.mark.parametrize(("kind", "name", "code"), [("chapters", "draft_chapter", "DEO"), ("registers", "draft_register", "REG-2")])
def test_a_part_is_written_under_the_version_that_was_read(draft, ines, kind, name, code):
    client = client_of(ines)
    row = getattr(draft, kind).get(code=code)
    address = reverse(name, args=[draft.code, row.key])
    values = stored(draft, kind, code)
    version = writing.stamp(values)
    field = "title" if kind == "chapters" else "label"
    sent = {key: "\n".join(value) if isinstance(value, list) else value for key, value in values.items()}
    assert client.post(address, sent | {field: "Mon libellé", "version": version}).status_code == 302
    response = client.post(address, sent | {field: "Trop tard", "version": version})
    page = response.content.decode()
    assert response.status_code == 409
    assert "Mon libellé" in page and "Trop tard" in page
    assert getattr(getattr(draft, kind).get(code=code), field) == "Mon libellé"
    again = {"version": response.context["current_version"]}
    assert client.post(address, sent | {field: "Trop tard"} | again).status_code == 302
    assert getattr(getattr(draft, kind).get(code=code), field) == "Trop tard"


def test_the_cover_too(draft, ines):
    client, address = client_of(ines), reverse("draft_cover", args=[draft.code])
    version = writing.stamp(writing.cover(draft))
    response = client.post(address, {"code": "NEUF", "label": "Neuf", "notice": "", "version": version})
    assert response.url == reverse("draft", args=["NEUF"])
    address = reverse("draft_cover", args=["NEUF"])
    assert client.post(address, {"code": "NEUF", "label": "Vieux", "notice": "", "version": version}).status_code == 409
    assert Edition.objects.get(code="NEUF").label == "Neuf"


def test_chapters_and_registers_are_added_and_deleted(draft, ines):
    client = client_of(ines)
    client.post(reverse("draft_chapter_create", args=[draft.code]), {"code": "NEU", "title": "Neuf", "short_title": "Neuf"})
    client.post(reverse("draft_chapter_delete", args=[draft.code, draft.chapters.get(code="DEO").key]))
    client.post(
        reverse("draft_register_create", args=[draft.code]),
        {"code": "REG-9", "label": "Neuf", "definition": "Neuf", "label_confidence": "faible", "label_status": "Invention"},
    )
    client.post(reverse("draft_register_delete", args=[draft.code, draft.registers.get(code="REG-1").key]))
    content = read_content(draft.pk)
    assert [each.code for each in content.chapters] == ["PER", "QUA", "NEU"]
    assert [each.code for each in content.registers] == [f"REG-{number}" for number in range(2, 10)]
    assert [each.position for each in content.registers] == list(range(1, 9))


def test_a_draft_is_deleted_a_published_edition_is_not(draft, edition, ines):
    client = client_of(ines)
    client.post(reverse("draft_delete", args=[draft.code]))
    response = client.post(reverse("draft_delete", args=[edition.code]), follow=True)
    assert [*Edition.objects.all()] == [edition]
    assert "Cette édition est publiée\u00a0: elle ne change plus." in response.content.decode()
