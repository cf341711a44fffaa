"""What ./run --check verifies on a server that has just started: pages, a login, PDFs. Standard library only."""

import json
import re
import subprocess
import sys
import time
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

START_SECONDS = 60


class Visitor:
    """A browser without a screen."""

    def __init__(self, site: str):
        self.site = site
        self.opener = build_opener(HTTPCookieProcessor(CookieJar()))

    def get(self, path: str) -> bytes:
        return self._open(Request(self.site + path))

    def post(self, path: str, fields: dict[str, str]) -> bytes:
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.get(path).decode())
        if token is None:
            raise SystemExit(f"{path} : formulaire introuvable")
        data = urlencode({"csrfmiddlewaretoken": token[1], **fields}).encode()
        return self._open(Request(self.site + path, data, {"Referer": self.site + path}))

    def _open(self, request: Request) -> bytes:
        try:
            with self.opener.open(request, timeout=60) as response:
                self.url = response.url
                return response.read()
        except HTTPError as error:
            raise SystemExit(f"{request.selector} : réponse {error.code}") from error


def wait_for(visitor: Visitor, path: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            visitor.get(path)
            return
        except (URLError, OSError, SystemExit) as error:
            if time.monotonic() > deadline:
                raise SystemExit(f"{path} ne répond pas : {error}") from error
        time.sleep(0.3)


def expect(condition: bool, sentence: str) -> None:
    if not condition:
        raise SystemExit(f"✗ {sentence}")
    print(f"✓ {sentence}", flush=True)


def main(site: str, data: Path) -> None:
    visitor = Visitor(site)
    wait_for(visitor, "/sante/")
    print("✓ /sante/", flush=True)
    wait_for(visitor, "/pret/")
    print("✓ /pret/ (base, disque, travaux)", flush=True)
    expect(b"<h1" in visitor.get("/"), "la page d’accueil s’affiche")
    norm = visitor.get("/norme/").decode()
    editions = re.findall(r'href="(/norme/[^/"]+/)', norm) or re.findall(r"(/norme/[^/]+/)", visitor.url)
    expect(bool(editions), "la norme est publiée")
    expect(visitor.get(editions[0] + "grille.pdf").startswith(b"%PDF-"), "la grille vierge est un PDF")

    demo = json.loads((data / "demo.json").read_text())
    assessing = {dossier["structure"] for dossier in demo["dossiers"]}
    account = next(account for account in demo["comptes"] if account["structure"] in assessing)
    visitor.post("/connexion/", {"login": account["email"], "password": account["mot_de_passe"]})
    expect("/connexion/" not in visitor.url, f"{account['email']} se connecte")
    expect(b"<h1" in visitor.get("/dossiers/"), "ses dossiers s’affichent")

    report = data / "rapport.pdf"
    dossier = str(demo["dossiers"][-1]["id"])
    command = [sys.executable, "manage.py", "rapport", dossier, "--document", "audit", "--sortie", str(report)]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    expect(report.read_bytes().startswith(b"%PDF-"), "le rapport de préparation est un PDF")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
