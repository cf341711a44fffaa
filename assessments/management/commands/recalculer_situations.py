"""`manage.py recalculer_situations`: where every shared dossier stands today, for the pages of the networks; run it every night."""

from django.core.management.base import BaseCommand

from assessments import standings
from assessments.models import Assessment
from assessments.scoring import count
from certif.dates import today


class Command(BaseCommand):
    help = "Recalcule la situation des dossiers partagés qui ont changé, ou calculée un autre jour."

    def handle(self, **options):
        done = standings.refresh_due(Assessment.objects.followed(), on=today())
        forgotten = standings.forget_unfollowed()
        self.stdout.write(
            f"{count(done, 'situation calculée', 'situations calculées')}, "
            f"{count(forgotten, 'situation effacée', 'situations effacées')} faute de partage."
        )
