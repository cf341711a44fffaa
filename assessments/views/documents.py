"""The two documents of a dossier: ask, follow, download."""

import logging

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from assessments import documents as verbs
from assessments import permissions
from assessments.enums import DocumentKind, DocumentStatus
from assessments.models import Document
from assessments.tasks import make_document
from assessments.views.lookup import get_assessment

logger = logging.getLogger(__name__)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def documents(request: HttpRequest, pk: int) -> HttpResponse:
    assessment = get_assessment(request, pk, member=request.method == "POST")
    if request.method == "POST":
        kind = request.POST.get("document")
        if kind not in DocumentKind.values:
            messages.error(request, "Choisissez le rapport ou la feuille de route.")
            return redirect("documents", pk)
        try:
            document = verbs.request_document(assessment, DocumentKind(kind), by=request.user)
        except verbs.Busy as busy:
            messages.warning(request, str(busy))
            return redirect("documents", pk)
        if document.status == DocumentStatus.QUEUED and document.requested_by_id == request.user.pk:
            make_document.enqueue(document.pk)
        return redirect("documents", pk)
    verbs.release_abandoned()
    history = list(
        Document.objects.filter(snapshot__assessment=assessment)
        .select_related("snapshot", "requested_by")
        .defer("snapshot__content")[:50]
    )
    context = {
        "assessment": assessment,
        "kinds": [
            {"kind": kind, "latest": next((each for each in history if each.kind == kind), None)}
            for kind in DocumentKind
        ],
        "history": history,
        "is_member": permissions.is_member(assessment),
        "waiting": any(each.status in (DocumentStatus.QUEUED, DocumentStatus.RUNNING) for each in history),
    }
    return render(request, "assessments/documents.html", context)


def _get_document(request: HttpRequest, pk: int) -> Document:
    rows = Document.objects.visible_to(request.user).select_related("snapshot__assessment", "requested_by")
    return get_object_or_404(rows.defer("snapshot__content"), pk=pk)


@login_required
@require_safe
def document_state(request: HttpRequest, pk: int) -> HttpResponse:
    """The line of one document, for a page that follows its preparation."""
    verbs.release_abandoned()
    return render(request, "assessments/_document.html", {"document": _get_document(request, pk)})


@login_required
@require_GET
def document_file(request: HttpRequest, pk: int) -> FileResponse:
    document = _get_document(request, pk)
    if document.status != DocumentStatus.DONE:
        raise Http404
    try:
        file = document.file.open("rb")
    except FileNotFoundError:
        logger.error("The file of document %s is missing", document.pk)
        raise Http404 from None
    verbs.downloaded(document, by=request.user)
    response = FileResponse(
        file, as_attachment=True, filename=verbs.file_name(document), content_type="application/pdf"
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "no-store"
    return response
