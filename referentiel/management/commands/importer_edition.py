"""Reads an edition from a file, says what it changes, and writes it into a draft unless asked only to simulate."""

import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from certif import limits
from referentiel import exchange
from referentiel.differences import Differences, Status
from referentiel.editions import Refusal


class Command(BaseCommand):
    help = "Importe une édition (YAML, JSON ou XLSX) dans un brouillon, après avoir dit ce qu’elle change."

    def add_arguments(self, parser):
        parser.add_argument("fichier", type=Path)
        parser.add_argument("--simuler", action="store_true", help="dire ce qui changerait, sans rien écrire")
        parser.add_argument("--code", default="", help="le code de l’édition, à la place de celui du fichier")
        parser.add_argument("--libelle", default="", help="le libellé de l’édition, à la place de celui du fichier")
        parser.add_argument("--json", action="store_true", help="répondre en JSON")

    def handle(self, *, fichier: Path, simuler: bool, code: str, libelle: str, **options):
        preview = exchange.prepare(exchange.parse(_content(fichier), fichier.name), code=code, label=libelle)
        if isinstance(preview, list):
            self._refuse(preview, as_json=options["json"])
        if options["json"]:
            self.stdout.write(json.dumps(_summary(preview, written=not simuler), ensure_ascii=False, indent=1))
        else:
            self.stdout.writelines(f"{line}\n" for line in _lines(preview))
        if simuler:
            return
        try:
            edition, changed = exchange.write(preview.document, based_on=preview.based_on)
        except (Refusal, exchange.Overtaken) as problem:
            raise CommandError(f"{problem or 'Le brouillon a changé entre-temps.'} Rien n’est écrit.") from problem
        if not options["json"]:
            self.stdout.write(f"Brouillon {edition.code} écrit." if changed else f"Brouillon {edition.code} inchangé.")

    def _refuse(self, problems: list[exchange.Problem], *, as_json: bool) -> None:
        if as_json:
            said = [{"lieu": problem.place, "phrase": problem.sentence} for problem in problems]
            self.stdout.write(json.dumps({"ecrit": False, "erreurs": said}, ensure_ascii=False, indent=1))
        raise CommandError("\n".join([*map(str, problems), "Rien n’est écrit."]))


def _content(path: Path) -> bytes:
    """The bytes of the file, one more than allowed at most."""
    try:
        with path.open("rb") as file:
            return file.read(limits.NORM_IMPORT_BYTES + 1)
    except OSError as error:
        raise CommandError(f"Impossible de lire {path} : {error.strerror}.") from error


def _lines(preview: exchange.Preview):
    cover, base, found = preview.document["edition"], preview.base, preview.differences
    yield f"{'Brouillon remplacé' if preview.draft else 'Nouveau brouillon'} : {cover['libelle']} ({cover['code']})"
    yield f"Comparé à : {base.label} ({base.code})" if base else "Première édition de sa norme."
    if not found:
        yield "Aucun changement."
    for title, changes in (("Édition", found.edition), ("Règles", found.rules)):
        for change in changes:
            yield f"{title} · {change.label} : {_side(change.before)} → {_side(change.after)}"
    for title, items in _groups(found):
        for item in items:
            fields = f" : {', '.join(dict.fromkeys(change.label for change in item.changes))}" if item.changes else ""
            yield f"{title} {item.code} {item.status}{fields}"
    counts = ", ".join(f"{found.count(status)} {status}{'s' * (found.count(status) > 1)}" for status in Status)
    yield f"Critères : {counts}."


def _groups(found: Differences):
    return (
        ("Niveau", found.levels),
        ("Registre", found.registers),
        ("Chapitre", found.chapters),
        ("Critère", found.criteria),
    )


def _side(text: str | None) -> str:
    if text is None:
        return "rien"
    line = " ".join(text.split())
    return f"« {line if len(line) <= 60 else f'{line[:59]}…'} »"


def _summary(preview: exchange.Preview, *, written: bool) -> dict:
    names = {Status.ADDED: "ajoutes", Status.CHANGED: "modifies", Status.REMOVED: "retires"}
    found = preview.differences
    groups = {
        "niveaux": found.levels,
        "registres": found.registers,
        "chapitres": found.chapters,
        "criteres": found.criteria,
    }
    return {
        "ecrit": written,
        "edition": preview.document["edition"]["code"],
        "nouveau": preview.draft is None,
        "compare_a": preview.base.code if preview.base else None,
        "edition_et_regles": [change.label for change in (*found.edition, *found.rules)],
        **{
            name: {
                word: [
                    {"code": item.code, "cle": item.key, "champs": [change.label for change in item.changes]}
                    for item in items
                    if item.status is status
                ]
                for status, word in names.items()
            }
            for name, items in groups.items()
        },
    }
