"""The addresses of the product and, beside them, what Django costs when it has nothing to do."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_POST

from certif import urls as product

handler400, handler403, handler404 = product.handler400, product.handler403, product.handler404
handler429, handler500 = product.handler429, product.handler500


def nothing(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok\n", content_type="text/plain")


@login_required
def nothing_signed_in(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok\n", content_type="text/plain")


urlpatterns = [
    *product.urlpatterns,
    path("mesure/vide/", nothing),
    path("mesure/vide-connecte/", nothing_signed_in),
    path("mesure/rien/", require_POST(nothing_signed_in)),
]
