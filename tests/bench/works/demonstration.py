"""The dossiers of the demonstration the works are done on, each with the person who owns it."""

from assessments.models import Assessment
from certif.accounts.models import Role, User

EMPTY, HALFWAY = "Trait d’union de Brécy", "Association Passerelles"
COMPLETE, CLOSED = "Médiation Hautes-Plaines", "Coopérative Les Veilleurs"


def dossier_of(structure: str) -> tuple[Assessment, User]:
    assessment = Assessment.objects.get(structure__name__startswith=structure)
    return assessment, User.objects.get(memberships__structure=assessment.structure_id, memberships__role=Role.OWNER)
