"""The demonstration: made when it is absent, told in French or as JSON."""

import json
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from assessments.demo import build, stories
from certif.accounts import demonstration
from referentiel.models import Edition

THIS_MACHINE = ("127.0.0.1", "localhost", "::1")
ELSEWHERE = (
    "La démonstration a des mots de passe connus de tous : elle ne se crée que sur une installation locale "
    "(SITE_URL sur cette machine). Pour la créer ici malgré tout : demo --force."
)


class Command(BaseCommand):
    help = "Crée la démonstration (structures inventées) si elle manque, puis montre ses comptes et ses dossiers."

    def add_arguments(self, parser):
        parser.add_argument("--json", action="store_true", help="écrit les comptes et les dossiers en JSON")
        parser.add_argument("--recommencer", action="store_true", help="efface la démonstration et la refait, datée d’aujourd’hui")
        parser.add_argument("--force", action="store_true", help="accepte une installation qui n’est pas locale")

    def handle(self, *args, **options):
        is_local = urlsplit(settings.SITE_URL).hostname in THIS_MACHINE
        if not is_local and not options["force"]:
            raise CommandError(ELSEWHERE)
        if not Edition.objects.published().filter(code=stories.EDITION).exists():
            call_command("charger_norme", stdout=self.stderr)
        with transaction.atomic():
            if options["recommencer"]:
                build.remove()
            if not build.is_there():
                build.make(with_administrators=is_local)
            demonstration.enrol()
        summary = build.summary()
        self.stdout.write(json.dumps(summary, ensure_ascii=False, indent=2) if options["json"] else told(summary))


def told(summary: dict) -> str:
    """The same, for a reader."""
    lines = ["Comptes de démonstration (personnes et structures inventées) :"]
    where = None
    for account in summary["comptes"]:
        if account["structure"] != where:
            where = account["structure"]
            lines += ["", f"  {where}"]
        secret = f" · second facteur {account['secret_totp']}" if "secret_totp" in account else ""
        lines.append(f"    {account['email']} · {account['mot_de_passe']} · {account['role']}{secret}")
    lines += ["", "Dossiers :"]
    lines += [f"  n° {dossier['id']} · {dossier['structure']} · {dossier['etat']}" for dossier in summary["dossiers"]]
    return "\n".join(lines)
