"""A dossier on the norm as shipped, and what its printed documents hold."""

import io
import json
import random
from datetime import date, timedelta
from decimal import Decimal

import page
from pypdf import PdfReader

from assessments.models import Action, Assessment, EvidenceUse
from assessments.reading import canonical_json, read
from assessments.reports.frame import Source
from assessments.snapshots import fingerprint
from referentiel.content import Content, content_of
from tests.factories import answer, declare, make_assessment, make_evidence, make_service, make_site, make_structure

ON = date(2026, 11, 21)
CODE = "7K2M-94QX-B3TF"


def make_source(assessment: Assessment, **changes) -> Source:
    """What a document reads of the dossier on the day `ON`."""
    data = read(assessment, on=ON).canonical
    text = canonical_json(data)
    return Source(json.loads(text), content_of(assessment.edition_id), CODE, fingerprint(text), **changes)


def shipped_dossier(
    content: Content, edition, *, answered: float = 1, seed: int = 3, actions: int = 0, **fields
) -> Assessment:
    """A dossier of an invented structure, rated at random around 2 and 3, with evidence of every age."""
    draw = random.Random(seed)
    structure = make_structure("Association Passerelles")
    service = make_service(make_site(structure, "Tilleuls"), "Médiation de proximité")
    assessment = make_assessment(structure, edition, services=[service], **fields)
    uses = []
    for criterion in content.criteria:
        if draw.random() >= answered:
            continue
        level = draw.choice((1, 2, 2, 3, 3, 3, 4))
        row = answer(
            assessment, criterion.code, level, justification=f"Ce que nous faisons pour « {criterion.title} »."
        )
        for expected in criterion.expected_evidence:
            if draw.random() < 0.7:
                dated = ON - timedelta(days=draw.randrange(5, 500))
                piece = make_evidence(
                    structure, expected.label, url=f"https://exemple.fr/{row.pk}/{expected.id}", effective_on=dated
                )
                uses.append(EvidenceUse(evidence=piece, answer=row, expected_id=expected.id))
    EvidenceUse.objects.bulk_create(uses)
    for register in content.registers[: 5 if answered else 0]:
        piece = make_evidence(structure, "Compte rendu", url=f"https://exemple.fr/{register.code}", effective_on=ON)
        declare(assessment, register.code, services=[service], evidence=[piece])
    plan(assessment, content, actions)
    return assessment


def plan(assessment: Assessment, content: Content, count: int) -> None:
    """As many actions, on the first suggestions of the norm, a week after one another."""
    suggested = [(criterion, action) for criterion in content.criteria for action in criterion.suggested_actions]
    for rank, (criterion, action) in enumerate(suggested[:count]):
        planned = Action.objects.create(
            assessment=assessment,
            title=action.title,
            detail=action.detail,
            suggested_id=action.id,
            effort_days=Decimal(action.effort_days),
            target_level=action.target_level,
            starts_on=ON + timedelta(days=7 * rank),
            due_on=ON + timedelta(days=7 * rank + 20),
        )
        planned.criteria.set([criterion.id])


def problems(pdf: bytes) -> list[str]:
    """What keeps a file from being both PDF/A-3a and PDF/UA-1; and streams no reader could follow."""
    found = []
    for profile in ("3a", "ua1"):
        found += [
            f"{failure.rule_id}: {failure.message}"
            for failure in page.validate_pdf_bytes(pdf, profile=profile).failures
        ]
    for number, each in enumerate(PdfReader(io.BytesIO(pdf)).pages, 1):
        if not each.extract_text().strip():
            found.append(f"page {number} : aucun texte")
    return found


def text_of(pdf: bytes) -> str:
    """The text of every page, on one line."""
    return " ".join(" ".join(each.extract_text() for each in PdfReader(io.BytesIO(pdf)).pages).split())


def bookmarks(pdf: bytes) -> list[str]:
    """The bookmarks of the first rank."""
    return [each.title for each in PdfReader(io.BytesIO(pdf)).outline if not isinstance(each, list)]
