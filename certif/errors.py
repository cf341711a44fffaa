"""The pages of what went wrong, each complete in itself: they must show even when the database does not."""

import errno
import logging
import sys

from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.cache import add_never_cache_headers

from certif import limits

logger = logging.getLogger(__name__)

RETRY_SECONDS = 30
BARE_PAGE = """<!doctype html>
<html lang="fr"><head><meta charset="utf-8"><title>Certif</title></head>
<body><main><h1>Cette page ne peut pas s’afficher</h1>
<p>Une erreur est survenue ; elle est consignée. Réessayez dans un instant.</p>
<p><a href="/">Retour à l’accueil</a></p></main></body></html>
"""


def _page(status: int, template: str | None = None, *, retry_after: int | None = None) -> HttpResponse:
    try:
        content = render_to_string(template or f"{status}.html")
    except Exception:
        # A page that explains a failure may not fail itself: Django would call it again, and again.
        logger.exception("The page of error %s does not render", status)
        content = BARE_PAGE
    response = HttpResponse(content, status=status)
    if retry_after is not None:
        response["Retry-After"] = str(retry_after)
    add_never_cache_headers(response)
    return response


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig):
        return content_too_large(request)
    return _page(400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _page(403, "403_csrf.html")


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(404)


def content_too_large(request: HttpRequest) -> HttpResponse:
    return _page(413)


def too_many_requests(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(429, retry_after=int(limits.LOGIN_FAILURES_WINDOW.total_seconds()))


def server_error(request: HttpRequest) -> HttpResponse:
    """Django calls this while handling the exception: a database or a disk out of order is a 503, not a fault of the visitor."""
    exception = sys.exception()
    if isinstance(exception, (OperationalError, InterfaceError)) or _disk_is_full(exception):
        return _page(503, retry_after=RETRY_SECONDS)
    return _page(500)


def _disk_is_full(exception: BaseException | None) -> bool:
    return isinstance(exception, OSError) and exception.errno in (errno.ENOSPC, errno.EDQUOT)
