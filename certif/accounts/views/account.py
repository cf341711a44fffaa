"""A person’s own page: their name, how they sign in, where they work."""

from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from certif.accounts.forms import NameForm
from certif.accounts.models import User


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    form = NameForm(request.POST or None, instance=User.objects.get(pk=request.user.pk))
    if form.is_valid():
        form.save()
        messages.success(request, "Votre nom est enregistré.")
        return redirect("account")
    context = {
        "form": form,
        "memberships": request.user.memberships.select_related("structure")
        .defer("structure__logo")
        .order_by("structure__name", "pk"),
        "networks": request.user.network_memberships.select_related("network").order_by("network__name", "pk"),
        "has_second_factor": is_mfa_enabled(request.user),
    }
    return render(request, "accounts/account.html", context, status=422 if form.is_bound else 200)
