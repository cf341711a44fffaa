"""What every test stands on: nothing leaks from one to the next, nothing passes by luck."""

import gc
import random

import pytest
from django.core.cache import cache
from django.db.models import QuerySet

from assessments.guards import GUARDS as ASSESSMENTS_GUARDS
from referentiel.content import forget_contents
from referentiel.guards import GUARDS as REFERENTIEL_GUARDS

GUARDS = REFERENTIEL_GUARDS + ASSESSMENTS_GUARDS


@pytest.fixture(autouse=True, scope="session")
def what_is_imported_stays(django_test_environment):
    """The rooms, the models and the templates never go away: searching them for garbage takes a sixth of the run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.fixture(autouse=True)
def nothing_remembered():
    """Rate limits and cached editions end with the test that filled them."""
    yield
    cache.clear()
    forget_contents()


@pytest.fixture(autouse=True)
def shuffled_unless_ordered(request, monkeypatch):
    """A queryset that names no order has none: its rows come in an order drawn from the name of the test."""
    draw = random.Random(request.node.nodeid)
    original = QuerySet._fetch_all

    def fetch_all(self):
        first_time = self._result_cache is None
        original(self)
        if first_time and len(self._result_cache) > 1 and not self.ordered and not self.query.is_sliced:
            draw.shuffle(self._result_cache)

    monkeypatch.setattr(QuerySet, "_fetch_all", fetch_all)
