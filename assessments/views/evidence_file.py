"""Gives a file of evidence back: rights are checked on every request, and nothing in it can run in a browser."""

import logging

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.http import require_GET

from assessments import evidence
from assessments.views.lookup import get_evidence

logger = logging.getLogger(__name__)


@login_required
@require_GET
def evidence_file(request: HttpRequest, pk: int) -> FileResponse:
    piece = get_evidence(request, pk)
    if piece.is_link:
        raise Http404
    try:
        file = piece.file.open("rb")
    except FileNotFoundError:
        logger.error("The file of evidence %s is missing", piece.pk)
        raise Http404 from None
    evidence.downloaded(piece, by=request.user)
    response = FileResponse(file, as_attachment=True, filename=piece.original_name, content_type=piece.content_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "no-store"
    return response
