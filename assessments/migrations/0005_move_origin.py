import django.db.models.deletion
from django.db import migrations, models

from assessments.guards import GUARDS
from certif.guards import InstallGuards, LiftGuards


class Migration(migrations.Migration):
    dependencies = [("assessments", "0004_move")]

    operations = [
        LiftGuards(GUARDS),
        migrations.AddField(
            model_name="answerversion",
            name="origin",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="D’où vient une réponse reprise d’une autre édition.",
                max_length=300,
                verbose_name="reprise de",
            ),
        ),
        migrations.AlterField(
            model_name="move",
            name="after",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.RESTRICT,
                related_name="+",
                to="assessments.snapshot",
            ),
        ),
        migrations.AlterField(
            model_name="move",
            name="before",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.RESTRICT, related_name="+", to="assessments.snapshot"
            ),
        ),
        InstallGuards(GUARDS),
    ]
