"""Declaring the registers of intervention: which ones the structure deploys, and through which services."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from assessments import journal
from assessments.models import Assessment, RegisterDeclaration
from assessments.scoring import NBSP
from certif.accounts.models import Service, User
from referentiel.content import RegisterContent

OUT_OF_PERIMETER = "Un des dispositifs choisis n’est pas dans le périmètre du dossier."


class RegistersFrozen(Exception):
    """The dossier no longer accepts changes."""

    def __init__(self):
        super().__init__(f"Ce dossier n’est plus modifiable{NBSP}: ses registres non plus.")


def declare(
    assessment: Assessment, register: RegisterContent, *, by: User, services: Iterable[Service]
) -> RegisterDeclaration:
    """The structure deploys the register through these services of the perimeter; says so again to change them.

    Raises RegistersFrozen or ValidationError.
    """
    wanted = sorted(service.pk for service in services)
    with transaction.atomic():
        _hold(assessment)
        if assessment.services.filter(pk__in=wanted).count() != len(wanted):
            raise ValidationError({"services": OUT_OF_PERIMETER})
        declaration, created = RegisterDeclaration.objects.get_or_create(assessment=assessment, register_id=register.id)
        before = _services_of(declaration)
        if not created and before == wanted:
            return declaration
        declaration.services.set(wanted)
        journal.record(
            "registre_declare",
            by=by,
            assessment=assessment,
            before={} if created else {"registre": register.code, "dispositifs": before},
            after={"registre": register.code, "dispositifs": wanted},
        )
    return declaration


def withdraw(assessment: Assessment, register: RegisterContent, *, by: User) -> None:
    """The structure no longer declares the register; its evidence stays in the library. Raises RegistersFrozen."""
    with transaction.atomic():
        _hold(assessment)
        declaration = RegisterDeclaration.objects.filter(assessment=assessment, register=register.id).first()
        if declaration is None:
            return
        before = {
            "registre": register.code,
            "dispositifs": _services_of(declaration),
            "preuves": sorted(declaration.evidence.order_by("pk").values_list("pk", flat=True)),
        }
        declaration.delete()
        journal.record("registre_retire", by=by, assessment=assessment, before=before)


def _services_of(declaration: RegisterDeclaration) -> list[int]:
    return sorted(declaration.services.order_by("pk").values_list("pk", flat=True))


def _hold(assessment: Assessment) -> None:
    """Dates the dossier, and keeps it open and in the edition it was read in until the end of the transaction.

    Raises RegistersFrozen when it no longer is.
    """
    rows = Assessment.objects.writable().filter(pk=assessment.pk, edition=assessment.edition_id)
    if not rows.update(updated_at=timezone.now()):
        raise RegistersFrozen
