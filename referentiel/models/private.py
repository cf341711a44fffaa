"""Official wording typed by a licence holder: private to the structure or the network that typed it.

It is tied to the stable key of a criterion, not to an edition’s row, and is never exported with the norm.
"""

from django.db import models
from django.db.models import Q

from certif.limits import NOTE_MAX
from referentiel.models.norm import Standard


class OfficialText(models.Model):
    """The wording of one criterion, as its holder copied it from a text they bought.

    The holder is named by number and not by a foreign key: the norm knows nothing of accounts.
    """

    standard = models.ForeignKey(Standard, models.CASCADE, related_name="official_texts")
    criterion_key = models.UUIDField("critère")
    structure_id = models.BigIntegerField("structure détentrice", null=True, blank=True)
    network_id = models.BigIntegerField("réseau détenteur", null=True, blank=True)
    text = models.TextField("texte officiel", max_length=NOTE_MAX)
    reference = models.CharField("article", max_length=200, blank=True)
    version = models.PositiveIntegerField("version", default=1)
    updated_at = models.DateTimeField("saisi le", auto_now=True)

    class Meta:
        verbose_name = "texte officiel privé"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(structure_id__isnull=False, network_id=None)
                | Q(structure_id=None, network_id__isnull=False),
                name="official_text_one_holder",
            ),
            models.UniqueConstraint(
                fields=["standard", "criterion_key", "structure_id"],
                condition=Q(structure_id__isnull=False),
                name="official_text_structure_unique",
            ),
            models.UniqueConstraint(
                fields=["standard", "criterion_key", "network_id"],
                condition=Q(network_id__isnull=False),
                name="official_text_network_unique",
            ),
        ]
