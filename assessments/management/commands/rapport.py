"""Makes one of the two documents of a dossier and writes it to a file."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from assessments import documents
from assessments.enums import DocumentKind
from assessments.models import Assessment


class Command(BaseCommand):
    help = "Produit le rapport de préparation à l’audit ou la feuille de route d’un dossier."

    def add_arguments(self, parser):
        parser.add_argument("dossier", type=int, help="numéro du dossier")
        parser.add_argument("--document", choices=DocumentKind.values, required=True)
        parser.add_argument("--sortie", type=Path, required=True, metavar="FICHIER")

    def handle(self, dossier, document, sortie, **options):
        assessment = Assessment.objects.select_related("structure").filter(pk=dossier).first()
        if assessment is None:
            raise CommandError(f"Aucun dossier ne porte le numéro {dossier}.")
        snapshot = documents.state_to_print(assessment, by=None)
        try:
            pdf, pages = documents.print_snapshot(snapshot, document)
            sortie.write_bytes(pdf)
        except (documents.Failure, OSError) as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write(f"{sortie} : {pages} pages, code {snapshot.code}.")
