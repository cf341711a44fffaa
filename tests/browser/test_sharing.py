"""A share in a browser: the preview, a piece looked at in place, and what a tab left open says once the share is over."""

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from playwright.sync_api import expect

from assessments import sharing, snapshots
from assessments.enums import DocumentKind, DocumentStatus, SnapshotKind
from assessments.models import Document, Share
from tests.factories import make_evidence, use_evidence
from tests.files import pdf_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

GONE = "Ce dossier ne vous est plus ouvert"


def withdraw(dossier, by) -> None:
    sharing.withdraw(Share.objects.select_related("assessment__structure", "network").get(assessment=dossier), by=by)


def test_a_tab_where_an_advisor_writes_says_it_and_keeps_the_text(visit, transmis, lea, adele):
    page = visit(adele, reverse("review_criterion", args=[transmis.pk, "PER-01"]))
    page.get_by_label("Remarque à la structure").fill("Une phrase en cours.")
    withdraw(transmis, lea)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator("#etat")).to_contain_text("rechargez la page")
    expect(page.get_by_label("Remarque à la structure")).to_have_value("Une phrase en cours.")


def test_a_tab_that_watches_a_document_says_it(visit, transmis, lea, adele):
    document = Document(
        snapshot=snapshots.take(transmis, SnapshotKind.DOCUMENT, by=lea), kind=DocumentKind.AUDIT, design="essai",
        status=DocumentStatus.QUEUED, requested_by=lea,
    )  # fmt: skip
    document.file.save("essai.pdf", ContentFile(b"%PDF"))
    page = visit(adele, reverse("documents", args=[transmis.pk]))
    withdraw(transmis, lea)
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text(GONE)
    expect(page.locator(f"#etat-{document.pk}")).to_have_count(0)
    expect(alert).to_have_count(1)


def test_an_owner_walks_through_what_an_advisor_sees_and_comes_back(visit, transmis, lea):
    page = visit(lea, reverse("sharing", args=[transmis.pk]))
    page.get_by_role("link", name="Voir ce que voit le conseiller").click()
    band = page.get_by_role("complementary", name="Aperçu")
    expect(band).to_contain_text("Vous voyez ce dossier comme le voit un conseiller")
    for name in ("Grille", "Preuves", "Synthèse", "Documents"):
        page.get_by_role("navigation", name="Navigation principale").get_by_role("link", name=name).click()
        expect(band).to_be_visible()
    band.get_by_role("link", name="Quitter l’aperçu").click()
    expect(page.get_by_role("heading", name="Partage du dossier")).to_be_visible()
    assert page.complaints == []


def test_a_piece_opens_under_its_name_page_after_page(visit, transmis, fabrique, adele):
    piece = make_evidence(fabrique, "Registre", content=pdf_of(["Une", "Deux"]), content_type="application/pdf")
    use_evidence(piece, transmis, "PER-01")
    page = visit(adele, reverse("criterion", args=[transmis.pk, "PER-01"]))
    page.get_by_text("Voir ici").press("Enter")
    picture = page.get_by_role("img", name="Registre, page 1 sur 2")
    expect(picture).to_have_js_property("complete", True)
    assert picture.evaluate("image => image.naturalWidth") > 100
    page.get_by_role("link", name="Page suivante").click()
    expect(page.get_by_role("img", name="Registre, page 2 sur 2")).to_be_visible()
    assert page.complaints == []
