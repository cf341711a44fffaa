"""What structures declare, what advisors reply, what the documents say."""

from django.apps import AppConfig


class AssessmentsConfig(AppConfig):
    name = "assessments"
    verbose_name = "Auto-évaluations"
    default_auto_field = "django.db.models.BigAutoField"
