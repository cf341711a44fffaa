"""Recomputes what was frozen, from its own inputs and rules, and says whether it is the same."""

from django.core.management.base import BaseCommand, CommandError

from assessments.models import Assessment, Snapshot
from assessments.snapshots import differences, normal_code


class Command(BaseCommand):
    help = "Recalcule les photographies d’un dossier, ou celle d’un code, et dit « identique » ou ce qui diffère."

    def add_arguments(self, parser):
        parser.add_argument("designation", help="code de vérification, ou numéro du dossier")

    def handle(self, *, designation: str, **options):
        wrong = 0
        for snapshot in self._snapshots(designation):
            found = differences(snapshot)
            wrong += bool(found)
            self.stdout.write(f"{snapshot.code} : {'différent' if found else 'identique'}")
            for each in found:
                self.stdout.write(f"  {each}")
        if wrong:
            raise CommandError("Le recalcul ne redonne pas ce qui a été figé.", returncode=1)

    def _snapshots(self, designation: str) -> list[Snapshot]:
        if designation.isdecimal() and Assessment.objects.filter(pk=int(designation)).exists():
            found = list(Snapshot.objects.filter(assessment=int(designation)).order_by("taken_at", "pk"))
            if not found:
                raise CommandError(f"Le dossier {designation} n’a encore aucune photographie.")
            return found
        snapshot = Snapshot.objects.filter(code=normal_code(designation)).first()
        if snapshot is None:
            raise CommandError(f"Ni dossier ni photographie ne répond à « {designation} ».")
        return [snapshot]
