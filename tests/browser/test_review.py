"""The review screen in a browser: by the keyboard, saved by itself, and two advisors at once who lose nothing."""

import re

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from playwright.sync_api import expect

from assessments.enums import Status
from assessments.models import Assessment, OpinionVersion, Outcome, ReviewRequest, Share, StockRemark
from tests.test_review_verbs import opinion

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SAVED = re.compile(r"Enregistré à \d+\sh\s\d\d")


def url(dossier, code="PER-01", name="review_criterion") -> str:
    return reverse(name, args=[dossier.pk, code])


def state(page):
    return page.locator("#etat")


def remark(page):
    return page.get_by_label("Remarque à la structure")


def test_a_digit_chooses_the_level_and_the_gap_is_said(visit, transmis, reseau, adele):
    page = visit(adele, url(transmis))
    page.keyboard.press("1")
    expect(state(page)).to_have_text(SAVED)
    expect(page.locator("#ecart")).to_contain_text("Deux niveaux sous l’auto-évaluation.")
    expect(page.locator("#ecart")).to_contain_text("non-conformité majeure")
    assert opinion(transmis, reseau).level == 1
    remark(page).fill("Voir 2.")
    remark(page).press("3")
    expect(page.get_by_role("radio", name="1 En construction")).to_be_checked()
    page.get_by_role("button", name="Désactiver les chiffres").click()
    page.keyboard.press("4")
    expect(page.get_by_role("radio", name="1 En construction")).to_be_checked()
    page.reload()
    page.keyboard.press("4")
    expect(page.get_by_role("radio", name="1 En construction")).to_be_checked()
    assert page.complaints == []


def test_control_enter_marks_as_read_with_what_was_just_typed(visit, transmis, reseau, adele):
    page = visit(adele, url(transmis))
    page.keyboard.press("2")
    remark(page).fill("À dater.")
    remark(page).press("Control+Enter")
    page.wait_for_url(re.compile(r"PER-02"))
    stored = opinion(transmis, reseau)
    assert (stored.level, stored.remark, stored.read_at is not None) == (2, "À dater.", True)
    expect(page.locator("nav.rail .rail-h b")).to_have_text("1 relu sur 7")
    assert OpinionVersion.objects.filter(outcome=Outcome.CONFLICT).count() == 0
    page.keyboard.press("Alt+p")
    page.wait_for_url(re.compile(r"PER-01"))
    expect(remark(page)).to_have_value("À dater.")
    expect(page.locator("#brouillon")).to_be_empty()


def test_two_advisors_at_once_see_both_texts_and_keep_both(visit, transmis, reseau, adele, thomas):
    hers, his = visit(adele, url(transmis)), visit(thomas, url(transmis))
    remark(his).fill("De Thomas.")
    expect(state(his)).to_have_text(SAVED)
    remark(hers).fill("D’Adèle.")
    hers.get_by_label("Note privée").fill("Entre nous.")
    expect(state(hers)).to_have_text("Thomas a aussi modifié cet avis : comparer")
    hers.get_by_role("link", name="comparer").click()
    expect(hers.get_by_role("heading", level=1)).to_have_text("Thomas et vous avez modifié cet avis en même temps")
    expect(hers.get_by_label("Remarque à la structure")).to_have_value("D’Adèle. De Thomas.")
    hers.get_by_role("button", name="Enregistrer cet avis").click()
    expect(remark(hers)).to_have_value("D’Adèle. De Thomas.")
    expect(hers.locator("#brouillon")).to_be_empty()
    stored = opinion(transmis, reseau)
    assert (stored.version, stored.private_note) == (2, "Entre nous.")


def test_a_colleague_s_opinion_appears_without_touching_what_one_types(visit, transmis, adele, thomas):
    hers, his = visit(adele, url(transmis)), visit(thomas, url(transmis, "PER-02"))
    remark(his).fill("De Thomas.")
    expect(state(his)).to_have_text(SAVED)
    hers.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(hers.locator("#ailleurs")).to_contain_text("Thomas Guérin a enregistré un avis sur PER-02")


def test_an_expired_session_keeps_the_text_and_takes_up_after_login(visit, transmis, reseau, adele, sign_in):
    page = visit(adele, url(transmis))
    Session.objects.all().delete()
    remark(page).fill("Écrit pendant une heure.")
    expect(state(page)).to_have_text("Session expirée : reconnectez-vous, votre texte vous attend")
    sign_in(page.context, adele)
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(state(page)).to_have_text(SAVED)
    assert opinion(transmis, reseau).remark == "Écrit pendant une heure."


def test_a_broken_server_keeps_note_and_remark_for_after_a_reload(visit, transmis, adele, live_server):
    page = visit(adele, url(transmis))
    broken = re.compile(re.escape(url(transmis)) + "$")
    page.route(broken, lambda route: route.fulfill(status=500, body="<h1>Panne</h1>") if route.request.method == "POST" else route.continue_())
    remark(page).fill("Une remarque.")
    page.get_by_label("Note privée").fill("Une note.")
    expect(state(page)).to_contain_text("Serveur indisponible")
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(live_server.url + url(transmis))
    page.unroute(broken)
    page.get_by_role("button", name="Reprendre ce texte").click()
    expect(state(page)).to_have_text(SAVED)
    expect(page.get_by_label("Note privée")).to_have_value("Une note.")


def test_a_withdrawn_share_keeps_the_text_on_the_page_and_says_no_more(visit, transmis, adele):
    page = visit(adele, url(transmis))
    Share.objects.all().delete()
    remark(page).fill("Trop tard.")
    expect(state(page)).to_have_class(re.compile("st-warn"))
    expect(remark(page)).to_have_value("Trop tard.")


def test_a_dossier_sent_back_meanwhile_keeps_the_text_on_the_page(visit, transmis, adele):
    page = visit(adele, url(transmis))
    Assessment.objects.update(status=Status.RETURNED)
    remark(page).fill("Trop tard.")
    expect(state(page)).to_contain_text("n’est plus « à relire »")
    expect(remark(page)).to_have_value("Trop tard.")


def test_a_request_is_not_left_behind_without_a_word(visit, transmis, adele):
    page = visit(adele, url(transmis))
    page.get_by_text("Demander une preuve ou une précision").click()
    page.get_by_label("Votre demande").fill("Les statuts signés.")
    page.keyboard.press("Alt+s")
    expect(state(page)).to_contain_text("Une demande n’est pas ajoutée")
    assert ReviewRequest.objects.count() == 0
    page.get_by_role("button", name="Ajouter la demande").click()
    expect(page.locator(".asks")).to_contain_text("Les statuts signés.")
    page.keyboard.press("Alt+s")
    page.wait_for_url(re.compile(r"PER-02"))
    assert page.complaints == []


def test_a_remark_of_the_network_goes_in_at_the_cursor(visit, transmis, reseau, adele):
    StockRemark.objects.create(network=reseau, title="Accord", body="notez l’accord")
    page = visit(adele, url(transmis))
    remark(page).fill("Bien, mais. Merci.")
    remark(page).evaluate("field => field.setSelectionRange(10, 10)")
    page.get_by_text("Insérer une remarque du réseau").click()
    page.get_by_role("button", name="Insérer", exact=True).click()
    expect(remark(page)).to_have_value("Bien, mais notez l’accord. Merci.")
    expect(state(page)).to_have_text(SAVED)
    assert opinion(transmis, reseau).remark == "Bien, mais notez l’accord. Merci."
    assert page.complaints == []


def test_without_javascript_everything_is_done_with_buttons(visit, transmis, reseau, adele):
    page = visit(adele, url(transmis), java_script_enabled=False)
    page.get_by_role("radio", name="2 Partiel").check()
    remark(page).fill("Sans script.")
    page.get_by_text("Demander une preuve ou une précision").click()
    page.get_by_label("Votre demande").fill("Les statuts signés.")
    page.get_by_role("button", name="Marquer comme relu et continuer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Périmètre écrit")
    assert (opinion(transmis, reseau).remark, ReviewRequest.objects.get().text) == ("Sans script.", "Les statuts signés.")
