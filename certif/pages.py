"""Pages that say what the product promises and what it does not."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from certif import limits


def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/accessibility.html")


def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/privacy.html", {"limits": limits})


def method(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/method.html")
