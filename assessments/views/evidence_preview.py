"""A piece of evidence looked at without taking it away: pixels or text, never the file itself."""

import logging

from django.contrib.auth.decorators import login_required
from django.core.files.base import File
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from assessments import evidence
from assessments.evidence import DRAWN
from assessments.models import Evidence
from assessments.views.lookup import get_evidence, person_of
from certif.fields import whole_number
from certif.limits import VIEW_TEXT_BYTES
from certif.viewer import IMAGE, ViewerBusy, ViewFailed, count_pages, draw

logger = logging.getLogger(__name__)


@login_required
@never_cache
@require_safe
def evidence_preview(request: HttpRequest, pk: int) -> HttpResponse:
    """The page; for htmx, what stands under the name of the piece on another page."""
    piece = get_evidence(request, pk)
    page = whole_number(request.GET.get("page", "")) or 1
    context = {"piece": piece, "page": page, "text": "", "cut": False, "pages": 0, "problem": ""}
    if piece.is_link:
        context["problem"] = "Un lien s’ouvre chez ceux qui le tiennent\u00a0: il ne se montre pas ici."
    elif piece.content_type in DRAWN:
        context |= _drawn(piece, page)
    elif piece.content_type.startswith("text/"):
        context |= _written(piece)
    else:
        context["problem"] = "Ce format ne se montre pas ici\u00a0: téléchargez le fichier."
    if page == 1 and not context["problem"]:
        evidence.viewed(piece, by=person_of(request))
    template = "assessments/_evidence_preview.html" if request.htmx else "assessments/evidence_preview.html"
    return render(request, template, context)


@login_required
@never_cache
@require_safe
def evidence_image(request: HttpRequest, pk: int, page: int) -> HttpResponse:
    """One page as a PNG drawn for this request: rights are read anew each time, and nothing is kept."""
    piece = get_evidence(request, pk)
    if piece.is_link or piece.content_type not in DRAWN or page < 1:
        raise Http404
    try:
        with _opened(piece) as file:
            png = draw(file, DRAWN[piece.content_type], page)
    except ViewerBusy:
        return HttpResponse("Trop de pages sont demandées à la fois.", status=503, headers={"Retry-After": "5"})
    except ViewFailed:
        return HttpResponse("Cette page ne peut pas être montrée.", status=422)
    response = HttpResponse(png, content_type="image/png")
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _drawn(piece: Evidence, page: int) -> dict:
    """How many pages there are, or why none can be shown. The pages themselves are asked one by one by the browser."""
    if DRAWN[piece.content_type] == IMAGE:
        return {"pages": 1, "page": 1}
    try:
        with _opened(piece) as file:
            pages = count_pages(file)
    except ViewerBusy:
        return {"problem": "Trop de pages sont demandées à la fois\u00a0: réessayez dans un instant."}
    except ViewFailed:
        return {"problem": "Ce fichier ne peut pas être montré ici, peut-être parce qu’il est protégé\u00a0: téléchargez-le."}
    if page > pages:
        raise Http404
    return {"pages": pages}


def _written(piece: Evidence) -> dict:
    """The beginning of a text, in the characters it was filed in."""
    with _opened(piece) as file:
        content = file.read(VIEW_TEXT_BYTES + 1)
    charset = "cp1252" if "windows-1252" in piece.content_type else "utf-8-sig"
    return {"text": content[:VIEW_TEXT_BYTES].decode(charset, errors="replace"), "cut": len(content) > VIEW_TEXT_BYTES}


def _opened(piece: Evidence) -> File:
    try:
        return piece.file.storage.open(piece.file.name, "rb")
    except FileNotFoundError:
        logger.error("The file of evidence %s is missing", piece.pk)
        raise Http404 from None
