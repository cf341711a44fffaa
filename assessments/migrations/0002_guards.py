from django.db import migrations

from assessments.guards import GUARDS
from certif.guards import InstallGuards


class Migration(migrations.Migration):
    dependencies = [("assessments", "0001_initial")]
    operations = [InstallGuards(GUARDS)]
