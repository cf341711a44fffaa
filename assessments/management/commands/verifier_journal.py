"""`manage.py verifier_journal`: no line of the journal was changed, taken away or slipped in since it was written."""

from django.core.management.base import BaseCommand, CommandError

from assessments.chain import chain_of
from assessments.journal import Flaw, check
from assessments.scoring import NBSP, count
from certif.accounts.models import Structure
from certif.dates import long_moment


class Command(BaseCommand):
    help = "Recalcule les empreintes du journal et nomme, chaîne par chaîne, la première ligne qui ne tient pas."

    def add_arguments(self, parser):
        parser.add_argument("--structure", type=int, metavar="NUMÉRO", help="le journal de cette structure seulement")

    def handle(self, *, structure: int | None, **options):
        lines, flaws = 0, []
        for chain in check(chain_of(structure, None) if structure else None):
            lines += chain.lines
            if chain.flaw:
                flaws.append(chain.flaw)
            elif options["verbosity"] > 1:
                self.stdout.write(f"{name_of(chain.chain)}{NBSP}: {count(chain.lines, 'ligne', 'lignes')}, fin {chain.digest}.")
        for flaw in flaws:
            self.stdout.write(sentence(flaw))
        if flaws:
            raise CommandError(f"{count(len(flaws), 'chaîne ne tient', 'chaînes ne tiennent')} pas.")
        self.stdout.write(f"{count(lines, 'ligne intacte', 'lignes intactes')}.")


def name_of(chain: str) -> str:
    """« Structure 12, La Fabrique »; the number alone once the structure is gone."""
    kind, _, number = chain.partition(":")
    if kind == "plateforme":
        return "Plateforme"
    if kind == "reseau":
        return f"Réseau {number}"
    name = Structure.objects.filter(pk=number).values_list("name", flat=True).first()
    return f"Structure {number}" + (f", {name}" if name else "")


def sentence(flaw: Flaw) -> str:
    where = f"{name_of(flaw.chain)}, ligne {flaw.sequence}"
    if flaw.at is None:
        return f"{where}{NBSP}: {flaw.what}."
    return f"{where}, {long_moment(flaw.at)}, {flaw.verb}{NBSP}: {flaw.what}."
