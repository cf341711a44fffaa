"""Restores a whole installation from one file."""

from pathlib import Path

from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from assessments.inventory import take_inventory
from assessments.scoring import NBSP, count
from certif.backup import BackupError, Installation, late_migrations, restore
from certif.ui import moment


class Command(BaseCommand):
    help = "Restaure une sauvegarde dans une installation vide, après avoir vérifié chacun de ses fichiers."

    def add_arguments(self, parser):
        parser.add_argument("fichier", type=Path, help="l’archive écrite par « sauvegarder »")

    def handle(self, *, fichier: Path, **options):
        try:
            found = restore(Installation.here(), fichier)
        except BackupError as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write(
            f"Sauvegarde du {moment(found.made_at)} restaurée{NBSP}: "
            f"la base et {count(found.files, 'fichier', 'fichiers')}."
        )
        if late_migrations(Installation.here()):
            self.stdout.write("Elle vient d’une version plus ancienne. Lancez « migrate », puis « verifier_preuves ».")
            return
        inventory = take_inventory(default_storage, now=timezone.now())
        if inventory.missing or inventory.altered:
            wrong = len(inventory.missing) + len(inventory.altered)
            raise CommandError(
                f"{count(wrong, 'preuve', 'preuves')} sans fichier intact, déjà au moment de la sauvegarde. "
                f"Le détail{NBSP}: « verifier_preuves »."
            )
        self.stdout.write(f"{count(inventory.checked, 'preuve vérifiée', 'preuves vérifiées')}, aucun écart.")
