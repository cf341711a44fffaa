"""The front door: every address of the product, each app naming its own."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path

from certif import health, pages

admin.site.login = secure_admin_login(admin.site.login)

urlpatterns = [
    path("accessibilite/", pages.accessibility, name="accessibility"),
    path("donnees-personnelles/", pages.privacy, name="privacy"),
    path("methode/", pages.method, name="method"),
    path("sante/", health.health, name="health"),
    path("pret/", health.ready, name="ready"),
    path("admin/", admin.site.urls),
    path("", include("certif.accounts.urls")),
    path("", include("referentiel.urls")),
    path("", include("assessments.urls")),
]

handler400 = "certif.errors.bad_request"
handler403 = "certif.errors.permission_denied"
handler404 = "certif.errors.page_not_found"
handler429 = "certif.errors.too_many_requests"
handler500 = "certif.errors.server_error"
