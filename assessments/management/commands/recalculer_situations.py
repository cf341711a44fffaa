"""`manage.py recalculer_situations`: where every shared dossier stands today, for the pages of the networks; run it every night."""

from django.core.management.base import BaseCommand

from assessments import releases, standings
from assessments.models import Assessment
from assessments.scoring import count
from certif.accounts.models import Network
from certif.dates import today


class Command(BaseCommand):
    help = "Recalcule la situation des dossiers partagés qui ont changé, ou calculée un autre jour ; publie les chiffres d’ensemble."

    def handle(self, **options):
        done = standings.refresh_due(Assessment.objects.followed(), on=today())
        published = sum(len(releases.publish_due(network)) for network in Network.objects.order_by("pk"))
        forgotten = standings.forget_unfollowed()
        self.stdout.write(
            f"{count(done, 'situation calculée', 'situations calculées')}, "
            f"{count(forgotten, 'situation effacée', 'situations effacées')} faute de partage, "
            f"{count(published, 'publication', 'publications')} pour les réseaux."
        )
