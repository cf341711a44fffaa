"""Writes an edition into a file, to be read, changed and imported again."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from referentiel import exchange
from referentiel.content import content_of
from referentiel.editions import Refusal
from referentiel.models import Edition


class Command(BaseCommand):
    help = "Exporte une édition en YAML, JSON ou XLSX."

    def add_arguments(self, parser):
        parser.add_argument("code", help="le code de l’édition")
        parser.add_argument("--format", choices=exchange.FORMATS, required=True)
        parser.add_argument("--sortie", type=Path, required=True, metavar="FICHIER", help="le fichier à écrire")

    def handle(self, *, code: str, format: str, sortie: Path, **options):
        edition = Edition.objects.filter(code=code).first()
        if edition is None:
            raise CommandError(f"Aucune édition ne porte le code {code}.")
        try:
            sortie.write_bytes(exchange.export(content_of(edition.pk), format))
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        except OSError as error:
            raise CommandError(f"Impossible d’écrire {sortie} : {error.strerror}.") from error
        self.stdout.write(f"{sortie} : {edition.label}")
