"""Writes docs/parcours.md from the transition table, so that the picture and the code never part."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand

from assessments.enums import Status
from assessments.workflow import STEPS, Audience, diagram, label

PATH = Path(settings.BASE_DIR) / "docs" / "parcours.md"


class Command(BaseCommand):
    help = "Récrit docs/parcours.md d’après la table des étapes d’un dossier."

    def handle(self, *args, **options):
        PATH.write_text(page(), "utf-8")
        self.stdout.write(f"{PATH.relative_to(settings.BASE_DIR)} est à jour.")


def page() -> str:
    """The whole document."""
    steps = "\n".join(
        f"| {step.label} | {step.source.label} | {step.target.label} | {step.who.value} "
        f"| {step.snapshot.label.lower() if step.snapshot else '–'} |"
        for step in STEPS
    )
    labels = "\n".join(f"| {status.label} | {label(status)} | {label(status, Audience.NETWORK)} |" for status in Status)
    return f"""# Parcours d’un dossier

Cette page est écrite par `manage.py parcours` d’après la table de `assessments/workflow.py`, seul module qui change l’état
d’un dossier. Un essai échoue si elle n’est plus à jour.

```mermaid
{diagram()}
```

Chaque étape est une transaction : l’état ne change que s’il est encore celui qui a été lu, un événement est écrit au journal,
et une photographie immuable est prise quand la table le dit. Une étape refusée dit pourquoi, sous forme de liste à régler.
Transmis, validé, clôturé ou archivé, un dossier n’est plus modifiable par personne. Renvoyer ou valider communique à la
structure ce que le réseau a écrit en relisant ; avant, elle n’en lit rien.

| Étape | De | À | Par | Photographie |
|---|---|---|---|---|
{steps}

## Le même état, selon qui le lit

| État | Pour la structure | Pour le réseau |
|---|---|---|
{labels}
"""
