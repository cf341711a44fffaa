"""The entry screen in a browser: it saves by itself, says what is true, and never loses a word."""

import re
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from playwright.sync_api import expect

from assessments.models import Answer, AnswerVersion, Outcome
from tests.factories import answer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

AXE = (Path(__file__).parent.parent / "vendor" / "axe.min.js").read_text()
SAVED = re.compile(r"Enregistré à \d+\sh\s\d\d")


def url(dossier, code="PER-02", name="criterion", *more) -> str:
    return reverse(name, args=[dossier.pk, code, *more])


def stored(dossier, code="PER-02") -> Answer:
    return Answer.objects.get(assessment=dossier, criterion__code=code)


def state(page):
    return page.locator("#etat")


def text(page):
    return page.get_by_label("Ce qui vous fait dire cela")


def choose(page, level: str) -> None:
    page.get_by_role("radio", name=level).check()


def test_typing_is_saved_without_a_click(visit, dossier, karim):
    page = visit(karim, url(dossier))
    text(page).fill("La fiche existe depuis mars.")
    expect(state(page)).to_have_text(SAVED)
    expect(page.locator("#numero")).to_contain_text("Version 1")
    assert (stored(dossier).justification, stored(dossier).updated_by) == ("La fiche existe depuis mars.", karim)
    page.reload()
    expect(text(page)).to_have_value("La fiche existe depuis mars.")
    expect(page.locator("#brouillon")).to_be_empty()
    assert page.complaints == []


def test_choosing_a_level_saves_at_once_and_tells_the_finding_and_the_progress(visit, dossier, karim):
    page = visit(karim, url(dossier, "PER-01"))
    choose(page, "2 Partiel")
    expect(state(page)).to_have_text(SAVED)
    expect(page.locator("#constat")).to_contain_text("non-conformité mineure")
    expect(page.locator("nav.rail .rail-h b")).to_have_text("1 critère sur 7")
    assert stored(dossier, "PER-01").level == 2


def test_not_applicable_waits_for_its_reason_and_says_how_much_is_missing(visit, dossier, karim):
    page = visit(karim, url(dossier))
    choose(page, "Non concerné")
    expect(page.locator("#erreur-justification")).to_have_text("Encore 20 caractères : dites pourquoi en une phrase.")
    expect(state(page)).to_contain_text("Pas encore enregistré")
    assert stored(dossier).version == 0
    page.get_by_label("Pourquoi ce critère ne vous concerne pas").fill("Un seul site, une seule équipe.")
    expect(state(page)).to_have_text(SAVED)
    expect(page.locator("#erreur-justification")).to_have_count(0)
    assert stored(dossier).not_applicable is True


def test_two_people_at_once_see_both_texts_and_keep_both(visit, dossier, karim, lea):
    hers, his = visit(lea, url(dossier)), visit(karim, url(dossier))
    text(his).fill("Le texte de Karim.")
    expect(state(his)).to_have_text(SAVED)
    text(hers).fill("Le texte de Léa.")
    expect(state(hers)).to_have_text("Karim a aussi modifié cette réponse : comparer")
    assert stored(dossier).justification == "Le texte de Karim."
    text(hers).fill("Le texte de Léa, allongé depuis.")
    hers.get_by_role("link", name="comparer").click()
    expect(hers.get_by_role("heading", level=1)).to_have_text("Karim et vous avez modifié cette réponse en même temps")
    expect(hers.locator(".version").first).to_contain_text("Le texte de Léa, allongé depuis.")
    expect(hers.get_by_label("Texte retenu")).to_have_value("Le texte de Léa, allongé depuis. Le texte de Karim.")
    hers.get_by_role("button", name="Enregistrer cette version").click()
    expect(text(hers)).to_have_value("Le texte de Léa, allongé depuis. Le texte de Karim.")
    expect(hers.locator("#brouillon")).to_be_empty()
    assert stored(dossier).version == 2
    lost = AnswerVersion.objects.filter(outcome=Outcome.CONFLICT).order_by("pk").values_list("justification", flat=True)
    assert list(lost) == ["Le texte de Léa.", "Le texte de Léa, allongé depuis."]


def test_a_colleague_s_save_appears_without_touching_what_one_types(visit, dossier, karim, lea):
    page = visit(karim, url(dossier))
    answer(dossier, "PER-01", 3, by=lea)
    dossier.save(update_fields=["updated_at"])
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator("#ailleurs")).to_contain_text("Léa Martin a enregistré PER-01")
    expect(page.locator("nav.rail .rail-h b")).to_have_text("1 critère sur 7")
    expect(text(page)).to_have_value("")


def test_an_expired_session_keeps_the_text_and_takes_up_after_login(visit, dossier, karim, sign_in):
    page = visit(karim, url(dossier))
    Session.objects.all().delete()
    text(page).fill("Écrit pendant une heure.")
    expect(state(page)).to_have_text("Session expirée : reconnectez-vous, votre texte vous attend")
    expect(state(page).get_by_role("link")).to_have_attribute("target", "_blank")
    expect(text(page)).to_have_value("Écrit pendant une heure.")
    assert stored(dossier).version == 0
    sign_in(page.context, karim)
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(state(page)).to_have_text(SAVED)
    assert stored(dossier).justification == "Écrit pendant une heure."


def test_after_a_reload_and_a_login_the_text_is_offered_again(visit, dossier, karim, sign_in, live_server):
    page = visit(karim, url(dossier))
    Session.objects.all().delete()
    text(page).fill("Écrit pendant une heure.")
    expect(state(page)).to_contain_text("Session expirée")
    sign_in(page.context, karim)
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(live_server.url + url(dossier))
    expect(page.get_by_role("alert")).to_contain_text("Un texte non enregistré vous attend.")
    page.get_by_role("button", name="Reprendre ce texte").click()
    expect(state(page)).to_have_text(SAVED)
    assert stored(dossier).justification == "Écrit pendant une heure."


def test_a_text_kept_in_the_browser_is_offered_to_nobody_else(visit, dossier, karim, lea, sign_in, live_server):
    page = visit(karim, url(dossier))
    Session.objects.all().delete()
    text(page).fill("Écrit par Karim.")
    expect(state(page)).to_contain_text("Session expirée")
    page.on("dialog", lambda dialog: dialog.accept())
    sign_in(page.context, lea)
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(state(page)).to_contain_text("Un autre compte est connecté sur cet appareil")
    page.goto(live_server.url + url(dossier))
    expect(text(page)).to_have_value("")
    expect(page.get_by_role("button", name="Reprendre ce texte")).to_have_count(0)
    assert stored(dossier).version == 0


def test_a_broken_server_keeps_the_text_and_is_asked_again(visit, dossier, karim):
    page = visit(karim, url(dossier))
    broken = re.compile(re.escape(url(dossier)) + "$")
    page.route(broken, lambda route: route.fulfill(status=500, body="<h1>Panne</h1>"))
    text(page).fill("Écrit pendant la panne.")
    expect(state(page)).to_have_text("Serveur indisponible : votre texte est gardé sur cet appareil")
    expect(text(page)).to_have_value("Écrit pendant la panne.")
    page.unroute(broken)
    expect(state(page)).to_have_text(SAVED)
    assert stored(dossier).justification == "Écrit pendant la panne."


def test_an_answer_lost_on_the_way_back_is_no_conflict_with_oneself(visit, dossier, karim):
    page = visit(karim, url(dossier))
    saves = re.compile(re.escape(url(dossier)) + "$")

    def lose_the_answer(route):
        route.fetch()
        route.abort()

    page.route(saves, lose_the_answer)
    text(page).fill("Premier jet.")
    expect(state(page)).to_contain_text("votre texte est gardé sur cet appareil")
    page.unroute(saves)
    text(page).fill("Premier jet, complété.")
    expect(state(page)).to_have_text(SAVED)
    assert (stored(dossier).justification, stored(dossier).version) == ("Premier jet, complété.", 2)


def test_offline_keeps_the_text_and_sends_it_when_the_network_is_back(visit, dossier, karim):
    page = visit(karim, url(dossier))
    page.context.set_offline(True)
    text(page).fill("Écrit dans le train.")
    expect(state(page)).to_have_text("Hors ligne : votre texte est gardé sur cet appareil")
    assert stored(dossier).version == 0
    page.context.set_offline(False)
    expect(state(page)).to_have_text(SAVED)
    assert stored(dossier).justification == "Écrit dans le train."


def test_a_token_that_changed_is_renewed_without_a_word(visit, dossier, karim, live_server):
    page = visit(karim, url(dossier))
    page.evaluate("document.querySelector('#reponse [name=csrfmiddlewaretoken]').value = 'x'.repeat(64)")
    text(page).fill("Le jeton a changé.")
    expect(state(page)).to_have_text(SAVED)
    assert stored(dossier).justification == "Le jeton a changé."


def test_saving_is_announced_after_a_second_only(visit, dossier, karim):
    page = visit(karim, url(dossier))
    held = []
    page.route(re.compile(re.escape(url(dossier)) + "$"), lambda route: held.append(route))
    choose(page, "3 Maîtrisé")
    expect(state(page)).to_have_text("Enregistrement…")
    held[0].continue_()
    expect(state(page)).to_have_text(SAVED)


def test_without_javascript_the_button_saves(visit, dossier, karim):
    page = visit(karim, url(dossier), java_script_enabled=False)
    choose(page, "3 Maîtrisé")
    text(page).fill("Sans script.")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.locator(".notice")).to_contain_text("Réponse enregistrée")
    expect(text(page)).to_have_value("Sans script.")
    assert (stored(dossier).level, stored(dossier).justification) == (3, "Sans script.")


def test_without_javascript_filters_and_neighbours_are_links(visit, dossier, karim):
    page = visit(karim, url(dossier, "PER-01"), java_script_enabled=False)
    page.locator("nav.rail").get_by_role("link", name="Bloquants").click()
    page.locator("[data-suivant]").click()
    expect(page).to_have_url(re.compile(r"/criteres/PER-08/\?filtre=bloquants$"))


def test_the_keyboard_goes_on_and_back_and_saves_on_the_way(visit, dossier, karim):
    page = visit(karim, url(dossier))
    text(page).press_sequentially("Tout au clavier.")
    page.keyboard.press("Alt+s")
    expect(page).to_have_url(re.compile("/criteres/PER-08/$"))
    assert stored(dossier).justification == "Tout au clavier."
    page.keyboard.press("Alt+p")
    expect(page).to_have_url(re.compile("/criteres/PER-02/$"))
    page.get_by_role("radio", name="0 Non couvert").focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name="1 En construction")).to_be_checked()
    expect(state(page)).to_have_text(SAVED)


def test_a_comment_appears_in_place_and_what_one_types_is_saved_first(visit, dossier, karim):
    page = visit(karim, url(dossier))
    text(page).fill("Écrit juste avant.")
    page.locator("#cercle-0 > details summary").click()
    page.get_by_label("Votre message").fill("Relire la fiche.")
    page.get_by_role("button", name="Envoyer").click()
    expect(page.locator("#fils")).to_contain_text("Relire la fiche.")
    expect(page.locator("#cercle-0 article")).to_be_focused()
    expect(text(page)).to_have_value("Écrit juste avant.")
    assert stored(dossier).justification == "Écrit juste avant."
    page.locator("#cercle-0 > details summary").click()
    page.locator("#cercle-0 > details").get_by_role("button", name="Envoyer").click()
    expect(page.locator("#erreur-nouveau-0")).to_have_text("Écrivez votre message avant de l’envoyer.")
    assert page.complaints == ["Failed to load resource: the server responded with a status of 422 (Unprocessable Entity)"]


def test_leaving_the_page_abruptly_still_saves(visit, dossier, karim, live_server):
    page = visit(karim, url(dossier))
    text(page).fill("Fermé trop vite.")
    page.goto(live_server.url + url(dossier, "PER-01"))
    page.wait_for_timeout(500)
    assert stored(dossier).justification == "Fermé trop vite."


@pytest.mark.parametrize("width", [1280, 360])
def test_every_page_around_a_criterion_is_accessible(visit, dossier, karim, lea, live_server, width):
    row = answer(dossier, "PER-02", 2, justification="Le texte de Léa. Fin.", by=lea)
    kept = AnswerVersion.objects.create(
        answer=row, number=0, outcome=Outcome.CONFLICT, level=3, justification="Le texte de Karim. Fin.", author=karim,
        saved_at=row.updated_at,
    )  # fmt: skip
    page = visit(karim, url(dossier))
    for path in (
        url(dossier),
        url(dossier, "DEO-03"),
        url(dossier, "PER-08"),
        url(dossier, "PER-02", "answer_history"),
        url(dossier, "PER-02", "conflict", kept.pk),
        reverse("grid", args=[dossier.pk]),
    ):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(live_server.url + path)
        height = page.evaluate("document.documentElement.scrollHeight")
        page.set_viewport_size({"width": width, "height": height})
        page.evaluate(AXE)
        found = page.evaluate("axe.run().then(result => result.violations.map(each => [each.id, each.nodes[0].html]))")
        assert (path, found) == (path, [])
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert page.complaints == []
