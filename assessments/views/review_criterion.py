"""One criterion as an advisor reads it: what the structure says on one side, their opinion and requests on the other."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_http_methods

from assessments import reviews
from assessments.enums import SnapshotKind
from assessments.forms.answer import niveau_of
from assessments.forms.review import OpinionForm, RequestForm
from assessments.margin import read_margin
from assessments.models import Answer, Assessment, EvidenceUse, Snapshot, StockRemark
from assessments.reviewing import Opinion, ReviewLine, gap_between
from assessments.scoring import Rules
from assessments.views import rescue
from assessments.views.criterion_threads import threads_context
from assessments.views.desk import Desk, desk_of, get_desk, rail_html, review_of, seen_of
from assessments.views.lookup import get_answer
from assessments.views.rail import find_criterion
from assessments.views.review_conflict import review_conflict_page
from certif.dates import hour, in_paris, today
from certif.fields import whole_number
from certif.limits import TEXT_MAX
from referentiel.content import CriterionContent, content_of


@require_http_methods(["GET", "HEAD", "POST"])
def review_criterion(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    if not request.user.is_authenticated:
        if request.method == "POST":
            rescue.put_aside(request, "remarque", "note")
        return redirect_to_login(request.get_full_path())
    if request.method == "POST":
        answer = get_answer(request, pk, code)
        return _save(request, desk_of(request, answer.assessment), answer, code)
    desk = get_desk(request, pk)
    return review_page(request, desk, find_criterion(desk.assessment, code))


# --- Reading ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Typed:
    """What the form shows: the stored opinion, what has just been refused, or what a lost session had kept."""

    version: int
    niveau: str
    remarque: str
    note: str
    errors: dict[str, str]
    rescued: bool = False

    @property
    def length(self) -> int:
        return len(self.remarque)


def review_page(
    request: HttpRequest,
    desk: Desk,
    item: CriterionContent,
    *,
    typed: Typed | None = None,
    request_form: RequestForm | None = None,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    margin = read_margin(desk.assessment, item, request.user, on=today())
    review = review_of(request, desk, current=item, declared=margin.declared)
    line = review.by_code[item.code]
    previous, following = review.neighbours(item)
    updated_at = line.opinion.updated_at
    context = {
        "assessment": desk.assessment,
        "desk": desk,
        "review": review,
        "criterion": item,
        "chapter": review.content.chapter_of(item),
        "chapter_tally": review.current_tally,
        "answer": line.answer,
        "line": line,
        "descriptor": "" if line.answer.level is None else item.descriptor(line.answer.level),
        "finding": review.grid.finding_of(line.answer),
        "uses": EvidenceUse.objects.filter(answer=line.answer.answer_id).select_related("evidence"),
        "typed": typed or _rescued(request) or _stored(line),
        "gap": gap_between(review.content, review.rules, item, line.answer, line.opinion.level),
        "request_form": request_form or RequestForm(criterion=item),
        "expected_labels": {each.id: each.label for each in item.expected_evidence},
        "stock": StockRemark.objects.filter(network=desk.network).order_by("title", "pk").values_list("pk", "title"),
        "submitted": _last_submission(desk.assessment),
        "closed": desk.closed,
        "refusal": refusal,
        "previous": previous,
        "following": following,
        "rail": rail_html(desk, review),
        "suffix": desk.query(filtre=review.chosen),
        "all_url": desk.url("review", filtre=review.chosen),
        "text_max": TEXT_MAX,
        "saved_today": updated_at is not None and in_paris(updated_at).date() == today(),
        "seen": seen_of(desk),
        "is_member": False,
        **threads_context(margin.talk, desk.url("review_criterion", item.code, filtre=review.chosen)),
    }
    return render(request, "assessments/review_criterion.html", context, status=status)



def _last_submission(assessment: Assessment) -> tuple[datetime, str] | None:
    """When the structure last sent the dossier, and who did."""
    taken = Snapshot.objects.filter(assessment=assessment, kind=SnapshotKind.SUBMITTED)
    return taken.order_by("-taken_at", "-pk").values_list("taken_at", "taken_by__name").first()


def _stored(line: ReviewLine) -> Typed:
    opinion: Opinion = line.opinion
    return Typed(opinion.version, niveau_of(opinion.level, False), opinion.remark, opinion.private_note, {})


def _rescued(request: HttpRequest) -> Typed | None:
    """What an expired session had kept for this person and this page."""
    kept = rescue.take_back(request)
    if kept is None:
        return None
    return Typed(int(kept["version"]), kept["niveau"], kept["remarque"], kept["note"], {}, rescued=True)


# --- Saving -----------------------------------------------------------------------------------


def _save(request: HttpRequest, desk: Desk, answer: Answer, code: str) -> HttpResponse:
    """Saves the opinion, then does what the button pressed says: insert a remark, add a request, mark as read and go on."""
    form = OpinionForm(request.POST, user=request.user)
    if not form.is_valid():
        return _refused(request, desk, code, {name: errors[0] for name, errors in form.errors.items()})
    remark = _with_stock(request, desk, form.cleaned_data["remarque"])
    try:
        outcome = reviews.save_opinion(
            answer,
            desk.network,
            by=request.user,
            based_on=form.cleaned_data["version"],
            level=form.cleaned_data["niveau"],
            remark=remark,
            private_note=form.cleaned_data["note"],
            edition=form.cleaned_data["edition"],
        )
    except reviews.NotShared:
        raise Http404 from None
    except reviews.ReviewClosed as refusal:
        return _closed(request, desk, code, refusal)
    match outcome:
        case reviews.Conflict():
            return review_conflict_page(request, desk, outcome.kept, outcome.current, status=409)
        case reviews.Refused():
            return _refused(request, desk, code, outcome.errors, remark=remark)
    if request.htmx:
        return _saved_fragment(answer, outcome, form.cleaned_data["niveau"])
    return _go_on(request, desk, answer, code, outcome)


def _with_stock(request: HttpRequest, desk: Desk, remark: str) -> str:
    """Without JavaScript, a remark of the network is added at the end of what is typed."""
    if "inserer" not in request.POST:
        return remark
    wanted = whole_number(request.POST.get("modele", ""))
    found = StockRemark.objects.filter(network=desk.network, pk=wanted).first() if wanted else None
    return f"{remark.rstrip()}\n\n{found.body}".strip() if found else remark


def _go_on(request: HttpRequest, desk: Desk, answer: Answer, code: str, outcome: reviews.Saved) -> HttpResponse:
    here = desk.url("review_criterion", code, filtre=request.GET.get("filtre"))
    wants_request = "ajouter" in request.POST or ("relu" in request.POST and request.POST.get("demande", "").strip())
    try:
        if wants_request:
            item = find_criterion(desk.assessment, code)
            form = RequestForm(request.POST, criterion=item)
            if not form.is_valid():
                return review_page(request, get_desk(request, answer.assessment_id), item, request_form=form, status=422)
            reviews.add_request(answer, desk.network, by=request.user, **form.said)
        if "relu" in request.POST or "a_relire" in request.POST:
            reviews.mark_read(answer, desk.network, by=request.user, read="relu" in request.POST)
    except reviews.NotShared:
        raise Http404 from None
    except reviews.ReviewClosed as refusal:
        return _closed(request, desk, code, refusal)
    except reviews.RequestRefused as refusal:
        messages.error(request, str(refusal))
        return redirect(here)
    if "relu" in request.POST:
        return _next(request, desk, code)
    if "ajouter" in request.POST:
        messages.success(request, "Demande ajoutée : la structure la verra quand vous renverrez le dossier.")
        return redirect(f"{here}#demandes")
    if "inserer" in request.POST:
        return redirect(f"{here}#remarque")
    if "a_relire" in request.POST:
        messages.success(request, f"{code} est à relire de nouveau.")
    elif outcome.changed:
        messages.success(request, f"Avis enregistré à {hour(outcome.saved_at)}.")
    else:
        messages.info(request, "Rien à enregistrer : votre avis n’a pas changé.")
    return redirect(here)


def _next(request: HttpRequest, desk: Desk, code: str) -> HttpResponse:
    """The next criterion left to read, or the whole dossier when none is left."""
    item = find_criterion(desk.assessment, code)
    review = review_of(request, desk, current=item)
    following = review.next_to_read(item)
    if following is None:
        messages.success(request, f"{code} est relu. Il ne reste rien à relire{' dans ce filtre' if review.chosen else ''}.")
        return redirect(desk.url("review"))
    messages.success(request, f"{code} est relu.")
    return redirect(desk.url("review_criterion", following.criterion.code, filtre=review.chosen))


def _saved_fragment(answer: Answer, outcome: reviews.Saved, level: int | None) -> HttpResponse:
    content = content_of(answer.assessment.edition_id)
    rules = Rules.from_json(content.rules, content.level_by_value)
    item = content.criterion_by_id[answer.criterion_id]
    context = {
        "version": outcome.version,
        "saved_at": outcome.saved_at,
        "gap": gap_between(content, rules, item, answer, level),
    }
    return HttpResponse(render_to_string("assessments/_review_saved.html", context))


def _closed(request: HttpRequest, desk: Desk, code: str, refusal: reviews.ReviewClosed) -> HttpResponse:
    """The dossier is no longer « à relire »: what was typed stays on the page, to be copied."""
    if request.htmx:
        return render(request, "assessments/_review_closed.html", {"refusal": refusal}, status=409)
    desk = get_desk(request, desk.assessment.pk)
    typed = _typed(request, {})
    return review_page(request, desk, find_criterion(desk.assessment, code), typed=typed, refusal=str(refusal), status=409)


def _refused(
    request: HttpRequest, desk: Desk, code: str, errors: dict[str, str], *, remark: str | None = None
) -> HttpResponse:
    """What was typed stays in the page, each message beside its field."""
    if request.htmx:
        return render(request, "assessments/_refused.html", {"errors": errors}, status=422)
    desk = get_desk(request, desk.assessment.pk)
    item = find_criterion(desk.assessment, code)
    typed = _typed(request, errors, remark=remark)
    form = RequestForm(request.POST, criterion=item) if request.POST.get("demande") else None
    return review_page(request, desk, item, typed=typed, request_form=form, status=422)


def _typed(request: HttpRequest, errors: dict[str, str], *, remark: str | None = None) -> Typed:
    return Typed(
        version=whole_number(request.POST.get("version", "")) or 0,
        niveau=request.POST.get("niveau", ""),
        remarque=request.POST.get("remarque", "") if remark is None else remark,
        note=request.POST.get("note", ""),
        errors=errors,
    )
