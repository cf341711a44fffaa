"""What is done to an edition: publish it, retire it, and the fingerprint that proves it has not changed."""

import hashlib
import json
import logging
from datetime import date
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db import transaction

from certif import dates
from referentiel.completeness import lacks
from referentiel.content import Content, CriterionContent, read_content
from referentiel.models import Edition, Seal

FORMAT = "certif-norme/1"

logger = logging.getLogger(__name__)


class Refusal(Exception):
    """A step that cannot be taken; `reasons` are French sentences, one per thing to fix."""

    def __init__(self, reasons: list[str]):
        self.reasons = reasons
        super().__init__(" ".join(reasons))


@transaction.atomic
def publish(
    edition: Edition, *, by=None, change_note: str, in_force_on: date, announced_on: date | None = None
) -> Seal:
    """Seals a draft for ever. `by` is None for a command; otherwise a norm admin. Raises Refusal when something is missing."""
    only_norm_admins(by)
    edition = Edition.objects.select_for_update().get(pk=edition.pk)
    content = read_content(edition.pk)
    today = dates.today()
    announced_on = announced_on or today
    reasons = shortcomings(content)
    if content.sealed:
        reasons = ["Cette édition est déjà publiée."]
    if not change_note.strip():
        reasons.append("Dites en une phrase ce que cette édition change.")
    if in_force_on < announced_on:
        reasons.append("L’entrée en vigueur ne peut pas précéder l’annonce.")
    if reasons:
        raise Refusal(reasons)
    seal = Seal.objects.create(
        edition=edition,
        fingerprint=_digest(canonical(content)),
        published_on=today,
        announced_on=announced_on,
        in_force_on=in_force_on,
        change_note=change_note.strip(),
    )
    logger.info("edition %s published by %s, fingerprint %s", edition.code, by or "a command", seal.fingerprint)
    return seal


@transaction.atomic
def retire(edition: Edition, *, by=None, on: date | None = None) -> Seal:
    """No new dossier may take a retired edition; those that have it keep it. Raises Refusal unless published."""
    only_norm_admins(by)
    seal = Seal.objects.select_for_update().filter(edition=edition).first()
    if seal is None:
        raise Refusal(["Cette édition n’est pas publiée : elle ne peut pas être retirée."])
    if seal.retired_on:
        raise Refusal([f"Cette édition est déjà retirée depuis le {dates.long_date(seal.retired_on)}."])
    seal.retired_on = on or dates.today()
    seal.save(update_fields=["retired_on"])
    logger.info("edition %s retired by %s", edition.code, by or "a command")
    return seal


def only_norm_admins(user) -> None:
    """Raises PermissionDenied unless `user` keeps the norm; None is a command."""
    if user is not None and not (user.is_active and user.is_norm_admin):
        raise PermissionDenied("Seules les personnes qui administrent le référentiel écrivent, publient ou retirent une édition.")


def fingerprint(edition: Edition) -> str:
    """SHA-256 of the content as the database has it now, whatever the seal says."""
    return _digest(canonical_content(edition))


def canonical_content(edition: Edition) -> dict:
    """The whole content as plain JSON: no database number, no date, everything in order."""
    return canonical(read_content(edition.pk))


def canonical(content: Content) -> dict:
    register_codes = {register.key: register.code for register in content.registers}
    return {
        "format": FORMAT,
        "norme": {
            "code": content.standard_code,
            "titre": content.standard_title,
            "editeur": content.standard_publisher,
        },
        "edition": {"code": content.code, "libelle": content.label, "avertissement": content.notice},
        "regles": content.rules,
        "eligibilite": content.eligibility,
        "cycle": content.cycle,
        "echelle": [
            {"valeur": level.value, "libelle": level.label, "description": level.description}
            for level in content.levels
        ],
        "registres": [
            {
                "code": register.code,
                "cle": register.key,
                "libelle": register.label,
                "definition": register.definition,
                "confiance": register.label_confidence,
                "statut": register.label_status,
                "questions": list(register.questions),
                "preuves_attendues": list(register.expected_evidence),
                "sources": list(register.sources),
            }
            for register in content.registers
        ],
        "chapitres": [
            {
                "code": chapter.code,
                "cle": chapter.key,
                "titre": chapter.title,
                "titre_court": chapter.short_title,
                "bloc": chapter.block,
                "presentation": chapter.introduction,
                "criteres": [_criterion(criterion, register_codes) for criterion in chapter.criteria],
            }
            for chapter in content.chapters
        ],
    }


def _criterion(criterion: CriterionContent, register_codes: dict[str, str]) -> dict:
    return {
        "code": criterion.code,
        "cle": criterion.key,
        "titre": criterion.title,
        "enonce": criterion.statement,
        "questions": list(criterion.guiding_questions),
        "criticite": criterion.criticality,
        "justification_criticite": criterion.criticality_reason,
        "poids": criterion.weight,
        "nature": criterion.nature,
        "confiance": criterion.confidence,
        "sources": list(criterion.sources),
        "non_concerne": {"autorise": criterion.na_allowed, "condition": criterion.na_condition},
        "registres": [register_codes[key] for key in criterion.register_keys],
        "applicable_si_registre": [register_codes[key] for key in criterion.applicable_register_keys],
        "fonctions_interrogees": list(criterion.interviewed_roles),
        "niveaux": [
            {"valeur": descriptor.value, "descripteur": descriptor.text} for descriptor in criterion.descriptors
        ],
        "preuves_attendues": [
            {
                "cle": expected.key,
                "libelle": expected.label,
                "type": expected.kind,
                "obligatoire": expected.required,
                "validite_mois": expected.validity_months,
            }
            for expected in criterion.expected_evidence
        ],
        "actions_types": [
            {
                "cle": action.key,
                "titre": action.title,
                "detail": action.detail,
                "charge_jours": _plain(action.effort_days),
                "niveau_vise": action.target_level,
            }
            for action in criterion.suggested_actions
        ],
        "questions_entretien": [
            {"fonction": question.role, "question": question.question, "attendu": question.expected}
            for question in criterion.interview_questions
        ],
    }


def _plain(number: Decimal) -> str:
    """« 1.5 » for 1.50, « 10 » for 1E+1."""
    return format(number.normalize(), "f")


def _digest(canonical: dict) -> str:
    text = json.dumps(canonical, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def shortcomings(content: Content) -> list[str]:
    """What a draft still lacks before it may be published, as French sentences."""
    return [lack.sentence for lack in lacks(content)]
