"""What surrounds the criteria of a draft: its eligibility questionnaire and its certification cycle.

Each is a cover and a list, of questions or of milestones, whose entries are told apart by their code. What replaces a text
says which version of it was read (`based_on`), as in `referentiel.writing`.
"""

from collections.abc import Mapping
from enum import StrEnum

from django.db import transaction

from referentiel.editions import Refusal
from referentiel.models import Edition
from referentiel.writing import Overtaken, mark_written, open_draft, stamp


class Part(StrEnum):
    """The field of the edition where the part is kept."""

    ELIGIBILITY = "eligibility"
    CYCLE = "cycle"

    @property
    def list_name(self) -> str:
        return {Part.ELIGIBILITY: "questions", Part.CYCLE: "jalons"}[self]


def cover(edition: Edition, part: Part) -> dict:
    """Everything but the list."""
    return {name: value for name, value in getattr(edition, part).items() if name != part.list_name}


def entries(edition: Edition, part: Part) -> list[dict]:
    return list(getattr(edition, part).get(part.list_name, ()))


def entry(edition: Edition, part: Part, code: str) -> dict | None:
    return next((each for each in entries(edition, part) if each["code"] == code), None)


@transaction.atomic
def save_cover(edition: Edition, part: Part, *, based_on: str, values: Mapping, by) -> None:
    """Replaces everything but the list. Raises Overtaken, Refusal or PermissionDenied, as all verbs below."""
    edition = open_draft(edition, by)
    if stamp(cover(edition, part)) != based_on:
        raise Overtaken
    _store(edition, part, dict(values), entries(edition, part), by)


@transaction.atomic
def add_entry(edition: Edition, part: Part, *, values: Mapping, by) -> None:
    """At the end of the list."""
    edition = open_draft(edition, by)
    found = entries(edition, part)
    _check_code(found, values["code"])
    _store(edition, part, cover(edition, part), [*found, dict(values)], by)


@transaction.atomic
def save_entry(edition: Edition, part: Part, code: str, *, based_on: str, values: Mapping, by) -> None:
    edition = open_draft(edition, by)
    found = entries(edition, part)
    place = _place(found, code)
    if stamp(found[place]) != based_on:
        raise Overtaken
    _check_code(found[:place] + found[place + 1 :], values["code"])
    found[place] = dict(values)
    _store(edition, part, cover(edition, part), found, by)


@transaction.atomic
def move_entry(edition: Edition, part: Part, code: str, *, place: int, by) -> None:
    """To the place given, counted from 1; beyond the last is the last."""
    edition = open_draft(edition, by)
    found = entries(edition, part)
    moved = found.pop(_place(found, code))
    found.insert(max(0, place - 1), moved)
    _store(edition, part, cover(edition, part), found, by)


@transaction.atomic
def delete_entry(edition: Edition, part: Part, code: str, *, by) -> None:
    edition = open_draft(edition, by)
    found = entries(edition, part)
    del found[_place(found, code)]
    _store(edition, part, cover(edition, part), found, by)


def _store(edition: Edition, part: Part, outside: dict, found: list[dict], by) -> None:
    setattr(edition, part, outside | {part.list_name: found})
    edition.save(update_fields=[part])
    mark_written(edition, by)


def _place(found: list[dict], code: str) -> int:
    for place, each in enumerate(found):
        if each["code"] == code:
            return place
    raise Refusal([f"Quelqu’un a supprimé ou renommé «\u00a0{code}\u00a0» entre-temps."])


def _check_code(others: list[dict], code: str) -> None:
    if any(each["code"].casefold() == code.casefold() for each in others):
        raise Refusal([f"Le code «\u00a0{code}\u00a0» est déjà pris."])
