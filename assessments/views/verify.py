"""Public: does this document come from Certif, and is it unchanged? Says only what its cover already says."""

import json

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from assessments import snapshots
from assessments.models import Snapshot


@require_safe
def verify(request: HttpRequest) -> HttpResponse:
    typed = request.GET.get("code", "").strip()
    if not typed:
        return render(request, "assessments/verify.html", {"typed": ""})
    code = snapshots.normal_code(typed)[:20]
    return redirect("verify_code", code or "inconnu")


@require_safe
def verify_code(request: HttpRequest, code: str) -> HttpResponse:
    known = Snapshot.objects.filter(code=snapshots.normal_code(code)).first()
    if known is None:
        return render(request, "assessments/verify.html", {"typed": code, "unknown": True}, status=404)
    context = {"snapshot": known, "data": json.loads(known.content), "differences": snapshots.differences(known)}
    return render(request, "assessments/verify_code.html", context)
