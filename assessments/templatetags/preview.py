"""Says on every page of a dossier that it is looked at as an advisor would."""

from django import template

from assessments.views.lookup import Preview, preview_of

register = template.Library()


@register.simple_tag(takes_context=True)
def preview(context) -> Preview | None:
    return preview_of(context["request"])
