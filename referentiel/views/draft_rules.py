"""The scale and the rules of a draft. What they would change is shown on sample dossiers before anything is saved."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from referentiel import writing
from referentiel.content import content_of
from referentiel.editions import Refusal
from referentiel.forms.rules import RulesForm, after_gesture, flat
from referentiel.models import Edition
from referentiel.sample import effects
from referentiel.views.keepers import on_draft

PAGE = "referentiel/draft_rules.html"


@require_http_methods(["GET", "HEAD", "POST"])
@on_draft
def draft_rules(request: HttpRequest, edition: Edition) -> HttpResponse:
    content = content_of(edition.pk)
    stored = writing.stamp(writing.rules_values(edition))
    context = {"edition": edition, "content": content, "version": request.POST.get("version", stored)}
    if request.method != "POST":
        return render(request, PAGE, context | {"form": RulesForm(content)})
    changed = after_gesture(request.POST)
    if changed is not None:
        form = RulesForm(content, changed)
        form.errors.clear()
        return render(request, PAGE, context | {"form": form, "unsaved": True})
    form = RulesForm(content, request.POST)
    context |= {"form": form, "unsaved": True}
    if not form.is_valid():
        return render(request, PAGE, context, status=422)
    wanted = writing.stamp({"levels": form.scale, "rules": form.rules})
    if request.POST.get("vu") != wanted:
        return render(request, PAGE, context | {"seen": wanted, **_effect(content, form)})
    try:
        lost = writing.save_rules(
            edition, based_on=request.POST.get("version", ""), levels=form.scale, rules=form.rules, by=request.user
        )
    except writing.Overtaken:
        current = RulesForm(content, flat(content))
        return render(
            request, PAGE, context | {"current": current, "current_version": stored, "seen": wanted}, status=409
        )
    except Refusal as refusal:
        return render(request, PAGE, context | {"refusal": refusal.reasons}, status=409)
    gone = f" {lost} descripteurs des niveaux retirés sont effacés." if lost else ""
    messages.success(request, f"L’échelle et les règles sont enregistrées.{gone}")
    return redirect("draft", edition.code)


def _effect(content, form: RulesForm) -> dict:
    values = {level["value"] for level in form.scale}
    return {
        "effects": effects(content, sorted(values), form.rules) if content.criteria else [],
        "lost": sum(each.value not in values for criterion in content.criteria for each in criterion.descriptors),
        "undescribed": sum(
            not values <= {each.value for each in criterion.descriptors} for criterion in content.criteria
        ),
    }
