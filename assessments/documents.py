"""The two documents: asked for, made once in the background, kept, given back to whoever may read the dossier.

The HTML is decided from the frozen state; a child process sets it on pages, within limits of time,
memory and length, so that no document can slow or stop the others.
"""

import resource
import signal
import time
import traceback
from collections.abc import Callable
from datetime import timedelta
from multiprocessing import get_context
from multiprocessing.connection import Connection

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from assessments import journal, snapshots
from assessments.enums import DocumentKind, DocumentStatus, SnapshotKind
from assessments.models import Assessment, Document, Snapshot
from assessments.reports import press
from assessments.scoring import NNBSP
from certif import limits
from certif.accounts.models import User
from certif.pdf import Attached, render_pdf

LEASE = timedelta(seconds=limits.PDF_SECONDS + 30)
FROZEN_KINDS = (SnapshotKind.SUBMITTED, SnapshotKind.VALIDATED, SnapshotKind.CLOSED)

ONE_AT_A_TIME = f"Un document est déjà en préparation pour vous{NNBSP}; attendez qu’il soit prêt."
STRUCTURE_BUSY = f"Deux documents de votre structure sont déjà en préparation{NNBSP}; réessayez dans une minute."
TOO_LONG = "La mise en page a dépassé le temps permis."
TOO_BIG = "Le document demande plus de mémoire qu’il n’est permis."
TOO_MANY_PAGES = f"Le document dépasse {limits.PDF_PAGES} pages."
INTERRUPTED = "La préparation a été interrompue. Demandez-le de nouveau."
FAILED = "La mise en page a échoué. L’incident est consigné."


class Busy(Exception):
    """Too many documents in preparation; its text is for the person."""


class Failure(Exception):
    """The document could not be made; its text is the reason shown."""


# --- Asking -----------------------------------------------------------------------------------


def state_to_print(assessment: Assessment, *, by: User | None) -> Snapshot:
    """The state a document speaks of: today’s while the dossier is open, the frozen one once it is not."""
    if not assessment.is_writable:
        frozen = assessment.snapshots.filter(kind__in=FROZEN_KINDS).first()
        if frozen:
            return frozen
    return snapshots.take(assessment, SnapshotKind.DOCUMENT, by=by)


def request_document(assessment: Assessment, kind: DocumentKind, *, by: User) -> Document:
    """The document of the dossier’s state, queued unless it exists. Raises Busy beyond the limits.

    The same state is set on pages once: asking again gives the same document.
    """
    release_abandoned()
    snapshot = state_to_print(assessment, by=by)
    wanted = {"snapshot": snapshot, "kind": kind, "design": press.DESIGN}
    if known := _known(wanted):
        return known
    try:
        with transaction.atomic():
            # The row of the dossier makes two requests of one structure take turns.
            Assessment.objects.select_for_update().get(pk=assessment.pk)
            active = Document.objects.active()
            if active.filter(requested_by=by).count() >= limits.PDF_ACTIVE_PER_USER:
                raise Busy(ONE_AT_A_TIME)
            if (
                active.filter(snapshot__assessment__structure=assessment.structure_id).count()
                >= limits.PDF_ACTIVE_PER_STRUCTURE
            ):
                raise Busy(STRUCTURE_BUSY)
            document = Document.objects.create(**wanted, requested_by=by, step="En attente")
            journal.record("document_demande", by=by, assessment=assessment, after={"document": kind})
    except IntegrityError:
        return _known(wanted)
    return document


def _known(wanted: dict) -> Document | None:
    return Document.objects.filter(**wanted).exclude(status=DocumentStatus.FAILED).first()


def release_abandoned() -> None:
    """Documents whose worker died: their lease is over, they failed."""
    now = timezone.now()
    Document.objects.filter(status=DocumentStatus.RUNNING, lease_until__lt=now).update(
        status=DocumentStatus.FAILED, problem=INTERRUPTED, finished_at=now
    )


# --- Making -----------------------------------------------------------------------------------


def make(document_id: int) -> None:
    """Makes a queued document. Does nothing if another worker took it, or if it is gone."""
    taken = Document.objects.filter(pk=document_id, status=DocumentStatus.QUEUED).update(
        status=DocumentStatus.RUNNING, progress=5, step="Lecture du dossier", lease_until=timezone.now() + LEASE
    )
    if not taken:
        return
    try:
        snapshot = Snapshot.objects.select_related("assessment__structure").get(documents=document_id)
        kind = Document.objects.values_list("kind", flat=True).get(pk=document_id)
        pdf, pages = print_snapshot(snapshot, kind, on_step=lambda *step: _say(document_id, *step))
    except Failure as failure:
        _fail(document_id, str(failure))
        return
    except Exception:
        _fail(document_id, FAILED)
        raise
    _keep(document_id, pdf, pages)


def print_snapshot(
    snapshot: Snapshot, kind: str, *, on_step: Callable[[int, str], None] = lambda percent, step: None
) -> tuple[bytes, int]:
    """The PDF of a frozen state and its number of pages, made in a child process. Raises Failure."""
    images = press.logo_of(snapshot)
    html = press.document_html(press.source_of(snapshot, has_logo=bool(images)), kind)
    attached = Attached(
        press.DATA_NAME, snapshot.content.encode(), "Données du dossier et calcul, pour vérification", "Data"
    )
    on_step(25, "Mise en page")
    job = {"html": html, "images": images, "attachments": (attached,), "made_at": snapshot.taken_at}
    return _in_a_child(job, on_step)


def _in_a_child(job: dict, on_step: Callable[[int, str], None]) -> tuple[bytes, int]:
    """Forked from a warm process: the fonts and the libraries are already there."""
    context = get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    child = context.Process(target=_child, args=(theirs, job), daemon=True)
    child.start()
    theirs.close()
    deadline = time.monotonic() + limits.PDF_SECONDS
    pages = 0
    try:
        while (left := deadline - time.monotonic()) > 0:
            if not ours.poll(left):
                break
            try:
                what, value = ours.recv()
            except EOFError:
                raise Failure(TOO_LONG if child.exitcode == -signal.SIGXCPU else TOO_BIG) from None
            if what == "pages":
                pages = value
                on_step(70, f"Dessin de {pages} pages")
            elif what == "pdf":
                return value, pages
            else:
                raise Failure(value)
        raise Failure(TOO_LONG)
    finally:
        ours.close()
        child.kill()
        child.join()


def _child(connection: Connection, job: dict) -> None:
    """Runs in the child: no database here, and limits that end it rather than the machine."""
    _limit(resource.RLIMIT_CPU, limits.PDF_SECONDS)
    _limit(resource.RLIMIT_DATA, limits.PDF_BYTES_OF_MEMORY)
    _limit(resource.RLIMIT_CORE, 0)

    def on_layout(pages: int) -> None:
        if pages > limits.PDF_PAGES:
            raise Failure(TOO_MANY_PAGES)
        connection.send(("pages", pages))

    try:
        connection.send(("pdf", render_pdf(on_layout=on_layout, **job)))
    except Failure as failure:
        connection.send(("failure", str(failure)))
    except MemoryError:
        connection.send(("failure", TOO_BIG))
    except Exception:
        traceback.print_exc()
        connection.send(("failure", FAILED))


def _limit(what: int, value: int) -> None:
    hard = resource.getrlimit(what)[1]
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(what, (value, hard))


def _say(document_id: int, percent: int, step: str) -> None:
    Document.objects.filter(pk=document_id, status=DocumentStatus.RUNNING).update(progress=percent, step=step)


def _fail(document_id: int, reason: str) -> None:
    Document.objects.filter(pk=document_id).update(
        status=DocumentStatus.FAILED, problem=reason, finished_at=timezone.now()
    )


def _keep(document_id: int, pdf: bytes, pages: int) -> None:
    document = Document.objects.select_related("snapshot").get(pk=document_id)
    document.file.save(f"{document.snapshot.code}-{document.kind}.pdf", ContentFile(pdf), save=False)
    document.status, document.progress, document.step = DocumentStatus.DONE, 100, "Prêt"
    document.pages, document.size, document.finished_at = pages, len(pdf), timezone.now()
    document.save(update_fields=["file", "status", "progress", "step", "pages", "size", "finished_at"])


# --- Giving back ------------------------------------------------------------------------------


def file_name(document: Document) -> str:
    """« rapport-de-preparation-7K2M-94QX-B3TF.pdf »."""
    stem = {DocumentKind.AUDIT: "rapport-de-preparation", DocumentKind.ROADMAP: "feuille-de-route"}
    return f"{stem[DocumentKind(document.kind)]}-{document.snapshot.code}.pdf"


def downloaded(document: Document, *, by: User) -> None:
    journal.record(
        "document_telecharge", by=by, assessment=document.snapshot.assessment, after={"document": document.pk}
    )
