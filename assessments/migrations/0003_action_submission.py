from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("assessments", "0002_guards"),
    ]

    operations = [
        migrations.AddField(
            model_name="action",
            name="submission",
            field=models.UUIDField(
                blank=True,
                editable=False,
                help_text="Clé du formulaire : l’envoyer deux fois ne crée qu’une action.",
                null=True,
            ),
        ),
        migrations.AddConstraint(
            model_name="action",
            constraint=models.UniqueConstraint(
                fields=("assessment", "submission"),
                name="action_submitted_once",
                violation_error_message="Cette action est déjà enregistrée.",
            ),
        ),
    ]
