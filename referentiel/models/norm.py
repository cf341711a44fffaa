"""The norm as data: standards, their editions, and the whole content of an edition.

A published edition is sealed: the database itself refuses any change to its rows
(triggers installed by `certif.guards`), whoever asks and by whatever road.
"""

import uuid

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Count, Q

from assessments.enums import WRITABLE


class ByNaturalKey(models.Manager):
    """Finds a row by the fields its `natural_key` gives, so that fixtures carry no numbers."""

    def get_by_natural_key(self, *values):
        return self.get(**dict(zip(self.model.NATURAL, values, strict=True)))


class Standard(models.Model):
    """A norm, whatever its editions."""

    NATURAL = ("code",)

    code = models.CharField("code", max_length=40, unique=True)
    title = models.CharField("titre", max_length=300)
    publisher = models.CharField("éditeur", max_length=300)

    objects = ByNaturalKey()

    class Meta:
        verbose_name = "norme"
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code

    def natural_key(self):
        return (self.code,)


class EditionQuerySet(models.QuerySet):
    def published(self):
        return self.filter(seal__isnull=False, seal__retired_on=None)

    def current(self):
        """The edition proposed by default: the published one most recently in force."""
        return self.published().order_by("-seal__in_force_on", "-pk").first()

    def with_dossiers(self):
        """`dossiers` counts the self-assessments made under each edition, `open_dossiers` those still being written."""
        still_open = Q(assessments__status__in=WRITABLE)
        return self.annotate(dossiers=Count("assessments"), open_dossiers=Count("assessments", filter=still_open))

    def readable_by(self, user):
        """Published and retired editions are public; drafts are for norm admins."""
        if user.is_authenticated and user.is_active and user.is_norm_admin:
            return self
        return self.filter(seal__isnull=False)


class Edition(models.Model):
    """One version of a norm, in our own words.

    `rules` holds what scoring needs (findings, thresholds, registers); `eligibility` the
    questionnaire; `cycle` the milestones. All of it is a proposal of this product.
    """

    NATURAL = ("code",)

    standard = models.ForeignKey(Standard, models.PROTECT, related_name="editions")
    code = models.CharField("code", max_length=60, unique=True)
    label = models.CharField("libellé", max_length=300)
    notice = models.TextField("avertissement", blank=True)
    rules = models.JSONField("règles de calcul")
    eligibility = models.JSONField("questionnaire d’éligibilité", default=dict)
    cycle = models.JSONField("cycle de certification", default=dict)
    created_at = models.DateTimeField("créée le")
    version = models.PositiveIntegerField("version du brouillon", default=0)
    written_by = models.BigIntegerField("dernière main, par son numéro", null=True, blank=True)
    written_at = models.DateTimeField("écrite le", null=True, blank=True)

    objects = ByNaturalKey.from_queryset(EditionQuerySet)()

    class Meta:
        verbose_name = "édition"
        ordering = ["code"]

    def __str__(self) -> str:
        return self.label

    def natural_key(self):
        return (self.code,)

    natural_key.dependencies = ["referentiel.standard"]

    @property
    def status(self) -> str:
        """« brouillon », « publiée » or « retirée »; read `seal` with select_related."""
        seal = getattr(self, "seal", None)
        if seal is None:
            return "brouillon"
        return "retirée" if seal.retired_on else "publiée"


class Seal(models.Model):
    """The publication of an edition. While this row exists, the edition cannot change."""

    NATURAL = ("edition__code",)

    edition = models.OneToOneField(Edition, models.PROTECT, related_name="seal")
    fingerprint = models.CharField("empreinte SHA-256", max_length=64)
    published_on = models.DateField("publiée le")
    announced_on = models.DateField("annoncée le")
    in_force_on = models.DateField("en vigueur le")
    retired_on = models.DateField("retirée le", null=True, blank=True)
    change_note = models.TextField("note de changement")

    objects = ByNaturalKey()

    class Meta:
        verbose_name = "publication"

    def natural_key(self):
        return self.edition.natural_key()

    natural_key.dependencies = ["referentiel.edition"]


class EditionPart(models.Model):
    """What belongs to an edition and has a place in it."""

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="%(class)ss")

    objects = ByNaturalKey()

    class Meta:
        abstract = True


class Level(EditionPart):
    """A step of the edition’s scale (« 3 Maîtrisé »)."""

    NATURAL = ("edition__code", "value")

    value = models.PositiveSmallIntegerField("valeur")
    label = models.CharField("libellé", max_length=200)
    description = models.CharField("description", max_length=300, blank=True)

    class Meta:
        verbose_name = "niveau"
        verbose_name_plural = "niveaux"
        ordering = ["edition_id", "value"]
        constraints = [models.UniqueConstraint(fields=["edition", "value"], name="level_value_unique")]

    def natural_key(self):
        return (*self.edition.natural_key(), self.value)

    natural_key.dependencies = ["referentiel.edition"]


class Chapter(EditionPart):
    NATURAL = ("edition__code", "key")

    key = models.UUIDField("clé stable", default=uuid.uuid4)
    position = models.PositiveSmallIntegerField("ordre")
    code = models.CharField("code", max_length=20)
    title = models.CharField("titre", max_length=300)
    short_title = models.CharField("titre court", max_length=60)
    block = models.CharField("bloc de la norme", max_length=200, blank=True)
    introduction = models.TextField("présentation", blank=True)

    class Meta:
        verbose_name = "chapitre"
        ordering = ["edition_id", "position"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "code"], name="chapter_code_unique"),
            models.UniqueConstraint(fields=["edition", "key"], name="chapter_key_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    def natural_key(self):
        return (*self.edition.natural_key(), str(self.key))

    natural_key.dependencies = ["referentiel.edition"]


class Register(EditionPart):
    """A « registre d’intervention »: what the team does (not to be confused with effects)."""

    NATURAL = ("edition__code", "key")

    key = models.UUIDField("clé stable", default=uuid.uuid4)
    position = models.PositiveSmallIntegerField("ordre")
    code = models.CharField("code", max_length=20)
    label = models.CharField("libellé", max_length=300)
    definition = models.TextField("définition")
    label_confidence = models.CharField("confiance dans le libellé", max_length=20)
    label_status = models.CharField("statut du libellé", max_length=300)
    questions = models.JSONField("questions", default=list)
    expected_evidence = models.JSONField("preuves attendues", default=list)
    sources = models.JSONField("sources", default=list)

    class Meta:
        verbose_name = "registre d’intervention"
        verbose_name_plural = "registres d’intervention"
        ordering = ["edition_id", "position"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "code"], name="register_code_unique"),
            models.UniqueConstraint(fields=["edition", "key"], name="register_key_unique"),
        ]

    def __str__(self) -> str:
        return self.label

    def natural_key(self):
        return (*self.edition.natural_key(), str(self.key))

    natural_key.dependencies = ["referentiel.edition"]


class Criticality(models.TextChoices):
    BLOCKING = "bloquant", "Bloquant"
    MAJOR = "majeur", "Majeur"
    MINOR = "mineur", "Mineur"


class Nature(models.TextChoices):
    ATTESTED = "attestee", "Exigence attestée publiquement"
    PRESUMED = "presumee", "Exigence présumée"
    LEGAL = "legale", "Obligation légale"
    GOOD_PRACTICE = "bonne_pratique", "Bonne pratique"


class Confidence(models.TextChoices):
    HIGH = "haute", "Haute"
    MEDIUM = "moyenne", "Moyenne"
    LOW = "faible", "Faible"


class Criterion(EditionPart):
    """One thing the norm expects. `key` survives editions; `code` is only a label, always a string."""

    NATURAL = ("edition__code", "key")

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="criteria")
    chapter = models.ForeignKey(Chapter, models.CASCADE, related_name="criteria")
    key = models.UUIDField("clé stable", default=uuid.uuid4)
    position = models.PositiveSmallIntegerField("ordre dans le chapitre")
    code = models.CharField("code", max_length=20)
    title = models.CharField("titre", max_length=300)
    statement = models.TextField("énoncé")
    guiding_questions = models.JSONField("questions pour y réfléchir", default=list)
    criticality = models.CharField("criticité", max_length=10, choices=Criticality)
    criticality_reason = models.TextField("pourquoi cette criticité", blank=True)
    weight = models.PositiveSmallIntegerField("poids", validators=[MinValueValidator(1), MaxValueValidator(3)])
    nature = models.CharField("nature", max_length=20, choices=Nature)
    confidence = models.CharField("confiance", max_length=10, choices=Confidence)
    sources = models.JSONField("sources publiques", default=list)
    na_allowed = models.BooleanField("« non concerné » autorisé", default=False)
    na_condition = models.TextField("condition du « non concerné »", blank=True)
    registers = models.ManyToManyField(Register, blank=True, related_name="criteria")
    applicable_registers = models.ManyToManyField(
        Register,
        blank=True,
        related_name="conditional_criteria",
        help_text="Hors périmètre tant qu’aucun de ces registres n’est déclaré.",
    )
    interviewed_roles = models.JSONField("fonctions interrogées", default=list)
    version = models.PositiveIntegerField("version du brouillon", default=0)
    written_by = models.BigIntegerField("dernière main, par son numéro", null=True, blank=True)
    written_at = models.DateTimeField("écrit le", null=True, blank=True)

    class Meta:
        verbose_name = "critère"
        ordering = ["chapter__position", "position"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "code"], name="criterion_code_unique"),
            models.UniqueConstraint(fields=["edition", "key"], name="criterion_key_unique"),
            models.CheckConstraint(
                condition=Q(weight__gte=1, weight__lte=3),
                name="criterion_weight_range",
                violation_error_message="Le poids vaut 1, 2 ou 3.",
            ),
            models.CheckConstraint(
                condition=~Q(criticality="bloquant", na_allowed=True),
                name="criterion_blocking_never_na",
                violation_error_message="Un critère bloquant n’admet pas « non concerné ».",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    def natural_key(self):
        return (*self.edition.natural_key(), str(self.key))

    natural_key.dependencies = ["referentiel.chapter", "referentiel.register"]


class CriterionPart(models.Model):
    """What belongs to a criterion."""

    NATURAL = ("criterion__edition__code", "criterion__key", "position")

    criterion = models.ForeignKey(Criterion, models.CASCADE, related_name="%(class)ss")
    position = models.PositiveSmallIntegerField("ordre")

    objects = ByNaturalKey()

    class Meta:
        abstract = True

    def natural_key(self):
        return (*self.criterion.natural_key(), self.position)

    natural_key.dependencies = ["referentiel.criterion"]


class LevelDescriptor(CriterionPart):
    """What the practice looks like at one level. `position` is the level’s value."""

    text = models.TextField("descripteur")

    class Meta:
        verbose_name = "descripteur"
        ordering = ["criterion_id", "position"]
        constraints = [models.UniqueConstraint(fields=["criterion", "position"], name="descriptor_unique")]


class ExpectedEvidence(CriterionPart):
    key = models.UUIDField("clé stable", default=uuid.uuid4)
    label = models.CharField("libellé", max_length=300)
    kind = models.CharField("type", max_length=30)
    required = models.BooleanField("obligatoire", default=False)
    validity_months = models.PositiveSmallIntegerField("validité en mois", null=True, blank=True)

    class Meta:
        verbose_name = "preuve attendue"
        verbose_name_plural = "preuves attendues"
        ordering = ["criterion_id", "position"]
        constraints = [
            models.UniqueConstraint(fields=["criterion", "position"], name="expected_unique"),
            models.UniqueConstraint(fields=["criterion", "key"], name="expected_key_unique"),
        ]

    def __str__(self) -> str:
        return self.label


class SuggestedAction(CriterionPart):
    key = models.UUIDField("clé stable", default=uuid.uuid4)
    title = models.CharField("titre", max_length=300)
    detail = models.TextField("détail", blank=True)
    effort_days = models.DecimalField("charge en jours", max_digits=5, decimal_places=2)
    target_level = models.PositiveSmallIntegerField("niveau visé")

    class Meta:
        verbose_name = "action type"
        verbose_name_plural = "actions types"
        ordering = ["criterion_id", "position"]
        constraints = [
            models.UniqueConstraint(fields=["criterion", "position"], name="suggested_unique"),
            models.UniqueConstraint(fields=["criterion", "key"], name="suggested_key_unique"),
            models.CheckConstraint(condition=Q(effort_days__gt=0), name="suggested_effort_positive"),
        ]

    def __str__(self) -> str:
        return self.title


class InterviewQuestion(CriterionPart):
    role = models.CharField("fonction", max_length=100)
    question = models.TextField("question")
    expected = models.TextField("ce qu’on s’attend à entendre")

    class Meta:
        verbose_name = "question d’entretien"
        verbose_name_plural = "questions d’entretien"
        ordering = ["criterion_id", "position"]
        constraints = [models.UniqueConstraint(fields=["criterion", "position"], name="interview_unique")]
