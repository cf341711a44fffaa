"""Pairs of editions and the passage between them, for tests where a dossier moves."""

from datetime import date

from referentiel.mapping import contents_of
from referentiel.matching import Arrow, arrows
from referentiel.models import Edition, Mapping, MappingLine
from tests.factories import CRITERIA, key_of, make_edition, seal

NEXT_DAY = date(2026, 6, 1)
# code, title, criticality, weight, further fields: DEO-02 is heavier, QUA-01 is reworded, PER-02 goes, DEO-09 comes
NEXT_CRITERIA = (
    CRITERIA[0],
    CRITERIA[2],
    CRITERIA[3],
    ("DEO-02", "Confidentialité", "majeur", 3, {}),
    CRITERIA[5],
    ("DEO-09", "Supervision des équipes", "mineur", 1, {}),
    ("QUA-01", "Auto-évaluation chaque année, avec les partenaires", "majeur", 2, {}),
    CRITERIA[7],
)


def make_next(
    code: str | None = None, *, criteria=NEXT_CRITERIA, sealed_on: date | None = NEXT_DAY, **fields
) -> Edition:
    """A later edition of the same norm, sealed on a day, or a draft when `sealed_on` is None."""
    edition = make_edition(code, criteria=criteria, sealed=False, **fields)
    if sealed_on:
        seal(edition, sealed_on)
    return edition


def make_mapping(source: Edition, target: Edition, pairs, *, same=None, confirmed: bool = True) -> Mapping:
    """A mapping from pairs of codes; those with the same code are identical unless `same` says which are."""
    mapping = Mapping.objects.create(source=source, target=target)
    contents = contents_of(mapping)
    same = {pair for pair in pairs if pair[0] == pair[1]} if same is None else same
    found = arrows([_keys(pair) for pair in pairs], {_keys(pair) for pair in same}, *contents)
    write_lines(mapping, found, confirmed=confirmed)
    return mapping


def write_lines(mapping: Mapping, found: list[Arrow], *, confirmed: bool = True) -> None:
    MappingLine.objects.bulk_create(
        MappingLine(
            mapping=mapping, fate=each.fate, source_key=each.source, target_key=each.target, confirmed=confirmed
        )
        for each in found
    )


def _keys(pair: tuple[str, str]) -> tuple[str, str]:
    return str(key_of(pair[0])), str(key_of(pair[1]))


NEXT_PAIRS = [(code, code) for code in ("PER-01", "PER-08", "DEO-01", "DEO-02", "DEO-03", "QUA-01", "QUA-02")]
NEXT_SAME = {pair for pair in NEXT_PAIRS if pair[0] != "QUA-01"}


def next_edition(source: Edition, code: str | None = None, **fields) -> Edition:
    """A later edition and its mapping, read to the end: what most tests need to move a dossier."""
    target = make_next(code, **fields)
    make_mapping(source, target, NEXT_PAIRS, same=NEXT_SAME)
    return target
