"""What people say to one another beside an answer: threads, remarks, who is called by name, what was read."""

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from assessments.models.answer import Answer
from assessments.models.assessment import Share
from certif.accounts.models import Membership, NetworkMembership, User
from certif.limits import TEXT_MAX


class ThreadQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Every thread of the person’s structures; elsewhere, those with a network the person advises."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        member = Membership.objects.filter(user=user, structure=OuterRef("answer__assessment__structure"))
        return self.filter(Exists(member) | self._advised_by(user))

    def advised_by(self, user):
        """With a network the person advises, while the dossier is shared with it."""
        return self.filter(self._advised_by(user))

    @staticmethod
    def _advised_by(user) -> Q:
        share = Share.objects.active().filter(assessment=OuterRef("answer__assessment"), network=OuterRef("network"))
        return Q(Exists(share), network__in=NetworkMembership.objects.filter(user=user).values("network"))

    def open(self):
        return self.filter(resolved_at=None)


class Thread(models.Model):
    """A conversation on one criterion: between colleagues (`network` empty), or with the advisors of one network, who read
    it while the dossier is shared with them."""

    answer = models.ForeignKey(Answer, models.CASCADE, related_name="threads")
    network = models.ForeignKey("accounts.Network", models.CASCADE, null=True, blank=True, related_name="+")
    opened_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    opened_at = models.DateTimeField("ouvert le", default=timezone.now)
    resolved_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    resolved_at = models.DateTimeField("réglé le", null=True, blank=True)

    objects = ThreadQuerySet.as_manager()

    class Meta:
        verbose_name = "fil"
        ordering = ["opened_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(resolved_at__isnull=False) | Q(resolved_by=None), name="thread_resolved_dated"
            )
        ]


class CommentQuerySet(models.QuerySet):
    def unread_by(self, user):
        """Written by others since the person last read their thread."""
        read = ThreadRead.objects.filter(thread=OuterRef("thread"), user=user, read_at__gte=OuterRef("created_at"))
        return self.exclude(author=user).filter(~Exists(read))


class Comment(models.Model):
    """What one person says in a thread."""

    thread = models.ForeignKey(Thread, models.CASCADE, related_name="comments")
    author = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    body = models.TextField("message", max_length=TEXT_MAX)
    created_at = models.DateTimeField("écrit le", default=timezone.now)
    mentions = models.ManyToManyField(User, blank=True, related_name="+", verbose_name="personnes appelées")

    objects = CommentQuerySet.as_manager()

    class Meta:
        verbose_name = "commentaire"
        ordering = ["created_at", "pk"]


class ThreadRead(models.Model):
    """Up to when a person has read a thread; no row means never."""

    thread = models.ForeignKey(Thread, models.CASCADE, related_name="reads")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    read_at = models.DateTimeField("lu jusqu’au")

    class Meta:
        verbose_name = "lecture d’un fil"
        constraints = [models.UniqueConstraint(fields=["thread", "user"], name="thread_read_once")]
