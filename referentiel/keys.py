"""Stable keys for what a file names without one: those it already has in a known edition, else keys drawn from its codes.

The same file always gets the same keys, however often it is read.
"""

import uuid
from collections import Counter
from collections.abc import Mapping

_NAMESPACE = uuid.UUID("b3a1c6de-0f59-4f3e-8f4b-5b8f3a7d2c11")
_PARTS = (("preuves_attendues", "libelle"), ("actions_types", "titre"))


def complete(document: dict, known: Mapping | None = None) -> dict:
    """`document` with every key filled in place; `known` is the canonical document it is compared with, if any."""
    scope = document["norme"]["code"], document["edition"]["code"]
    for name in ("registres", "chapitres"):
        _fill(document[name], "code", _keys(known[name] if known else (), "code"), *scope, name)
    criteria = [criterion for chapter in document["chapitres"] for criterion in chapter["criteres"]]
    former = {
        criterion["cle"]: criterion
        for chapter in (known["chapitres"] if known else ())
        for criterion in chapter["criteres"]
    }
    _fill(criteria, "code", _keys(former.values(), "code"), *scope, "criteres")
    for criterion in criteria:
        for name, label in _PARTS:
            mine = former.get(criterion["cle"])
            _fill(criterion[name], label, _keys(mine[name] if mine else (), label), criterion["cle"], name)
    _resolve_register_criterion(document, criteria)
    return document


def _keys(entries, name: str) -> dict[str, str]:
    return {entry[name]: entry["cle"] for entry in entries}


def _fill(entries: list[dict], name: str, known: Mapping[str, str], *scope: str) -> None:
    taken = {entry["cle"] for entry in entries if entry["cle"]}
    seen: Counter[str] = Counter()
    for entry in entries:
        if entry["cle"] is None:
            word = entry[name]
            seen[word] += 1
            key = known.get(word)
            if key is None or key in taken:
                key = str(uuid.uuid5(_NAMESPACE, "\n".join((*scope, word, str(seen[word])))))
            entry["cle"] = key
            taken.add(key)


def _resolve_register_criterion(document: dict, criteria: list[dict]) -> None:
    """The rules name a criterion by its key; a file may name it by its code."""
    registers = document["regles"].get("registres") or {}
    keys = _keys(criteria, "code")
    if registers.get("critere") in keys:
        registers["critere"] = keys[registers["critere"]]
