"""The addresses of the product and, beside them, what Django costs when it has nothing to do."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_POST

from certif.urls import (
    handler400,
    handler403,
    handler404,
    handler429,
    handler500,
    urlpatterns as real,
)

__all__ = ["handler400", "handler403", "handler404", "handler429", "handler500", "urlpatterns"]


def nothing(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok\n", content_type="text/plain")


@login_required
def nothing_signed_in(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok\n", content_type="text/plain")


urlpatterns = [
    *real,
    path("mesure/vide/", nothing),
    path("mesure/vide-connecte/", nothing_signed_in),
    path("mesure/rien/", require_POST(nothing_signed_in)),
]
