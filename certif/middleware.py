"""What happens to every request before and after its view."""

import time
from collections.abc import Callable

from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse

from certif import errors, limits
from certif.sessions import BEGAN_AT, SEEN_AT

Handler = Callable[[HttpRequest], HttpResponse]


def refuse_oversized_requests(get_response: Handler) -> Handler:
    """A request that announces more than any form accepts is refused without reading a byte of it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        announced = request.META.get("CONTENT_LENGTH") or "0"
        if announced.isdigit() and int(announced) > limits.DRAINED_BYTES:
            return errors.content_too_large(request)
        return get_response(request)

    return middleware


def refresh_sessions(get_response: Handler) -> Handler:
    """Keeps a login alive while it is used (12 idle hours end it), with one write every 10 minutes at most."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        session = request.session
        if session.accessed and SESSION_KEY in session:
            now = int(time.time())
            session.setdefault(BEGAN_AT, now)
            if now - session.get(SEEN_AT, 0) >= limits.SESSION_REFRESH.total_seconds():
                session[SEEN_AT] = now
        return response

    return middleware
