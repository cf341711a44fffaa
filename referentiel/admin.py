"""The norm in the administration: looked at, never touched. Drafts are written elsewhere, published editions by nobody."""

from django.contrib import admin

from referentiel.models import Chapter, Criterion, Edition, Level, Register, Seal, Standard


class ReadOnly:
    """No button writes; who may look is the right to view."""

    def has_add_permission(self, request, obj=None) -> bool:
        return False

    def has_change_permission(self, request, obj=None) -> bool:
        return False

    def has_delete_permission(self, request, obj=None) -> bool:
        return False


class SealInline(ReadOnly, admin.StackedInline):
    model = Seal


class LevelInline(ReadOnly, admin.TabularInline):
    model = Level


@admin.register(Standard)
class StandardAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["code", "title", "publisher"]


@admin.register(Edition)
class EditionAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["code", "label", "status"]
    list_select_related = ["seal"]
    inlines = [SealInline, LevelInline]


@admin.register(Chapter)
class ChapterAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["code", "title", "edition"]
    list_filter = ["edition"]
    list_select_related = ["edition"]


@admin.register(Register)
class RegisterAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["code", "label", "edition"]
    list_filter = ["edition"]
    list_select_related = ["edition"]


@admin.register(Criterion)
class CriterionAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["code", "title", "criticality", "nature", "edition"]
    list_filter = ["edition", "criticality", "nature"]
    list_select_related = ["edition"]
    search_fields = ["code", "title", "statement"]
