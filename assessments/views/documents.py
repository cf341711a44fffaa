"""The documents of a dossier: asking for them, watching them being made, taking them home."""

import logging
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from assessments import documents as verbs
from assessments import permissions, tasks
from assessments.enums import DocumentKind, DocumentStatus
from assessments.models import Assessment, Document
from assessments.reports.press import DESIGN, download_name
from assessments.views.lookup import get_assessment, get_document

logger = logging.getLogger(__name__)

ABOUT = {
    DocumentKind.AUDIT: "Pour votre conseil et votre équipe : le verdict et ses motifs, chaque critère avec ses preuves, "
    "les registres, ce qu’un auditeur pourrait relever et demander.",
    DocumentKind.ROADMAP: "Pour agir : les trois priorités, le plus court chemin vers « prêt », qui fait quoi et quand, "
    "les jalons du cycle, un tableau de suivi et la place des signatures.",
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """One kind of document: the last one made or being made, and whether it tells the dossier as it stands."""

    kind: str
    label: str
    about: str
    last: Document | None
    is_current: bool


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def documents(request: HttpRequest, pk: int) -> HttpResponse:
    if request.method == "POST":
        return _ask(request, get_assessment(request, pk, member=True))
    assessment = get_assessment(request, pk)
    tasks.reap()
    history = list(
        Document.objects.filter(snapshot__assessment=assessment)
        .select_related("snapshot", "requested_by")
        .order_by("-requested_at", "-pk")
    )
    current = verbs.current_fingerprint(assessment)
    context = {
        "assessment": assessment,
        "can_ask": permissions.is_member(assessment),
        "sheets": [_sheet(kind, history, current) for kind in DocumentKind],
        "history": [document for document in history if document.status == DocumentStatus.DONE],
        "polling": any(document.is_active for document in history),
    }
    return render(request, "assessments/documents.html", context)


def _ask(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    kind = request.POST.get("document")
    if kind not in DocumentKind.values:
        raise Http404
    try:
        document = verbs.request_document(assessment, kind, by=request.user)
    except verbs.TooBusy as busy:
        messages.warning(request, str(busy))
    else:
        if document.status == DocumentStatus.DONE:
            messages.info(request, "Rien n’a changé depuis : ce document est déjà prêt.")
    return redirect(f"{reverse('documents', args=[assessment.pk])}#{kind}")


def _sheet(kind: DocumentKind, history: list[Document], current: str) -> Sheet:
    last = next((document for document in history if document.kind == kind), None)
    is_current = last is not None and last.snapshot.sha256 == current and last.design == DESIGN
    return Sheet(kind.value, kind.label, ABOUT[kind], last, is_current)


@login_required
@require_safe
@never_cache
def document_state(request: HttpRequest, pk: int) -> HttpResponse:
    """How far a document is: a fragment for htmx, the whole page for the others."""
    tasks.reap()
    document = get_document(request, pk)
    if not request.htmx:
        return redirect(f"{reverse('documents', args=[document.snapshot.assessment_id])}#{document.kind}")
    return render(request, "assessments/_document_state.html", {"document": document})


@login_required
@require_GET
def document_file(request: HttpRequest, pk: int) -> FileResponse:
    """The PDF itself; rights are read anew each time, so that what was withdrawn is withdrawn at once."""
    document = get_document(request, pk)
    if document.status != DocumentStatus.DONE:
        raise Http404
    try:
        file = document.file.open("rb")
    except FileNotFoundError:
        logger.error("The file of document %s is missing", document.pk)
        raise Http404 from None
    verbs.downloaded(document, by=request.user)
    response = FileResponse(file, as_attachment=True, filename=download_name(document), content_type="application/pdf")
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "no-store"
    return response
