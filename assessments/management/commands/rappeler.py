"""`manage.py rappeler`: tells people of what is due, or overdue; run it every morning, a second run adds nothing."""

from django.core.management.base import BaseCommand

from assessments import reminders
from assessments.scoring import count
from certif.dates import today


class Command(BaseCommand):
    help = "Rappelle à chacun ce qui arrive à échéance : demandes, actions, preuves, audit, campagnes."

    def handle(self, **options):
        self.stdout.write(f"{count(reminders.remind(today()), 'rappel', 'rappels')}.")
