"""Saves the whole installation into one file."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from assessments.scoring import NBSP, count
from certif.backup import BackupError, Installation, save
from certif.ui import taille


class Command(BaseCommand):
    help = "Sauvegarde la base, les fichiers et leur manifeste dans une seule archive, sans arrêter le service."

    def add_arguments(self, parser):
        parser.add_argument(
            "fichier",
            nargs="?",
            type=Path,
            default=settings.DATA_DIR / "sauvegardes",
            help="l’archive à écrire, ou un dossier existant où lui donner un nom daté (par défaut : sauvegardes/, dans les données)",
        )

    def handle(self, *, fichier: Path, **options):
        now = timezone.localtime()
        if fichier == settings.DATA_DIR / "sauvegardes":
            fichier.mkdir(mode=0o700, exist_ok=True)
        if fichier.is_dir():
            fichier = fichier / f"certif-{now:%Y-%m-%d-%Hh%M%S}.zip"
        try:
            made = save(Installation.here(), fichier, now=now)
        except BackupError as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write(
            f"{fichier}{NBSP}: la base et {count(made.files, 'fichier', 'fichiers')}, {taille(fichier.stat().st_size)}."
        )
