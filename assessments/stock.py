"""Remarks a network keeps, worth writing more than once."""

from contextlib import contextmanager
from hashlib import sha256

from django.db import IntegrityError, transaction

from assessments import journal
from assessments.models import StockRemark
from certif.accounts.models import Network, User
from certif.limits import STOCK_REMARKS


class StockRefused(Exception):
    """What stands in the way, in French; `field` is the one it is about, or empty."""

    def __init__(self, sentence: str, field: str = ""):
        self.field = field
        super().__init__(sentence)


def add(network: Network, *, by: User, title: str, body: str) -> StockRemark:
    """Keeps a remark, already checked. Raises StockRefused."""
    if StockRemark.objects.filter(network=network).count() >= STOCK_REMARKS:
        raise StockRefused(f"Votre réseau garde déjà {STOCK_REMARKS} remarques : supprimez-en une pour en ajouter une autre.")
    with _unique_title():
        remark = StockRemark.objects.create(network=network, title=title, body=body, created_by=by)
        journal.record("remarque_gardee", by=by, network=network, after={"remarque": remark.pk})
    return remark


def change(remark: StockRemark, *, by: User, before: str, title: str, body: str) -> bool:
    """Writes a remark anew, already checked; what was said with it does not change. Raises StockRefused.

    False, and nothing changes, when it is no longer what the page read (`before`, its `fingerprint`).
    """
    with _unique_title():
        current = StockRemark.objects.select_for_update(of=("self",)).filter(pk=remark.pk).first()
        if current is None or fingerprint(current) != before:
            return False
        StockRemark.objects.filter(pk=remark.pk).update(title=title, body=body)
        journal.record("remarque_modifiee", by=by, network=remark.network, after={"remarque": remark.pk})
    return True


def fingerprint(remark: StockRemark) -> str:
    """What a page showed of a remark, shortened, to know whether it changed since."""
    return sha256(repr((remark.title, remark.body)).encode()).hexdigest()[:16]


def delete(remark: StockRemark, *, by: User) -> None:
    """Forgets a remark; what was said with it stays."""
    with transaction.atomic():
        if StockRemark.objects.filter(pk=remark.pk).delete()[0]:
            journal.record("remarque_supprimee", by=by, network=remark.network, after={"remarque": remark.pk})


@contextmanager
def _unique_title():
    """Turns what the database refuses into a sentence."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise StockRefused("Une remarque porte déjà ce titre.", "titre") from error
