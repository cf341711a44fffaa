"""The platform’s administration of people, structures and networks."""

from django.contrib import admin

from certif.accounts.models import Affiliation, Membership, Network, NetworkMembership, Site, Structure, User


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


class NetworkMembershipInline(admin.TabularInline):
    model = NetworkMembership
    autocomplete_fields = ["user"]
    extra = 0


class AffiliationInline(admin.TabularInline):
    model = Affiliation
    autocomplete_fields = ["structure"]
    extra = 0


@admin.register(Network)
class NetworkAdmin(admin.ModelAdmin):
    list_display = ["name", "created_at"]
    search_fields = ["name"]
    inlines = [NetworkMembershipInline, AffiliationInline]
