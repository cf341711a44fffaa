"""The pieces of evidence of a structure: filed once, attached to answers and registers, renewed, withdrawn, deleted.

A file is safely stored before its row is written, and removed if the row is not. What supports a dossier that is no
longer written in does not change.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Q, Sum
from django.utils import timezone

from assessments import journal
from assessments.filetypes import Upload
from assessments.models import Answer, Assessment, Evidence, EvidenceUse, RegisterDeclaration
from assessments.models.evidence import storage_path
from assessments.scoring import NBSP, NNBSP, count
from certif.accounts.models import Structure, User
from certif.limits import EVIDENCE_BYTES_PER_STRUCTURE, EVIDENCE_FILES_PER_ASSESSMENT, GIB, KIB, MIB
from certif.viewer import IMAGE, PDF


class DossierFrozen(Exception):
    """The dossier no longer accepts changes."""

    def __init__(self):
        super().__init__(f"Ce dossier n’est plus modifiable{NBSP}: ses preuves non plus.")


class PieceFrozen(Exception):
    """The piece supports a dossier that no longer changes."""

    def __init__(self):
        super().__init__(
            f"Cette preuve appuie un dossier qui n’est plus modifiable{NBSP}: elle reste telle quelle. Déposez plutôt une nouvelle version."
        )


class AlreadyKept(Exception):
    """The structure already holds this very file or link: `piece`."""

    def __init__(self, piece: Evidence):
        self.piece = piece
        super().__init__(f"Cette pièce est déjà dans votre bibliothèque{NBSP}: «{NNBSP}{piece.label}{NNBSP}».")


class Replaced(Exception):
    """A newer version of the piece exists."""

    def __init__(self):
        super().__init__("Cette preuve a été remplacée par une version plus récente.")


class TooMuch(Exception):
    """One more piece would exceed what a dossier or a structure may hold."""


@dataclass(frozen=True, slots=True)
class Description:
    """What people say of a piece."""

    label: str
    effective_on: date | None = None
    expires_on: date | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """What a piece supports: an answer (maybe as one of the expected pieces) or a declared register, of one dossier."""

    assessment: Assessment
    answer: Answer | None = None
    expected_id: int | None = None
    declaration: RegisterDeclaration | None = None


@dataclass(frozen=True, slots=True)
class Allowance:
    """How much a dossier and a structure may hold."""

    files: int = EVIDENCE_FILES_PER_ASSESSMENT
    bytes: int = EVIDENCE_BYTES_PER_STRUCTURE


PROMISED = Allowance()

DRAWN = {"application/pdf": PDF, "image/png": IMAGE, "image/jpeg": IMAGE}
"""What is shown as pixels, and how it is read."""


# --- Filing -----------------------------------------------------------------------------------


def file_upload(
    structure: Structure,
    upload: Upload,
    *,
    by: User,
    described: Description,
    target: Target | None = None,
    allowance: Allowance = PROMISED,
) -> Evidence:
    """A new piece from a file. Raises AlreadyKept, TooMuch or DossierFrozen; nothing is then left on disk."""
    piece = _piece_of(structure, upload, by, described)
    with _stored(piece, upload), transaction.atomic():
        _take_turns(structure.pk)
        if known := Evidence.objects.current().filter(structure=structure, sha256=upload.sha256).first():
            raise AlreadyKept(known)
        _check_volume(structure.pk, piece.size, allowance)
        _write(piece, "preuve_deposee", by)
        if target:
            _attach(piece, target, by, allowance)
    return piece


def file_link(
    structure: Structure, url: str, *, by: User, described: Description, target: Target | None = None
) -> Evidence:
    """A new piece from an address, which is never visited. Raises AlreadyKept or DossierFrozen."""
    piece = Evidence(structure=structure, url=url, added_by=by, **_fields(described))
    with transaction.atomic():
        _take_turns(structure.pk)
        if known := Evidence.objects.current().filter(structure=structure, url=url).first():
            raise AlreadyKept(known)
        _write(piece, "preuve_deposee", by)
        if target:
            _attach(piece, target, by, PROMISED)
    return piece


def replace(
    old: Evidence,
    *,
    by: User,
    described: Description,
    upload: Upload | None = None,
    url: str = "",
    allowance: Allowance = PROMISED,
) -> Evidence:
    """A newer version takes the place of `old` in every dossier still written in; the others, and what was left behind in
    another edition, keep the old one.

    Raises Replaced, AlreadyKept or TooMuch.
    """
    structure = old.structure
    piece = (
        _piece_of(structure, upload, by, described)
        if upload
        else Evidence(structure=structure, url=url, added_by=by, **_fields(described))
    )
    piece.replaces = old
    with _stored(piece, upload), transaction.atomic():
        _take_turns(structure.pk)
        if not Evidence.objects.current().filter(pk=old.pk).exists():
            raise Replaced
        same = {"sha256": upload.sha256} if upload else {"url": url}
        if known := Evidence.objects.current().filter(structure=structure, **same).first():
            raise AlreadyKept(known)
        _check_volume(structure.pk, piece.size, allowance)
        _write(piece, "preuve_remplacee", by, before={"preuve": old.pk})
        writable = Assessment.objects.writable().filter(structure=structure).select_for_update()
        writable = list(writable.order_by("pk").values_list("pk", flat=True))
        uses = EvidenceUse.objects.current().filter(evidence=old, answer__assessment__in=writable)
        EvidenceUse.objects.filter(pk__in=list(uses.values_list("pk", flat=True))).update(evidence=piece)
        declared = RegisterDeclaration.objects.current().filter(assessment__in=writable)
        _register_links(old).filter(registerdeclaration__in=list(declared.values_list("pk", flat=True))).update(evidence=piece)
    return piece


def describe(piece: Evidence, *, by: User, described: Description) -> None:
    """Changes the label and the dates. Raises PieceFrozen."""
    with transaction.atomic():
        _hold_dossiers_of(piece)
        before = Evidence.objects.get(pk=piece.pk)
        fields = _fields(described)
        if all(getattr(before, name) == value for name, value in fields.items()):
            return
        Evidence.objects.filter(pk=piece.pk).update(**fields)
        journal.record(
            "preuve_modifiee",
            by=by,
            structure=piece.structure,
            before={"preuve": piece.pk, **_plain(Description(before.label, before.effective_on, before.expires_on))},
            after={"preuve": piece.pk, **_plain(described)},
        )


def delete(piece: Evidence, *, by: User) -> None:
    """Deletes the piece, its uses, and its file once the database has agreed. Raises PieceFrozen."""
    with transaction.atomic():
        _take_turns(piece.structure_id)
        _hold_dossiers_of(piece)
        Evidence.objects.filter(pk=piece.pk).delete()
        journal.record(
            "preuve_supprimee",
            by=by,
            structure=piece.structure,
            before={"preuve": piece.pk, "libelle": piece.label, "sha256": piece.sha256},
        )
        if piece.file:
            name, storage = piece.file.name, piece.file.storage
            transaction.on_commit(lambda: storage.delete(name))


def downloaded(piece: Evidence, *, by: User) -> None:
    """Remembers who took a copy of a file."""
    journal.record("preuve_telechargee", by=by, structure=piece.structure, after={"preuve": piece.pk})


def shows(piece: Evidence) -> bool:
    """Whether the piece can be looked at in place: pixels or text. Office files are only taken away."""
    return piece.content_type in DRAWN or piece.content_type.startswith("text/")


def viewed(piece: Evidence, *, by: User) -> None:
    """Remembers who looked at a piece without taking it away."""
    journal.record("preuve_regardee", by=by, structure=piece.structure, after={"preuve": piece.pk})


# --- Attaching --------------------------------------------------------------------------------


def attach(piece: Evidence, target: Target, *, by: User, allowance: Allowance = PROMISED) -> None:
    """Reuses a piece of the library. Already there, only the expected piece may change.

    Raises Replaced, TooMuch or DossierFrozen. The caller found `piece` in the structure of the dossier.
    """
    with transaction.atomic():
        _take_turns(target.assessment.structure_id)
        if not Evidence.objects.current().filter(pk=piece.pk, structure=target.assessment.structure_id).exists():
            raise Replaced
        _attach(piece, target, by, allowance)


def supports(piece: Evidence, target: Target) -> bool:
    """Whether the piece is already attached to the target."""
    if target.declaration:
        return target.declaration.evidence.filter(pk=piece.pk).exists()
    return EvidenceUse.objects.filter(evidence=piece, answer=target.answer).exists()


def expect(use: EvidenceUse, *, by: User, expected_id: int | None) -> None:
    """Says which of the expected pieces this one is. Raises DossierFrozen."""
    assessment = use.answer.assessment
    with transaction.atomic():
        _hold(assessment)
        if not EvidenceUse.objects.filter(pk=use.pk).exclude(expected=expected_id).update(expected=expected_id):
            return
        journal.record(
            "preuve_qualifiee",
            by=by,
            assessment=assessment,
            before={"usage": use.pk, "attendue": use.expected_id},
            after={"usage": use.pk, "attendue": expected_id},
        )


def detach(use: EvidenceUse, *, by: User) -> None:
    """The piece no longer supports the answer; it stays in the library. Raises DossierFrozen."""
    assessment = use.answer.assessment
    with transaction.atomic():
        _hold(assessment)
        if EvidenceUse.objects.filter(pk=use.pk).delete()[0]:
            before = {"preuve": use.evidence_id, "reponse": use.answer_id, "attendue": use.expected_id}
            journal.record("preuve_retiree", by=by, assessment=assessment, before=before)


def detach_from_register(piece: Evidence, declaration: RegisterDeclaration, *, by: User) -> None:
    """The piece no longer supports the register; it stays in the library. Raises DossierFrozen."""
    with transaction.atomic():
        _hold(declaration.assessment)
        if _register_links(piece).filter(registerdeclaration=declaration).delete()[0]:
            before = {"preuve": piece.pk, "registre": declaration.register_id}
            journal.record("preuve_retiree", by=by, assessment=declaration.assessment, before=before)


# --- Facts ------------------------------------------------------------------------------------


def frozen(piece: Evidence) -> bool:
    """Whether the piece supports a dossier that is no longer written in."""
    return _dossiers_of(piece).exclude(pk__in=Assessment.objects.writable().values("pk")).exists()


def volume(structure_id: int) -> int:
    """Bytes the structure has filed."""
    return Evidence.objects.filter(structure=structure_id).aggregate(total=Sum("size"))["total"] or 0


def _dossiers_of(piece: Evidence):
    used = EvidenceUse.objects.filter(evidence=piece).values("answer__assessment")
    declared = RegisterDeclaration.objects.filter(evidence=piece).values("assessment")
    return Assessment.objects.filter(Q(pk__in=used) | Q(pk__in=declared))


def size_text(octets: int) -> str:
    """« 1,5 Go », « 12 Mo », « 812 ko »; as everybody says them, a Mo being 1 024 ko."""
    for unit, worth in (("Go", GIB), ("Mo", MIB)):
        if octets >= worth:
            return f"{octets / worth:.2f}".rstrip("0").rstrip(".").replace(".", ",") + NBSP + unit
    return f"{-(-octets // KIB)}{NBSP}ko"


# --- Inside -----------------------------------------------------------------------------------


def _fields(described: Description) -> dict:
    return {"label": described.label, "effective_on": described.effective_on, "expires_on": described.expires_on}


def _plain(described: Description) -> dict:
    return {
        "libelle": described.label,
        "date_effet": described.effective_on and described.effective_on.isoformat(),
        "date_expiration": described.expires_on and described.expires_on.isoformat(),
    }


def _piece_of(structure: Structure, upload: Upload, by: User, described: Description) -> Evidence:
    return Evidence(
        structure=structure,
        storage_key=secrets.token_hex(32),
        original_name=upload.name,
        content_type=upload.content_type,
        size=upload.size,
        sha256=upload.sha256,
        added_by=by,
        **_fields(described),
    )


@contextmanager
def _stored(piece: Evidence, upload: Upload | None) -> Iterator[None]:
    """The file is on disk while the row is written; whatever prevents the row removes the file."""
    if upload is None:
        yield
        return
    try:
        piece.file.save(upload.name, upload.file, save=False)
        yield
    except BaseException:
        piece.file.storage.delete(storage_path(piece, upload.name))
        raise


def _write(piece: Evidence, verb: str, by: User, before: dict | None = None) -> None:
    piece.save()
    described = Description(piece.label, piece.effective_on, piece.expires_on)
    origin = {"url": piece.url} if piece.is_link else {"sha256": piece.sha256, "octets": piece.size}
    after = {"preuve": piece.pk, **_plain(described), **origin}
    journal.record(verb, by=by, structure=piece.structure, before=before, after=after)


def _attach(piece: Evidence, target: Target, by: User, allowance: Allowance) -> None:
    assessment = target.assessment
    _hold(assessment)
    _check_files(piece, assessment, allowance)
    if target.declaration:
        created = not target.declaration.evidence.filter(pk=piece.pk).exists()
        target.declaration.evidence.add(piece)
        after = {"preuve": piece.pk, "registre": target.declaration.register_id}
    else:
        use, created = EvidenceUse.objects.get_or_create(
            evidence=piece, answer=target.answer, defaults={"expected_id": target.expected_id, "added_by": by}
        )
        after = {"preuve": piece.pk, "reponse": target.answer.pk, "attendue": target.expected_id}
        if not created and target.expected_id and use.expected_id != target.expected_id:
            EvidenceUse.objects.filter(pk=use.pk).update(expected=target.expected_id)
            created = True
    if created:
        journal.record("preuve_jointe", by=by, assessment=assessment, after=after)


def _take_turns(structure_id: int) -> None:
    """Holds the library of the structure until the end of the transaction: counts then stay true."""
    Structure.objects.select_for_update().only("pk").get(pk=structure_id)


def _hold(assessment: Assessment) -> None:
    """Dates the dossier, and keeps it open and in the edition it was read in until the end of the transaction.

    Raises DossierFrozen when it no longer is.
    """
    rows = Assessment.objects.writable().filter(pk=assessment.pk, edition=assessment.edition_id)
    if not rows.update(updated_at=timezone.now()):
        raise DossierFrozen


def _hold_dossiers_of(piece: Evidence) -> None:
    """Keeps every dossier the piece supports as it is. Raises PieceFrozen when one is no longer written in."""
    dossiers = Assessment.objects.filter(pk__in=list(_dossiers_of(piece).values_list("pk", flat=True)))
    if not all(dossier.is_writable for dossier in dossiers.select_for_update().order_by("pk")):
        raise PieceFrozen


def _register_links(piece: Evidence):
    return RegisterDeclaration.evidence.through.objects.filter(evidence=piece)


def _check_volume(structure_id: int, size: int, allowance: Allowance) -> None:
    used = volume(structure_id)
    if used + size > allowance.bytes:
        raise TooMuch(
            f"Votre structure a déjà déposé {size_text(used)} sur {size_text(allowance.bytes)} permis{NBSP}: "
            "ce fichier n’y tient plus. Supprimez des preuves inutilisées, ou partagez un lien."
        )


def _check_files(piece: Evidence, assessment: Assessment, allowance: Allowance) -> None:
    if piece.is_link:
        return
    held = Evidence.objects.files().of_dossier(assessment).exclude(pk=piece.pk).count()
    if held >= allowance.files:
        raise TooMuch(
            f"Ce dossier compte déjà {count(held, 'fichier', 'fichiers')} sur {allowance.files} permis. "
            "Retirez-en, ou partagez un lien."
        )
