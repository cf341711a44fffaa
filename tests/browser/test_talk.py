"""Threads in a browser: calling somebody by keyboard, answering in place, having read what was seen, and all of it without
JavaScript."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from assessments.models import Answer, Comment, Share, Thread, ThreadRead
from tests.browser.test_entry import AXE, url
from tests.factories import say

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def row(dossier, code="PER-02") -> Answer:
    return Answer.objects.get(assessment=dossier, criterion__code=code)


def circle(page, network=0):
    return page.locator(f"#cercle-{network}")


def test_somebody_is_called_by_keyboard(visit, dossier, karim, lea, lise):
    page = visit(karim, url(dossier))
    circle(page).locator("> details summary").click()
    field = page.locator("#nouveau-0")
    field.press_sequentially("Bonjour @l")
    people = page.get_by_role("listbox", name="Personnes à appeler")
    expect(people.get_by_role("option")).to_have_text(["Léa Martin", "Lise Petit"])
    expect(people.get_by_role("option", selected=True)).to_have_text("Léa Martin")
    expect(page.get_by_text("2 personnes. Flèches pour choisir, Entrée pour appeler.")).to_be_attached()
    assert field.get_attribute("aria-activedescendant") == "a-appeler-0"
    assert page.evaluate(AXE + "; axe.run('#fils').then(found => found.violations.map(each => each.id))") == []

    page.keyboard.press("ArrowDown")
    expect(people.get_by_role("option", selected=True)).to_have_text("Lise Petit")
    page.keyboard.press("Escape")
    expect(people).to_have_count(0)
    expect(field).to_have_value("Bonjour @l")
    field.press_sequentially("e")
    page.keyboard.press("Enter")
    expect(field).to_have_value("Bonjour @Léa Martin ")
    field.press_sequentially("et @pet")
    people.get_by_role("option").click()
    field.press_sequentially("?")
    circle(page).get_by_role("button", name="Envoyer").click()

    expect(circle(page).locator("article")).to_be_focused()
    said = Comment.objects.get()
    assert (said.body, set(said.mentions.all())) == ("Bonjour @Léa Martin et @Lise Petit ?", {lea, lise})
    assert page.complaints == []


def test_one_answers_settles_and_opens_again_in_place(visit, dossier, karim, lea):
    thread = say(row(dossier), "Une question.", by=lea).thread
    page = visit(karim, url(dossier))
    page.get_by_label("Ce qui vous fait dire cela").fill("En cours de frappe.")
    circle(page).locator("article summary").click()
    page.locator(f"#reponse-{thread.pk}").fill("Une réponse.")
    circle(page).locator("article").get_by_role("button", name="Envoyer").click()
    expect(circle(page).locator(".remark")).to_have_count(2)
    expect(page.get_by_label("Ce qui vous fait dire cela")).to_have_value("En cours de frappe.")
    circle(page).get_by_role("button", name="Marquer comme réglé").click()
    expect(circle(page).get_by_text("1 fil réglé")).to_be_visible()
    expect(circle(page).locator("article")).to_be_hidden()
    circle(page).get_by_text("1 fil réglé").click()
    circle(page).get_by_role("button", name="Rouvrir").click()
    expect(circle(page).get_by_role("button", name="Marquer comme réglé")).to_be_visible()
    assert Thread.objects.open().get() == thread
    assert page.complaints == []


def test_what_is_seen_for_a_moment_is_read(visit, dossier, karim, lea):
    say(row(dossier), "Une nouvelle.", by=lea)
    page = visit(karim, url(dossier))
    expect(page.get_by_text("Du nouveau pour vous.")).to_be_visible()
    expect(page.get_by_text("Du nouveau pour vous.")).to_have_count(0)
    expect(circle(page).get_by_text("Nouveau", exact=True)).to_be_visible()
    assert ThreadRead.objects.get().user == karim
    assert page.complaints == []


def test_without_javascript_everything_is_done_with_buttons(visit, dossier, reseau, karim, lea, adele):
    Share.objects.create(assessment=dossier, network=reseau, shared_by=lea)
    page = visit(karim, url(dossier), java_script_enabled=False)
    place = circle(page, reseau.pk)
    place.locator("> details summary").click()
    page.locator(f"#nouveau-{reseau.pk}").fill("   ")
    place.get_by_role("button", name="Envoyer").click()
    expect(page.locator(f"#erreur-nouveau-{reseau.pk}")).to_have_text("Écrivez votre message avant de l’envoyer.")
    page.locator(f"#nouveau-{reseau.pk}").fill("Est-ce la bonne pièce ?")
    place.get_by_label("Appeler quelqu’un").select_option("Adèle Roche")
    place.get_by_role("button", name="Envoyer").click()
    page.wait_for_url(f"**{url(dossier)}#fil-*")
    assert (Comment.objects.get().body, Comment.objects.get().mentions.get()) == ("@Adèle Roche Est-ce la bonne pièce ?", adele)
    circle(page, reseau.pk).get_by_role("button", name="Marquer comme réglé").click()
    expect(page.get_by_text("1 fil réglé")).to_be_visible()

    theirs = visit(lea, reverse("criterion", args=[dossier.pk, "PER-02"]), java_script_enabled=False)
    theirs.get_by_role("button", name="Marquer comme lu").click()
    expect(theirs.get_by_text("Du nouveau pour vous.")).to_have_count(0)
