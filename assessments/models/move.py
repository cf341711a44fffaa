"""The move of a dossier from one edition to the next, and what undoing it needs."""

from django.db import models
from django.db.models import F, Q

from assessments.models.assessment import Assessment
from assessments.models.record import Snapshot
from certif.accounts.models import User
from referentiel.models import Edition


class MoveQuerySet(models.QuerySet):
    def standing(self):
        """Those nobody undid."""
        return self.filter(undone_at=None)


class Move(models.Model):
    """One move. The answers of the edition left behind stay in their rows: they are its history.

    `report` says what became of each answer, and what undoing puts back (see `assessments.moving`).
    """

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="moves")
    source = models.ForeignKey(Edition, models.PROTECT, related_name="+")
    target = models.ForeignKey(Edition, models.PROTECT, related_name="+")
    before = models.ForeignKey(Snapshot, models.RESTRICT, related_name="+")
    after = models.ForeignKey(Snapshot, models.RESTRICT, null=True, blank=True, related_name="+")
    moved_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    moved_at = models.DateTimeField("déplacé le")
    undone_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    undone_at = models.DateTimeField("annulé le", null=True, blank=True)
    report = models.JSONField("devenir de chaque réponse", default=dict)

    objects = MoveQuerySet.as_manager()

    class Meta:
        verbose_name = "passage d’édition"
        ordering = ["-moved_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(source=F("target")), name="move_between_two"),
        ]
