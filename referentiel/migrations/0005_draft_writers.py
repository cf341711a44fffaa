from django.db import migrations, models

from certif.guards import InstallGuards, LiftGuards
from referentiel.guards import GUARDS

BY = models.BigIntegerField("dernière main, par son numéro", null=True, blank=True)


class Migration(migrations.Migration):
    dependencies = [("referentiel", "0004_drafts_mapping_private")]

    operations = [
        LiftGuards(GUARDS),
        migrations.AddField("criterion", "written_by", BY),
        migrations.AddField("criterion", "written_at", models.DateTimeField("écrit le", null=True, blank=True)),
        migrations.AddField("edition", "written_by", BY.clone()),
        migrations.AddField("edition", "written_at", models.DateTimeField("écrite le", null=True, blank=True)),
        InstallGuards(GUARDS),
    ]
