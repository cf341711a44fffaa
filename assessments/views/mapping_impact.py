"""For norm admins: what a passage between two editions would do to the dossiers still open."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from assessments.impact import impact
from assessments.passage import Kind
from assessments.scoring import Verdict
from certif.dates import today
from referentiel.models import Mapping
from referentiel.views.keepers import for_norm_admins

# What becomes of answers, singular and plural.
FORMS = {
    Kind.KEPT: ("réponse conservée", "réponses conservées"),
    Kind.CONFIRM: ("réponse à reconfirmer", "réponses à reconfirmer"),
    Kind.MERGED: ("réponse réunie à partir de plusieurs critères", "réponses réunies à partir de plusieurs critères"),
    "historique": ("réponse dans l’historique", "réponses dans l’historique"),
}


@require_safe
@for_norm_admins
def mapping_impact(request: HttpRequest, pk: int) -> HttpResponse:
    mapping = get_object_or_404(Mapping.objects.select_related("source", "target"), pk=pk)
    found = impact(mapping, on=today())
    context = {
        "mapping": mapping,
        "impact": found,
        "verdicts": [str(verdict) for verdict in Verdict],
        "answers": [(forms[found.answers[kind] > 1], found.answers[kind]) for kind, forms in FORMS.items()],
    }
    return render(request, "assessments/mapping_impact.html", context)
