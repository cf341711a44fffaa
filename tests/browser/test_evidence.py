"""Evidence in a browser: dropped on the criterion without leaving the page, refused before it is sent, and without a script."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from assessments.models import Evidence, EvidenceUse
from tests import files
from tests.factories import make_evidence, use_evidence

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CHARTER = {"name": "Charte.pdf", "mimeType": "application/pdf", "buffer": files.PDF}
DROP = """(form, [name, size]) => {
  const files = new DataTransfer();
  files.items.add(new File([new Uint8Array(size)], name));
  form.dispatchEvent(new DragEvent("dragover", {dataTransfer: files, bubbles: true, cancelable: true}));
  form.dispatchEvent(new DragEvent("drop", {dataTransfer: files, bubbles: true, cancelable: true}));
}"""


@pytest.fixture(autouse=True)
def empty_shelves(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def url(dossier) -> str:
    return reverse("criterion", args=[dossier.pk, "PER-01"])


def test_a_file_is_joined_without_leaving_the_page_nor_the_text(visit, dossier, karim):
    page = visit(karim, url(dossier))
    page.get_by_label("Ce qui vous fait dire cela").fill("Un texte en cours.")
    expect(page.get_by_role("button", name="Joindre cette preuve")).to_be_hidden()
    page.get_by_label("Déposer un fichier").set_input_files(CHARTER)
    page.get_by_label("Cette pièce est").last.select_option("Statuts")
    page.get_by_role("button", name="Joindre cette preuve").click()
    expect(page.get_by_role("link", name="Charte")).to_be_visible()
    expect(page.locator("#preuves")).to_contain_text("est jointe à ce critère.")
    expect(page.get_by_label("Ce qui vous fait dire cela")).to_have_value("Un texte en cours.")
    assert EvidenceUse.objects.get().expected.label == "Statuts"
    assert page.complaints == []


def test_a_dragged_file_is_chosen_and_a_heavy_one_refused_before_it_leaves(visit, dossier, karim):
    page = visit(karim, url(dossier))
    form = page.locator("[data-drop]")
    form.evaluate(DROP, ["Trop lourd.pdf", 50 * 1024 * 1024 + 1])
    expect(page.locator("#piece-refus")).to_have_text(
        "Ce fichier dépasse 50\u00a0Mo. Choisissez un fichier plus léger, ou partagez un lien."
    )
    expect(page.get_by_role("button", name="Joindre cette preuve")).to_be_hidden()
    form.evaluate(DROP, ["Planning.txt", 10])
    expect(page.locator(".drop-name")).to_have_text("Planning.txt")
    expect(page.locator("#piece-refus")).to_be_hidden()
    assert page.complaints == []


def test_a_refusal_is_said_in_place_and_the_next_try_works(visit, dossier, karim):
    page = visit(karim, url(dossier))
    page.get_by_label("Déposer un fichier").set_input_files(CHARTER | {"buffer": b"<html></html>"})
    page.get_by_label("Datée du").fill("2026-03-03")
    page.get_by_role("button", name="Joindre cette preuve").click()
    expect(page.locator("#piece-refus")).to_contain_text("n’est pas celui d’un fichier")
    expect(page.get_by_label("Datée du")).to_have_value("2026-03-03")
    page.get_by_label("Déposer un fichier").set_input_files(CHARTER)
    page.get_by_role("button", name="Joindre cette preuve").click()
    expect(page.get_by_role("link", name="Charte")).to_be_visible()
    assert Evidence.objects.count() == 1


def test_the_same_file_is_reused_in_two_clicks(visit, dossier, karim, fabrique):
    make_evidence(fabrique, "Charte signée", content=files.PDF)
    page = visit(karim, url(dossier))
    page.get_by_label("Déposer un fichier").set_input_files(CHARTER)
    page.get_by_role("button", name="Joindre cette preuve").click()
    page.get_by_role("button", name="Réutiliser cette preuve").click()
    expect(page.get_by_role("link", name="Charte signée")).to_be_visible()
    assert (Evidence.objects.count(), EvidenceUse.objects.count()) == (1, 1)


def test_a_piece_is_taken_back_in_place(visit, dossier, karim, fabrique):
    use_evidence(make_evidence(fabrique, "Charte"), dossier, "PER-01")
    page = visit(karim, url(dossier))
    page.get_by_text("Modifier : Charte").click()
    page.get_by_role("button", name="Retirer de ce critère").click()
    expect(page.locator("#preuves")).to_contain_text("n’appuie plus PER-01")
    assert EvidenceUse.objects.count() == 0
    assert page.complaints == []


def test_without_a_script_everything_is_there(visit, dossier, karim):
    page = visit(karim, url(dossier), java_script_enabled=False)
    page.get_by_label("Déposer un fichier").set_input_files(CHARTER)
    page.get_by_label("Datée du").fill("2026-03-03")
    page.get_by_role("button", name="Joindre cette preuve").click()
    expect(page.get_by_role("link", name="Charte")).to_be_visible()
    assert Evidence.objects.get().effective_on.isoformat() == "2026-03-03"
