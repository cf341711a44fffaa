"""What people are told: in the product, and by e-mail as often as each wants, kind by kind."""

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from assessments.models.assessment import Assessment
from certif.accounts.models import User


class NoticeKind(models.TextChoices):
    SUBMITTED = "transmission", "Un dossier est transmis"
    RETURNED = "renvoi", "Un dossier est renvoyé avec une liste"
    VALIDATED = "validation", "Un dossier est validé"
    SHARED = "partage", "Un dossier est partagé ou ne l’est plus"
    MENTION = "mention", "Quelqu’un vous appelle dans un fil"
    REPLY = "reponse", "Une réponse dans un fil que vous suivez"
    ANSWERED = "demande_faite", "Une demande du réseau est faite"
    ASSIGNED = "attribution", "Un critère ou une action vous est confié"
    MEMBERSHIP = "adhesion", "Une adhésion à un réseau"
    CAMPAIGN = "campagne", "Une campagne s’ouvre"
    REMINDER = "rappel", "Une échéance approche ou est passée"


class Cadence(models.TextChoices):
    NOW = "immediat", "Tout de suite"
    DAILY = "quotidien", "Une fois par jour"
    NEVER = "jamais", "Jamais"


class NoticeQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those told to the person, but for what is about a dossier they no longer see."""
        seen = Assessment.objects.visible_to(user).filter(pk=OuterRef("assessment"))
        return self.filter(user=user).filter(Q(assessment=None) | Exists(seen))

    def unread(self):
        return self.filter(read_at=None)

    def unread_first(self):
        """What is not read, then the rest, the latest first."""
        return self.annotate(is_read=Q(read_at__isnull=False)).order_by("is_read", "-created_at", "-pk")

    def to_mail(self, now):
        """Their e-mail may leave, and has not."""
        return self.filter(mail_due_at__lte=now, mailed_at=None)


class Notice(models.Model):
    """One thing one person is told. `key` names the event: it is told once, whatever happens twice.

    `mail_due_at` is when an e-mail may leave (empty: never); `mailed_at` is written before sending, so that an e-mail
    may be lost but never sent twice.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="notices")
    kind = models.CharField("nature", max_length=20, choices=NoticeKind)
    key = models.CharField("événement", max_length=200)
    sentence = models.CharField("phrase", max_length=300)
    path = models.CharField("adresse dans le produit", max_length=300)
    assessment = models.ForeignKey(Assessment, models.CASCADE, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField("le", default=timezone.now)
    read_at = models.DateTimeField("lue le", null=True, blank=True)
    mail_due_at = models.DateTimeField("courriel prévu le", null=True, blank=True)
    mailed_at = models.DateTimeField("courriel parti le", null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = "notification"
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="notice_told_once"),
            models.CheckConstraint(condition=Q(kind__in=NoticeKind.values), name="notice_kind_known"),
        ]
        indexes = [models.Index(fields=["mail_due_at"], condition=Q(mailed_at=None), name="notice_to_mail")]


class NoticePreference(models.Model):
    """How often a person wants one kind by e-mail; no row means tout de suite."""

    user = models.ForeignKey(User, models.CASCADE, related_name="notice_preferences")
    kind = models.CharField("nature", max_length=20, choices=NoticeKind)
    cadence = models.CharField("fréquence", max_length=20, choices=Cadence)

    class Meta:
        verbose_name = "préférence de notification"
        constraints = [
            models.UniqueConstraint(fields=["user", "kind"], name="notice_preference_unique"),
            models.CheckConstraint(condition=Q(cadence__in=Cadence.values), name="notice_cadence_known"),
        ]
