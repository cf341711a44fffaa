"""The entry screen: one criterion, its descriptors, what makes one say so, and everything around it."""

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_http_methods

from assessments import answers, entry, permissions
from assessments.expected import expectations_of
from assessments.forms.answer import AnswerForm, niveau_of
from assessments.grid import Line, read_grid, scored_input
from assessments.margin import read_margin
from assessments.models import Answer, Assessment, EvidenceUse
from assessments.scoring import Rules, finding
from assessments.views import rescue
from assessments.views.conflict import conflict_page
from assessments.views.criterion_threads import threads_context
from assessments.views.lookup import get_answer, get_assessment
from assessments.views.rail import criterion_url, find_criterion, rail_html, suffix_of
from certif.dates import hour, in_paris, stamp, today
from certif.fields import whole_number
from certif.limits import TEXT_MAX
from referentiel.content import CriterionContent, content_of


@require_http_methods(["GET", "HEAD", "POST"])
def criterion(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    if not request.user.is_authenticated:
        if request.method == "POST":
            rescue.put_aside(request, "justification")
        return redirect_to_login(request.get_full_path())
    if request.method == "POST":
        return _save(request, get_answer(request, pk, code, write=True))
    assessment = get_assessment(request, pk)
    return criterion_page(request, assessment, find_criterion(assessment, code))


# --- Reading ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Typed:
    """What the form shows: the stored answer, what has just been refused, or what a lost session had kept."""

    version: int
    niveau: str
    justification: str
    errors: dict[str, str]
    rescued: bool = False

    @property
    def length(self) -> int:
        return len(self.justification)


def criterion_page(
    request: HttpRequest,
    assessment: Assessment,
    item: CriterionContent,
    *,
    typed: Typed | None = None,
    status: int = 200,
) -> HttpResponse:
    """The whole screen in three queries, whatever its size."""
    on = today()
    member = permissions.is_member(assessment)
    margin = read_margin(assessment, item, request.user, on=on)
    grid = read_grid(
        assessment,
        request.user,
        declared=margin.declared,
        chosen=request.GET.get("filtre"),
        current=item,
    )
    line = grid.by_code[item.code]
    previous, following = grid.neighbours(item)
    context = {
        "assessment": assessment,
        "criterion": item,
        "chapter": grid.content.chapter_of(item),
        "chapter_tally": grid.current_tally,
        "answer": line,
        "grid": grid,
        "margin": margin,
        **threads_context(margin.talk, request.get_full_path()),
        "uses": EvidenceUse.objects.filter(answer=line.answer_id).select_related("evidence"),
        "expected": item.expected_evidence,
        "typed": typed or _rescued(request) or _stored(line),
        "text_max": TEXT_MAX,
        "na_allowed": answers.na_allowed(item),
        "na_note": entry.na_note(item),
        "na_min": grid.rules.na_min_chars,
        "niveau": niveau_of(line.level, line.not_applicable),
        "finding": grid.finding_of(line),
        "findings": _ladder(grid, item),
        "way_up": entry.way_up(grid, line, margin.actions),
        "registers": entry.register_counter(grid, line, margin, on),
        "needed_registers": () if line.in_scope else entry.needed_registers(grid, item),
        "readonly": entry.why_readonly(assessment),
        "is_member": member,
        "opinions": margin.heard.opinions,
        "expectations": expectations_of(margin.heard.requests, grid.content, on=on),
        "can_write": permissions.can_write(assessment) and assessment.is_writable,
        "previous": previous,
        "following": following,
        "rail": rail_html(assessment, grid),
        "suffix": suffix_of(grid),
        "saved_today": line.updated_at is not None and in_paris(line.updated_at).date() == on,
        "seen": stamp(assessment.updated_at),
    }
    return render(request, "assessments/criterion.html", context, status=status)


def _stored(line: Line) -> Typed:
    return Typed(line.version, niveau_of(line.level, line.not_applicable), line.justification, {})


def _rescued(request: HttpRequest) -> Typed | None:
    """What an expired session had kept for this person and this page."""
    kept = rescue.take_back(request)
    if kept is None:
        return None
    return Typed(int(kept["version"]), kept["niveau"], kept["justification"], {}, rescued=True)


def _ladder(grid, item: CriterionContent) -> list[dict]:
    """The rule behind the simulated finding: what each level would give on this criticality."""
    return [
        {"level": grid.content.level_by_value[value], "finding": found}
        for value, found in grid.rules.findings[item.criticality].items()
    ]


# --- Saving -----------------------------------------------------------------------------------


def _save(request: HttpRequest, answer: Answer) -> HttpResponse:
    form = AnswerForm(request.POST, user=request.user)
    if not form.is_valid():
        return _refused(request, answer, {name: errors[0] for name, errors in form.errors.items()})
    outcome = answers.save_answer(
        answer,
        by=request.user,
        based_on=form.cleaned_data["version"],
        **form.cleaned_data["niveau"],
        justification=form.cleaned_data["justification"],
        edition=form.cleaned_data["edition"],
    )
    match outcome:
        case answers.Saved():
            return _saved(request, answer, outcome, form)
        case answers.Conflict():
            return conflict_page(request, answer.assessment, outcome.kept, outcome.current, status=409)
        case answers.Locked():
            return conflict_page(request, answer.assessment, outcome.kept, answer, locked=True, status=409)
        case answers.Refused():
            return _refused(request, answer, outcome.errors)


def _saved(request: HttpRequest, answer: Answer, outcome: answers.Saved, form: AnswerForm) -> HttpResponse:
    item = content_of(answer.assessment.edition_id).criterion_by_id[answer.criterion_id]
    chosen = request.GET.get("filtre")
    if request.htmx:
        return _saved_fragment(answer, item, outcome, form)
    if outcome.changed:
        messages.success(request, f"Réponse enregistrée à {hour(outcome.saved_at)}.")
    else:
        messages.info(request, "Rien à enregistrer : votre réponse n’a pas changé.")
    return redirect(criterion_url(answer.assessment_id, item.code, chosen))


def _saved_fragment(
    answer: Answer, item: CriterionContent, outcome: answers.Saved, form: AnswerForm
) -> HttpResponse:
    content = content_of(answer.assessment.edition_id)
    rules = Rules.from_json(content.rules, content.level_by_value)
    scored = scored_input(item, **form.cleaned_data["niveau"], justification="")
    context = {
        "assessment": answer.assessment,
        "criterion": item,
        "version": outcome.version,
        "saved_at": outcome.saved_at,
        "niveau": niveau_of(scored.level, scored.not_applicable),
        "finding": finding(scored, rules),
        "na_note": entry.na_note(item),
    }
    # Without the request: four context processors would cost more than this fragment.
    return HttpResponse(render_to_string("assessments/_saved.html", context))


def _refused(request: HttpRequest, answer: Answer, errors: dict[str, str]) -> HttpResponse:
    """What was typed stays in the page, each message beside its field."""
    if request.htmx:
        return render(request, "assessments/_refused.html", {"errors": errors}, status=422)
    given = whole_number(request.POST.get("version", ""))
    typed = Typed(
        version=answer.version if given is None else given,
        niveau=request.POST.get("niveau", ""),
        justification=request.POST.get("justification", ""),
        errors=errors,
    )
    assessment = get_assessment(request, answer.assessment_id)
    item = find_criterion(assessment, content_of(assessment.edition_id).criterion_by_id[answer.criterion_id].code)
    return criterion_page(request, assessment, item, typed=typed, status=422)
