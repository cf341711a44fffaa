"""People, the structures they work for and the networks that accompany them."""

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from certif.limits import TEXT_MAX


class UserManager(BaseUserManager):
    def create_user(self, email, password=None, **fields):
        """Addresses are stored in lower case, so that uniqueness ignores case."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email, password=None, **fields):
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, email):
        return self.get(email__iexact=email)


class User(AbstractBaseUser, PermissionsMixin):
    """A person. Signs in with an e-mail address; may hold several roles in several places."""

    email = models.EmailField(
        "adresse électronique",
        max_length=254,
        unique=True,
        error_messages={"unique": "Un compte existe déjà avec cette adresse."},
    )
    name = models.CharField("nom affiché", max_length=200)
    is_active = models.BooleanField("compte actif", default=True)
    is_staff = models.BooleanField("administre la plateforme", default=False)
    is_norm_admin = models.BooleanField("administre le référentiel", default=False)
    accompanies = models.BooleanField("conseille ou coordonne un réseau", default=False, editable=False)
    unread = models.PositiveIntegerField("notifications non lues", default=0, editable=False)
    date_joined = models.DateTimeField("inscription", default=timezone.now)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = "personne"
        verbose_name_plural = "personnes"

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def needs_second_factor(self) -> bool:
        """Advisors, coordinators and administrators see what is not theirs: a password alone does not open it.

        `accompanies` is written with each network membership, so that asking costs no query on any page.
        """
        return self.accompanies or self.is_norm_admin or self.is_staff

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return str(self).split(" ")[0]


class StructureKind(models.TextChoices):
    ASSOCIATION = "association", "Association"
    COMMUNE = "commune", "Commune ou intercommunalité"
    GIP = "gip", "Groupement d’intérêt public"
    COOPERATIVE = "cooperative", "Coopérative ou SCIC"
    COMPANY = "entreprise", "Entreprise"
    OTHER = "autre", "Autre entité juridique"


class StructureQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Structures the person is a member of. Advisors see dossiers, not structures.

        Each row carries `member_role`, and `has_logo` in place of the image itself.
        """
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return (
            self.filter(memberships__user=user)
            .annotate(member_role=F("memberships__role"), has_logo=Q(logo__isnull=False))
            .defer("logo")
        )


class Structure(models.Model):
    """A legal entity that employs social mediators and assesses itself."""

    name = models.CharField("nom", max_length=200)
    kind = models.CharField("forme juridique", max_length=20, choices=StructureKind)
    city = models.CharField("commune", max_length=200, blank=True)
    mediator_count = models.PositiveIntegerField(
        "nombre de médiateurs", null=True, blank=True, validators=[MinValueValidator(1)]
    )
    logo = models.BinaryField("logo (PNG réencodé)", null=True, blank=True, max_length=512_000)
    is_demo = models.BooleanField("structure inventée pour la démonstration", default=False)
    created_at = models.DateTimeField("créée le", auto_now_add=True)
    members = models.ManyToManyField(User, through="Membership", related_name="structures")

    objects = StructureQuerySet.as_manager()

    class Meta:
        verbose_name = "structure"
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    OWNER = "owner", "Responsable"
    CONTRIBUTOR = "contributor", "Contributeur"
    READER = "reader", "Lecteur"


class Membership(models.Model):
    """A person’s role in a structure. Deleting the row ends the access on the next request."""

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    structure = models.ForeignKey(Structure, models.CASCADE, related_name="memberships")
    role = models.CharField("rôle", max_length=20, choices=Role)
    created_at = models.DateTimeField("depuis le", auto_now_add=True)

    class Meta:
        verbose_name = "appartenance"
        ordering = ["structure_id", "user__name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "structure"],
                name="membership_unique",
                violation_error_message="Cette personne fait déjà partie de la structure.",
            ),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="membership_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()} · {self.structure}"


class Site(models.Model):
    """A place the structure works from."""

    structure = models.ForeignKey(Structure, models.CASCADE, related_name="sites")
    name = models.CharField("nom du site", max_length=200)
    city = models.CharField("commune", max_length=200, blank=True)

    class Meta:
        verbose_name = "site"
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["structure", "name"],
                name="site_name_unique",
                violation_error_message="Un site de la structure porte déjà ce nom.",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Service(models.Model):
    """A « dispositif »: one service run on one site."""

    site = models.ForeignKey(Site, models.CASCADE, related_name="services")
    name = models.CharField("nom du dispositif", max_length=200)
    description = models.CharField("en quelques mots", max_length=300, blank=True)
    ended_on = models.DateField("arrêté le", null=True, blank=True)

    class Meta:
        verbose_name = "dispositif"
        ordering = ["site__name", "name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["site", "name"],
                name="service_name_unique",
                violation_error_message="Un dispositif de ce site porte déjà ce nom.",
            )
        ]

    def __str__(self) -> str:
        return self.name


class NetworkQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Networks the person advises or coordinates. Each row carries `member_role`."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self.filter(memberships__user=user).annotate(member_role=F("memberships__role"))


class Network(models.Model):
    """A network of structures (France-wide or regional) whose advisors read shared dossiers."""

    name = models.CharField("nom", max_length=200, unique=True)
    description = models.CharField("en quelques mots", max_length=300, blank=True)
    accepts_requests = models.BooleanField("les structures peuvent demander à le rejoindre", default=True)
    is_demo = models.BooleanField("réseau inventé pour la démonstration", default=False)
    created_at = models.DateTimeField("créé le", auto_now_add=True)

    objects = NetworkQuerySet.as_manager()

    class Meta:
        verbose_name = "réseau"
        verbose_name_plural = "réseaux"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class NetworkRole(models.TextChoices):
    ADVISOR = "advisor", "Conseiller"
    COORDINATOR = "coordinator", "Coordinateur"


class NetworkMembership(models.Model):
    """A person’s role in a network."""

    user = models.ForeignKey(User, models.CASCADE, related_name="network_memberships")
    network = models.ForeignKey(Network, models.CASCADE, related_name="memberships")
    role = models.CharField("rôle", max_length=20, choices=NetworkRole)
    created_at = models.DateTimeField("depuis le", auto_now_add=True)

    class Meta:
        verbose_name = "appartenance à un réseau"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "network"],
                name="network_membership_unique",
                violation_error_message="Cette personne fait déjà partie du réseau.",
            ),
            models.CheckConstraint(
                condition=Q(role__in=NetworkRole.values), name="network_membership_role_known"
            ),
        ]


class Affiliation(models.Model):
    """A structure belongs to a network; deleting the row ends it, shares included."""

    network = models.ForeignKey(Network, models.CASCADE, related_name="affiliations")
    structure = models.ForeignKey(Structure, models.CASCADE, related_name="affiliations")
    created_at = models.DateTimeField("depuis le", auto_now_add=True)

    class Meta:
        verbose_name = "adhésion"
        constraints = [
            models.UniqueConstraint(
                fields=["network", "structure"],
                name="affiliation_unique",
                violation_error_message="La structure est déjà membre de ce réseau.",
            )
        ]


class JoinRequest(models.Model):
    """A structure asks to join a network; a coordinator answers."""

    network = models.ForeignKey(Network, models.CASCADE, related_name="join_requests")
    structure = models.ForeignKey(Structure, models.CASCADE, related_name="join_requests")
    message = models.TextField("message", blank=True, max_length=TEXT_MAX)
    asked_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField("demandée le", auto_now_add=True)
    accepted = models.BooleanField("acceptée", null=True, blank=True)
    answered_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField("réponse le", null=True, blank=True)

    class Meta:
        verbose_name = "demande d’adhésion"
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["network", "structure"],
                condition=Q(answered_at=None),
                name="join_request_pending_once",
                violation_error_message="Votre demande est déjà envoyée à ce réseau.",
            ),
            models.CheckConstraint(
                condition=Q(accepted=None, answered_at=None) | Q(accepted__isnull=False, answered_at__isnull=False),
                name="join_request_answered",
            ),
        ]


class InvitationQuerySet(models.QuerySet):
    def pending(self, now=None):
        return self.filter(
            accepted_at=None, revoked_at=None, expires_at__gt=now or timezone.now()
        )


AS_STRUCTURE = "structure"
"""The role of an invitation addressed to a structure: one of those its reader owns joins the network."""


class Invitation(models.Model):
    """An invitation: single use, seven days, bound to the e-mail. Only the SHA-256 of the token is stored.

    To join the team of a structure (`structure`, a `Role`), the people of a network (`network`, a `NetworkRole`), or the
    members of a network with one’s structure (`network`, AS_STRUCTURE).
    """

    ROLES = (*Role.choices, *NetworkRole.choices, (AS_STRUCTURE, "Structure membre"))

    structure = models.ForeignKey(Structure, models.CASCADE, null=True, blank=True, related_name="invitations")
    network = models.ForeignKey(Network, models.CASCADE, null=True, blank=True, related_name="invitations")
    email = models.EmailField("adresse électronique", max_length=254)
    role = models.CharField("rôle", max_length=20, choices=ROLES)
    token_hash = models.CharField(max_length=64, unique=True)
    created_by = models.ForeignKey(User, models.CASCADE, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = "invitation"
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")), name="invitation_expires_after_creation"
            ),
            models.CheckConstraint(
                condition=Q(structure__isnull=False, network=None, role__in=Role.values)
                | Q(structure=None, network__isnull=False, role__in=[*NetworkRole.values, AS_STRUCTURE]),
                name="invitation_role_known",
            ),
        ]

    @property
    def place(self) -> Structure | Network:
        return self.structure or self.network

    @property
    def is_for_a_structure(self) -> bool:
        """Whether a structure joins, and not the person alone."""
        return self.role == AS_STRUCTURE
