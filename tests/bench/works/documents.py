"""P1 and P7: the two documents, warm, beside a warm Chromium and Typst on the same content; and a report of 300 pages."""

import base64
import io
import json
import os
import re
import shutil
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path

from django.conf import settings
from django.db import transaction
from playwright.sync_api import sync_playwright
from pypdf import PdfReader

from assessments import snapshots
from assessments.enums import DocumentKind, SnapshotKind
from assessments.models import Action, Assessment
from assessments.reports import press
from certif.pdf import render_pdf
from referentiel.content import content_of
from tests.bench.measure import in_turn
from tests.bench.works.demonstration import COMPLETE, dossier_of

STYLESHEET = Path(settings.BASE_DIR) / "templates" / "reports" / "print.css"
FONTS = Path(settings.BASE_DIR) / "static" / "fonts" / "print"
ACTIONS = 60
LONG = 300


def work(rounds: int = 3) -> dict:
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright keeps an event loop in this thread
    assessment, _owner = dossier_of(COMPLETE)
    report, roadmap = _html(assessment, DocumentKind.AUDIT), _roadmap(assessment)
    folder = Path(settings.DATA_DIR)
    pages = {"rapport": _pages(report), "feuille de route": _pages(roadmap)}
    copies = max(2, round(LONG / pages["rapport"]))
    long = repeated(report, copies)
    with sync_playwright() as playwright:
        executable = shutil.which("chromium") or "/usr/bin/chromium"
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        page = browser.new_page()
        times = in_turn(
            {
                "rapport": lambda: render_pdf(report),
                "rapport, Chromium": lambda: print_with(page, report),
                "feuille de route": lambda: render_pdf(roadmap),
                "feuille de route, Chromium": lambda: print_with(page, roadmap),
            },
            rounds=rounds,
            clock=time.perf_counter,
        )
        browser.close()
    length = in_turn({"court": lambda: render_pdf(report), "long": lambda: render_pdf(long)}, rounds=1)
    return {
        "temps": times,
        "pages": {**pages, "long": _pages_of(render := render_pdf(long)), "octets": len(render)},
        "longueur": length,
        "typst": typst(report, folder, rounds),
    }


def _html(assessment: Assessment, kind: DocumentKind) -> str:
    snapshot = snapshots.take(assessment, SnapshotKind.DOCUMENT, by=None)
    return press.document_html(press.source_of(snapshot), kind)


def _roadmap(assessment: Assessment) -> str:
    """The roadmap of the same dossier once it has sixty actions; the dossier is left as it was."""
    content = content_of(assessment.edition_id)
    suggested = [(criterion, action) for criterion in content.criteria for action in criterion.suggested_actions]
    with transaction.atomic():
        missing = ACTIONS - Action.objects.filter(assessment=assessment).count()
        model = Action.objects.filter(assessment=assessment, due_on__isnull=False).first()
        for criterion, action in suggested[:: len(suggested) // missing][:missing]:
            planned = Action.objects.create(
                assessment=assessment,
                title=action.title,
                detail=action.detail,
                cause="Écart relevé pendant l’auto-évaluation.",
                owner=model.owner,
                starts_on=model.starts_on,
                due_on=model.due_on,
                effort_days=Decimal(action.effort_days),
                target_level=action.target_level,
                created_by=model.owner,
            )
            planned.criteria.set([criterion.id])
        html = _html(assessment, DocumentKind.ROADMAP)
        transaction.set_rollback(True)
    return html


def _pages(html: str) -> int:
    counted = []
    render_pdf(html, on_layout=counted.append)
    return counted[0]


def _pages_of(pdf: bytes) -> int:
    return len(PdfReader(io.BytesIO(pdf)).pages)


def repeated(html: str, copies: int) -> str:
    """The same pages `copies` times; each copy links to itself."""
    head, _, rest = html.partition("<body>")
    body, _, tail = rest.rpartition("</body>")
    bodies = (re.sub(r'(\bid="|href="#)([^"]+)"', rf'\1\2-{number}"', body) for number in range(copies))
    return f"{head}<body>{''.join(bodies)}</body>{tail}"


def print_with(page, html: str) -> bytes:
    """What a warm browser takes to load the same page, its stylesheet and fonts in it, and to print it, tagged."""
    page.set_content(html.replace("<head>", f"<head><style>{_stylesheet()}</style>", 1))
    return page.pdf(prefer_css_page_size=True, print_background=True, tagged=True, outline=True)


def _stylesheet() -> str:
    def inlined(found: re.Match) -> str:
        return f"url(data:font/ttf;base64,{base64.b64encode((FONTS / found[1]).read_bytes()).decode()})"

    return re.sub(r"url\(certif:fonts/([^)]+)\)", inlined, STYLESHEET.read_text("utf-8"))


def typst(html: str, folder: Path, rounds: int) -> dict | None:
    """None where Typst is not installed."""
    page = folder / "rapport.html"
    page.write_text(html, "utf-8")
    taken = []
    for _ in range(rounds):
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.typst_copy", str(page), str(FONTS)], capture_output=True, text=True
        )
        if "ModuleNotFoundError" in done.stderr:
            return None
        if done.returncode:
            raise RuntimeError(done.stderr[-2000:])
        taken.append(json.loads(done.stdout))
    best = sorted(taken, key=lambda each: each["secondes"])[len(taken) // 2]
    return {**best, "pages": _pages_of(page.with_suffix(".typst.pdf").read_bytes())}
