"""Recomputes frozen states from their own data and says whether the result is the same."""

from django.core.management.base import BaseCommand, CommandError

from assessments import snapshots
from assessments.models import Snapshot


class Command(BaseCommand):
    help = "Recalcule une photographie (son code) ou toutes celles d’un dossier (son numéro)."

    def add_arguments(self, parser):
        parser.add_argument("photographie", help="code de vérification, ou numéro de dossier")

    def handle(self, photographie, **options):
        if photographie.isdecimal():
            found = Snapshot.objects.filter(assessment=int(photographie))
        else:
            found = Snapshot.objects.filter(code=snapshots.normal_code(photographie))
        if not found:
            raise CommandError(f"Aucune photographie pour « {photographie} ».")
        wrong = 0
        for snapshot in found:
            differences = snapshots.differences(snapshot)
            wrong += bool(differences)
            self.stdout.write(f"{snapshot.code} : {'différente' if differences else 'identique'}")
            for difference in differences:
                self.stdout.write(f"  {difference}")
        if wrong:
            raise CommandError(f"{wrong} photographie(s) ne se recalculent pas à l’identique.")
