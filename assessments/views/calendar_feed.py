"""A person’s private calendar: the feed itself, and its address on the account page."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from assessments import calendar


@never_cache
@require_safe
def calendar_feed(request: HttpRequest, token: str) -> HttpResponse:
    """No login: the address is the key. Rights are read again at each request."""
    person = calendar.owner_of(token)
    if person is None:
        raise Http404
    body = calendar.ics(calendar.actions_of(person), now=timezone.now())
    return HttpResponse(
        body,
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": 'inline; filename="certif.ics"', "X-Robots-Tag": "noindex"},
    )


@login_required
@require_POST
@never_cache
def calendar_create(request: HttpRequest) -> HttpResponse:
    """Shows the new address once: only its fingerprint is kept."""
    token = calendar.create(by=request.user)
    address = settings.SITE_URL + reverse("calendar_feed", args=[token])
    return render(request, "assessments/calendar_address.html", {"address": address})


@login_required
@require_POST
def calendar_revoke(request: HttpRequest) -> HttpResponse:
    calendar.revoke(by=request.user)
    messages.success(request, "L’adresse de votre calendrier ne fonctionne plus.")
    return redirect("account")
