"""`manage.py envoyer_courriels`: the e-mails of notices that are due, those of the day and those left behind; run it every ten
minutes."""

from django.core.management.base import BaseCommand

from assessments import mails
from assessments.scoring import count


class Command(BaseCommand):
    help = "Envoie les courriels qui attendent : résumés du jour, et ce qui n’a pas pu partir tout de suite."

    def handle(self, **options):
        self.stdout.write(f"{count(mails.send_due(), 'courriel envoyé', 'courriels envoyés')}.")
