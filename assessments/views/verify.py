"""Anyone who holds a document may check it: what the code says, and whether the file is the one that was made."""

import hashlib
import json
import re
from datetime import date

from allauth.account.adapter import get_adapter
from allauth.core.ratelimit import respond_429
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from assessments.canonical import dossier_from_json
from assessments.enums import DocumentStatus
from assessments.models import Snapshot
from assessments.scoring import evaluate, verdict_headline
from assessments.snapshots import GROUP_LENGTH, GROUPS, differences, normal_code
from certif.limits import EVIDENCE_BYTES, LOGIN_FAILURES_WINDOW, VERIFICATION_MISSES
from certif.uploads import oversized_fields

FINGERPRINT_MIN = 16
_UNKNOWN = (
    "Aucun document ne porte ce code. Vérifiez chaque signe : il compte trois groupes de quatre lettres et chiffres."
)


@require_safe
@never_cache
def verify(request: HttpRequest) -> HttpResponse:
    typed = request.GET.get("code", "")[:60]
    if not typed.strip():
        error = "Recopiez le code imprimé au bas de chaque page." if "code" in request.GET else ""
        return _form(request, typed, error, status=422 if error else 200)
    code = normal_code(typed)
    if len(code) != (GROUP_LENGTH + 1) * GROUPS - 1:
        return _form(request, typed, _UNKNOWN, status=422)
    return redirect("verify_code", code)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def verify_code(request: HttpRequest, code: str) -> HttpResponse:
    """What the code stands for, recomputed on the spot: what the cover says, for whoever holds it, and no answer."""
    misses = f"verify:{hashlib.sha256(get_adapter().get_client_ip(request).encode()).hexdigest()}"
    if cache.get(misses, 0) >= VERIFICATION_MISSES:
        return respond_429(request)
    snapshot = Snapshot.objects.filter(code=normal_code(code)).first()
    if snapshot is None:
        cache.set(misses, cache.get(misses, 0) + 1, LOGIN_FAILURES_WINDOW.total_seconds())
        return _form(request, code[:60], _UNKNOWN, status=404)
    context = {
        "snapshot": snapshot,
        "cover": _cover(snapshot),
        "differences": differences(snapshot),
        "documents": snapshot.documents.filter(status=DocumentStatus.DONE).order_by("kind", "finished_at"),
    }
    if request.method == "POST":
        context |= _compare(request, snapshot)
    return render(request, "assessments/verify_code.html", context, status=422 if context.get("error") else 200)


def _cover(snapshot: Snapshot) -> dict:
    """What a forger would change on paper: whose dossier, on what day, under which edition, with what verdict."""
    data = json.loads(snapshot.content)
    result = evaluate(dossier_from_json(data))
    return {
        "structure": data["structure"]["nom"],
        "on": date.fromisoformat(data["date_reference"]),
        "edition": data["edition"],
        "headline": verdict_headline(result),
        "maturity": result.maturity.total,
    }


def _form(request: HttpRequest, typed: str, error: str, *, status: int) -> HttpResponse:
    return render(request, "assessments/verify.html", {"typed": typed, "error": error}, status=status)


def _compare(request: HttpRequest, snapshot: Snapshot) -> dict:
    """The file, or the fingerprint, that was given, against what is kept."""
    if "fichier" in oversized_fields(request):
        return {"error": f"Ce fichier dépasse {EVIDENCE_BYTES // 1024**2} Mo : ce n’est pas un document de Certif."}
    if file := request.FILES.get("fichier"):
        given = _sha256(file.chunks())
        for document in snapshot.documents.filter(status=DocumentStatus.DONE).order_by("pk"):
            with document.file.open("rb") as kept:
                if _sha256(iter(lambda: kept.read(1 << 16), b"")) == given:
                    return {
                        "same": f"Ce fichier est, à l’octet près, celui que Certif a produit : {document.get_kind_display().lower()}."
                    }
        return {
            "different": "Ce fichier n’est pas celui que Certif a produit sous ce code : il a été modifié, ou vient d’ailleurs."
        }
    typed = re.sub(r"[^0-9a-f]", "", request.POST.get("empreinte", "").lower())
    if len(typed) < FINGERPRINT_MIN:
        return {
            "error": f"Choisissez un fichier, ou recopiez au moins {FINGERPRINT_MIN} signes de l’empreinte du dossier."
        }
    if snapshot.sha256.startswith(typed[:64]):
        return {"same": "Cette empreinte est bien celle du dossier figé sous ce code."}
    return {"different": "Cette empreinte n’est pas celle du dossier figé sous ce code."}


def _sha256(pieces) -> str:
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
    return digest.hexdigest()
