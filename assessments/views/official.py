"""The official wording a structure or a network holds: typed, imported, read by its own people only."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from assessments import official
from assessments.forms.official import OfficialImportForm, OfficialTextForm
from assessments.official import Holder
from assessments.views.lookup import get_assessment
from assessments.views.rail import find_criterion
from certif.accounts.models import Structure
from certif.accounts.views.lookup import get_network
from referentiel.content import content_of
from referentiel.models import Edition


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def official_texts(request: HttpRequest, pk: int) -> HttpResponse:
    structure = get_object_or_404(Structure.objects.visible_to(request.user), pk=pk)
    return _list(request, Holder(structure=structure), "official_texts", "official_text")


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def official_text(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    structure = get_object_or_404(Structure.objects.visible_to(request.user), pk=pk)
    return _one(request, Holder(structure=structure), str(key), "official_texts")


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def network_official_texts(request: HttpRequest, pk: int) -> HttpResponse:
    return _list(request, Holder(network=get_network(request, pk)), "network_official_texts", "network_official_text")


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def network_official_text(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    return _one(request, Holder(network=get_network(request, pk)), str(key), "network_official_texts")


@login_required
@never_cache
@require_safe
def criterion_official(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Beside our statement, for the people of the holder."""
    assessment = get_assessment(request, pk)
    item = find_criterion(assessment, code)
    context = {
        "assessment": assessment,
        "criterion": item,
        "texts": official.shown(assessment, item.key, to=request.user),
        "may_type": assessment.member_role in official.WRITERS,
    }
    page = "assessments/_official.html" if request.htmx else "assessments/criterion_official.html"
    return render(request, page, context)


def _edition(request: HttpRequest) -> Edition:
    """The edition whose criteria name the texts: the one asked for, else the current one."""
    published = Edition.objects.filter(seal__isnull=False).select_related("standard", "seal")
    code = request.GET.get("edition")
    edition = published.filter(code=code).first() if code else Edition.objects.current()
    if edition is None:
        raise Http404
    return edition


def _list(request: HttpRequest, holder: Holder, here: str, one: str) -> HttpResponse:
    may_write = holder.may_write(request.user)
    if request.method == "POST" and not may_write:
        raise PermissionDenied
    edition = _edition(request)
    content = content_of(edition.pk)
    form = (
        OfficialImportForm(request.POST or None, request.FILES or None)
        if request.method == "POST"
        else OfficialImportForm()
    )
    reasons = []
    if form.is_valid():
        try:
            count = official.import_lines(
                holder, edition=edition, content=content, typed=form.cleaned_data["lignes"], by=request.user
            )
        except official.Refused as refused:
            reasons = refused.reasons
        else:
            messages.success(request, f"{count} textes sont enregistrés." if count > 1 else "Un texte est enregistré.")
            return redirect(f"{reverse(here, args=[_pk(holder)])}?edition={edition.code}")
    stored = official.texts(holder, edition.standard)
    context = {
        "holder": holder,
        "edition": edition,
        "editions": Edition.objects.filter(seal__isnull=False).order_by("code"),
        "content": content,
        "chapters": [
            (chapter, [(criterion, stored.get(criterion.key)) for criterion in chapter.criteria])
            for chapter in content.chapters
        ],
        "count": sum(criterion.key in stored for criterion in content.criteria),
        "may_write": may_write,
        "form": form,
        "reasons": reasons,
        "one": one,
        "pk": _pk(holder),
    }
    return render(request, "assessments/official_texts.html", context, status=422 if form.is_bound else 200)


def _pk(holder: Holder) -> int:
    return (holder.structure or holder.network).pk


def _one(request: HttpRequest, holder: Holder, key: str, back: str) -> HttpResponse:
    if not holder.may_write(request.user):
        raise PermissionDenied
    edition = _edition(request)
    item = content_of(edition.pk).criterion_by_key.get(key)
    if item is None:
        raise Http404
    stored = official.texts(holder, edition.standard).get(key)
    address = f"{reverse(back, args=[_pk(holder)])}?edition={edition.code}#{key}"
    initial = {"text": stored.text, "reference": stored.reference} if stored else {}
    version = stored.version if stored else 0
    form = OfficialTextForm(request.POST if request.method == "POST" else None, initial=initial | {"version": version})
    context = {
        "holder": holder,
        "edition": edition,
        "criterion": item,
        "form": form,
        "back": address,
        "version": version,
    }
    if not form.is_bound:
        return render(request, "assessments/official_text.html", context)
    if form.is_valid():
        data = form.cleaned_data
        try:
            official.save(
                holder,
                standard=edition.standard,
                key=key,
                text=data["text"],
                reference=data["reference"],
                based_on=data["version"],
                by=request.user,
            )
        except official.Overtaken:
            return render(
                request, "assessments/official_text.html", context | {"current": stored, "stale": True}, status=409
            )
        messages.success(request, f"{item.code} : texte {'enregistré' if data['text'] else 'retiré'}.")
        return redirect(address)
    return render(request, "assessments/official_text.html", context, status=422)
