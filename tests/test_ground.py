"""The ground of the tests themselves."""

import pytest
from django.db import connection

from referentiel.models import Edition
from tests.factories import make_edition


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_a_database_with_frozen_rows_is_emptied_between_two_tests(turn):
    assert Edition.objects.count() == 0
    make_edition()


def test_connections_follow_the_rules_of_their_database(db):
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA foreign_keys")
            assert cursor.fetchone() == (1,)
            cursor.execute("PRAGMA journal_mode")
            assert cursor.fetchone() == ("wal",)
            assert connection.transaction_mode == "IMMEDIATE"
        else:
            cursor.execute("SELECT current_setting('statement_timeout'), current_setting('lock_timeout')")
            assert cursor.fetchone() == ("10s", "5s")
