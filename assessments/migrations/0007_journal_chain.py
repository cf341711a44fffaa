import django.db.models.deletion
from django.db import migrations, models

from assessments.chain import COVERED, FIRST, chain_of, digest_of
from assessments.guards import GUARDS
from certif.guards import InstallGuards, LiftGuards


def chain_what_is_written(apps, editor):
    """The lines already there are chained in the order they were written."""
    events, heads = apps.get_model("assessments", "Event"), apps.get_model("assessments", "ChainHead")
    ends: dict[str, tuple[int, str]] = {}
    for event in events.objects.order_by("pk").iterator():
        event.chain = chain_of(event.structure_id, event.network_id)
        last, event.previous = ends.get(event.chain, (0, FIRST))
        event.sequence = last + 1
        event.digest = digest_of(event.at, {name: getattr(event, name) for name in COVERED}, event.previous)
        ends[event.chain] = event.sequence, event.digest
        event.save()
    heads.objects.bulk_create(
        heads(chain=chain, sequence=sequence, digest=digest) for chain, (sequence, digest) in ends.items()
    )


def later(name, kind, **fields):
    """A column empty at first, so that what is already written can be chained before it is required."""
    return migrations.AddField("event", name, kind(null=True, editable=False, **fields))


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_networks"),
        ("assessments", "0006_accompaniment"),
    ]

    operations = [
        LiftGuards(GUARDS),
        migrations.CreateModel(
            name="ChainHead",
            fields=[
                ("chain", models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name="chaîne")),
                ("sequence", models.PositiveBigIntegerField(default=0, verbose_name="dernier numéro")),
                ("digest", models.CharField(blank=True, max_length=64, verbose_name="dernière empreinte")),
            ],
            options={"verbose_name": "fin de chaîne"},
        ),
        migrations.AddField(
            "event",
            "network",
            models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="accounts.network",
            ),
        ),
        later("chain", models.CharField, max_length=40),
        later("sequence", models.PositiveBigIntegerField),
        later("previous", models.CharField, max_length=64),
        later("digest", models.CharField, max_length=64),
        migrations.RunPython(chain_what_is_written, migrations.RunPython.noop),
        migrations.AlterField("event", "chain", models.CharField("chaîne", max_length=40, editable=False)),
        migrations.AlterField(
            "event", "sequence", models.PositiveBigIntegerField("numéro dans la chaîne", editable=False)
        ),
        migrations.AlterField(
            "event",
            "previous",
            models.CharField("empreinte de la ligne précédente", max_length=64, editable=False),
        ),
        migrations.AlterField("event", "digest", models.CharField("empreinte", max_length=64, editable=False)),
        migrations.AddConstraint(
            "event", models.UniqueConstraint(fields=["chain", "sequence"], name="event_place_unique")
        ),
        migrations.AddIndex("event", models.Index(fields=["assessment", "-at"], name="event_of_dossier")),
        migrations.AddIndex("event", models.Index(fields=["structure", "-at"], name="event_of_structure")),
        InstallGuards(GUARDS),
    ]
