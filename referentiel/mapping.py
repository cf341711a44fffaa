"""Keeping the passage between two editions: propose it, correct it, mark it as read. Two admins at once: the version decides."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from referentiel.content import Content, CriterionContent, content_of
from referentiel.editions import Refusal, only_norm_admins
from referentiel.matching import NBSP, Arrow, Words, arrows, asks_the_same, is_misread, problems, propose, reason
from referentiel.models import Edition, Fate, Mapping, MappingLine


class StaleMapping(Exception):
    """Somebody changed the mapping since it was read."""

    def __init__(self):
        super().__init__(
            f"Quelqu’un a modifié cette correspondance entre-temps{NBSP}: relisez la ligne, puis recommencez."
        )


# --- Verbs ------------------------------------------------------------------------------------


@transaction.atomic
def prepare(source: Edition, target: Edition, *, by) -> Mapping:
    """The mapping between two editions of one standard, proposed when there is none yet. Raises Refusal."""
    only_norm_admins(by)
    if source.pk == target.pk:
        raise Refusal(["Choisissez deux éditions différentes."])
    if source.standard_id != target.standard_id:
        raise Refusal(["Ces deux éditions ne sont pas de la même norme."])
    mapping, created = Mapping.objects.get_or_create(source=source, target=target)
    if created:
        contents = content_of(source.pk), content_of(target.pk)
        _write(mapping, propose(*contents), *contents, read=set())
    return mapping


@transaction.atomic
def propose_again(mapping: Mapping, *, by, version: int) -> None:
    """A new proposal for what nobody has read yet, or what the draft has changed; lines already read stay."""
    only_norm_admins(by)
    _take(mapping, version)
    source, target = contents_of(mapping)
    read = [_arrow(line) for line in mapping.lines.all() if line.confirmed and _still_there(line, source, target)]
    _write(mapping, propose(source, target, kept=read), source, target, read=set(read))


@transaction.atomic
def correct(
    mapping: Mapping,
    *,
    by,
    version: int,
    targets: Iterable[str],
    source: str | None = None,
    origins: Iterable[str] = (),
    target: str | None = None,
    identical: bool = False,
) -> None:
    """Says where one criterion goes (`source` to `targets`), or where one comes from (`origins` to `target`). What is said
    is marked as read; the fates that follow for others are not. Raises StaleMapping or Refusal."""
    only_norm_admins(by)
    content, next_content = contents_of(mapping)
    said = {(source, each) for each in targets} if source else {(each, target) for each in origins}
    if not all(start in content.criterion_by_key and end in next_content.criterion_by_key for start, end in said):
        raise Refusal(["Un des critères choisis n’est pas dans l’une de ces éditions."])
    _take(mapping, version)
    lines = [line for line in mapping.lines.all() if _still_there(line, content, next_content)]
    pairs = {(str(line.source_key), str(line.target_key)) for line in lines if line.source_key and line.target_key}
    same = {(str(line.source_key), str(line.target_key)) for line in lines if line.fate == Fate.IDENTICAL}
    pairs = {pair for pair in pairs if (pair[0] != source if source else pair[1] != target)} | said
    same = same - said | (said if identical else set())
    read = {_arrow(line) for line in lines if line.confirmed}
    found = arrows(sorted(pairs), same, content, next_content)
    mine = {arrow for arrow in found if (arrow.source == source if source else arrow.target == target)}
    _write(mapping, found, content, next_content, read=read | mine)


@transaction.atomic
def confirm(mapping: Mapping, *, by, version: int, lines: Iterable[int]) -> int:
    """Marks lines as read. How many were not yet."""
    only_norm_admins(by)
    _take(mapping, version)
    return mapping.lines.filter(pk__in=list(lines), confirmed=False).update(confirmed=True)


@transaction.atomic
def delete(mapping: Mapping, *, by, version: int) -> None:
    """Takes the passage away; dossiers that moved along it stay where they are. Raises StaleMapping."""
    only_norm_admins(by)
    _take(mapping, version)
    mapping.delete()


def _take(mapping: Mapping, version: int) -> None:
    rows = Mapping.objects.filter(pk=mapping.pk, version=version)
    if not rows.update(version=F("version") + 1, updated_at=timezone.now()):
        raise StaleMapping


def _write(mapping: Mapping, found: list[Arrow], source: Content, target: Content, *, read: set[Arrow]) -> None:
    """Replaces the lines. An arrow that asks nothing of anybody is read already."""
    mapping.lines.all().delete()
    MappingLine.objects.bulk_create(
        MappingLine(
            mapping=mapping,
            fate=arrow.fate,
            source_key=arrow.source,
            target_key=arrow.target,
            confirmed=arrow in read or _speaks_for_itself(arrow, source, target),
        )
        for arrow in found
    )


def _speaks_for_itself(arrow: Arrow, source: Content, target: Content) -> bool:
    """The same key and the same text: nothing to read again."""
    if arrow.fate != Fate.IDENTICAL or arrow.source != arrow.target:
        return False
    return asks_the_same(source.criterion_by_key[arrow.source], target.criterion_by_key[arrow.target])


def _arrow(line: MappingLine) -> Arrow:
    return Arrow(Fate(line.fate), line.source_key and str(line.source_key), line.target_key and str(line.target_key))


def _still_there(line: MappingLine, source: Content, target: Content) -> bool:
    return (line.source_key is None or str(line.source_key) in source.criterion_by_key) and (
        line.target_key is None or str(line.target_key) in target.criterion_by_key
    )


# --- Facts ------------------------------------------------------------------------------------


def contents_of(mapping: Mapping) -> tuple[Content, Content]:
    return content_of(mapping.source_id), content_of(mapping.target_id)


def arrows_of(mapping: Mapping) -> list[Arrow]:
    """The lines that still join criteria of the two editions."""
    source, target = contents_of(mapping)
    return [_arrow(line) for line in mapping.lines.all() if _still_there(line, source, target)]


@dataclass(frozen=True, slots=True)
class Row:
    """One line as people read it. `misread`: said identical, although the texts differ."""

    line: MappingLine
    old: CriterionContent | None
    new: CriterionContent | None
    why: str
    misread: bool

    @property
    def code(self) -> str:
        """What the line is called by: the criterion it leaves, or the new one."""
        criterion = self.old or self.new
        return criterion.code if criterion else ""

    @property
    def weight_changes(self) -> bool:
        return bool(self.old and self.new and self.old.weight != self.new.weight)

    @property
    def criticality_changes(self) -> bool:
        return bool(self.old and self.new and self.old.criticality != self.new.criticality)


class Table:
    """A mapping laid out: its rows in the order of the source, counts, and what stands in the way of its use."""

    def __init__(self, mapping: Mapping):
        self.mapping = mapping
        self.source, self.target = contents_of(mapping)
        words = Words(self.source, self.target)
        lines = list(mapping.lines.all())
        self.problems = problems(map(_arrow, lines), self.source, self.target)
        self.rows = tuple(sorted((self._row(words, line) for line in lines), key=self._place))

    def _row(self, words: Words, line: MappingLine) -> Row:
        old = self.source.criterion_by_key.get(str(line.source_key))
        new = self.target.criterion_by_key.get(str(line.target_key))
        misread = bool(old and new) and is_misread(_arrow(line), self.source, self.target)
        return Row(line, old, new, reason(words, old, new), misread)

    @staticmethod
    def _place(row: Row) -> tuple:
        far = float("inf")
        return (row.old.number if row.old else far, row.new.number if row.new else far, row.line.pk)

    @property
    def counts(self) -> list[tuple[str, str, int]]:
        return [(fate.value, fate.label, sum(row.line.fate == fate for row in self.rows)) for fate in Fate]

    @property
    def unread(self) -> int:
        return sum(not row.line.confirmed for row in self.rows)

    @property
    def ready(self) -> bool:
        """Complete, and read to its end: structures may move along it."""
        return not self.problems and self.unread == 0


def is_ready(mapping: Mapping) -> bool:
    """Whether structures may move along this mapping, without laying it out."""
    lines = list(mapping.lines.all())
    return all(line.confirmed for line in lines) and not problems(map(_arrow, lines), *contents_of(mapping))
