"""Keeps a trace of who was refused, and of the advisors who consulted a dossier.

The answer is already made, and sent, when the trace is written: whether a thing exists or not, the same page takes the same time.
"""

from collections.abc import Callable
from functools import partial

from django.core.cache import cache
from django.db.models import F, Model
from django.http import HttpRequest, HttpResponse

from assessments import journal
from assessments.models import Action, Assessment, Document, Evidence, EvidenceUse
from certif.accounts.models import Structure, User
from certif.dates import today

Handler = Callable[[HttpRequest], HttpResponse]

# Start of an address → what its number names, how that leads to a structure and to a dossier, what people call it.
THINGS: dict[str, tuple[type[Model], str, str | None, str]] = {
    "dossiers": (Assessment, "structure", "pk", "un dossier"),
    "structures": (Structure, "pk", None, "la structure"),
    "preuves": (Evidence, "structure", None, "une preuve"),
    "preuves/usages": (EvidenceUse, "answer__assessment__structure", "answer__assessment", "l’usage d’une preuve"),
    "documents": (Document, "snapshot__assessment__structure", "snapshot__assessment", "un document"),
    "actions": (Action, "assessment__structure", "assessment", "une action"),
}
REFUSED = (403, 404)
HOUR, DAY = 3600, 24 * 3600


def keep_traces(get_response: Handler) -> Handler:
    """Middleware: once the answer is sent, one event per person, thing and hour for a refusal, per day for a consultation."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        match = request.resolver_match
        word = next((start for start in THINGS if match and match.route.startswith(f"{start}/<int:pk>")), None)
        if word:
            number = match.kwargs["pk"]
            if response.status_code in REFUSED and request.user.is_authenticated:
                _after(response, partial(_note_refusal, request.user, word, number, response.status_code))
            elif word == "dossiers" and response.status_code == 200 and request.user.accompanies:
                _after(response, partial(_note_consultation, request.user, number))
        return response

    return middleware


def _after(response: HttpResponse, work: Callable[[], None]) -> None:
    """Runs `work` when the server has sent the answer and closes it."""
    response._resource_closers.append(work)


def _note_refusal(user: User, word: str, number: int, status: int) -> None:
    model, to_structure, to_dossier, name = THINGS[word]
    if number >= 2**63 or (status == 404 and model.objects.visible_to(user).filter(pk=number).exists()):
        return  # the page itself does not exist, in a thing the person sees
    found = model.objects.filter(pk=number).values("pk", place=F(to_structure), dossier=F(to_dossier or "pk")).first()
    if found and cache.add(f"refus:{user.pk}:{word}:{number}", True, HOUR):
        assessment = Assessment(pk=found["dossier"], structure_id=found["place"]) if to_dossier else None
        structure = None if to_dossier else Structure(pk=found["place"])
        journal.record("acces_refuse", by=user, assessment=assessment, structure=structure, after={"page": name})


def _note_consultation(user: User, number: int) -> None:
    if cache.add(f"consultation:{user.pk}:{number}:{today()}", True, DAY):
        seen = Assessment.objects.visible_to(user).filter(pk=number, member_role=None).first()
        if seen:
            journal.record("dossier_consulte", by=user, assessment=seen)
