"""What a structure answers to a criterion, every version of it, and what people say beside it."""

from django.db import models
from django.db.models import F, OuterRef, Q, Subquery

from assessments.models.assessment import Assessment
from certif.accounts.models import User
from certif.limits import TEXT_MAX
from referentiel.models import Criterion


class AnswerQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(assessment__in=Assessment.objects.visible_to(user).values("pk"))

    def current(self):
        """Those of the edition the dossier is in. The others were left behind by a move: they are its history."""
        return self.filter(criterion__edition=F("assessment__edition"))

    def with_rights_of(self, user):
        """The current ones, each carrying what `Assessment.visible_to` says of the person in its dossier."""
        door = Assessment.objects.visible_to(user).filter(pk=OuterRef("assessment"))
        rights = {name: Subquery(door.values(name)) for name in ("member_role", "is_shared_with_me", "files_shared")}
        return self.current().annotate(**rights).filter(is_shared_with_me__isnull=False)


class Answer(models.Model):
    """The current answer. One row per criterion from the start of the dossier, so that saving is
    one UPDATE guarded by `version`: the caller’s version must still be the stored one.

    `to_confirm`: carried over from another edition, and not read again since.
    """

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="answers")
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="+")
    level = models.PositiveSmallIntegerField("niveau", null=True, blank=True)
    not_applicable = models.BooleanField("non concerné", default=False)
    justification = models.TextField("justification", blank=True, max_length=TEXT_MAX)
    assigned_to = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="confié à"
    )
    to_confirm = models.BooleanField("à reconfirmer", default=False)
    version = models.PositiveIntegerField("version", default=0)
    updated_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    updated_at = models.DateTimeField("enregistré le", null=True, blank=True)

    objects = AnswerQuerySet.as_manager()

    class Meta:
        verbose_name = "réponse"
        constraints = [
            models.UniqueConstraint(fields=["assessment", "criterion"], name="answer_unique"),
            models.CheckConstraint(
                condition=~Q(not_applicable=True, level__isnull=False),
                name="answer_level_or_na",
                violation_error_message="Choisissez un niveau ou « non concerné », pas les deux.",
            ),
            models.CheckConstraint(
                condition=Q(version=0, updated_at=None) | Q(version__gt=0, updated_at__isnull=False),
                name="answer_version_dated",
            ),
        ]


class Outcome(models.TextChoices):
    SAVED = "enregistree", "Enregistrée"
    CONFLICT = "conflit", "Écartée par un conflit"


class AnswerVersion(models.Model):
    """One text somebody wrote: a saved version, or the losing side of a conflict. Never changes."""

    answer = models.ForeignKey(Answer, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(
        "version", help_text="Version obtenue, ou version dont partait le texte écarté."
    )
    outcome = models.CharField(max_length=20, choices=Outcome, default=Outcome.SAVED)
    level = models.PositiveSmallIntegerField("niveau", null=True)
    not_applicable = models.BooleanField("non concerné", default=False)
    justification = models.TextField("justification", blank=True)
    origin = models.CharField(
        "reprise de", max_length=300, blank=True, default="", db_default="",
        help_text="D’où vient une réponse reprise d’une autre édition.",
    )
    author = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    saved_at = models.DateTimeField("écrite le")

    class Meta:
        verbose_name = "version de réponse"
        ordering = ["-saved_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["answer", "number"],
                condition=Q(outcome="enregistree"),
                name="answer_version_unique",
            )
        ]
