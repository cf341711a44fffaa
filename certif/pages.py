"""Pages that say what the product promises and what it does not."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from certif import limits


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/accessibility.html")


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/privacy.html", {"limits": limits})


@require_safe
def method(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/method.html")
