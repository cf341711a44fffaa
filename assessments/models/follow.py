"""What a network follows: where each shared dossier stands, figures of the whole, campaigns, and views worth keeping."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from assessments.models.assessment import Assessment
from certif.accounts.models import Affiliation, Network, Role, Structure, User
from certif.limits import NAME_MAX, TEXT_MAX, TITLE_MAX
from referentiel.models import Edition


class Standing(models.Model):
    """Where a dossier stood when it was last computed, so that following thousands needs no computing.

    `of_state` is the dossier’s `updated_at` it was computed from, `of_day` the reference day: pieces expire as days pass.
    Maturity is an exact fraction, kept as numerator and denominator; `figures` holds the rest: level of each rated
    criterion and coverage of each register, by stable key, and the codes of what holds the verdict back.
    """

    assessment = models.OneToOneField(Assessment, models.CASCADE, related_name="standing")
    of_state = models.DateTimeField()
    of_day = models.DateField()
    verdict = models.CharField("verdict", max_length=30)
    done = models.PositiveIntegerField("critères répondus", default=0)
    in_scope = models.PositiveIntegerField("critères du périmètre", default=0)
    maturity_over = models.PositiveIntegerField("maturité, numérateur", default=0)
    maturity_under = models.PositiveIntegerField(
        "maturité, dénominateur", null=True, blank=True, validators=[MinValueValidator(1)]
    )
    registers_covered = models.PositiveSmallIntegerField("registres couverts", default=0)
    blocking = models.PositiveIntegerField("points bloquants", default=0)
    figures = models.JSONField("détail", default=dict)

    class Meta:
        verbose_name = "situation d’un dossier"
        constraints = [
            models.CheckConstraint(condition=Q(done__lte=F("in_scope")), name="standing_done_in_scope"),
        ]


class Upkeep(models.Model):
    """What is kept up to date for a network behind the screens: asked for once, done by one worker at a time.

    `waiting` says, by edition, why no new figures are published yet.
    """

    network = models.OneToOneField(Network, models.CASCADE, related_name="upkeep")
    asked_at = models.DateTimeField("demandé le", null=True, blank=True)
    lease_until = models.DateTimeField("bail jusqu’à", null=True, blank=True)
    waiting = models.JSONField("ce qui retient une publication", default=dict)

    class Meta:
        verbose_name = "mise à jour d’un réseau"


class Release(models.Model):
    """Figures of a whole network, published together: never fewer than five structures, and never so close to an earlier
    release that their difference would tell what one structure answered. Never changes once published."""

    network = models.ForeignKey(Network, models.CASCADE, related_name="releases")
    edition = models.ForeignKey(Edition, models.PROTECT, related_name="+")
    published_at = models.DateTimeField("publiée le")
    structures = models.PositiveIntegerField("structures comptées")
    figures = models.JSONField("chiffres publiés", default=dict)
    contributions = models.JSONField("empreinte de chaque contribution", default=dict)

    class Meta:
        verbose_name = "publication de chiffres"
        ordering = ["-published_at", "-pk"]
        indexes = [models.Index(fields=["network", "edition", "-published_at"], name="release_latest")]


class Campaign(models.Model):
    """A coordinator asks member structures to assess themselves against one edition, before a day."""

    network = models.ForeignKey(Network, models.CASCADE, related_name="campaigns")
    edition = models.ForeignKey(Edition, models.PROTECT, related_name="+")
    title = models.CharField("titre", max_length=TITLE_MAX)
    message = models.TextField("message", blank=True, max_length=TEXT_MAX)
    opens_on = models.DateField("ouverture")
    due_on = models.DateField("échéance")
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField("créée le", auto_now_add=True)
    closed_at = models.DateTimeField("terminée le", null=True, blank=True)

    class Meta:
        verbose_name = "campagne"
        ordering = ["-due_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(due_on__gte=F("opens_on")),
                name="campaign_dates_ordered",
                violation_error_message="L’échéance précède l’ouverture.",
            )
        ]

    def __str__(self) -> str:
        return self.title

    def is_open(self, on) -> bool:
        return self.closed_at is None and self.opens_on <= on


class CampaignPlaceQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those of the person’s structures, while they belong to the network. Each row carries `member_role`."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        belongs = Affiliation.objects.filter(network=OuterRef("campaign__network"), structure=OuterRef("structure"))
        return self.filter(Exists(belongs), structure__memberships__user=user).annotate(
            member_role=F("structure__memberships__role")
        )

    def open(self, on):
        """Of campaigns that have begun by the day `on` and are not over; past its due day, one may still answer."""
        return self.filter(campaign__closed_at=None, campaign__opens_on__lte=on)


class CampaignPlace(models.Model):
    """A structure in a campaign, and the dossier it answers with, once there is one."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="places")
    structure = models.ForeignKey(Structure, models.CASCADE, related_name="campaign_places")
    assessment = models.ForeignKey(Assessment, models.SET_NULL, null=True, blank=True, related_name="campaign_places")
    reminded_at = models.DateTimeField("rappelée le", null=True, blank=True)

    objects = CampaignPlaceQuerySet.as_manager()

    class Meta:
        verbose_name = "place dans une campagne"
        ordering = ["structure__name", "pk"]
        constraints = [models.UniqueConstraint(fields=["campaign", "structure"], name="campaign_place_unique")]

    @property
    def may_answer(self) -> bool:
        """Whether the person it was read for (`visible_to`) writes in the structure."""
        return self.member_role in (Role.OWNER, Role.CONTRIBUTOR)


class SavedView(models.Model):
    """Filters and order of a portfolio, kept under a name by one person."""

    network = models.ForeignKey(Network, models.CASCADE, related_name="saved_views")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    name = models.CharField("nom", max_length=NAME_MAX)
    query = models.CharField("filtres et tri", max_length=500)

    class Meta:
        verbose_name = "vue enregistrée"
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["network", "user", "name"],
                name="saved_view_name_unique",
                violation_error_message="Vous avez déjà une vue de ce nom.",
            )
        ]
