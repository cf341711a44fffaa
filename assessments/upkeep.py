"""What is kept up to date for networks behind the screens: asked for once, done by one worker at a time, a bounded piece at
each turn."""

from django.db.models import Q
from django.utils import timezone
from django_tasks import task

from assessments import releases, standings
from assessments.models import Assessment, Upkeep
from certif.accounts.models import Network
from certif.dates import today
from certif.limits import STANDINGS_PER_TASK, UPKEEP_LEASE


def ask(network: Network) -> bool:
    """Has the network’s standings brought up to date soon. False when somebody asked already, and it is not done."""
    Upkeep.objects.bulk_create([Upkeep(network_id=network.pk)], ignore_conflicts=True)
    now = timezone.now()
    free = Q(asked_at=None) | Q(asked_at__lt=now - UPKEEP_LEASE)
    if not Upkeep.objects.filter(free, network=network.pk).update(asked_at=now):
        return False
    keep_up.enqueue(network.pk)
    return True


@task()
def keep_up(network_id: int) -> None:
    if network := Network.objects.filter(pk=network_id).first():
        bring_up_to_date(network)


def bring_up_to_date(network: Network, *, limit: int = STANDINGS_PER_TASK) -> int:
    """Computes the oldest standings of the network, at most `limit`; how many. Asks for the rest or, once there is none,
    publishes the figures of the whole that may be. Does nothing while another worker is at it."""
    now = timezone.now()
    row = Upkeep.objects.filter(network=network)
    if not row.filter(Q(lease_until=None) | Q(lease_until__lt=now)).update(lease_until=now + UPKEEP_LEASE):
        return 0
    try:
        done = standings.refresh_due(Assessment.objects.shared_with(network), on=today(), limit=limit)
    finally:
        row.update(lease_until=None, asked_at=None)
    if done == limit:
        ask(network)
    else:
        releases.publish_due(network)
    return done
