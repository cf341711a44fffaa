"""Editions as YAML, out and in. Only plain data passes: no anchor, alias, merge, tag or name given twice.

Every text is written between quotes or as a block, so that a code stays a text. Reading goes through the parser’s events and
stops at the first thing refused: nothing is expanded, nothing is built that the file does not spell out.
"""

import json
import re
from collections.abc import Iterator

import yaml

from certif import limits
from certif.text import thousands
from referentiel.source import Numeral, Path, Place, Source, Unreadable

AS_TEXT = "mettez-le entre guillemets"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_RESOLVER = yaml.resolver.Resolver()
_TAG = "tag:yaml.org,2002:"
_INTEGER = re.compile(r"-?(?:0|[1-9]\d{0,8})")
_WORD = re.compile(r"[a-z_]{2,}")
_ESCAPED = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_INDENT = "  "


# --- Out --------------------------------------------------------------------------------------


def dump(document: dict) -> str:
    cover = document["edition"]
    head = (
        f"# {_comment(cover['libelle'])}\n"
        "# Les textes restent entre guillemets ou en bloc (|-) : « 1.10 » sans guillemets deviendrait un nombre.\n"
        "# Gardez les clés (« cle ») : elles relient une édition à la suivante. Laissez-les vides pour ce qui est nouveau.\n"
    )
    return head + "\n".join(_mapping(document, "")) + "\n"


def _comment(text: str) -> str:
    return " ".join(text.split())


def _mapping(value: dict, indent: str) -> Iterator[str]:
    for name, inner in value.items():
        yield from _entry(f"{indent}{_key(name)}:", inner, indent)


def _key(name: str) -> str:
    bare = _WORD.fullmatch(name) and _kind(name) == "str"
    return name if bare else _scalar(name)


def _entry(start: str, value: object, indent: str) -> Iterator[str]:
    """The lines of one value after `start` (« nom: » or « - »)."""
    if isinstance(value, dict) and value:
        yield start
        yield from _mapping(value, indent + _INDENT)
    elif isinstance(value, list) and value:
        yield start
        for each in value:
            yield from _item(each, indent + _INDENT)
    elif isinstance(value, str) and _is_block(value):
        yield f"{start} |-"
        for line in value.split("\n"):
            yield f"{indent}{_INDENT}{line}" if line else ""
    else:
        yield f"{start} {_scalar(value)}"


def _item(value: object, indent: str) -> Iterator[str]:
    """A line of a list: a set of fields starts on the line of its dash."""
    if isinstance(value, dict) and value:
        lines = _mapping(value, indent + _INDENT)
        yield f"{indent}- {next(lines)[len(indent) + 2 :]}"
        yield from lines
    else:
        yield from _entry(f"{indent}-", value, indent)


def _scalar(value: object) -> str:
    """A text as YAML reads it between double quotes; numbers, true, false, null, {} and [] as they are."""
    return _ESCAPED.sub(lambda mark: f"\\u{ord(mark[0]):04x}", json.dumps(value, ensure_ascii=False))


def _is_block(value: str) -> bool:
    """Several lines that no reader could take otherwise than they are."""
    lines = value.split("\n")
    return (
        len(lines) > 1 and value == value.strip() and all(line == line.strip() and line.isprintable() for line in lines)
    )


# --- In ---------------------------------------------------------------------------------------


def load(text: str) -> Source:
    """Raises Unreadable at the first place that cannot be understood, or is refused."""
    places: dict[Path, Place] = {}
    events = _events(text)
    next(events)  # the start of the stream
    first = next(events)
    if isinstance(first, yaml.StreamEndEvent):
        raise Unreadable("ligne 1", "le fichier est vide.")
    if first.version or first.tags:
        raise Unreadable(_line(first), "les directives (%) ne sont pas admises.")
    tree = _value(next(events), events, (), places)
    next(events)  # the end of the document
    after = next(events)
    if not isinstance(after, yaml.StreamEndEvent):
        raise Unreadable(_line(after), "un seul document par fichier.")
    return Source(tree, places, AS_TEXT)


def _events(text: str) -> Iterator[yaml.Event]:
    try:
        yield from yaml.parse(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        raise Unreadable(
            f"ligne {mark.line + 1}" if mark else "fichier",
            "ce n’est pas du YAML lisible : vérifiez le retrait, les deux-points et les guillemets.",
        ) from None
    except yaml.YAMLError:
        raise Unreadable("fichier", "ce n’est pas du YAML lisible.") from None


def _line(event: yaml.Event) -> str:
    return f"ligne {event.start_mark.line + 1}"


def _value(event: yaml.Event, events: Iterator[yaml.Event], path: Path, places: dict[Path, Place]) -> object:
    _refuse_the_clever(event)
    if len(places) >= limits.NORM_IMPORT_VALUES:
        raise Unreadable(_line(event), f"plus de {thousands(limits.NORM_IMPORT_VALUES)} valeurs : c’est trop.")
    places[path] = Place((event.start_mark.line,), _line(event))
    if isinstance(event, yaml.ScalarEvent):
        return _plain(event)
    if len(path) >= limits.NORM_IMPORT_DEPTH:
        raise Unreadable(_line(event), "trop de niveaux emboîtés.")
    if isinstance(event, yaml.SequenceStartEvent):
        found = []
        while not isinstance(inner := next(events), yaml.SequenceEndEvent):
            found.append(_value(inner, events, (*path, len(found)), places))
        return found
    return _fields(events, path, places)


def _fields(events: Iterator[yaml.Event], path: Path, places: dict[Path, Place]) -> dict:
    found: dict[str, object] = {}
    while not isinstance(name := next(events), yaml.MappingEndEvent):
        _refuse_the_clever(name)
        if not isinstance(name, yaml.ScalarEvent):
            raise Unreadable(_line(name), "le nom d’un champ est un mot.")
        if name.value == "<<":
            raise Unreadable(_line(name), "les fusions (<<) ne sont pas admises.")
        if name.value in found:
            already = places[*path, name.value].name
            raise Unreadable(_line(name), f"le champ « {name.value[:40]} » est donné deux fois (déjà {already}).")
        found[name.value] = _value(next(events), events, (*path, name.value), places)
    return found


def _refuse_the_clever(event: yaml.Event) -> None:
    if isinstance(event, yaml.AliasEvent):
        raise Unreadable(_line(event), f"les renvois (*{event.anchor[:40]}) ne sont pas admis.")
    if event.anchor is not None:
        raise Unreadable(_line(event), f"les ancres (&{event.anchor[:40]}) ne sont pas admises.")
    if event.tag is not None:
        raise Unreadable(_line(event), f"les étiquettes de type ({event.tag[:40]}) ne sont pas admises.")


def _plain(event: yaml.ScalarEvent) -> object:
    """What a bare word means: what other YAML readers would take for a number stays marked as one."""
    value = event.value
    if event.style:
        return value
    kind = _kind(value)
    if kind == "null":
        return None
    if kind == "bool":
        return {"true": True, "false": False}.get(value.casefold(), Numeral(value))
    if kind == "int" and _INTEGER.fullmatch(value):
        return int(value)
    return value if kind == "str" else Numeral(value)


def _kind(word: str) -> str:
    """What YAML readers take a bare word for: str, null, bool, int, float, timestamp…"""
    return _RESOLVER.resolve(yaml.ScalarNode, word, (True, False)).removeprefix(_TAG)
