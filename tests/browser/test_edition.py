"""An edition from its first word to the dossiers that follow it, going only where the pages lead."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from assessments.models import Assessment
from assessments.reading import canonical_json, read
from certif.dates import today
from referentiel.content import read_content
from referentiel.models import Edition, Fate, Mapping
from tests.factories import answer_all

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

WORDS = "Ce que l’on vérifie vraiment : des mots inventés pour l’essai."


def follow(page: Page, words: str | re.Pattern) -> None:
    page.get_by_role("main").get_by_role("link", name=words).first.click()


def press(page: Page, words: str | re.Pattern) -> None:
    page.get_by_role("main").get_by_role("button", name=words).first.click()


def title(page: Page) -> str:
    return page.get_by_role("heading", level=1).inner_text().replace("\u00a0", " ").replace("\u202f", " ")


def plan(page: Page) -> list[str]:
    return page.locator(".plan-l .plan-c").all_inner_texts()


def criterion(page: Page, code: str) -> None:
    """From a page of the draft, through its plan."""
    if page.locator("#ecriture").count():
        back_to_the_draft(page)
    page.locator(".plan-l").get_by_role("link", name=re.compile(f"^{code}")).click()


def back_to_the_draft(page: Page) -> None:
    page.get_by_label("Fil d’Ariane").get_by_role("link", name="La suite").click()


def write(page: Page, field: str, words: str) -> None:
    page.get_by_role("textbox", name=field).fill(words)
    press(page, re.compile("^Enregistrer$"))
    expect(page.get_by_role("status").or_(page.locator(".messages")).first).to_contain_text("est enregistré")


def test_from_a_draft_to_a_dossier_moved_and_back(visit, edition, dossier, ines, lea):
    answer_all(dossier, 3, by=lea)
    before = canonical_json(read(dossier).canonical)
    keeper = visit(ines, reverse("edition_list"))
    draw_a_draft(keeper)
    move_lines(keeper)
    change_criteria(keeper)
    publish(keeper)
    draw_the_passage(keeper)
    owner = visit(lea, reverse("dashboard", args=[dossier.pk]))
    move_the_dossier(owner)
    moved = Assessment.objects.get(pk=dossier.pk)
    assert (moved.edition.code, canonical_json(read(moved).canonical) == before) == ("SUITE", False)
    take_it_back(owner)
    assert canonical_json(read(Assessment.objects.get(pk=dossier.pk)).canonical) == before
    assert (keeper.complaints, owner.complaints) == ([], [])


def draw_a_draft(page: Page) -> None:
    follow(page, "Préparer la suivante")
    page.get_by_label("Libellé").fill("La suite")
    page.get_by_label("Code de l’édition").fill("SUITE")
    press(page, "Créer le brouillon")
    assert title(page) == "La suite"


def move_lines(page: Page) -> None:
    """By keyboard, several times in a row without looking for the line again; then with the mouse."""
    page.set_viewport_size({"width": 1280, "height": 2000})  # all of the plan is in view
    last = page.get_by_role("button", name="Monter PER-08")
    last.focus()
    for place in (1, 0):
        with page.expect_navigation():
            page.keyboard.press("Enter")
        expect(last).to_be_focused()
        assert plan(page)[place] == "PER-08"
    drag(page, "PER-08", "DEO-02")
    assert plan(page) == ["PER-01", "PER-02", "DEO-01", "PER-08", "DEO-02", "DEO-03", "QUA-01", "QUA-02"]
    chapter = page.locator(".plan-h", has_text="QUA")
    with page.expect_navigation():
        chapter.drag_to(page.locator(".plan").first, target_position={"x": 40, "y": 4})
    assert plan(page)[:2] == ["QUA-01", "QUA-02"]


def drag(page: Page, code: str, before: str) -> None:
    lines = page.locator(".plan-l > li")
    with page.expect_navigation():
        lines.filter(has_text=code).drag_to(lines.filter(has_text=before), target_position={"x": 40, "y": 4})


def change_criteria(page: Page) -> None:
    criterion(page, "DEO-01")
    write(page, "Énoncé", WORDS)
    criterion(page, "DEO-02")
    page.get_by_label("Code de la copie").fill("DEO-09")
    press(page, "Copier juste après")
    assert title(page) == "Confidentialité"
    write(page, "Titre", "Confidentialité des écrits")
    criterion(page, "PER-02")
    page.get_by_text("Supprimer ce critère…").click()
    press(page, "Oui, supprimer PER-02")
    content = read_content(Edition.objects.get(code="SUITE").pk)
    assert [each.code for each in content.chapter_by_code["DEO"].criteria] == ["DEO-01", "PER-08", "DEO-02", "DEO-09", "DEO-03"]
    assert content.criterion_by_code["DEO-01"].statement == WORDS


def publish(page: Page) -> None:
    """What is missing first: the page leads there and back."""
    follow(page, "Compléter : le premier point")
    assert title(page) == "Cinq registres au moins"
    press(page, "Ajouter une preuve")
    page.get_by_role("textbox", name="Preuve", exact=True).fill("Tableau des registres")
    page.get_by_role("textbox", name="Forme").fill("document")
    page.get_by_label("Obligatoire").check()
    press(page, re.compile("^Enregistrer$"))
    back_to_the_draft(page)
    follow(page, "Publier")
    page.get_by_label("Ce que cette édition change").fill("Une note pour les structures.")
    page.get_by_label("En vigueur le").fill((today() + timedelta(days=90)).isoformat())
    press(page, "Publier « La suite »")
    assert title(page) == "Correspondances"


def draw_the_passage(page: Page) -> None:
    """Both editions are already chosen; PER-02 is said to have gone into PER-01, DEO-09 to be a part of DEO-02."""
    press(page, "Proposer la correspondance")
    follow(page, re.compile("^Supprimé"))
    follow(page, "Corriger PER-02")
    page.get_by_label("PER-02 devient").select_option(label="PER-01 Entité juridique employeuse")
    press(page, "Enregistrer et marquer comme relu")
    follow(page, re.compile("^Nouveau"))
    follow(page, "Corriger DEO-09")
    page.get_by_label("DEO-09 vient de").select_option(label="DEO-02 Confidentialité")
    press(page, "Enregistrer et marquer comme relu")
    follow(page, re.compile("^À relire"))
    press(page, re.compile("^Marquer"))
    expect(page.get_by_role("main")).to_contain_text("Tout est relu")
    fates = {fate: number for fate in Fate if (number := Mapping.objects.get().lines.filter(fate=fate).count())}
    assert fates == {Fate.IDENTICAL: 3, Fate.REWORDED: 2, Fate.SPLIT: 2, Fate.MERGED: 2}
    follow(page, "Simuler sur les dossiers ouverts")
    assert title(page) == "Le seul dossier ouvert garderait son verdict"


def move_the_dossier(page: Page) -> None:
    follow(page, "Voir ce qui change pour vous")
    assert title(page) == "La suite : ce qui change pour vous"
    follow(page, "Voir l’aperçu critère par critère")
    press(page, "Passer à « La suite »")
    expect(page.get_by_role("main")).to_contain_text("à reconfirmer")
    follow(page, re.compile("réponses sont à reconfirmer"))
    follow(page, re.compile("PER-01|Entité juridique"))
    merged = page.get_by_label("Ce qui vous fait dire cela").input_value()
    assert [line for line in merged.split("\n") if line.startswith("[")] == [
        "[PER-01 Entité juridique employeuse]", "[PER-02 Périmètre écrit]",
    ]  # fmt: skip


def take_it_back(page: Page) -> None:
    page.get_by_role("navigation", name="Navigation principale").get_by_role("link", name="Tableau de bord").click()
    follow(page, "Revoir ou annuler le changement")
    follow(page, "Annuler ce changement")
    press(page, "Annuler le changement d’édition")
    expect(page.get_by_role("main")).to_contain_text("Une nouvelle édition")
