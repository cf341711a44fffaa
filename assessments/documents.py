"""Asking for a document: the dossier is photographed, and the same photograph is only ever printed once."""

from django.db import transaction

from assessments import journal, snapshots, tasks
from assessments.enums import DocumentKind, DocumentStatus, SnapshotKind
from assessments.models import Assessment, Document, Snapshot
from assessments.reports.press import DESIGN
from certif.accounts.models import Structure, User
from certif.limits import PDF_ACTIVE_PER_STRUCTURE, PDF_ACTIVE_PER_USER


class TooBusy(Exception):
    """The person, or the structure, already has as many documents in the making as is allowed."""


class NotMade(Exception):
    """The document could not be made; says why."""


def request_document(assessment: Assessment, kind: str, *, by: User) -> Document:
    """The document of the dossier as it stands: the one already made, or being made, or a new one. Raises TooBusy."""
    kind = DocumentKind(kind)
    with transaction.atomic():
        tasks.reap()
        document, is_new = _reserve(assessment, kind, by=by)
        if is_new:
            transaction.on_commit(lambda: tasks.render_document.enqueue(document.pk))
    return document


def make_document(assessment: Assessment, kind: str) -> Document:
    """The same, made here and now, for the command line. Raises NotMade."""
    with transaction.atomic():
        tasks.reap()
        document, _ = _reserve(assessment, DocumentKind(kind), by=None)
    tasks.produce(document.pk)
    document.refresh_from_db()
    if document.status == DocumentStatus.RUNNING:
        raise NotMade("Ce document est déjà en cours de production. Relancez la commande dans une minute.")
    if document.status != DocumentStatus.DONE:
        raise NotMade(document.problem)
    return document


def downloaded(document: Document, *, by: User) -> None:
    """Keeps the trace of a download."""
    journal.record(
        "document_telecharge", by=by, assessment=document.snapshot.assessment, after={"document": document.pk}
    )


def photograph(assessment: Assessment, *, by: User | None) -> Snapshot:
    """The state a document shows: what was frozen for a dossier that no longer changes, else the dossier as it stands."""
    if not assessment.is_writable and (frozen := snapshots.frozen_state(assessment)):
        return frozen
    return snapshots.take(assessment, SnapshotKind.DOCUMENT, by=by)


def current_fingerprint(assessment: Assessment) -> str:
    """The fingerprint a document made now would carry."""
    if not assessment.is_writable and (frozen := snapshots.frozen_state(assessment)):
        return frozen.sha256
    return snapshots.fingerprint(snapshots.content_of(assessment))


def _reserve(assessment: Assessment, kind: DocumentKind, *, by: User | None) -> tuple[Document, bool]:
    # Holds the structure: two requests at once see each other, and the limits hold.
    Structure.objects.select_for_update().filter(pk=assessment.structure_id).order_by("pk").first()
    snapshot = photograph(assessment, by=by)
    known = Document.objects.filter(snapshot=snapshot, kind=kind, design=DESIGN).exclude(status=DocumentStatus.FAILED)
    if document := known.order_by("pk").first():
        return document, False
    if by is not None:
        _refuse_beyond_limits(assessment, by)
    document = Document.objects.create(snapshot=snapshot, kind=kind, design=DESIGN, requested_by=by)
    journal.record(
        "document_demande", by=by, assessment=assessment, after={"document": kind.value, "code": snapshot.code}
    )
    return document, True


def _refuse_beyond_limits(assessment: Assessment, by: User) -> None:
    active = Document.objects.active()
    if active.filter(requested_by=by).count() >= PDF_ACTIVE_PER_USER:
        raise TooBusy("Un document que vous avez demandé est en cours de production. Attendez qu’il soit prêt.")
    if active.filter(snapshot__assessment__structure=assessment.structure_id).count() >= PDF_ACTIVE_PER_STRUCTURE:
        raise TooBusy(
            "Deux documents de votre structure sont en cours de production. Attendez que l’un d’eux soit prêt."
        )
