"""An edition out as a file, and in from one: what a file would change is shown, and written only once confirmed."""

import json
import secrets
import zlib
from dataclasses import dataclass

from django.contrib import messages
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_safe

from certif import limits
from certif.uploads import oversized_fields
from referentiel import exchange
from referentiel.blank_grid import kept as kept_file
from referentiel.differences import Status
from referentiel.editions import Refusal
from referentiel.forms.exchange import ImportForm
from referentiel.views.differences import frame_of, passages
from referentiel.views.keepers import for_norm_admins
from referentiel.views.lookup import get_edition

# Part of the name of the kept files: raise it when a format changes.
LAYOUT = 1


@require_safe
def edition_export(request: HttpRequest, edition: str, kind: str) -> HttpResponse:
    """Published editions are public, drafts for norm admins: as their pages are."""
    if kind not in exchange.FORMATS:
        raise Http404
    _edition, content = get_edition(request, edition)
    try:
        body = kept_file(content, f"edition-{LAYOUT}.{kind}", lambda content: exchange.export(content, kind))
    except Refusal as refusal:
        return HttpResponse(str(refusal), content_type="text/plain; charset=utf-8", status=422)
    headers = {
        "Content-Disposition": content_disposition_header(True, f"{content.code}.{kind}"),
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(body, content_type=exchange.FORMATS[kind].content_type, headers=headers)


@require_http_methods(["GET", "HEAD", "POST"])
@for_norm_admins
def edition_import(request: HttpRequest) -> HttpResponse:
    """A file that can be read leads to its preview; another comes back with what is wrong, place by place."""
    if request.method != "POST":
        return render(request, "referentiel/edition_import.html", {"form": ImportForm(), "problems": []})
    form = ImportForm(request.POST, request.FILES, oversized=oversized_fields(request))
    problems = []
    if form.is_valid():
        file, code, label = (form.cleaned_data[name] for name in ("file", "code", "label"))
        found = exchange.prepare(exchange.parse(file.read(), file.name), code=code, label=label)
        if isinstance(found, exchange.Preview):
            return redirect("edition_import_preview", _keep(request, found.document))
        problems = found
    context = {"form": form, "problems": problems}
    return render(request, "referentiel/edition_import.html", context, status=413 if form.oversized else 422)


@require_http_methods(["GET", "HEAD", "POST"])
@for_norm_admins
def edition_import_preview(request: HttpRequest, token: str) -> HttpResponse:
    """What the file would change; a POST writes it, once, if the draft is still the one that was shown."""
    pending = _pending(request, token)
    if pending is None:
        messages.warning(request, "Cet aperçu n’existe plus : déposez le fichier de nouveau.")
        return redirect("edition_import")
    if pending.written:
        return redirect("draft", pending.written)
    refusal, status = [], 200
    if request.method == "POST":
        try:
            edition, _changed = exchange.write(
                pending.document, based_on=request.POST.get("based_on", ""), by=request.user
            )
        except Refusal as refused:
            refusal, status = refused.reasons, 422
        except exchange.Overtaken:
            refusal, status = (
                ["Quelqu’un a modifié ce brouillon depuis l’aperçu. Relisez ce qui changerait maintenant."],
                409,
            )
        else:
            _remember(request, token, pending.document, written=edition.code)
            messages.success(request, f"Le brouillon {edition.code} dit maintenant ce que dit votre fichier.")
            return redirect("draft", edition.code)
    found = exchange.prepare(exchange.Parsed(pending.document, []))
    context = {"token": token, "refusal": refusal, "document": pending.document, "preview": None}
    if isinstance(found, exchange.Preview):
        context |= _shown(found)
    else:
        context["refusal"], status = [problem.sentence for problem in found], 422
    return render(request, "referentiel/edition_import_preview.html", context, status=status)


def _shown(preview: exchange.Preview) -> dict:
    criteria = preview.differences.criteria
    return {
        "preview": preview,
        "frame": frame_of(preview.differences),
        "groups": [
            (status, [(item, passages(item.changes)) for item in criteria if item.status is status])
            for status in Status
        ],
    }


# --- Between the preview and its confirmation -----------------------------------------------------


@dataclass(frozen=True, slots=True)
class Pending:
    """`written`: the code of the draft, once it is confirmed."""

    document: dict
    written: str


def _keep(request: HttpRequest, document: dict) -> str:
    token = secrets.token_urlsafe(24)
    _remember(request, token, document)
    return token


def _remember(request: HttpRequest, token: str, document: dict, *, written: str = "") -> None:
    """On the server, for an hour, for this person in this session: nothing that comes back from the browser is trusted."""
    packed = zlib.compress(json.dumps([document, written]).encode())
    cache.set(_name(request, token), packed, limits.NORM_IMPORT_PATIENCE.total_seconds())


def _pending(request: HttpRequest, token: str) -> Pending | None:
    packed = cache.get(_name(request, token)) if len(token) <= 64 else None
    return Pending(*json.loads(zlib.decompress(packed))) if packed else None


def _name(request: HttpRequest, token: str) -> str:
    return f"import:{request.user.pk}:{request.session.session_key}:{token}"
