"""The dossier: one self-assessment of a structure against one edition of a norm."""

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery

from assessments.enums import ENDED, WRITABLE, AuditKind, Status
from certif.accounts.models import Affiliation, Membership, NetworkMembership, Service, Structure, User
from referentiel.models import Edition, Register


class AssessmentQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Dossiers of the person’s structures, and those shared with a network the person advises.

        A share counts while it is not revoked and the structure still belongs to the network.
        Each row carries `member_role` (owner, contributor, reader or None), `is_shared_with_me` and
        `files_shared`, so that asking what the person may do costs no further query.
        """
        if not user.is_authenticated or not user.is_active:
            return self.none()
        membership = Membership.objects.filter(user=user, structure=OuterRef("structure"))
        share = Share.objects.active().filter(
            assessment=OuterRef("pk"),
            network__in=NetworkMembership.objects.filter(user=user).values("network"),
        )
        return self.annotate(
            member_role=Subquery(membership.values("role")[:1]),
            is_shared_with_me=Exists(share),
            files_shared=Exists(share.filter(with_files=True)),
        ).filter(Q(member_role__isnull=False) | Q(is_shared_with_me=True))

    def writable(self):
        return self.filter(status__in=WRITABLE)

    def followed(self):
        """Those that a network may read: shared with at least one."""
        return self.filter(Exists(Share.objects.active().filter(assessment=OuterRef("pk"))))

    def shared_with(self, network):
        return self.filter(Exists(Share.objects.active().filter(assessment=OuterRef("pk"), network=network)))

    def due(self, on):
        """Those whose standing is missing, computed before the dossier last changed, or before the day `on`: pieces expire
        as days pass, except in a dossier that ended."""
        return self.filter(
            Q(standing=None)
            | ~Q(standing__of_state=F("updated_at"))
            | Q(standing__of_day__lt=on) & ~Q(status__in=ENDED)
        )


class Assessment(models.Model):
    structure = models.ForeignKey(Structure, models.CASCADE, related_name="assessments")
    edition = models.ForeignKey(Edition, models.PROTECT, related_name="assessments")
    title = models.CharField("titre", max_length=300)
    status = models.CharField("état", max_length=20, choices=Status, default=Status.DRAFT)
    audit_kind = models.CharField(
        "audit préparé", max_length=20, choices=AuditKind, default=AuditKind.INITIAL
    )
    audit_on = models.DateField("date de l’audit", null=True, blank=True)
    services = models.ManyToManyField(
        Service, blank=True, related_name="assessments", verbose_name="dispositifs du périmètre"
    )
    eligibility = models.JSONField("réponses d’éligibilité", default=dict, blank=True)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField("créé le", auto_now_add=True)
    updated_at = models.DateTimeField("dernière activité", auto_now=True)

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        verbose_name = "auto-évaluation"
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=Status.values), name="assessment_status_known"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_writable(self) -> bool:
        return self.status in WRITABLE


class DeclarationQuerySet(models.QuerySet):
    def current(self):
        """Of registers of the edition the dossier is in; the others were left behind by a move."""
        return self.filter(register__edition=F("assessment__edition"))


class RegisterDeclaration(models.Model):
    """The structure declares that it deploys a register, through some of its services.

    The evidence that supports it is in `evidence`.
    """

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="declarations")
    register = models.ForeignKey(Register, models.PROTECT, related_name="+")
    services = models.ManyToManyField(Service, blank=True, related_name="+")
    evidence = models.ManyToManyField("Evidence", blank=True, related_name="declarations")

    objects = DeclarationQuerySet.as_manager()

    class Meta:
        verbose_name = "registre déclaré"
        ordering = ["register__position"]
        constraints = [
            models.UniqueConstraint(
                fields=["assessment", "register"],
                name="declaration_unique",
                violation_error_message="Ce registre est déjà déclaré.",
            )
        ]


class ShareQuerySet(models.QuerySet):
    def active(self):
        """Not revoked, and the structure still belongs to the network."""
        return self.filter(revoked_at=None).filter(
            Exists(
                Affiliation.objects.filter(
                    network=OuterRef("network"), structure=OuterRef("assessment__structure")
                )
            )
        )


class Share(models.Model):
    """A dossier shared with a network; revocable at any time, effective on the next request."""

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="shares")
    network = models.ForeignKey("accounts.Network", models.CASCADE, related_name="shares")
    with_files = models.BooleanField("fichiers de preuve compris", default=True)
    shared_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    shared_at = models.DateTimeField("partagé le", auto_now_add=True)
    revoked_at = models.DateTimeField("retiré le", null=True, blank=True)

    objects = ShareQuerySet.as_manager()

    class Meta:
        verbose_name = "partage"
        constraints = [
            models.UniqueConstraint(
                fields=["assessment", "network"],
                condition=Q(revoked_at=None),
                name="share_active_unique",
                violation_error_message="Ce dossier est déjà partagé avec ce réseau.",
            )
        ]
