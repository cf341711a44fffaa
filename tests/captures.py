"""Takes the pictures of the README on a served demonstration: `python -m tests.captures [ADDRESS [DEMO_JSON]]`, after `./run`."""

import io
import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image
from playwright.sync_api import Page, sync_playwright

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "captures"
WIDTH, HEIGHT = 1280, 860
COLOURS = 128

HALFWAY, COMPLETE, SENT = 1, 2, 4  # places in the list of demonstration dossiers
ADVISOR = "conseiller du réseau"
SCREENS = {
    "saisie": (HALFWAY, "responsable", "criteres/{criterion}/"),
    "tableau-de-bord": (HALFWAY, "responsable", ""),
    "synthese": (COMPLETE, "responsable", "synthese/"),
    "feuille-de-route": (COMPLETE, "responsable", "feuille-de-route/"),
    "relecture": (SENT, ADVISOR, "relecture/{criterion}/"),
}
CRITERION = "DEO-03"
PAGES = {
    "rapport-page": ("audit", "La maturité par chapitre"),
    "feuille-de-route-page": ("feuille-de-route", "Le calendrier, mois par mois"),
}


def main(site: str, demo: Path) -> None:
    told = json.loads(demo.read_text())
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for name, (place, role, path) in SCREENS.items():
            dossier = told["dossiers"][place]
            page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, locale="fr-FR")
            sign_in(page, site, account_of(told, role, dossier["structure"]))
            page.goto(f"{site}/dossiers/{dossier['id']}/{path.format(criterion=CRITERION)}")
            page.wait_for_load_state("networkidle")
            keep(name, page.screenshot())
            page.close()
        browser.close()
    for name, (document, title) in PAGES.items():
        keep(name, printed(told["dossiers"][COMPLETE]["id"], document, title))


def account_of(told: dict, role: str, structure: str) -> dict:
    """The first account of that role: in the structure, or in the network."""
    accounts = [account for account in told["comptes"] if account["role"] == role]
    return next((account for account in accounts if account["structure"] == structure), accounts[0])


def sign_in(page: Page, site: str, account: dict) -> None:
    page.goto(f"{site}/connexion/")
    page.fill("[name=login]", account["email"])
    page.fill("[name=password]", account["mot_de_passe"])
    page.press("[name=password]", "Enter")
    page.wait_for_load_state()
    if "secret_totp" in account:  # the page shows the code of the moment
        page.fill("[name=code]", page.inner_text(".handed strong").replace(" ", ""))
        page.press("[name=code]", "Enter")
    page.wait_for_url(lambda url: "/connexion/" not in url)


def printed(dossier: int, document: str, title: str) -> bytes:
    """The page of a document that `title` opens, as a picture."""
    with TemporaryDirectory() as folder:
        pdf, image = Path(folder) / "document.pdf", Path(folder) / "page"
        rapport = [sys.executable, "manage.py", "rapport", str(dossier), "--document", document, "--sortie", str(pdf)]
        subprocess.run(rapport, check=True, stdout=subprocess.DEVNULL)
        number = page_of(pdf, title)
        where = ["-f", str(number), "-l", str(number), "-r", "90", "-singlefile", "-png"]
        subprocess.run(["pdftoppm", *where, str(pdf), str(image)], check=True)
        return image.with_suffix(".png").read_bytes()


def page_of(pdf: Path, title: str) -> int:
    """The second page that says it: the table of contents is the first."""
    text = subprocess.run(["pdftotext", str(pdf), "-"], check=True, capture_output=True, text=True).stdout
    return [number for number, page in enumerate(text.split("\f"), start=1) if title in page][1]


def keep(name: str, png: bytes) -> None:
    """A flat picture needs few colours: four times lighter, and nobody sees it."""
    picture = Image.open(io.BytesIO(png)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    picture.save(FOLDER / f"{name}.png", optimize=True)


if __name__ == "__main__":
    given = sys.argv[1:]
    main(given[0] if given else "http://127.0.0.1:8000", Path(given[1] if len(given) > 1 else "var/demo.json"))
