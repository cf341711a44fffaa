"""The eligibility questionnaire, open to anybody. Answers are read, explained and forgotten."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from referentiel.eligibility import judge
from referentiel.forms.eligibility import EligibilityForm
from referentiel.views.lookup import current_content


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def eligibility(request: HttpRequest) -> HttpResponse:
    content = current_content()
    if content is None or not content.eligibility.get("questions"):
        return render(request, "referentiel/eligibility.html", {"content": None})
    form = EligibilityForm(content.eligibility, request.POST if request.method == "POST" else None)
    outcome = judge(content.eligibility, form.cleaned_data) if form.is_bound and form.is_valid() else None
    return render(
        request,
        "referentiel/eligibility.html",
        {"content": content, "form": form, "outcome": outcome},
        status=422 if form.errors else 200,
    )
