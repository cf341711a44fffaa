"""What becomes of each criterion from one edition to another."""

from django.db import models
from django.db.models import F, Q

from referentiel.models.norm import Edition


class Fate(models.TextChoices):
    IDENTICAL = "identique", "Identique"
    REWORDED = "reformule", "Reformulé"
    SPLIT = "scinde", "Scindé"
    MERGED = "fusionne", "Fusionné"
    DROPPED = "supprime", "Supprimé"
    NEW = "nouveau", "Nouveau"


class Mapping(models.Model):
    """The passage from `source` to `target`, proposed by the product and corrected by a person."""

    source = models.ForeignKey(Edition, models.PROTECT, related_name="mappings_out")
    target = models.ForeignKey(Edition, models.CASCADE, related_name="mappings_in")
    version = models.PositiveIntegerField("version", default=0)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = "correspondance"
        ordering = ["source_id", "target_id"]
        constraints = [
            models.UniqueConstraint(fields=["source", "target"], name="mapping_unique"),
            models.CheckConstraint(condition=~Q(source=F("target")), name="mapping_between_two"),
        ]


class MappingLine(models.Model):
    """One arrow. A split has several lines with the same source, a merge several with the same target.

    Keys are the stable keys of criteria: `source_key` in the source edition, `target_key` in the target.
    """

    mapping = models.ForeignKey(Mapping, models.CASCADE, related_name="lines")
    fate = models.CharField("devenir", max_length=20, choices=Fate)
    source_key = models.UUIDField("critère d’origine", null=True, blank=True)
    target_key = models.UUIDField("critère d’arrivée", null=True, blank=True)
    confirmed = models.BooleanField("relu", default=False)

    class Meta:
        verbose_name = "ligne de correspondance"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["mapping", "source_key", "target_key"], name="mapping_line_unique"),
            models.CheckConstraint(
                condition=Q(fate="supprime", source_key__isnull=False, target_key=None)
                | Q(fate="nouveau", source_key=None, target_key__isnull=False)
                | Q(
                    fate__in=("identique", "reformule", "scinde", "fusionne"),
                    source_key__isnull=False,
                    target_key__isnull=False,
                ),
                name="mapping_line_ends",
                violation_error_message="Un critère supprimé n’a pas d’arrivée, un nouveau n’a pas d’origine.",
            ),
        ]
