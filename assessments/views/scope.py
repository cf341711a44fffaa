"""What the dossier covers: title, audit, services of the perimeter, eligibility answers; the edition stays."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from assessments import dossiers, permissions
from assessments.forms.scope import ScopeForm, initial_eligibility
from assessments.models import Assessment
from assessments.views.lookup import get_assessment
from certif.accounts.models import Role, Service
from referentiel.content import content_of
from referentiel.eligibility import BLOCKING, EFFECTS, FAVOURABLE


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def scope(request: HttpRequest, pk: int) -> HttpResponse:
    assessment = get_assessment(request, pk, write=request.method == "POST")
    options = {"services": _services(assessment), "content": content_of(assessment.edition_id)}
    if request.method != "POST":
        return _page(request, assessment, ScopeForm(initial=_initial(assessment), **options))
    form = ScopeForm(request.POST, **options)
    if not form.is_valid():
        return _page(request, assessment, form, status=422)
    try:
        dossiers.change_scope(
            assessment, by=request.user, based_on=form.cleaned_data["based_on"], **form.fields_of_scope
        )
    except ValidationError as refusal:
        form.add_error(None, refusal)
        return _page(request, assessment, form, status=422)
    except (dossiers.ScopeLocked, dossiers.StaleScope) as refusal:
        return _page(request, assessment, form, status=409, refusal=str(refusal))
    messages.success(request, "Le périmètre est enregistré.")
    return redirect("scope", assessment.pk)


def _services(assessment: Assessment):
    """Services that may be chosen: those that run, and those the dossier already covers."""
    return (
        Service.objects.filter(site__structure=assessment.structure_id)
        .filter(Q(ended_on=None) | Q(pk__in=assessment.services.order_by().values("pk")))
        .select_related("site")
        .order_by("site__name", "name", "pk")
    )


def _initial(assessment: Assessment) -> dict:
    return {
        "title": assessment.title,
        "audit_kind": assessment.audit_kind,
        "audit_on": assessment.audit_on,
        "services": list(assessment.services.order_by("pk").values_list("pk", flat=True)),
        "based_on": dossiers.stamp(assessment),
        **initial_eligibility(assessment.eligibility),
    }


def _page(
    request: HttpRequest, assessment: Assessment, form: ScopeForm, *, status: int = 200, refusal: str = ""
) -> HttpResponse:
    content = content_of(assessment.edition_id)
    stored = Assessment.objects.get(pk=assessment.pk)
    context = {
        "assessment": assessment,
        "content": content,
        "form": form,
        "services": _services(assessment),
        "current": stored,
        "current_stamp": dossiers.stamp(stored),
        "covered": list(stored.services.select_related("site").order_by("site__name", "name", "pk")),
        "said": _said(content, stored.eligibility),
        "can_write": permissions.can_write(assessment) and assessment.is_writable,
        "can_manage": assessment.member_role == Role.OWNER,
        "refusal": refusal,
    }
    return render(request, "assessments/scope.html", context, status=status)


def _said(content, answers: dict[str, str]) -> list[dict]:
    """The stored answers, and what those that are not favourable call for; worst first."""
    lines = [
        {
            "code": question["code"],
            "question": question["question"],
            "answer": choice["libelle"],
            "effect": choice["effet"],
            "label": EFFECTS[choice["effet"]],
            "message": "" if choice["effet"] == FAVOURABLE else choice["message"],
            "blocks": choice["effet"] == BLOCKING,
        }
        for question in content.eligibility.get("questions", ())
        for choice in question["reponses"]
        if choice["valeur"] == answers.get(question["code"])
    ]
    return sorted(lines, key=lambda line: list(EFFECTS).index(line["effect"]))
