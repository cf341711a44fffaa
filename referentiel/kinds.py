"""The kinds of values an edition is made of in a file: each reads one, or complains of it in French at its place.

A value is taken to the letter: nothing is corrected on the way (only line ends become LF), what cannot be kept is refused.
"""

import difflib
import uuid
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation

from certif import limits
from certif.dates import add_duration
from certif.text import first_unwanted, thousands
from referentiel.source import MISSING, Check, Kind, Numeral, Path, shown


def name_of(path: Path) -> str:
    """How a sentence names a field: « poids », « edition.code », « questions, n° 2 »."""
    if not path:
        return "document"
    *before, last = path
    if isinstance(last, int):
        return f"{before[-1] if before else 'liste'}, n° {last + 1}"
    return f"{before[-1]}.{last}" if before and isinstance(before[-1], str) else last


def _absent(value: object) -> bool:
    return value is MISSING or value is None


def text(limit: int = limits.TEXT_MAX, *, required: bool = False, line: bool = False) -> Kind:
    """A text of at most `limit` characters, on one line or several."""

    def read(value: object, path: Path, checking: Check) -> str:
        if _absent(value):
            value = ""
        name = name_of(path)
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            checking.complain(path, f"« {name} » doit être un texte.")
            return ""
        if not isinstance(value, str) or isinstance(value, Numeral):
            checking.complain(
                path, f"« {name} » n’est pas lu comme un texte ({shown(value)}) : {checking.source.as_text}."
            )
            return ""
        value = value.replace("\r\n", "\n")
        unwanted = first_unwanted(value)
        if unwanted is not None:
            checking.complain(path, f"« {name} » contient un caractère invisible ou interdit (U+{ord(unwanted):04X}).")
        elif required and not value.strip():
            checking.complain(path, f"« {name} » manque.")
        elif line and "\n" in value:
            checking.complain(path, f"« {name} » tient sur une seule ligne.")
        elif len(value) > limit:
            checking.complain(
                path, f"« {name} » compte {thousands(len(value))} caractères : la limite est de {thousands(limit)}."
            )
        return value

    return read


def code(limit: int = 20) -> Kind:
    """A label such as « 1.10 »: one word, fit for an address."""
    as_text = text(limit, required=True, line=True)

    def read(value: object, path: Path, checking: Check) -> str:
        value = as_text(value, path, checking)
        if any(each.isspace() or each == "/" for each in value) or value in (".", ".."):
            checking.complain(path, f"le code « {shown(value)} » ne peut contenir ni espace ni barre oblique.")
        return value

    return read


def key(value: object, path: Path, checking: Check) -> str | None:
    """A stable key; None when the file leaves it to us."""
    if _absent(value) or value == "":
        return None
    try:
        return str(uuid.UUID(value)) if isinstance(value, str) else _refuse_key(value, path, checking)
    except ValueError:
        return _refuse_key(value, path, checking)


def _refuse_key(value: object, path: Path, checking: Check) -> None:
    checking.complain(
        path, f"« {shown(value)} » n’est pas une clé stable : reprenez celle de l’export, ou laissez vide."
    )


def whole(low: int, high: int, *, nullable: bool = False) -> Kind:
    def read(value: object, path: Path, checking: Check) -> int | None:
        if nullable and (_absent(value) or value == ""):
            return None
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 6:
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            allowed = " ou ".join(map(str, range(low, high + 1))) if high - low < 3 else f"de {low} à {high}"
            checking.complain(path, f"« {name_of(path)} » doit être un nombre entier, {allowed}.")
            return None
        return value

    return read


def _days(value: object, *, positive: bool) -> Decimal | None:
    """A number of days with at most two decimals, below a thousand; None otherwise."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    try:
        days = Decimal(str(value).replace(",", "."))
    except InvalidOperation:
        return None
    if not days.is_finite() or not 0 <= days < 1000 or days != round(days, 2) or (positive and not days):
        return None
    return days


def effort(value: object, path: Path, checking: Check) -> str:
    """Working days, written as `editions.canonical` writes them."""
    days = _days(value, positive=True)
    if days is None:
        checking.complain(path, f"« {name_of(path)} » est un nombre de jours, par exemple 1.5.")
        return ""
    return format(days.normalize(), "f")


def days_text(value: object, path: Path, checking: Check) -> object:
    """Working days kept as they are written."""
    if _days(value, positive=False) is None:
        checking.complain(path, f"« {name_of(path)} » est un nombre de jours, par exemple 0.5.")
    return value if isinstance(value, str) and not isinstance(value, Numeral) else str(value)


def yes_no(value: object, path: Path, checking: Check) -> bool:
    if _absent(value) or value == "":
        return False
    said = (
        {"oui": True, "vrai": True, "non": False, "faux": False}.get(value.casefold())
        if isinstance(value, str)
        else value
    )
    if not isinstance(said, bool):
        checking.complain(path, f"« {name_of(path)} » se répond par oui ou non (true ou false).")
        return False
    return said


def choice(choices: Mapping[str, str]) -> Kind:
    """One of the values, or its label."""
    known = {word.casefold(): value for value, label in choices.items() for word in (label, value)}

    def read(value: object, path: Path, checking: Check) -> str:
        chosen = known.get(value.casefold()) if isinstance(value, str) else None
        if chosen is None:
            said = "manque" if _absent(value) or value == "" else f"ne peut pas valoir « {shown(value)} »"
            checking.complain(path, f"« {name_of(path)} » {said} : choisissez parmi {', '.join(choices)}.")
            return ""
        return chosen

    return read


def entries(kind: Kind, *, limit: int | None = None) -> Kind:
    def read(value: object, path: Path, checking: Check) -> list:
        if _absent(value):
            return []
        if not isinstance(value, list):
            checking.complain(path, f"« {name_of(path)} » doit être une liste.")
            return []
        if limit is not None and len(value) > limit:
            checking.complain((*path, limit), f"« {name_of(path)} » compte plus de {limit} lignes.")
        return [kind(each, (*path, number), checking) for number, each in enumerate(value)]

    return read


def lines(limit: int = limits.NORM_LINE) -> Kind:
    return entries(text(limit, required=True, line=True), limit=limits.NORM_LINES)


def optional(kind: Kind) -> Kind:
    """What may be absent, and then stays so."""

    def read(value: object, path: Path, checking: Check) -> object:
        return MISSING if value is MISSING else kind(value, path, checking)

    return read


def record(fields: Mapping[str, Kind], *, nullable: bool = False) -> Kind:
    def read(value: object, path: Path, checking: Check) -> dict | None:
        if nullable and _absent(value):
            return None
        if value is MISSING:
            value = {}
        if not isinstance(value, dict):
            checking.complain(path, f"« {name_of(path)} » doit être un ensemble de champs.")
            return None
        for name in value:
            if name not in fields:
                checking.complain((*path, name), f"le champ « {shown(name)} » est inconnu ici{_hint(name, fields)}.")
        order = [*(name for name in value if name in fields), *(name for name in fields if name not in value)]
        found = {name: fields[name](value.get(name, MISSING), (*path, name), checking) for name in order}
        return {name: each for name, each in found.items() if each is not MISSING}

    return read


def _hint(name: str, fields: Mapping[str, Kind]) -> str:
    close = difflib.get_close_matches(name[:40].casefold(), fields, n=1, cutoff=0.75)
    return f" (« {close[0]} » ?)" if close else ""


def duration(value: object, path: Path, checking: Check) -> str:
    try:
        add_duration(date(2026, 1, 1), value if isinstance(value, str) else "")
    except (ValueError, OverflowError):
        checking.complain(path, f"« {name_of(path)} » est une durée, par exemple -P13M ou +P15D.")
    return value if isinstance(value, str) else ""
