"""The structure’s library of evidence, and which answers each piece supports."""

from django.db import models
from django.db.models import Q

from assessments.models.answer import Answer
from assessments.models.assessment import Share
from certif.accounts.models import NetworkMembership, Structure, User
from referentiel.models import ExpectedEvidence


class EvidenceQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Evidence of the person’s structures, and what supports a dossier shared with files."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        shared = Share.objects.active().filter(
            with_files=True,
            network__in=NetworkMembership.objects.filter(user=user).values("network"),
        )
        dossiers = shared.values("assessment")
        return self.filter(
            Q(structure__memberships__user=user)
            | Q(uses__answer__assessment__in=dossiers)
            | Q(declarations__assessment__in=dossiers)
        ).distinct()

    def current(self):
        """Leaves out the pieces a newer version replaces."""
        return self.filter(replaced_by=None)


def storage_path(evidence, _filename: str) -> str:
    """A name that tells nothing and cannot be guessed; the shown name is `original_name`."""
    return f"preuves/{evidence.structure_id}/{evidence.storage_key}"


class Evidence(models.Model):
    """One piece: a file or a link. Belongs to the structure and is reused across criteria."""

    structure = models.ForeignKey(Structure, models.CASCADE, related_name="evidence")
    label = models.CharField("libellé", max_length=300)
    url = models.URLField("lien", max_length=2000, blank=True)
    file = models.FileField("fichier", upload_to=storage_path, blank=True, max_length=300)
    storage_key = models.CharField(max_length=64, blank=True)
    original_name = models.CharField("nom du fichier", max_length=200, blank=True)
    content_type = models.CharField("type", max_length=100, blank=True)
    size = models.PositiveBigIntegerField("taille en octets", default=0)
    sha256 = models.CharField("empreinte SHA-256", max_length=64, blank=True)
    effective_on = models.DateField("datée du", null=True, blank=True)
    expires_on = models.DateField("expire le", null=True, blank=True)
    replaces = models.OneToOneField(
        "self", models.SET_NULL, null=True, blank=True, related_name="replaced_by"
    )
    added_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    added_at = models.DateTimeField("ajoutée le", auto_now_add=True)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = "preuve"
        ordering = ["-added_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(url="", sha256__gt="", size__gt=0) | Q(url__gt="", sha256="", size=0),
                name="evidence_file_or_link",
                violation_error_message="Une preuve est un fichier ou un lien.",
            ),
            models.CheckConstraint(
                condition=Q(effective_on=None)
                | Q(expires_on=None)
                | Q(expires_on__gte=models.F("effective_on")),
                name="evidence_dates_ordered",
                violation_error_message="La date d’expiration précède la date de la preuve.",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def is_link(self) -> bool:
        return bool(self.url)


class EvidenceUse(models.Model):
    """A piece of evidence supports an answer, possibly as one of the expected pieces."""

    evidence = models.ForeignKey(Evidence, models.CASCADE, related_name="uses")
    answer = models.ForeignKey(Answer, models.CASCADE, related_name="evidence_uses")
    expected = models.ForeignKey(
        ExpectedEvidence, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name="preuve attendue",
    )
    added_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "usage d’une preuve"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["evidence", "answer"],
                name="evidence_use_unique",
                violation_error_message="Cette preuve est déjà jointe à ce critère.",
            )
        ]
