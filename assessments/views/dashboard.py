"""The dashboard: where the structure stands, what to do next, what is due."""

from datetime import date
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from assessments import campaigns, expected, moving, overview, permissions, standings, workflow
from assessments.enums import ENDED, ActionStatus, Status
from assessments.milestones import Cycle, countdown, cycle_of
from assessments.models import Action, Answer, Assessment, CampaignPlace, Share
from assessments.priorities import NextStep, next_three
from assessments.reading import Reading
from assessments.reports.charts import Moment, Svg, timeline
from assessments.scoring import NBSP, headline_parts
from assessments.snapshots import as_shown, frozen_state
from assessments.views.lookup import get_assessment, preview_of
from certif.dates import long_date, month_year, today
from referentiel.models import Edition


@login_required
@require_safe
def dashboard(request: HttpRequest, pk: int) -> HttpResponse:
    assessment = get_assessment(request, pk)
    reading, on = as_shown(assessment), today()
    standings.keep_if_due(reading)
    context = {
        "assessment": assessment,
        "reading": reading,
        "result": reading.result,
        "status": workflow.label_for(assessment),
        "countdown": countdown(assessment.audit_kind, assessment.audit_on, on),
        "is_member": permissions.is_member(assessment),
        "can_write": permissions.can_write(assessment) and assessment.is_writable,
        "can_manage": permissions.can_manage(assessment),
        "today": on,
        "campaigns": _campaigns(request, assessment, on),
        "newer": _newer(reading),
        "to_confirm": Answer.objects.current().filter(assessment=assessment, to_confirm=True).count(),
    }
    if assessment.is_writable and not overview.has_begun(reading):
        return render(request, "assessments/dashboard_start.html", context | _start(reading))
    expectations = () if assessment.status in ENDED else expected.expectations(assessment, on=on)
    if assessment.status == Status.RETURNED and "complet" not in request.GET:
        return render(request, "assessments/dashboard_returned.html", context | _returned(reading, expectations))
    cycle = cycle_of(reading.content.cycle, assessment.audit_kind, assessment.audit_on)
    context |= {
        "headline": headline_parts(reading.result),
        "steps": _next_steps(reading, can_write=context["can_write"]) if assessment.is_writable else (),
        "registers": zip(reading.dossier.registers, reading.result.coverage.values(), strict=True),
        "cycle": cycle,
        "cycle_title": _cycle_title(reading),
        "timeline": _timeline(cycle, on, _cycle_title(reading)) if cycle else None,
        "next_milestone": cycle and cycle.next_after(on),
        "narrow_cycle": _narrow(cycle, on) if cycle else (),
        "renewals": overview.renewals(reading) if assessment.is_writable else (),
        "expectations": expectations,
        "networks": _networks(assessment),
        "late": overview.late_actions(reading) if assessment.is_writable else (),
        "activity": overview.activity(reading, but=request.user) if context["is_member"] else (),
        "closing": None if assessment.is_writable else frozen_state(assessment),
        # A member who looks as an advisor would does not enter where the network writes.
        "may_review": not context["is_member"] and assessment.status == Status.SUBMITTED and preview_of(request) is None,
    }
    return render(request, "assessments/dashboard.html", context)


def _networks(assessment: Assessment) -> list[str]:
    """Names of the networks that read the dossier."""
    shares = Share.objects.active().filter(assessment=assessment)
    return list(shares.order_by("network__name", "pk").values_list("network__name", flat=True))


def _returned(reading: Reading, expectations: tuple[expected.Expectation, ...]) -> dict:
    """The dossier came back: what is expected stands in the place of everything else."""
    done = sum(each.is_done for each in expectations)
    return {
        "expectations": expectations,
        "done": done,
        "left": len(expectations) - done,
        "message": expected.message_of(reading.assessment),
        "networks": _networks(reading.assessment),
        "headline": headline_parts(reading.result),
    }


def _campaigns(request: HttpRequest, assessment: Assessment, on: date) -> list[CampaignPlace]:
    """What networks ask of the structure, for its members."""
    if not permissions.is_member(assessment):
        return []
    return campaigns.open_to(request.user, on=on, structure=assessment.structure_id)


def _newer(reading: Reading) -> Edition | None:
    """The edition to announce: the latest of the same norm, while the dossier may still move."""
    if not reading.assessment.is_writable:
        return None
    return next(iter(moving.newer_editions(reading.assessment, on=reading.dossier.reference_on)), None)


# --- The newcomer -----------------------------------------------------------------------------


def _start(reading: Reading) -> dict:
    """Three steps in order: the first that is not done carries the button."""
    scope, declared = (
        reading.inputs["dossier"]["perimetre"],
        [each for each in reading.dossier.registers if each.declared],
    )
    done = [bool(scope), bool(declared), False]
    return {
        "scope": scope,
        "declared": declared,
        "first": reading.content.criteria[0] if reading.content.criteria else None,
        "first_chapter": reading.content.chapters[0] if reading.content.chapters else None,
        "done": done,
        "current": done.index(False),
    }


# --- The next three things --------------------------------------------------------------------


def _next_steps(reading: Reading, *, can_write: bool) -> list[dict]:
    """Each step, where it is done, and the word of its button; an action already planned opens instead of beginning."""
    steps = next_three(reading.dossier, reading.result, reading.path)
    planned = {}
    if any(step.action for step in steps):
        actions = Action.objects.filter(assessment=reading.assessment, suggested__isnull=False)
        planned = {str(action.suggested.key): action for action in actions.select_related("suggested")}
    return [
        {
            "step": step,
            "criterion": reading.content.criterion_by_code[step.criterion] if step.criterion else None,
            **_way(reading.assessment.pk, step, planned.get(step.action), can_write=can_write),
        }
        for step in steps
    ]


def _way(pk: int, step: NextStep, planned: Action | None, *, can_write: bool) -> dict:
    if planned:
        word = "Reprendre" if planned.status == ActionStatus.DOING else "Ouvrir"
        return {"href": reverse("action_edit", args=[planned.pk]), "word": word}
    if step.action and can_write:
        query = urlencode({"critere": step.criterion, "suggestion": step.action})
        return {"href": f"{reverse('action_create', args=[pk])}?{query}", "word": "Planifier"}
    if step.kind == "registres":
        return {"href": reverse("registers", args=[pk]), "word": "Voir les registres"}
    if step.kind == "eligibilite":
        return {"href": reverse("scope", args=[pk]) + "#t-eligibilite", "word": "Revoir"}
    word = f"Reprendre à {step.criterion}" if step.kind == "repondre" else "Ouvrir"
    return {"href": reverse("criterion", args=[pk, step.criterion]), "word": word}


# --- The cycle --------------------------------------------------------------------------------


def _cycle_title(reading: Reading) -> str:
    return reading.content.cycle.get("titre") or "Cycle de certification"


def _timeline(cycle: Cycle, on: date, name: str) -> Svg:
    anchors = {anchor.on for anchor in cycle.anchors}
    moments = [
        Moment(anchor.on, anchor.label, long_date(anchor.on) if anchor.is_given else month_year(anchor.on), big=True)
        for anchor in cycle.anchors
    ]
    moments += [Moment(each.on, each.title) for each in cycle.milestones if each.on not in anchors]
    told = ", ".join(f"{moment.label.lower()} {moment.note}" for moment in moments if moment.big)
    title = f"{name}{NBSP}: {told}. Les jalons sont dans la liste qui suit."
    return timeline(moments, on, title=title)


def _narrow(cycle: Cycle, on: date) -> list[dict]:
    """The same line for narrow screens: the audits, today, and the two milestones around it."""
    anchors = {anchor.on for anchor in cycle.anchors}
    small = [each for each in cycle.milestones if each.on not in anchors]
    behind = [each for each in small if each.on < on][-1:]
    ahead = [each for each in small if each.on >= on][:2]
    points = [
        {"on": anchor.on, "label": anchor.label, "kind": "big", "exact": anchor.is_given} for anchor in cycle.anchors
    ]
    points += [{"on": each.on, "label": each.title, "kind": "done", "exact": True} for each in behind]
    points += [{"on": each.on, "label": each.title, "kind": "", "exact": True} for each in ahead]
    points += [{"on": on, "label": "Aujourd’hui", "kind": "now", "exact": True}]
    return sorted(points, key=lambda point: (point["on"], point["kind"] != "now"))
