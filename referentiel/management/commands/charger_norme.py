"""Loads the editions shipped with the product; does nothing when they are already there."""

import json
from collections.abc import Mapping
from itertools import groupby
from pathlib import Path

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError
from django.db import models, transaction

from referentiel.editions import fingerprint
from referentiel.models import Edition, Standard

FIXTURES = Path(__file__).parents[2] / "fixtures"


class Command(BaseCommand):
    help = "Charge les éditions de la norme livrées avec Certif, si elles manquent."

    def handle(self, *args, **options):
        for path in sorted(FIXTURES.glob("*.json")):
            self.stdout.write(load(path))


def load(path: Path) -> str:
    """Loads one fixture and says what happened. Raises CommandError, nothing written, when the base holds another text."""
    rows = json.loads(path.read_text("utf-8"))
    shipped = next(row["fields"] for row in rows if row["model"] == "referentiel.seal")
    code, expected = shipped["edition"][0], shipped["fingerprint"]
    edition = Edition.objects.select_related("seal").filter(code=code).first()
    if edition is None:
        with transaction.atomic():
            _write(rows)
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


def _write(rows: list[Mapping]) -> None:
    """Every row of a fixture, in its order, one table at a time: `loaddata` asks the database four questions about each row."""
    known: dict[tuple, models.Model] = {}
    for name, group in groupby(rows, key=lambda row: row["model"]):
        model, said = apps.get_model(name), [row["fields"] for row in group]
        if model is Standard:  # the only row an earlier edition may have brought
            made = [Standard.objects.update_or_create(code=fields["code"], defaults=fields)[0] for fields in said]
        else:
            made = model.objects.bulk_create(_row(model, fields, known) for fields in said)
        known |= {(model, *row.natural_key()): row for row in made}
        for field in model._meta.many_to_many:
            link, here, there = field.remote_field.through, field.m2m_column_name(), field.m2m_reverse_name()
            link.objects.bulk_create(
                link(**{here: row.pk, there: known[field.related_model, *key].pk})
                for row, fields in zip(made, said, strict=True)
                for key in fields[field.name]
            )


def _row(model: type[models.Model], fields: Mapping, known: Mapping[tuple, models.Model]) -> models.Model:
    row = model()
    for name, value in fields.items():
        field = model._meta.get_field(name)
        if field.is_relation and not field.many_to_many:
            setattr(row, name, known[field.related_model, *value])
        elif not field.many_to_many:
            setattr(row, name, field.to_python(value))
    return row
