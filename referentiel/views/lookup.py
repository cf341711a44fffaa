"""Finding the edition of a public page: published and retired ones for all, drafts for norm admins."""

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from referentiel.content import Content, content_of
from referentiel.models import Edition


def get_edition(request: HttpRequest, code: str) -> tuple[Edition, Content]:
    """The edition of the address and its content. 404 unless this visitor may read it."""
    editions = Edition.objects.readable_by(request.user).select_related("seal")
    edition = get_object_or_404(editions, code=code)
    return edition, content_of(edition.pk)


def current_content() -> Content | None:
    """The content of the edition proposed by default; None before any publication."""
    edition = Edition.objects.current()
    return content_of(edition.pk) if edition else None
