"""Repeated lines of a form, with or without JavaScript: `group-3-name` is the field `name` of the fourth line of `group`.

A gesture (a button of the form) adds, removes or moves a line: the form comes back with everything typed, nothing saved.
"""

import re
from collections.abc import Iterable

from django.http import QueryDict

ROWS_MAX = 30
_GESTURE = re.compile(r"(ajouter|retirer|monter|descendre):([a-z]+)(?::(\d{1,3}))?")


def indexes(data, group: str) -> list[int]:
    """The numbers of the lines of a group, as they were sent."""
    pattern = re.compile(rf"{group}-(\d{{1,3}})-")
    return sorted({int(match[1]) for name in data if (match := pattern.match(name))})


def after_gesture(data: QueryDict, groups: Iterable[str], first_field: dict[str, str]) -> QueryDict | None:
    """The same data once the gesture is made; None when the form asks for something else."""
    match = _GESTURE.fullmatch(data.get("geste", ""))
    if not match or match[2] not in groups:
        return None
    verb, group, number = match[1], match[2], int(match[3] or 0)
    order = indexes(data, group)
    if verb == "ajouter":
        return _reordered(data, group, order, extra=first_field[group] if len(order) < ROWS_MAX else None)
    if number not in order:
        return data.copy()
    place = order.index(number)
    if verb == "retirer":
        del order[place]
    else:
        other = max(0, place - 1) if verb == "monter" else min(len(order) - 1, place + 1)
        order[place], order[other] = order[other], order[place]
    return _reordered(data, group, order)


def _reordered(data: QueryDict, group: str, order: list[int], extra: str | None = None) -> QueryDict:
    """The lines in this order, numbered again from 0, then an empty one whose first field is `extra`."""
    changed = QueryDict(mutable=True)
    for name, values in data.lists():
        if not name.startswith(f"{group}-"):
            changed.setlist(name, values)
    for place, number in enumerate(order):
        prefix = f"{group}-{number}-"
        for name, values in data.lists():
            if name.startswith(prefix):
                changed.setlist(f"{group}-{place}-{name.removeprefix(prefix)}", values)
    if extra:
        changed[f"{group}-{len(order)}-{extra}"] = ""
    return changed
