"""Whatever goes wrong, the visitor reads a French page and never a traceback."""

import pytest
from django.test import Client

from certif import errors

pytestmark = pytest.mark.urls("tests.broken_urls")


@pytest.fixture
def visitor():
    return Client(raise_request_exception=False)


@pytest.mark.parametrize(
    ("path", "status", "heading", "retry_after"),
    [
        ("/nulle-part/", 404, "Cette page n’existe pas", None),
        ("/essai/interdit/", 403, "Cette page ne vous est pas ouverte", None),
        ("/essai/suspect/", 400, "La demande n’a pas été comprise", None),
        ("/essai/faute/", 500, "Une erreur est survenue", None),
        ("/essai/operationnel/", 503, "Le service est momentanément indisponible", "30"),
        ("/essai/interface/", 503, "Le service est momentanément indisponible", "30"),
        ("/essai/disque/", 503, "Le service est momentanément indisponible", "30"),
    ],
)
def test_each_error_has_its_page(visitor, path, status, heading, retry_after):
    response = visitor.get(path)
    page = response.content.decode()
    assert (response.status_code, response.headers.get("Retry-After")) == (status, retry_after)
    assert f"<h1>{heading}</h1>" in page.replace("\n", "") or heading in page
    assert [word for word in ("Traceback", "division", "secret", "Error") if word in page] == []
    assert "no-store" in response["Cache-Control"]


def test_a_form_without_its_token_says_so():
    response = Client(enforce_csrf_checks=True).post("/essai/texte/", {"texte": "x"})
    assert response.status_code == 403
    assert "Le formulaire a expiré" in response.content.decode()


def test_an_error_page_that_does_not_render_is_replaced(visitor, monkeypatch):
    def broken(*args, **kwargs):
        raise ValueError("missing file")

    monkeypatch.setattr(errors, "render_to_string", broken)
    response = visitor.get("/nulle-part/")
    assert (response.status_code, response.content.decode()) == (404, errors.BARE_PAGE)


def test_every_page_carries_the_walls(visitor):
    headers = visitor.get("/nulle-part/").headers
    assert {name: headers[name] for name in ("X-Frame-Options", "X-Content-Type-Options", "Referrer-Policy")} == {
        "X-Frame-Options": "DENY",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
    }
    policy = dict(directive.split(" ", 1) for directive in headers["Content-Security-Policy"].split("; "))
    assert policy == {
        "default-src": "'self'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "object-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
