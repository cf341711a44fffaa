"""What happens to every request before and after its view."""

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse

from certif import errors, limits

Handler = Callable[[HttpRequest], HttpResponse]

BEGAN_AT = "began_at"
SEEN_AT = "seen_at"


def refuse_oversized_requests(get_response: Handler) -> Handler:
    """A request that announces more than any form accepts is refused without reading a byte of it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        announced = request.META.get("CONTENT_LENGTH") or "0"
        if announced.isdigit() and int(announced) > limits.DRAINED_BYTES:
            return errors.content_too_large(request)
        return get_response(request)

    return middleware


def bound_sessions(get_response: Handler) -> Handler:
    """Ends a login after 12 idle hours or 7 days; writes the session at most once every 10 minutes of use."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            _end_if_too_old(request)
        response = get_response(request)
        _mark(request)
        return response

    return middleware


def _end_if_too_old(request: HttpRequest) -> None:
    began_at = request.session.get(BEGAN_AT)
    if began_at is not None and time.time() - began_at > limits.SESSION_AGE.total_seconds():
        request.session.flush()


def _mark(request: HttpRequest) -> None:
    session = request.session
    if not session.accessed or SESSION_KEY not in session:
        return
    now = int(time.time())
    session.setdefault(BEGAN_AT, now)
    if now - session.get(SEEN_AT, 0) >= limits.SESSION_REFRESH.total_seconds():
        session[SEEN_AT] = now
