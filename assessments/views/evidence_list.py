"""The structure’s library of evidence, as a dossier uses it."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from assessments import evidence, library, permissions
from assessments.library import Library
from assessments.reading import read
from assessments.views.lookup import get_assessment
from certif.dates import today
from certif.limits import EVIDENCE_BYTES_PER_STRUCTURE

PER_PAGE = 50
FILTERS = (
    (library.EXPIRING, "À renouveler"),
    (library.EXPIRED, "Périmées"),
    (library.UNUSED, "Inutilisées"),
    (library.MISSING, "Manquantes"),
)


@login_required
@require_safe
def evidence_list(request: HttpRequest, pk: int) -> HttpResponse:
    assessment = get_assessment(request, pk)
    on = today()
    shelf = Library(read(assessment, on=on), on=on)
    chosen = request.GET.get("etat", "")
    words = request.GET.get("q", "").strip()[:100]
    missing = chosen == library.MISSING
    lines = shelf.missing if missing else shelf.kept(chosen, words)
    member = permissions.is_member(assessment)
    context = {
        "assessment": assessment,
        "library": shelf,
        "filters": [(name, label, shelf.count(name)) for name, label in FILTERS if member or name != library.UNUSED],
        "chosen": chosen if chosen in dict(FILTERS) else "",
        "words": words,
        "page": Paginator(lines, PER_PAGE).get_page(request.GET.get("page")),
        "found": len(lines),
        "missing": missing,
        "volume_text": evidence.size_text(evidence.volume(assessment.structure_id)),
        "allowed_text": evidence.size_text(EVIDENCE_BYTES_PER_STRUCTURE),
        "is_member": member,
        "opens_files": permissions.can_read_files(assessment),
        "can_write": permissions.can_write(assessment) and assessment.is_writable,
    }
    return render(request, "assessments/evidence_list.html", context)
