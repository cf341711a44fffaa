"""From a photograph to the pages of a document: reads it, decides what it says, hands it over to be printed."""

import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils.text import slugify

from assessments.enums import DocumentKind
from assessments.models import Document, Snapshot
from assessments.reports.audit import audit_report
from assessments.reports.frame import Source
from assessments.reports.roadmap import roadmap_report
from certif.dates import in_paris
from certif.text import NARROW_NBSP, NBSP
from referentiel.content import content_of
from referentiel.models import Edition

DESIGN = "2026-12.5"
"""Changes when a document made again from the same photograph would look different."""

LOGO = "logo.png"
DATA = "dossier.json"
_REPORTS = {DocumentKind.AUDIT: audit_report, DocumentKind.ROADMAP: roadmap_report}
_NAMES = {DocumentKind.AUDIT: "rapport-audit", DocumentKind.ROADMAP: "feuille-de-route"}


@dataclass(frozen=True)
class Data:
    """The canonical JSON, as it is attached to the document."""

    content: bytes
    name: str = DATA
    description: str = "État figé du dossier (JSON canonique) : réponses, règles et résultat"
    relationship: str = "Data"


def source_of(snapshot: Snapshot) -> Source:
    """Under the edition of the photograph: the dossier may have moved to another since."""
    data = json.loads(snapshot.content)
    return Source(
        data=data,
        content=content_of(Edition.objects.values_list("pk", flat=True).get(code=data["edition"]["code"])),
        code=snapshot.code,
        sha256=snapshot.sha256,
        has_logo=bool(snapshot.assessment.structure.logo),
    )


def logo_of(snapshot: Snapshot) -> Mapping[str, bytes]:
    logo = snapshot.assessment.structure.logo
    return {LOGO: bytes(logo)} if logo else {}


def data_of(snapshot: Snapshot) -> Data:
    return Data(snapshot.content.encode())


def document_html(source: Source, kind: str) -> str:
    kind = DocumentKind(kind)
    report = _REPORTS[kind](source)
    return spaced(render_to_string(f"reports/{kind.name.lower()}.html", {"report": report}))


def spaced(html: str) -> str:
    """French spaces everywhere at once: none of them breaks, and the thin ones are thin."""
    html = re.sub(r"[ \u00a0]([;!?%»])", rf"{NARROW_NBSP}\1", html)
    html = re.sub(r"«[ \u00a0]", f"«{NARROW_NBSP}", html)
    html = re.sub(r"\bà (?=\d)", f"à{NBSP}", html)
    return html.replace(" :", f"{NBSP}:")


def file_name(document: Document) -> str:
    """The name under which the file is stored: it tells nothing and cannot be guessed."""
    return f"{document.snapshot.assessment.structure_id}/{secrets.token_hex(16)}.pdf"


def download_name(document: Document) -> str:
    """« rapport-audit-association-passerelles-2026-11-21.pdf »."""
    snapshot = document.snapshot
    structure = slugify(snapshot.assessment.structure.name)[:60].strip("-") or "structure"
    return f"{_NAMES[DocumentKind(document.kind)]}-{structure}-{in_paris(snapshot.taken_at).date()}.pdf"
