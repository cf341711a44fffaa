"""Who already advises or coordinates a network is marked so."""

from django.db import migrations
from django.db.models import Exists, OuterRef


def mark(apps, schema_editor):
    user, membership = apps.get_model("accounts", "User"), apps.get_model("accounts", "NetworkMembership")
    user.objects.update(accompanies=Exists(membership.objects.filter(user=OuterRef("pk"))))


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_networks")]

    operations = [migrations.RunPython(mark, migrations.RunPython.noop)]
