"""The blank grid, to take away."""

from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from certif import spreadsheet
from referentiel.blank_grid import kept, printable, workbook
from referentiel.views.lookup import get_edition


@require_safe
def blank_grid_pdf(request: HttpRequest, edition: str) -> HttpResponse:
    _edition, content = get_edition(request, edition)
    return _attachment(kept(content, "pdf", printable), f"grille-{content.code}.pdf", "application/pdf")


@require_safe
def blank_grid_xlsx(request: HttpRequest, edition: str) -> HttpResponse:
    _edition, content = get_edition(request, edition)
    return _attachment(kept(content, "xlsx", workbook), f"grille-{content.code}.xlsx", spreadsheet.CONTENT_TYPE)


def _attachment(body: bytes, name: str, content_type: str) -> HttpResponse:
    headers = {"Content-Disposition": content_disposition_header(True, name), "X-Content-Type-Options": "nosniff"}
    return HttpResponse(body, content_type=content_type, headers=headers)
