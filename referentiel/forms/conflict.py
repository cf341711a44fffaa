"""Two people wrote the same criterion: what each one’s text says, passage by passage, and the form that comes of the choice.

Both texts have the flat shape of `referentiel.forms.criterion`.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.http import QueryDict

from assessments.merging import Piece, differences, merged
from referentiel.content import Content
from referentiel.forms.criterion import ACTIONS, EVIDENCE, GROUPS, INTERVIEWS
from referentiel.forms.rows import indexes
from referentiel.models import Confidence, Criticality, Nature

MINE, THEIRS, BOTH = "mien", "autre", "reuni"
TEXTS = {
    "titre": "Titre",
    "enonce": "Énoncé",
    "questions": "Pour y réfléchir",
    "raison": "Pourquoi cette criticité",
    "condition": "Condition du « non concerné »",
    "sources": "Sources publiques",
    "fonctions": "Fonctions interrogées",
}
CHOICES = {
    "criticite": ("Criticité", Criticality),
    "nature": ("Nature", Nature),
    "confiance": ("Confiance", Confidence),
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One field where both differ; `merged` proposes a text of both, None where only one can be kept."""

    field: str
    label: str
    mine: list[Piece]
    theirs: list[Piece]
    merged: str | None


def compare(mine: QueryDict, theirs: QueryDict, content: Content) -> list[Difference]:
    """The fields where what `mine` says is not what `theirs` says, in the order of the form."""
    ours, others = dict(_told(mine, content)), dict(_told(theirs, content))
    found = []
    for (field, label), text in ours.items():
        other = others.get((field, label), "")
        if _plain(text) != _plain(other):
            left, right = differences(text, other)
            mixed = merged("", text, other) if field in TEXTS or field.startswith("niveau-") else None
            found.append(Difference(field, label, left, right, mixed))
    return found


def chosen(data: QueryDict, theirs: QueryDict, content: Content) -> QueryDict:
    """What was typed, once each choice of the comparison is applied; the same data when there was none to make."""
    result = data.copy()
    for field, _label in dict(_told(theirs, content)):
        choice = data.get(f"choix-{field}")
        if choice == THEIRS:
            for name in [name for name in result if _belongs(name, field)]:
                del result[name]
            for name, values in theirs.lists():
                if _belongs(name, field):
                    result.setlist(name, values)
        elif choice == BOTH and f"reuni-{field}" in data:
            result[field] = data[f"reuni-{field}"]
    for name in [name for name in result if name.startswith(("choix-", "reuni-"))]:
        del result[name]
    return result


def _belongs(name: str, field: str) -> bool:
    return name == field or (field in GROUPS and name.startswith(f"{field}-"))


def _plain(text: str) -> str:
    return " ".join(text.split())


def _told(data: QueryDict, content: Content) -> Iterator[tuple[tuple[str, str], str]]:
    """((field, label), what it says in words) for every field of the form."""

    def text(name: str) -> tuple[tuple[str, str], str]:
        return (name, TEXTS[name]), data.get(name, "").replace("\r\n", "\n")

    def registers(name: str) -> str:
        labels = {str(register.id): register.label for register in content.registers}
        return " ; ".join(labels.get(pk, "registre supprimé") for pk in sorted(data.getlist(name)))

    yield ("code", "Code"), data.get("code", "")
    yield text("titre")
    yield text("enonce")
    for level in content.levels:
        name = f"niveau-{level.value}"
        yield (name, f"Niveau {level.value} {level.label}"), data.get(name, "").replace("\r\n", "\n")
    yield text("questions")
    yield _choice(data, "criticite")
    yield text("raison")
    yield ("poids", "Poids"), data.get("poids", "")
    yield ("non_concerne", "« Non concerné »"), "admis" if data.get("non_concerne") else "pas admis"
    yield text("condition")
    yield ("registres", "Registres liés"), registers("registres")
    yield ("applicable", "Seulement si un registre est déclaré"), registers("applicable")
    yield (EVIDENCE, "Preuves attendues"), "\n".join(_evidence(data, n) for n in indexes(data, EVIDENCE))
    yield (ACTIONS, "Actions types"), "\n".join(_action(data, n) for n in indexes(data, ACTIONS))
    yield (INTERVIEWS, "Questions d’entretien"), "\n".join(_interview(data, n) for n in indexes(data, INTERVIEWS))
    yield _choice(data, "nature")
    yield _choice(data, "confiance")
    yield text("sources")
    yield text("fonctions")


def _choice(data: QueryDict, name: str) -> tuple[tuple[str, str], str]:
    label, choices = CHOICES[name]
    return (name, label), dict(choices.choices).get(data.get(name, ""), "")


def _evidence(data: QueryDict, number: int) -> str:
    field = f"{EVIDENCE}-{number}-"
    told = [data.get(f"{field}type", ""), "obligatoire" if data.get(f"{field}obligatoire") else "facultative"]
    if data.get(f"{field}validite"):
        told.append(f"{data[f'{field}validite']} mois")
    return f"{data.get(f'{field}libelle', '')} ({', '.join(told)})"


def _action(data: QueryDict, number: int) -> str:
    field = f"{ACTIONS}-{number}-"
    days, level = data.get(f"{field}charge", ""), data.get(f"{field}vise", "")
    return f"{data.get(f'{field}titre', '')} ({days} jours, niveau {level}) {data.get(f'{field}detail', '')}"


def _interview(data: QueryDict, number: int) -> str:
    field = f"{INTERVIEWS}-{number}-"
    role, question, expected = (data.get(f"{field}{name}", "") for name in ("fonction", "question", "attendu"))
    return f"{role} : {question} {expected}"
