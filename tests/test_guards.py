"""Frozen rows: what the guards name exists, since an installation leaves out the columns it does not find."""

import pytest
from django.db import connection

from tests.ground import GUARDS


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.table)
def test_every_guarded_column_exists(db, guard):
    with connection.cursor() as cursor:
        known = {column.name for column in connection.introspection.get_table_description(cursor, guard.table)}
    assert set(guard.columns) - known == set()
