"""Prints the canonical JSON of a dossier: what snapshots freeze and documents carry."""

from django.core.management.base import BaseCommand, CommandError

from assessments.models import Assessment
from assessments.snapshots import content_of, frozen_state


class Command(BaseCommand):
    help = (
        "Écrit le JSON canonique d’un dossier ; pour un dossier qui ne change plus, celui de sa dernière photographie."
    )

    def add_arguments(self, parser):
        parser.add_argument("dossier", type=int, help="numéro du dossier")

    def handle(self, *, dossier: int, **options):
        assessment = Assessment.objects.select_related("structure").filter(pk=dossier).first()
        if assessment is None:
            raise CommandError(f"Aucun dossier ne porte le numéro {dossier}.")
        frozen = None if assessment.is_writable else frozen_state(assessment)
        self.stdout.write(frozen.content if frozen else content_of(assessment))
