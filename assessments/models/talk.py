"""What people say to one another beside an answer: threads, remarks, who is called by name, what was read."""

from django.db import models
from django.db.models import Q

from assessments.models.answer import Answer
from certif.accounts.models import User
from certif.limits import TEXT_MAX


class ThreadQuerySet(models.QuerySet):
    def open(self):
        return self.filter(resolved_at=None)


class Thread(models.Model):
    """A conversation on one criterion: between colleagues (`network` empty), or with the advisors of one network, who read
    it while the dossier is shared with them."""

    answer = models.ForeignKey(Answer, models.CASCADE, related_name="threads")
    network = models.ForeignKey("accounts.Network", models.CASCADE, null=True, blank=True, related_name="+")
    opened_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    opened_at = models.DateTimeField("ouvert le", auto_now_add=True)
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


class Comment(models.Model):
    """A remark in the margin of a criterion."""

    answer = models.ForeignKey(Answer, models.CASCADE, related_name="comments")
    thread = models.ForeignKey(Thread, models.CASCADE, null=True, blank=True, related_name="comments")
    author = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    body = models.TextField("commentaire", max_length=TEXT_MAX)
    created_at = models.DateTimeField("écrit le", auto_now_add=True)
    mentions = models.ManyToManyField(User, blank=True, related_name="+", verbose_name="personnes appelées")

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
