"""`manage.py verifier_preuves`: every piece of evidence has its file, unaltered, and no file is left behind."""

from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from assessments.inventory import remove_orphans, take_inventory
from assessments.scoring import NBSP, count


class Command(BaseCommand):
    help = "Compare les preuves et leurs fichiers : manquants, altérés, orphelins de plus de 24 heures."

    def add_arguments(self, parser):
        parser.add_argument(
            "--nettoyer", action="store_true", help="efface les fichiers orphelins de plus de 24 heures"
        )

    def handle(self, *, nettoyer: bool, **options):
        found = take_inventory(default_storage, now=timezone.now())
        lines = (
            [f"Preuve {pk}{NBSP}: fichier manquant." for pk in found.missing]
            + [f"Preuve {pk}{NBSP}: fichier altéré, son empreinte SHA-256 ne correspond plus." for pk in found.altered]
            + [f"{name}{NBSP}: fichier orphelin{', effacé' if nettoyer else ''}." for name in found.orphans]
        )
        for line in lines:
            self.stdout.write(line)
        if nettoyer:
            remove_orphans(default_storage, found)
        if found.missing or found.altered or (found.orphans and not nettoyer):
            raise CommandError(
                f"{count(len(lines), 'écart', 'écarts')} pour {count(found.checked, 'fichier vérifié', 'fichiers vérifiés')}."
            )
        self.stdout.write(f"{count(found.checked, 'fichier vérifié', 'fichiers vérifiés')}, aucun écart.")
