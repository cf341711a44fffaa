"""What a network says of the answers it reads: opinions, every version of them, requests, and remarks worth using again."""

from django.db import models
from django.db.models import F, Q

from assessments.models.answer import Answer, Outcome
from certif.accounts.models import User
from certif.limits import TEXT_MAX, TITLE_MAX
from referentiel.models import ExpectedEvidence


class OpinionQuerySet(models.QuerySet):
    def current(self):
        """On answers of the edition the dossier is in."""
        return self.filter(answer__criterion__edition=F("answer__assessment__edition"))

    def shown(self):
        """Those the structure was told."""
        return self.filter(shown_at__isnull=False)


class ReviewerOpinion(models.Model):
    """A network’s reading of one answer; stands beside the self-assessment, never over it.

    What its advisors write is theirs until they send the dossier back or validate it: the structure sees `shown_level` and
    `shown_remark`, as they were then, under the name of `shown_by`, who had written them. `private_note` is never shown to
    the structure. `version` guards each save, as for answers: two advisors never overwrite each other.
    """

    answer = models.ForeignKey(Answer, models.CASCADE, related_name="opinions")
    network = models.ForeignKey("accounts.Network", models.CASCADE, related_name="+")
    advisor = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    level = models.PositiveSmallIntegerField("niveau", null=True, blank=True)
    remark = models.TextField("remarque", blank=True, max_length=TEXT_MAX)
    private_note = models.TextField("note privée", blank=True, max_length=TEXT_MAX)
    read_at = models.DateTimeField("marqué comme relu le", null=True, blank=True)
    shown_level = models.PositiveSmallIntegerField("niveau communiqué", null=True, blank=True)
    shown_remark = models.TextField("remarque communiquée", blank=True)
    shown_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    shown_at = models.DateTimeField("communiqué le", null=True, blank=True)
    version = models.PositiveIntegerField("version", default=1)
    updated_at = models.DateTimeField("enregistré le", auto_now=True)

    objects = OpinionQuerySet.as_manager()

    class Meta:
        verbose_name = "avis du conseiller"
        ordering = ["answer_id", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["answer", "network"], name="opinion_unique")
        ]


class OpinionVersion(models.Model):
    """One text an advisor wrote: a saved version, or the losing side of a conflict. Never changes."""

    opinion = models.ForeignKey(ReviewerOpinion, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(
        "version", help_text="Version obtenue, ou version dont partait le texte écarté."
    )
    outcome = models.CharField(max_length=20, choices=Outcome, default=Outcome.SAVED)
    level = models.PositiveSmallIntegerField("niveau", null=True, blank=True)
    remark = models.TextField("remarque", blank=True)
    private_note = models.TextField("note privée", blank=True)
    author = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    saved_at = models.DateTimeField("écrite le")

    class Meta:
        verbose_name = "version d’avis"
        ordering = ["-saved_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["opinion", "number"], condition=Q(outcome="enregistree"), name="opinion_version_unique"
            )
        ]


class RequestKind(models.TextChoices):
    EVIDENCE = "preuve", "Une preuve"
    CLARIFICATION = "precision", "Une précision"


class ReviewRequestQuerySet(models.QuerySet):
    def current(self):
        """On answers of the edition the dossier is in."""
        return self.filter(answer__criterion__edition=F("answer__assessment__edition"))

    def sent(self):
        """Those the structure was told."""
        return self.filter(sent_at__isnull=False)

    def open(self):
        """Neither accepted nor withdrawn by the network."""
        return self.filter(settled_at=None)

    def waiting(self):
        """Told to the structure, which has not said it is done."""
        return self.sent().open().filter(answered_at=None)


class ReviewRequest(models.Model):
    """What a network expects on one criterion. The structure sees it once sent (`sent_at`, when the dossier is sent back),
    says it is done (`answered_at`); the network accepts or withdraws it (`settled_at`)."""

    answer = models.ForeignKey(Answer, models.CASCADE, related_name="requests")
    network = models.ForeignKey("accounts.Network", models.CASCADE, related_name="+")
    kind = models.CharField("nature", max_length=20, choices=RequestKind)
    expected = models.ForeignKey(
        ExpectedEvidence, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="preuve attendue"
    )
    text = models.TextField("demande", max_length=TEXT_MAX)
    due_on = models.DateField("pour le", null=True, blank=True)
    asked_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField("écrite le", auto_now_add=True)
    sent_at = models.DateTimeField("communiquée le", null=True, blank=True)
    answered_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField("faite le", null=True, blank=True)
    settled_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    settled_at = models.DateTimeField("réglée le", null=True, blank=True)

    objects = ReviewRequestQuerySet.as_manager()

    class Meta:
        verbose_name = "demande"
        ordering = ["asked_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=RequestKind.values), name="request_kind_known"),
            models.CheckConstraint(
                condition=Q(answered_at=None) | Q(sent_at__isnull=False), name="request_answered_once_sent"
            ),
        ]


class StockRemark(models.Model):
    """A remark or a request worth using again, kept by a network for its advisors."""

    network = models.ForeignKey("accounts.Network", models.CASCADE, related_name="stock_remarks")
    title = models.CharField("titre", max_length=TITLE_MAX)
    body = models.TextField("texte", max_length=TEXT_MAX)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField("créée le", auto_now_add=True)

    class Meta:
        verbose_name = "remarque réutilisable"
        ordering = ["title", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["network", "title"],
                name="stock_remark_title_unique",
                violation_error_message="Une remarque porte déjà ce titre.",
            )
        ]
