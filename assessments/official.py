"""The official wording that a licence holder keeps in private: a structure for its members, a network for its advisors.

It is read beside our own statement and nowhere else: no export, no canonical JSON, no document knows this room.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction

from assessments import journal
from assessments.models import Assessment
from certif.accounts.models import Membership, Network, NetworkMembership, Role, Structure, User
from certif.limits import NAME_MAX, NORM_IMPORT_BYTES, NOTE_MAX
from certif.text import clean_text, thousands
from referentiel.content import Content
from referentiel.models import Edition, OfficialText, Standard

WRITERS = (Role.OWNER, Role.CONTRIBUTOR)
HEADINGS = {"code", "critère", "critere"}


class Overtaken(Exception):
    """Somebody saved another text since this one was read; nothing has been written."""


class Refused(Exception):
    """Nothing was imported; `reasons` say why, line by line."""

    def __init__(self, reasons: list[str]):
        self.reasons = reasons
        super().__init__(" ".join(reasons))


@dataclass(frozen=True, slots=True)
class Holder:
    """Who bought the text, and may show it to their own people: one of both, never two."""

    structure: Structure | None = None
    network: Network | None = None

    def __str__(self) -> str:
        return str(self.structure or self.network)

    @property
    def named(self) -> dict:
        """The fields of a row of this holder."""
        return {
            "structure_id": self.structure.pk if self.structure else None,
            "network_id": self.network.pk if self.network else None,
        }

    def may_write(self, user: User) -> bool:
        if self.structure:
            return Membership.objects.filter(structure=self.structure, user=user, role__in=WRITERS).exists()
        return NetworkMembership.objects.filter(network=self.network, user=user).exists()


def texts(holder: Holder, standard: Standard) -> dict[str, OfficialText]:
    """What the holder typed for a norm, by stable key."""
    rows = OfficialText.objects.filter(standard=standard, **holder.named)
    return {str(row.criterion_key): row for row in rows}


def shown(assessment: Assessment, key: str, *, to: User) -> list[tuple[str, OfficialText]]:
    """(holder, text) of one criterion that this person may read beside the dossier, their structure’s first."""
    about = OfficialText.objects.filter(standard=assessment.edition.standard_id, criterion_key=key)
    found = []
    if assessment.member_role is not None:
        found += [(str(assessment.structure), row) for row in about.filter(structure_id=assessment.structure_id)]
    networks = {each.network_id: each.network.name for each in to.network_memberships.select_related("network")}
    rows = about.filter(network_id__in=networks).order_by("network_id")
    return found + [(networks[row.network_id], row) for row in rows]


@transaction.atomic
def save(
    holder: Holder, *, standard: Standard, key: str, text: str, reference: str, based_on: int, by: User
) -> OfficialText | None:
    """Keeps the wording of one criterion; an empty text takes it away. Raises Overtaken or PermissionDenied.

    `based_on` is the version that was read, 0 when there was none.
    """
    if not holder.may_write(by):
        raise PermissionDenied
    row = OfficialText.objects.select_for_update().filter(standard=standard, criterion_key=key, **holder.named).first()
    if (row.version if row else 0) != based_on:
        raise Overtaken
    if not text:
        if row:
            row.delete()
            _note(holder, "texte_officiel_retire", key, by)
        return None
    row = row or OfficialText(standard=standard, criterion_key=key, version=0, **holder.named)
    row.text, row.reference, row.version = text, reference, row.version + 1
    row.save()
    _note(holder, "texte_officiel", key, by)
    return row


def _note(holder: Holder, verb: str, key: str, by: User) -> None:
    """The journal knows that a text was typed, never what it says."""
    journal.record(verb, by=by, structure=holder.structure, network=holder.network, after={"critere": str(key), "detenteur": str(holder)})


@transaction.atomic
def import_lines(holder: Holder, *, edition: Edition, content: Content, typed: str, by: User) -> int:
    """Keeps every line « code ; article ; texte », or none. Returns how many. Raises Refused or PermissionDenied."""
    if not holder.may_write(by):
        raise PermissionDenied
    found = _read(typed, content)
    stored = texts(holder, edition.standard)
    for key, (reference, text) in found.items():
        based_on = stored[key].version if key in stored else 0
        save(holder, standard=edition.standard, key=key, text=text, reference=reference, based_on=based_on, by=by)
    return len(found)


def _read(typed: str, content: Content) -> dict[str, tuple[str, str]]:
    """Stable key → (article, text). Two columns are a code and a text; three have the article between."""
    if len(typed.encode()) > NORM_IMPORT_BYTES:
        raise Refused(["Ce texte dépasse 1 Mio : importez-le en plusieurs fois."])
    delimiter = max(";\t,", key=typed.partition("\n")[0].count)
    found, reasons = {}, []
    try:
        rows = list(csv.reader(typed.splitlines(keepends=True), delimiter=delimiter, strict=True))
    except csv.Error:
        raise Refused(["Un guillemet ouvert n’est pas refermé : vérifiez le fichier."]) from None
    by_code = {criterion.code.casefold(): criterion for criterion in content.criteria}
    for number, row in enumerate(rows, 1):
        cells = [clean_text(cell) for cell in row]
        if not any(cells) or (number == 1 and cells[0].casefold() in HEADINGS):
            continue
        reason = _problem(cells, by_code, found)
        if reason:
            reasons.append(f"Ligne {number} : {reason}")
            continue
        found[by_code[cells[0].casefold()].key] = (cells[1] if len(cells) > 2 else "", cells[-1])
    if reasons or not found:
        raise Refused(reasons or ["Aucune ligne à importer."])
    return found


def _problem(cells: list[str], by_code: Mapping, found: Mapping) -> str | None:
    if len(cells) not in (2, 3):
        return "il faut un code et un texte, avec l’article entre les deux si vous le connaissez."
    criterion = by_code.get(cells[0].casefold())
    if criterion is None:
        return f"aucun critère ne porte le code « {cells[0][:30]} »."
    if criterion.key in found:
        return f"le critère {criterion.code} est déjà plus haut."
    if not cells[-1]:
        return "le texte est vide."
    if len(cells[-1]) > NOTE_MAX:
        return f"le texte dépasse {thousands(NOTE_MAX)} caractères."
    if len(cells) > 2 and len(cells[1]) > NAME_MAX:
        return f"l’article dépasse {NAME_MAX} caractères."
    return None
