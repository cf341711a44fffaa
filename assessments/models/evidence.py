"""The structure’s library of evidence, and which answers each piece supports."""

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery

from assessments.models.answer import Answer
from assessments.models.assessment import Assessment, RegisterDeclaration, Share
from certif.accounts.models import Membership, NetworkMembership, Structure, User
from referentiel.models import ExpectedEvidence


class EvidenceQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Evidence of the person’s structures, and what supports a dossier shared with files.

        Each row carries `member_role`, None for an advisor.
        """
        if not user.is_authenticated or not user.is_active:
            return self.none()
        membership = Membership.objects.filter(user=user, structure=OuterRef("structure"))
        shared = Share.objects.active().filter(
            with_files=True, network__in=NetworkMembership.objects.filter(user=user).values("network")
        )
        dossiers = shared.values("assessment")
        used = EvidenceUse.objects.current().filter(evidence=OuterRef("pk"), answer__assessment__in=dossiers)
        declared = RegisterDeclaration.objects.current().filter(evidence=OuterRef("pk"), assessment__in=dossiers)
        return self.annotate(member_role=Subquery(membership.values("role")[:1])).filter(
            Q(member_role__isnull=False) | Exists(used) | Exists(declared)
        )

    def of_dossier(self, assessment):
        """The pieces that support an answer or a register of the dossier."""
        return self.filter(
            Exists(EvidenceUse.objects.current().filter(evidence=OuterRef("pk"), answer__assessment=assessment))
            | Exists(RegisterDeclaration.objects.current().filter(evidence=OuterRef("pk"), assessment=assessment))
        )

    def files(self):
        return self.filter(sha256__gt="")

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


class EvidenceUseQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(answer__assessment__in=Assessment.objects.visible_to(user).values("pk"))

    def current(self):
        """By answers of the edition the dossier is in; the others were left behind by a move."""
        return self.filter(answer__criterion__edition=F("answer__assessment__edition"))


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

    objects = EvidenceUseQuerySet.as_manager()

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
