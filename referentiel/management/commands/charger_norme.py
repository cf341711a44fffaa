"""Loads the editions shipped with the product; does nothing when they are already there."""

import json
from pathlib import Path

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from referentiel.editions import fingerprint
from referentiel.models import Edition

FIXTURES = Path(__file__).parents[2] / "fixtures"


class Command(BaseCommand):
    help = "Charge les éditions de la norme livrées avec Certif, si elles manquent."

    def handle(self, *args, **options):
        for path in sorted(FIXTURES.glob("*.json")):
            self.stdout.write(load(path))


def load(path: Path) -> str:
    """Loads one fixture and says what happened. Raises CommandError, nothing written, when the base holds another text."""
    shipped = next(row["fields"] for row in json.loads(path.read_text("utf-8")) if row["model"] == "referentiel.seal")
    code, expected = shipped["edition"][0], shipped["fingerprint"]
    edition = Edition.objects.select_related("seal").filter(code=code).first()
    if edition is None:
        with transaction.atomic():
            call_command("loaddata", path, verbosity=0)
            edition = Edition.objects.select_related("seal").get(code=code)
            computed = fingerprint(edition)
            if computed != expected:
                raise CommandError(
                    f"Le fichier {path.name} est abîmé : son contenu a l’empreinte {computed[:12]}…, "
                    f"il annonce {expected[:12]}…. Rien n’a été chargé."
                )
        return f"{edition.label} : chargée (empreinte {expected[:12]}…)."
    if edition.status == "brouillon":
        raise CommandError(
            f"Une édition en brouillon porte déjà le code {code}. Changez le code de ce brouillon, puis recommencez."
        )
    if edition.seal.fingerprint != expected:
        raise CommandError(
            f"La base contient une autre édition {code} (empreinte {edition.seal.fingerprint[:12]}…, "
            f"celle du fichier est {expected[:12]}…). Une édition publiée ne change pas : rien n’a été chargé."
        )
    return f"{edition.label} : déjà à jour."
