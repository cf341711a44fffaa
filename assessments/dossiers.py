"""Opening a dossier and changing what it covers: title, audit, services of the perimeter, eligibility answers."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from assessments import journal
from assessments.models import Answer, Assessment, RegisterDeclaration
from assessments.scoring import NBSP
from certif.accounts.models import Service, Site, Structure, User
from certif.limits import TITLE_MAX
from certif.text import clean_text
from referentiel.content import content_of
from referentiel.models import Edition

NOT_PUBLISHED = f"Cette édition n’est pas publiée{NBSP}: choisissez-en une autre."
TITLE_TAKEN = "Un dossier de votre structure porte déjà ce titre."
FOREIGN_SERVICE = "Un des dispositifs choisis n’appartient pas à votre structure."


class ScopeLocked(Exception):
    """The dossier no longer accepts changes."""

    def __init__(self):
        super().__init__(f"Ce dossier n’est plus modifiable{NBSP}: son périmètre non plus.")


class StaleScope(Exception):
    """Somebody changed the scope since it was read."""

    def __init__(self):
        super().__init__(f"Le périmètre a été modifié entre-temps{NBSP}: comparez, puis enregistrez de nouveau.")


def open_assessment(
    *,
    structure: Structure,
    edition: Edition,
    title: str,
    audit_kind: str,
    audit_on: date | None,
    services: Iterable[Service],
    eligibility: Mapping[str, str],
    by: User,
    first_service: tuple[str, str] | None = None,
) -> Assessment:
    """A dossier on a published edition, with one empty answer per criterion. A form sent twice opens one dossier.

    `first_service` (names of a site and of a service) is created with the dossier, for a structure that has none yet.

    Raises ValidationError, by field, when the edition is not published, the title is taken or a service is foreign.
    """
    if not Edition.objects.published().filter(pk=edition.pk).exists():
        raise ValidationError({"edition": NOT_PUBLISHED})
    services = list(services)
    title = clean_text(title, limit=TITLE_MAX)
    with transaction.atomic():
        # The lock makes two identical forms take turns: the second finds the dossier of the first.
        Structure.objects.select_for_update().only("pk").get(pk=structure.pk)
        _refuse_foreign(services, structure.pk)
        if first_service:
            services.append(_first_service(structure, *first_service))
        if known := Assessment.objects.filter(structure=structure, title=title).first():
            if _just_opened(known, edition, by):
                return known
            raise ValidationError({"title": TITLE_TAKEN})
        content = content_of(edition.pk)
        assessment = Assessment.objects.create(
            structure=structure,
            edition=edition,
            title=title,
            audit_kind=audit_kind,
            audit_on=audit_on,
            eligibility=known_answers(content.eligibility, eligibility),
            created_by=by,
        )
        assessment.services.set(services)
        Answer.objects.bulk_create(
            Answer(assessment=assessment, criterion_id=criterion.id) for criterion in content.criteria
        )
        journal.record(
            "dossier_ouvert",
            by=by,
            assessment=assessment,
            after={"edition": content.code, "empreinte": content.fingerprint, **_scope(assessment)},
        )
    return assessment


def change_scope(
    assessment: Assessment,
    *,
    by: User,
    based_on: str,
    title: str,
    audit_kind: str,
    audit_on: date | None,
    services: Iterable[Service],
    eligibility: Mapping[str, str],
) -> None:
    """Replaces the scope if it is still the one whose stamp is `based_on`.

    A service that leaves the perimeter leaves the registers too. Raises ScopeLocked, StaleScope or ValidationError.
    """
    services = list(services)
    title = clean_text(title, limit=TITLE_MAX)
    with transaction.atomic():
        if not Assessment.objects.writable().filter(pk=assessment.pk).update(updated_at=timezone.now()):
            raise ScopeLocked
        current = Assessment.objects.get(pk=assessment.pk)
        before = _scope(current)
        _refuse_foreign(services, current.structure_id)
        if Assessment.objects.filter(structure=current.structure_id, title=title).exclude(pk=current.pk).exists():
            raise ValidationError({"title": TITLE_TAKEN})
        answers = known_answers(content_of(current.edition_id).eligibility, eligibility)
        fields = {"title": title, "audit_kind": audit_kind, "audit_on": audit_on, "eligibility": answers}
        wanted = {
            "titre": title,
            "audit": str(audit_kind),
            "date_audit": audit_on and audit_on.isoformat(),
            "dispositifs": sorted(service.pk for service in services),
            "eligibilite": answers,
        }
        if before == wanted:
            return
        if _stamp(before) != based_on:
            raise StaleScope
        Assessment.objects.filter(pk=current.pk).update(**fields)
        current.services.set(services)
        RegisterDeclaration.services.through.objects.filter(registerdeclaration__assessment=current).exclude(
            service__in=[service.pk for service in services]
        ).delete()
        journal.record("perimetre_modifie", by=by, assessment=current, before=before, after=wanted)


def stamp(assessment: Assessment) -> str:
    """What a form carries to say which scope it was filled from."""
    return _stamp(_scope(assessment))


def known_answers(questionnaire: Mapping, answers: Mapping[str, str]) -> dict[str, str]:
    """The answers the questionnaire knows, in its order; the others are left out."""
    return {
        question["code"]: answers[question["code"]]
        for question in questionnaire.get("questions", ())
        if answers.get(question["code"]) in {choice["valeur"] for choice in question["reponses"]}
    }


def proposed_title(structure: Structure, year: int) -> str:
    """« Auto-évaluation 2027 », numbered when the structure already has one."""
    taken = set(Assessment.objects.filter(structure=structure).values_list("title", flat=True))
    title, number = f"Auto-évaluation {year}", 1
    while title in taken:
        number += 1
        title = f"Auto-évaluation {year} ({number})"
    return title


def _scope(assessment: Assessment) -> dict:
    return {
        "titre": assessment.title,
        "audit": str(assessment.audit_kind),
        "date_audit": assessment.audit_on and assessment.audit_on.isoformat(),
        "dispositifs": sorted(assessment.services.order_by("pk").values_list("pk", flat=True)),
        "eligibilite": assessment.eligibility,
    }


def _stamp(scope: dict) -> str:
    return hashlib.sha256(json.dumps(scope, sort_keys=True).encode()).hexdigest()[:16]


def _refuse_foreign(services: list[Service], structure_id: int) -> None:
    ids = [service.pk for service in services]
    if Service.objects.filter(pk__in=ids, site__structure=structure_id).count() != len(set(ids)):
        raise ValidationError({"services": FOREIGN_SERVICE})


def _first_service(structure: Structure, site_name: str, service_name: str) -> Service:
    site, _ = Site.objects.get_or_create(structure=structure, name=site_name)
    return Service.objects.get_or_create(site=site, name=service_name)[0]


def _just_opened(known: Assessment, edition: Edition, by: User) -> bool:
    """The same person’s dossier on the same edition, where nobody has written yet: a form sent twice."""
    return (
        (known.edition_id, known.created_by_id) == (edition.pk, by.pk)
        and known.is_writable
        and not known.answers.filter(version__gt=0).exists()
    )
