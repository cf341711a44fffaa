"""Rows of several kinds in one query: every part of a union gives the same columns, of the same types, in the same places.

A row is `(kind, id, who, body, at, day, number, ref)`; what a part does not say is empty.
"""

from django.db.models import (
    BigIntegerField,
    CharField,
    DateField,
    DateTimeField,
    DecimalField,
    F,
    QuerySet,
    TextField,
    Value,
)
from django.db.models.functions import Cast

_NAMES = ("row_kind", "row_id", "row_who", "row_body", "row_at", "row_day", "row_number", "row_ref")
NUMBER = DecimalField(max_digits=20, decimal_places=2)
_EMPTY = {
    "row_who": Value("", CharField()),
    "row_body": Value("", TextField()),
    "row_at": Cast(Value(None), DateTimeField()),
    "row_day": Cast(Value(None), DateField()),
    "row_number": Cast(Value(None), NUMBER),
    "row_ref": Cast(Value(None), BigIntegerField()),
}


def rows(queryset: QuerySet, kind: str, pk: str, **columns) -> QuerySet:
    """`queryset` as rows of one kind, identified by the field `pk`; `columns` are expressions named as above."""
    columns = {
        "row_kind": Value(kind, CharField()),
        "row_id": Cast(F(pk), BigIntegerField()),
        **_EMPTY,
        **{f"row_{name}": expression for name, expression in columns.items()},
    }
    return queryset.order_by().annotate(**columns).values_list(*_NAMES)
