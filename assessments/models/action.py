"""The improvement roadmap: actions, who carries them, when; and private calendar feeds."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q

from assessments.enums import ActionStatus
from assessments.models.assessment import Assessment
from certif.accounts.models import User
from certif.limits import NOTE_MAX
from referentiel.models import Criterion, SuggestedAction


class ActionQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(assessment__in=Assessment.objects.visible_to(user).values("pk"))

    def open(self):
        return self.filter(status__in=(ActionStatus.TODO, ActionStatus.DOING))

    def late(self, on):
        """Open and due before the day `on` (a deadline is inclusive)."""
        return self.open().filter(due_on__lt=on)


class Action(models.Model):
    """Something the structure decides to do, from a suggestion of the norm or freely."""

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="actions")
    suggested = models.ForeignKey(
        SuggestedAction, models.PROTECT, null=True, blank=True, related_name="+"
    )
    criteria = models.ManyToManyField(
        Criterion, blank=True, related_name="+", verbose_name="critères concernés"
    )
    title = models.CharField("intitulé", max_length=300)
    detail = models.TextField("détail", blank=True, max_length=NOTE_MAX)
    cause = models.TextField("cause", blank=True, max_length=NOTE_MAX)
    owner = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="pilote"
    )
    starts_on = models.DateField("début", null=True, blank=True)
    due_on = models.DateField("échéance", null=True, blank=True)
    effort_days = models.DecimalField(
        "charge en jours", max_digits=6, decimal_places=2, null=True, blank=True,
        validators=[MinValueValidator(0)],
    )
    cost_euros = models.PositiveIntegerField("coût en euros", null=True, blank=True)
    target_level = models.PositiveSmallIntegerField("niveau visé", null=True, blank=True)
    status = models.CharField(
        "état", max_length=20, choices=ActionStatus, default=ActionStatus.TODO
    )
    version = models.PositiveIntegerField(default=1)
    submission = models.UUIDField(
        null=True, blank=True, editable=False, help_text="Clé du formulaire : l’envoyer deux fois ne crée qu’une action."
    )
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    done_at = models.DateTimeField("faite le", null=True, blank=True)

    objects = ActionQuerySet.as_manager()

    class Meta:
        verbose_name = "action"
        ordering = ["due_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["assessment", "suggested"],
                condition=Q(suggested__isnull=False),
                name="action_suggested_once",
                violation_error_message="Cette action est déjà dans votre feuille de route.",
            ),
            models.UniqueConstraint(
                fields=["assessment", "submission"],
                name="action_submitted_once",
                violation_error_message="Cette action est déjà enregistrée.",
            ),
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(due_on=None) | Q(due_on__gte=models.F("starts_on")),
                name="action_dates_ordered",
                violation_error_message="L’échéance précède le début.",
            ),
            models.CheckConstraint(
                condition=Q(status__in=ActionStatus.values), name="action_status_known"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class CalendarFeed(models.Model):
    """A private, revocable calendar address of one person. Only the token’s SHA-256 is stored."""

    user = models.OneToOneField(User, models.CASCADE, related_name="calendar_feed")
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "calendrier privé"
