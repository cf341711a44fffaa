"""The platform’s administration of people, structures and networks."""

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.forms.models import BaseInlineFormSet

from assessments import affiliations
from certif.accounts import networks
from certif.accounts.models import (
    Affiliation,
    Membership,
    Network,
    NetworkMembership,
    NetworkRole,
    Site,
    Structure,
    User,
)


@admin.register(User)
class UserAdmin(admin.ModelAdmin):
    """Passwords are never typed here: a new person asks for theirs with « mot de passe oublié »."""

    fields = ["email", "name", "is_active", "is_norm_admin", "is_staff", "is_superuser", "date_joined"]
    list_display = ["email", "name", "is_active", "is_norm_admin", "is_staff"]
    list_filter = ["is_active", "is_norm_admin", "is_staff"]
    search_fields = ["email", "name"]
    readonly_fields = ["date_joined"]
    ordering = ["email"]

    def save_model(self, request, user: User, form, change: bool) -> None:
        user.email = user.email.lower()
        if not change:
            user.set_unusable_password()
        super().save_model(request, user, form, change)


class MembershipInline(admin.TabularInline):
    model = Membership
    autocomplete_fields = ["user"]
    extra = 0


class SiteInline(admin.TabularInline):
    model = Site
    extra = 0


@admin.register(Structure)
class StructureAdmin(admin.ModelAdmin):
    fields = ["name", "kind", "city", "mediator_count", "is_demo"]
    list_display = ["name", "kind", "city", "created_at"]
    list_filter = ["kind", "is_demo"]
    search_fields = ["name", "city"]
    inlines = [MembershipInline, SiteInline]

    def get_queryset(self, request):
        return super().get_queryset(request).defer("logo")


class OneCoordinatorAtLeast(BaseInlineFormSet):
    def clean(self) -> None:
        super().clean()
        kept = [form for form in self.forms if form.cleaned_data and not form.cleaned_data.get("DELETE")]
        if not any(form.cleaned_data.get("role") == NetworkRole.COORDINATOR for form in kept):
            raise ValidationError("Un réseau a toujours une personne au moins qui le coordonne.")


class AddedOrRemoved(admin.TabularInline):
    """Rows written through verbs: they come and go, and are not changed in place."""

    extra = 0

    def has_change_permission(self, request, obj=None) -> bool:
        return False


class NetworkMembershipInline(AddedOrRemoved):
    model = NetworkMembership
    formset = OneCoordinatorAtLeast
    autocomplete_fields = ["user"]


class AffiliationInline(AddedOrRemoved):
    model = Affiliation
    autocomplete_fields = ["structure"]


@admin.register(Network)
class NetworkAdmin(admin.ModelAdmin):
    """Where a network is created, with the people who coordinate it first; they do the rest from « Mon réseau »."""

    list_display = ["name", "created_at"]
    search_fields = ["name"]
    inlines = [NetworkMembershipInline, AffiliationInline]

    def save_formset(self, request, form, formset, change: bool) -> None:
        """Arrivals before departures, so that one coordinator may replace another in one go."""
        for row in formset.save(commit=False):
            if isinstance(row, NetworkMembership):
                networks.appoint(row.network, row.user, row.role)
            else:
                affiliations.join(row.network, row.structure, by=request.user)
        for row in formset.deleted_objects:
            if isinstance(row, NetworkMembership):
                networks.remove(row)
            else:
                affiliations.leave(row, by=request.user)

    def delete_model(self, request, network: Network) -> None:
        networks.delete(network)

    def delete_queryset(self, request, queryset) -> None:
        for network in queryset:
            networks.delete(network)
