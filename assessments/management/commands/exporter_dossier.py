"""Prints the canonical JSON of a dossier."""

from django.core.management.base import BaseCommand, CommandError

from assessments.models import Assessment
from assessments.reading import canonical_json, read


class Command(BaseCommand):
    help = "Écrit le JSON canonique d’un dossier : édition, critères, registres, résultat."

    def add_arguments(self, parser):
        parser.add_argument("dossier", type=int, help="numéro du dossier")

    def handle(self, dossier, **options):
        assessment = Assessment.objects.select_related("structure").filter(pk=dossier).first()
        if assessment is None:
            raise CommandError(f"Aucun dossier ne porte le numéro {dossier}.")
        self.stdout.write(canonical_json(read(assessment).canonical))
