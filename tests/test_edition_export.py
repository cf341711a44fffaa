"""An edition as a file: public once published, for norm admins while it is a draft, official wordings never in it."""

import pytest
from django.urls import reverse

from referentiel import exchange
from referentiel.content import content_of
from referentiel.models import OfficialText
from tests.factories import key_of, make_edition
from tests.people import client_of

KINDS = {
    "json": "application/json",
    "yaml": "application/yaml",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def address(edition, kind: str) -> str:
    return reverse("edition_export", args=[edition.code, kind])


@pytest.mark.parametrize("kind", KINDS)
def test_anybody_takes_a_published_edition(edition, kind):
    response = client_of().get(address(edition, kind))
    assert response.status_code == 200
    assert response["Content-Type"] == KINDS[kind]
    assert response["Content-Disposition"] == f'attachment; filename="{edition.code}.{kind}"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert exchange.parse(response.content, f"x.{kind}").document["edition"]["code"] == edition.code


def test_the_file_is_the_export_itself(edition):
    response = client_of().get(address(edition, "yaml"))
    assert response.content == exchange.export(content_of(edition.pk), "yaml")


@pytest.mark.parametrize("kind", KINDS)
def test_a_draft_is_for_norm_admins(db, lea, ines, kind):
    draft = make_edition("BROUILLON", sealed=False)
    assert client_of().get(address(draft, kind)).status_code == 404
    assert client_of(lea).get(address(draft, kind)).status_code == 404
    assert client_of(ines).get(address(draft, kind)).status_code == 200


@pytest.mark.parametrize("kind", ["pdf", "xlsm", "..", "json.lock"])
def test_other_formats_do_not_exist(edition, kind):
    assert client_of().get(f"/norme/{edition.code}/export.{kind}").status_code == 404


def test_it_only_reads(edition):
    assert client_of().post(address(edition, "json")).status_code == 405


@pytest.mark.parametrize("kind", KINDS)
def test_official_wordings_stay_private(edition, fabrique, kind):
    OfficialText.objects.create(
        standard=edition.standard, criterion_key=key_of("PER-01"), structure_id=fabrique.pk, text="TEXTE ACHETÉ"
    )
    body = client_of().get(address(edition, kind)).content
    document = exchange.parse(body, f"x.{kind}").document
    assert "TEXTE ACHETÉ" not in str(document)


def test_the_pages_of_an_edition_offer_it(edition, ines):
    for response in (
        client_of().get(reverse("edition_detail", args=[edition.code])),
        client_of(ines).get(reverse("edition_list")),
    ):
        assert [address(edition, kind) in response.content.decode() for kind in KINDS] == [True, True, True]
