"""The first ten minutes of somebody who has read nothing: from an address to a PDF, going only where the pages lead."""

import io
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core import mail
from django.db import connection
from playwright.sync_api import Page, expect
from pypdf import PdfReader

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PASSWORD = "trois mots et demi"
SAVED = re.compile(r"Enregistré à \d+\sh\s\d\d")


def work_once() -> None:
    """What the worker beside the server does: the jobs that wait, in a process of its own."""
    environment = os.environ | {
        "DATABASE_URL": f"sqlite:///{connection.settings_dict['NAME']}",
        "DJANGO_SETTINGS_MODULE": "certif.settings",
    }
    command = [sys.executable, "manage.py", "db_worker", "--batch", "--no-startup-delay", "--queue-name", "*"]
    subprocess.run(command, cwd=settings.BASE_DIR, env=environment, check=True, capture_output=True, timeout=120)


def follow(page: Page, words: str) -> None:
    page.get_by_role("main").get_by_role("link", name=words).first.click()


def press(page: Page, words: str) -> None:
    page.get_by_role("main").get_by_role("button", name=words).first.click()


def title(page: Page) -> str:
    return page.get_by_role("heading", level=1).inner_text().replace("\n", " ").replace("\u00a0", " ")


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the worker is given a file")
def test_from_an_address_to_a_pdf(site, tmp_path):
    page = site.visit()
    page.goto(site.url)
    sign_up(page)
    create_structure(page)
    open_dossier(page)
    declare_a_register(page)
    answer_two_criteria(page)
    add_evidence(page, tmp_path)
    closing_is_refused(page)
    pdf = take_the_report(page)
    read = PdfReader(io.BytesIO(pdf))
    text = "".join(sheet.extract_text() for sheet in read.pages)
    assert read.metadata.title == "Rapport de préparation à l’audit – Les Mains tendues"
    assert "Le siège est ouvert du lundi au vendredi." in " ".join(text.split())
    assert page.complaints == []
    site.forget("")


def sign_up(page: Page) -> None:
    page.get_by_role("link", name="Se connecter").first.click()
    follow(page, "Créez-le")
    page.get_by_label("Nom").first.fill("Camille Durand")
    page.get_by_label("Adresse électronique").fill("camille@mains-tendues.fr")
    page.get_by_label("Mot de passe").first.fill(PASSWORD)
    press(page, "Créer mon compte")
    confirm = re.search(r"https?://[^/\s]+(/inscription/confirmation/\S+/)", mail.outbox[-1].body)[1]
    page.goto(root(page) + confirm)
    press(page, "Confirmer")


def root(page: Page) -> str:
    return "/".join(page.url.split("/")[:3])


def create_structure(page: Page) -> None:
    assert title(page) == "Bienvenue, Camille"
    follow(page, "Créer ma structure")
    page.get_by_label("Nom de la structure").fill("Les Mains tendues")
    page.get_by_label("Forme juridique").select_option(label="Association")
    page.get_by_label("Commune").fill("Lormont")
    press(page, "Créer la structure")


def open_dossier(page: Page) -> None:
    """The site and the first service are named on the way."""
    follow(page, "Ouvrir un dossier")
    assert title(page) == "Ouvrir un dossier"
    page.get_by_label(re.compile("site", re.I)).first.fill("Siège")
    page.get_by_label(re.compile("dispositif", re.I)).first.fill("Médiation de quartier")
    press(page, "Ouvrir le dossier")
    assert title(page) == "Par où commencer"


def declare_a_register(page: Page) -> None:
    follow(page, "Déclarer les registres")
    assert title(page) == "0 registre couvert sur 8"
    follow(page, "Assurer une présence")
    page.get_by_label(re.compile("Médiation de quartier")).check()
    press(page, "Déclarer ce registre")
    page.get_by_role("navigation", name="Navigation principale").get_by_role("link", name="Tableau de bord").click()


def answer_two_criteria(page: Page) -> None:
    follow(page, "Commencer à PER-01")
    page.get_by_role("radio").nth(2).check()
    page.get_by_label("Ce qui vous fait dire cela").fill("Le siège est ouvert du lundi au vendredi.")
    expect(page.locator("#etat")).to_have_text(SAVED)
    page.locator("[data-suivant]").click()
    expect(page).to_have_url(re.compile("/criteres/PER-02/"))
    page.get_by_role("radio").nth(1).check()
    expect(page.locator("#etat")).to_have_text(SAVED)


def add_evidence(page: Page, folder: Path) -> None:
    file = folder / "statuts.txt"
    file.write_text("Les statuts de l’association.", "utf-8")
    page.get_by_label("Déposer un fichier").set_input_files(file)
    press(page, "Joindre cette preuve")
    expect(page.locator("#preuves").get_by_role("link", name="statuts")).to_be_visible()


def closing_is_refused(page: Page) -> None:
    page.get_by_role("navigation", name="Navigation principale").get_by_role("link", name="Tableau de bord").click()
    follow(page, "Clôturer")
    assert title(page) == "Pas encore : 1 point à régler avant de clôturer"
    expect(page.get_by_role("main")).to_contain_text(re.compile(r"103\scritères sont sans réponse"))
    assert page.get_by_role("button", name="Clôturer l’auto-évaluation").count() == 0


def take_the_report(page: Page) -> bytes:
    page.get_by_role("navigation", name="Navigation principale").get_by_role("link", name="Documents").click()
    press(page, "Produire")
    expect(page.locator("progress").first).to_be_visible()
    work_once()
    link = page.get_by_role("link", name="Télécharger : Rapport de préparation")
    expect(link).to_be_visible(timeout=15_000)
    with page.expect_download() as taken:
        link.click()
    return Path(taken.value.path()).read_bytes()
