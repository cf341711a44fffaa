"""Opening a dossier: its title, its edition, the audit it prepares, the services it covers."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from assessments import dossiers
from assessments.forms.scope import OpeningForm
from assessments.reading import blocking_answers
from assessments.scoring import count
from certif.accounts.models import Role, Service, Structure
from certif.dates import today
from certif.fields import whole_number
from referentiel.content import Content, content_of
from referentiel.models import Edition


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def assessment_create(request: HttpRequest, pk: int) -> HttpResponse:
    structure = get_object_or_404(Structure.objects.visible_to(request.user), pk=pk)
    if structure.member_role not in (Role.OWNER, Role.CONTRIBUTOR):
        raise PermissionDenied
    services = Service.objects.filter(site__structure=structure, ended_on=None).select_related("site")
    services = services.order_by("site__name", "name", "pk")
    has_services = services.exists()
    edition = _edition(request)
    options = {
        "services": services,
        "content": content_of(edition.pk) if edition else None,
        "with_first_service": not has_services and structure.member_role == Role.OWNER,
    }
    if request.method != "POST":
        # Most dossiers cover everything the structure runs: unticking is quicker than ticking.
        initial = {
            "title": dossiers.proposed_title(structure, today().year),
            "edition": edition and edition.pk,
            "services": list(services),
        }
        return _page(request, structure, OpeningForm(initial=initial, **options), services)
    form = OpeningForm(request.POST, **options)
    if not form.is_valid():
        return _page(request, structure, form, services, status=422)
    try:
        assessment = dossiers.open_assessment(
            structure=structure,
            edition=form.cleaned_data["edition"],
            by=request.user,
            first_service=form.first_service,
            **form.fields_of_scope,
        )
    except ValidationError as refusal:
        form.add_error(None, refusal)
        return _page(request, structure, form, services, status=422)
    _say(request, content_of(assessment.edition_id), form.eligibility)
    return redirect("dashboard", assessment.pk)


def _edition(request: HttpRequest) -> Edition | None:
    """The edition chosen, else the current one; its questionnaire is the one on the page."""
    chosen = whole_number(request.POST.get("edition", "") or request.GET.get("edition", ""))
    published = Edition.objects.published()
    return published.filter(pk=chosen).first() or published.current()


def _say(request: HttpRequest, content: Content, answers: dict[str, str]) -> None:
    blocking = blocking_answers(content, answers)
    if blocking:
        what = count(len(blocking), "réponse d’éligibilité empêche", "réponses d’éligibilité empêchent")
        messages.warning(
            request,
            f"Votre dossier est ouvert. {what} de demander la certification pour l’instant : voir le périmètre.",
        )
    else:
        messages.success(request, "Votre dossier est ouvert.")


def _page(
    request: HttpRequest, structure: Structure, form: OpeningForm, services, *, status: int = 200
) -> HttpResponse:
    editions = list(form.fields["edition"].queryset.select_related("seal"))
    context = {
        "structure": structure,
        "form": form,
        "services": services,
        "editions": editions,
        "can_manage": structure.member_role == Role.OWNER,
    }
    return render(request, "assessments/assessment_create.html", context, status=status)
