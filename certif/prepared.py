"""Querysets compiled once: what a hot path asks again and again is written with the ORM, and costs only the database.

Composing a queryset with nested conditions takes Django many times longer than the database takes to answer it.
"""

import itertools
from collections.abc import Callable
from datetime import date, timedelta
from functools import cached_property

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import QuerySet

_numbers = itertools.count(1)


def number() -> int:
    """Stands for a number, or as `str(…)` for a text, in a queryset being compiled: one that no table holds."""
    return 900_000_000_000_000 + next(_numbers)


def day() -> date:
    """Stands for a date, likewise."""
    return date(9000, 1, 1) + timedelta(days=next(_numbers))


class Prepared:
    """`Prepared(build, user=number, on=day)` calls `build(user=…, on=…)` once, with stand-ins, for a `values_list` queryset.

    Calling it with the actual values gives the rows. Where a value is compared with text, `build` passes `str(stand_in)`.
    """

    def __init__(self, build: Callable[..., QuerySet], **stand_ins: Callable[[], int | date]):
        self.build = build
        self.stand_ins = stand_ins

    def __call__(self, **values) -> list[tuple]:
        sql, places, converters = self._compiled
        connection = connections[DEFAULT_DB_ALIAS]
        given = {
            name: connection.ops.adapt_datefield_value(value) if isinstance(value, date) else value
            for name, value in values.items()
        }
        with connection.cursor() as cursor:
            cursor.execute(sql, [given[name] if name else constant for name, constant in places])
            rows = cursor.fetchall()
        return [_converted(row, converters, connection) for row in rows] if converters else rows

    @cached_property
    def _compiled(self):
        stand_ins = {name: make() for name, make in self.stand_ins.items()}
        compiler = self.build(**stand_ins).query.get_compiler(DEFAULT_DB_ALIAS)
        sql, params = compiler.as_sql()
        names = {str(stand_in): name for name, stand_in in stand_ins.items()}
        places = [(names.get(str(param)), param) for param in params]
        unused = set(stand_ins) - {name for name, _ in places}
        if unused:
            raise ValueError(f"The queryset does not use {', '.join(sorted(unused))}.")
        return sql, places, list(compiler.get_converters([column[0] for column in compiler.select]).items())


def _converted(row: tuple, converters, connection) -> tuple:
    """A row as the ORM would give it: SQLite stores moments as text, booleans as numbers."""
    row = list(row)
    for place, (convert, expression) in converters:
        for each in convert:
            row[place] = each(row[place], expression, connection)
    return tuple(row)
