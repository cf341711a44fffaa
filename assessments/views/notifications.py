"""What a person is told: the list, reading it, and how often it also comes by e-mail."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments import notices, subscriptions
from assessments.forms.notices import PreferencesForm
from assessments.models import Notice, NoticeKind
from certif.fields import NUMBER_MAX
from certif.limits import NOTICES_SHOWN


@login_required
@require_safe
def notifications(request: HttpRequest) -> HttpResponse:
    """What is not read first. Opening it puts the count of the header right: some may be about dossiers no longer seen."""
    unread = notices.recount(request.user)
    rows = Notice.objects.visible_to(request.user).unread_first()
    page = Paginator(rows, NOTICES_SHOWN).get_page(request.GET.get("page"))
    return render(request, "assessments/notifications.html", {"page": page, "unread": unread})


@login_required
@require_safe
def notification_open(request: HttpRequest, pk: int) -> HttpResponse:
    """Reads one, and leads to what it is about: also the link of its e-mail."""
    notice = _get(request, pk)
    notices.mark_read(notice)
    return redirect(notice.path)


@login_required
@require_POST
def notification_read(request: HttpRequest, pk: int) -> HttpResponse:
    notices.mark_read(_get(request, pk))
    return redirect("notifications")


@login_required
@require_POST
def notifications_read(request: HttpRequest) -> HttpResponse:
    notices.mark_all_read(request.user)
    messages.success(request, "Toutes vos notifications sont lues.")
    return redirect("notifications")


def _get(request: HttpRequest, pk: int) -> Notice:
    return get_object_or_404(Notice.objects.visible_to(request.user), pk=min(pk, NUMBER_MAX))


# --- By e-mail --------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def notification_preferences(request: HttpRequest) -> HttpResponse:
    form = PreferencesForm(request.POST or None, chosen=subscriptions.preferences_of(request.user))
    if form.is_valid():
        subscriptions.choose(request.user, form.cadences)
        messages.success(request, "Vos choix sont enregistrés.")
        return redirect("notification_preferences")
    status = 422 if request.method == "POST" else 200
    return render(request, "assessments/notification_preferences.html", {"form": form}, status=status)


@csrf_exempt  # mail programs send it by themselves (RFC 8058); the signed address is the right to do it
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Stops the e-mails of one kind, whoever is signed in or not; looking at the page changes nothing."""
    found = subscriptions.read_token(token)
    if found is None:
        return render(request, "assessments/unsubscribe.html", {"unknown": True}, status=404)
    user, kind = found
    done = request.method == "POST"
    if done:
        subscriptions.stop(user, kind)
    label = "" if kind == subscriptions.DIGEST else NoticeKind(kind).label
    return render(request, "assessments/unsubscribe.html", {"unknown": False, "done": done, "label": label})
