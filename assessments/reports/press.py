"""From a photograph to a PDF: reads it, decides what the document says, sets it on pages."""

import json
import re
from collections.abc import Mapping

from django.template.loader import render_to_string

from assessments.enums import DocumentKind
from assessments.models import Snapshot
from assessments.reports.audit import audit_report
from assessments.reports.frame import Source
from assessments.reports.roadmap import roadmap_report
from certif.text import NARROW_NBSP, NBSP
from referentiel.content import content_of

DESIGN = "2026-11"
"""Changes when a document made again from the same photograph would look different."""

LOGO = "logo.png"
DATA_NAME = "dossier.json"
_REPORTS = {DocumentKind.AUDIT: audit_report, DocumentKind.ROADMAP: roadmap_report}


def source_of(snapshot: Snapshot, *, has_logo: bool) -> Source:
    return Source(
        data=json.loads(snapshot.content),
        content=content_of(snapshot.assessment.edition_id),
        code=snapshot.code,
        sha256=snapshot.sha256,
        has_logo=has_logo,
    )


def document_html(source: Source, kind: str) -> str:
    kind = DocumentKind(kind)
    report = _REPORTS[kind](source)
    return spaced(render_to_string(f"reports/{kind.name.lower()}.html", {"report": report}))


def spaced(html: str) -> str:
    """French spaces everywhere at once: none of them breaks, and the thin ones are thin."""
    html = re.sub(r"[ \u00a0]([;!?%»])", rf"{NARROW_NBSP}\1", html)
    html = re.sub(r"«[ \u00a0]", f"«{NARROW_NBSP}", html)
    return html.replace(" :", f"{NBSP}:")


def logo_of(snapshot: Snapshot) -> Mapping[str, bytes]:
    logo = snapshot.assessment.structure.logo
    return {LOGO: bytes(logo)} if logo else {}
