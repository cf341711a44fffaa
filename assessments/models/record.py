"""What is kept for good: events, frozen states, and the documents made from them."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from assessments.enums import DocumentKind, DocumentStatus, SnapshotKind
from assessments.models.assessment import Assessment
from certif.accounts.models import Network, Structure, User


class EventQuerySet(models.QuerySet):
    def in_order(self):
        """Chain by chain, in the order they were written."""
        return self.order_by("chain", "sequence")


class Event(models.Model):
    """Who did what, when. Append-only: the database refuses UPDATE and DELETE.

    Events of one place (a structure, a network, the platform) form a `chain`: each carries the `digest` of the one before
    it, so that a line changed, taken away or slipped in shows (see `assessments.journal`).
    """

    at = models.DateTimeField("date", default=timezone.now)
    actor = models.ForeignKey(
        User, models.DO_NOTHING, null=True, related_name="+", db_constraint=False
    )
    structure = models.ForeignKey(
        Structure, models.DO_NOTHING, null=True, related_name="+", db_constraint=False
    )
    network = models.ForeignKey(
        Network, models.DO_NOTHING, null=True, related_name="+", db_constraint=False
    )
    assessment = models.ForeignKey(
        Assessment, models.DO_NOTHING, null=True, related_name="+", db_constraint=False
    )
    verb = models.CharField("action", max_length=40)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    chain = models.CharField("chaîne", max_length=40, editable=False)
    sequence = models.PositiveBigIntegerField("numéro dans la chaîne", editable=False)
    previous = models.CharField("empreinte de la ligne précédente", max_length=64, editable=False)
    digest = models.CharField("empreinte", max_length=64, editable=False)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = "événement"
        ordering = ["-at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["chain", "sequence"], name="event_place_unique")]
        indexes = [
            models.Index(fields=["assessment", "-at"], name="event_of_dossier"),
            models.Index(fields=["structure", "-at"], name="event_of_structure"),
        ]


class ChainHead(models.Model):
    """The last line of a chain. Whoever adds a line holds this row until the end of the transaction."""

    chain = models.CharField("chaîne", max_length=40, primary_key=True)
    sequence = models.PositiveBigIntegerField("dernier numéro", default=0)
    digest = models.CharField("dernière empreinte", max_length=64, blank=True)

    class Meta:
        verbose_name = "fin de chaîne"


class SnapshotQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(assessment__in=Assessment.objects.visible_to(user).values("pk"))


class Snapshot(models.Model):
    """A frozen state: canonical JSON (inputs, rules, result), its SHA-256 and a public code.

    Immutable. `code` is what the public verification page takes.
    """

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="snapshots")
    kind = models.CharField("moment", max_length=20, choices=SnapshotKind)
    content = models.TextField("état figé (JSON canonique)")
    sha256 = models.CharField("empreinte", max_length=64)
    code = models.CharField("code de vérification", max_length=20, unique=True)
    taken_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    taken_at = models.DateTimeField("figé le")

    objects = SnapshotQuerySet.as_manager()

    class Meta:
        verbose_name = "photographie"
        ordering = ["-taken_at", "-pk"]


class DocumentQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(snapshot__in=Snapshot.objects.visible_to(user).values("pk"))

    def active(self):
        return self.filter(status__in=(DocumentStatus.QUEUED, DocumentStatus.RUNNING))


class Document(models.Model):
    """A PDF made, or being made, from a snapshot: rendered once and kept."""

    snapshot = models.ForeignKey(Snapshot, models.CASCADE, related_name="documents")
    kind = models.CharField("document", max_length=20, choices=DocumentKind)
    design = models.CharField("version de la maquette", max_length=20)
    status = models.CharField(
        "état", max_length=20, choices=DocumentStatus, default=DocumentStatus.QUEUED
    )
    progress = models.PositiveSmallIntegerField("avancement en %", default=0)
    step = models.CharField("étape", max_length=200, blank=True)
    problem = models.CharField("raison de l’échec", max_length=300, blank=True)
    requested_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    requested_at = models.DateTimeField("demandé le", auto_now_add=True)
    lease_until = models.DateTimeField("bail jusqu’à", null=True, blank=True)
    finished_at = models.DateTimeField("terminé le", null=True, blank=True)
    file = models.FileField("fichier", upload_to="documents/", blank=True, max_length=300)
    pages = models.PositiveIntegerField("pages", null=True, blank=True)
    size = models.PositiveIntegerField("taille en octets", null=True, blank=True)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = "document"
        ordering = ["-requested_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["snapshot", "kind", "design"],
                condition=~Q(status="echec"),
                name="document_rendered_once",
            ),
            models.CheckConstraint(
                condition=Q(progress__lte=100), name="document_progress_percent"
            ),
        ]

    @property
    def is_ready(self) -> bool:
        return self.status == DocumentStatus.DONE

    @property
    def is_active(self) -> bool:
        return self.status in (DocumentStatus.QUEUED, DocumentStatus.RUNNING)
