from django.db import migrations

from certif.guards import InstallGuards
from referentiel.guards import GUARDS


class Migration(migrations.Migration):
    dependencies = [("referentiel", "0002_guards")]
    operations = [InstallGuards(GUARDS)]
