"""Addresses that go wrong on purpose, beside the real ones."""

import errno

from django import forms
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import HttpResponse
from django.urls import include, path

from certif.uploads import oversized_fields
from certif.urls import *  # noqa: F403
from certif.urls import urlpatterns as real


def raising(exception):
    def view(request):
        raise exception

    return view


def upload(request):
    field = forms.FileField(required=False)
    size = field.clean(request.FILES.get("fichier"))
    return HttpResponse(
        f"{request.POST['libelle']} {getattr(size, 'size', None)} {sorted(oversized_fields(request))}",
        status=413 if oversized_fields(request) else 200,
    )


def text(request):
    return HttpResponse(request.POST["texte"])


urlpatterns = [
    *real,
    path("essai/operationnel/", raising(OperationalError("la base est partie"))),
    path("essai/interface/", raising(InterfaceError("connection already closed"))),
    path("essai/disque/", raising(OSError(errno.ENOSPC, "No space left on device"))),
    path("essai/faute/", raising(ZeroDivisionError("division by zero"))),
    path("essai/interdit/", raising(PermissionDenied())),
    path("essai/suspect/", raising(SuspiciousOperation("secret"))),
    path("essai/depot/", upload),
    path("essai/texte/", text),
    path("essai/comptes/", include("allauth.urls")),
]
