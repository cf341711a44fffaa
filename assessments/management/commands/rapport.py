"""Prints one of the two documents of a dossier into a file."""

import shutil
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from assessments.documents import NotMade, make_document
from assessments.enums import DocumentKind
from assessments.models import Assessment


class Command(BaseCommand):
    help = "Produit le rapport de préparation à l’audit ou la feuille de route d’un dossier."

    def add_arguments(self, parser):
        parser.add_argument("dossier", type=int, help="numéro du dossier")
        parser.add_argument("--document", choices=DocumentKind.values, required=True)
        parser.add_argument("--sortie", type=Path, required=True, metavar="FICHIER", help="le PDF à écrire")

    def handle(self, *, dossier: int, document: str, sortie: Path, **options):
        assessment = Assessment.objects.select_related("structure").filter(pk=dossier).first()
        if assessment is None:
            raise CommandError(f"Aucun dossier ne porte le numéro {dossier}.")
        try:
            made = make_document(assessment, document)
        except NotMade as problem:
            raise CommandError(str(problem)) from problem
        try:
            with made.file.open("rb") as source, sortie.open("wb") as target:
                shutil.copyfileobj(source, target)
        except OSError as error:
            raise CommandError(f"Impossible d’écrire {sortie} : {error.strerror}.") from error
        self.stdout.write(f"{sortie} : {made.get_kind_display()}, {made.pages} pages, code {made.snapshot.code}")
