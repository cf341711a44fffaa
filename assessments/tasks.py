"""Work done behind the screens: making a document, with its progress, within its limits, whatever happens to the worker."""

import logging
from datetime import timedelta

from django.core.files.base import ContentFile
from django.db.models import Q
from django.utils import timezone
from django_tasks import task

from assessments.enums import DocumentStatus
from assessments.models import Document
from assessments.reports import press
from certif import limits
from certif.child import Cause, ChildFailed, run_in_child

logger = logging.getLogger(__name__)

# What a running document may take beyond its own limit (reading, storing), and how long one may wait for its turn.
GRACE = timedelta(seconds=30)
PATIENCE = timedelta(minutes=10)

# Where each step leaves the progress bar; laying out moves it from one to the other as time goes by.
READING, LAYING_OUT, DRAWING, STORING = 5, 15, 65, 95
USUAL_SECONDS = 4

INTERRUPTED = "Le travail s’est interrompu. Demandez de nouveau le document."
PROBLEMS = {
    Cause.TIME: f"La mise en page a dépassé {limits.PDF_SECONDS} secondes. Raccourcissez les textes les plus longs, puis réessayez.",
    Cause.MEMORY: f"La mise en page a dépassé {limits.PDF_BYTES_OF_MEMORY // limits.MIB} Mo de mémoire. "
    "Raccourcissez les textes les plus longs, puis réessayez.",
    Cause.ERROR: "Une erreur inattendue a interrompu la mise en page. Réessayez ; si elle revient, signalez-la.",
}


class TooManyPages(Exception):
    def __init__(self, pages: int):
        self.pages = pages
        super().__init__(pages)

    def __str__(self) -> str:
        return f"Le document compterait {self.pages} pages ; la limite est de {limits.PDF_PAGES}."


@task()
def render_document(document_id: int) -> None:
    produce(document_id)


def produce(document_id: int) -> None:
    """Makes a document that waits for its turn; does nothing if somebody else already took it."""
    reap()
    taken = Document.objects.filter(pk=document_id, status=DocumentStatus.QUEUED).update(
        status=DocumentStatus.RUNNING,
        progress=READING,
        step="Lecture du dossier",
        lease_until=timezone.now() + timedelta(seconds=limits.PDF_SECONDS) + GRACE,
    )
    if not taken:
        return
    document = Document.objects.select_related("snapshot__assessment__structure").get(pk=document_id)
    try:
        content, pages = _print(document)
    except ChildFailed as failure:
        logger.warning("Document %s failed: %s", document_id, failure)
        reason = str(failure.error) if isinstance(failure.error, TooManyPages) else PROBLEMS[failure.cause]
        _fail(document_id, reason)
    except Exception:
        logger.exception("Document %s failed", document_id)
        _fail(document_id, PROBLEMS[Cause.ERROR])
    else:
        _store(document, content, pages)


def _print(document: Document) -> tuple[bytes, int]:
    # WeasyPrint takes half a second to import: only the process that prints pays for it, before it forks.
    from certif.pdf import render_pdf

    html = press.document_html(press.source_of(document.snapshot), document.kind)
    images = press.logo_of(document.snapshot)
    attachments = [press.data_of(document.snapshot)]
    made_at = document.snapshot.taken_at
    counted: list[int] = []

    def work(send) -> bytes:
        def on_layout(pages: int) -> None:
            if pages > limits.PDF_PAGES:
                raise TooManyPages(pages)
            send(pages)

        return render_pdf(html, images=images, attachments=attachments, made_at=made_at, on_layout=on_layout)

    def laid_out(pages: int) -> None:
        counted.append(pages)
        _advance(document.pk, DRAWING, f"Dessin des {pages} pages")

    def waiting(elapsed: float) -> None:
        if not counted:
            share = elapsed / (elapsed + USUAL_SECONDS)
            _advance(document.pk, LAYING_OUT + int((DRAWING - LAYING_OUT) * share), "Mise en page")

    _advance(document.pk, LAYING_OUT, "Mise en page")
    content = run_in_child(
        work, seconds=limits.PDF_SECONDS, memory=limits.PDF_BYTES_OF_MEMORY, on_message=laid_out, on_tick=waiting
    )
    _advance(document.pk, STORING, "Rangement")
    return content, counted[0]


def _advance(document_id: int, progress: int, step: str) -> None:
    Document.objects.filter(pk=document_id, status=DocumentStatus.RUNNING).update(progress=progress, step=step)


def _store(document: Document, content: bytes, pages: int) -> None:
    document.file.save(press.file_name(document), ContentFile(content), save=False)
    kept = Document.objects.filter(pk=document.pk, status=DocumentStatus.RUNNING).update(
        status=DocumentStatus.DONE,
        progress=100,
        step="",
        lease_until=None,
        finished_at=timezone.now(),
        file=document.file.name,
        pages=pages,
        size=len(content),
    )
    if not kept:  # the reaper thought this worker dead
        document.file.delete(save=False)


def _fail(document_id: int, problem: str) -> None:
    Document.objects.filter(pk=document_id, status=DocumentStatus.RUNNING).update(
        status=DocumentStatus.FAILED, step="", problem=problem, lease_until=None, finished_at=timezone.now()
    )


def reap() -> int:
    """Declares failed what a dead worker left behind, so that nobody waits for it; how many."""
    now = timezone.now()
    abandoned = Q(status=DocumentStatus.RUNNING, lease_until__lt=now) | Q(
        status=DocumentStatus.QUEUED, requested_at__lt=now - PATIENCE
    )
    return Document.objects.filter(abandoned).update(
        status=DocumentStatus.FAILED, step="", problem=INTERRUPTED, lease_until=None, finished_at=now
    )
