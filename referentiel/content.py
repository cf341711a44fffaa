"""The whole content of an edition, read once: screens, scoring and documents read the norm here, not in the database.

A sealed edition never changes, so its content is kept for the life of the process and costs no query. A draft is read
again each time.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from referentiel.models import (
    Chapter,
    Criterion,
    Edition,
    ExpectedEvidence,
    InterviewQuestion,
    Level,
    LevelDescriptor,
    Register,
    SuggestedAction,
)


@dataclass(frozen=True)
class LevelContent:
    value: int
    label: str
    description: str


@dataclass(frozen=True)
class RegisterContent:
    id: int
    key: str
    position: int
    code: str
    label: str
    definition: str
    label_confidence: str
    label_status: str
    questions: tuple[str, ...]
    expected_evidence: tuple[str, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True)
class DescriptorContent:
    """What the practice looks like at one level, with the name of that level."""

    value: int
    label: str
    text: str


@dataclass(frozen=True)
class ExpectedEvidenceContent:
    id: int
    key: str
    label: str
    kind: str
    required: bool
    validity_months: int | None


@dataclass(frozen=True)
class SuggestedActionContent:
    id: int
    key: str
    title: str
    detail: str
    effort_days: Decimal
    target_level: int


@dataclass(frozen=True)
class InterviewQuestionContent:
    role: str
    question: str
    expected: str


@dataclass(frozen=True)
class CriterionContent:
    """`number` counts from 1 through the whole edition, `position` inside the chapter."""

    id: int
    key: str
    number: int
    position: int
    code: str
    title: str
    chapter_code: str
    statement: str
    guiding_questions: tuple[str, ...]
    criticality: str
    criticality_label: str
    criticality_reason: str
    weight: int
    nature: str
    nature_label: str
    confidence: str
    confidence_label: str
    sources: tuple[str, ...]
    na_allowed: bool
    na_condition: str
    interviewed_roles: tuple[str, ...]
    register_ids: tuple[int, ...]
    register_keys: tuple[str, ...]
    applicable_register_ids: tuple[int, ...]
    applicable_register_keys: tuple[str, ...]
    descriptors: tuple[DescriptorContent, ...]
    expected_evidence: tuple[ExpectedEvidenceContent, ...]
    suggested_actions: tuple[SuggestedActionContent, ...]
    interview_questions: tuple[InterviewQuestionContent, ...]

    def descriptor(self, value: int) -> str:
        """The sentence of one level; empty when the edition has none."""
        return next((descriptor.text for descriptor in self.descriptors if descriptor.value == value), "")


@dataclass(frozen=True)
class ChapterContent:
    id: int
    key: str
    position: int
    code: str
    title: str
    short_title: str
    block: str
    introduction: str
    criteria: tuple[CriterionContent, ...]


@dataclass(frozen=True)
class Content:
    """An edition from cover to cover. `rules`, `eligibility` and `cycle` are plain JSON shared by all readers: never write in them.

    `fingerprint` is None while the edition is a draft. Whether it has been retired since is not content: ask the `Edition`.
    """

    id: int
    code: str
    label: str
    notice: str
    standard_code: str
    standard_title: str
    standard_publisher: str
    fingerprint: str | None
    rules: dict = field(repr=False)
    eligibility: dict = field(repr=False)
    cycle: dict = field(repr=False)
    levels: tuple[LevelContent, ...] = field(repr=False)
    registers: tuple[RegisterContent, ...] = field(repr=False)
    chapters: tuple[ChapterContent, ...] = field(repr=False)

    @property
    def sealed(self) -> bool:
        return self.fingerprint is not None

    @cached_property
    def top(self) -> int:
        """The highest level of the scale, for what is drawn out of it."""
        return max((level.value for level in self.levels), default=1)

    @cached_property
    def criteria(self) -> tuple[CriterionContent, ...]:
        """Every criterion, in reading order."""
        return tuple(criterion for chapter in self.chapters for criterion in chapter.criteria)

    @cached_property
    def criterion_by_code(self) -> dict[str, CriterionContent]:
        return {criterion.code: criterion for criterion in self.criteria}

    @cached_property
    def criterion_by_id(self) -> dict[int, CriterionContent]:
        return {criterion.id: criterion for criterion in self.criteria}

    @cached_property
    def criterion_by_key(self) -> dict[str, CriterionContent]:
        return {criterion.key: criterion for criterion in self.criteria}

    @cached_property
    def chapter_by_code(self) -> dict[str, ChapterContent]:
        return {chapter.code: chapter for chapter in self.chapters}

    @cached_property
    def register_by_id(self) -> dict[int, RegisterContent]:
        return {register.id: register for register in self.registers}

    @cached_property
    def register_by_code(self) -> dict[str, RegisterContent]:
        return {register.code: register for register in self.registers}

    @cached_property
    def register_by_key(self) -> dict[str, RegisterContent]:
        return {register.key: register for register in self.registers}

    @cached_property
    def level_by_value(self) -> dict[int, LevelContent]:
        return {level.value: level for level in self.levels}

    @cached_property
    def action_by_key(self) -> dict[str, SuggestedActionContent]:
        return {action.key: action for criterion in self.criteria for action in criterion.suggested_actions}

    @property
    def register_criterion(self) -> CriterionContent | None:
        """The criterion that speaks of the number of registers (rules of the edition)."""
        return self.criterion_by_key.get(self.rules["registres"]["critere"])

    def chapter_of(self, criterion: CriterionContent) -> ChapterContent:
        return self.chapter_by_code[criterion.chapter_code]

    def conditions(self, criterion: CriterionContent) -> list[RegisterContent]:
        """The registers one of which must be declared for this criterion to apply; none for most."""
        return [self.register_by_id[pk] for pk in criterion.applicable_register_ids]

    def previous(self, criterion: CriterionContent) -> CriterionContent | None:
        """The criterion before, through chapters; None for the first."""
        return self.criteria[criterion.number - 2] if criterion.number > 1 else None

    def next(self, criterion: CriterionContent) -> CriterionContent | None:
        """The criterion after, through chapters; None for the last."""
        return self.criteria[criterion.number] if criterion.number < len(self.criteria) else None


_sealed: dict[int, Content] = {}


def content_of(edition_id: int) -> Content:
    """The content of an edition; no query once a sealed edition has been read. Raises Edition.DoesNotExist."""
    content = _sealed.get(edition_id)
    if content is None:
        content = read_content(edition_id)
        if content.sealed:
            _sealed[edition_id] = content
    return content


def forget_contents() -> None:
    """Empties the cache: for tests, where a rolled-back edition gives its number to another."""
    _sealed.clear()


def read_content(edition_id: int) -> Content:
    """The content as the database has it now, in a constant number of queries."""
    edition = Edition.objects.select_related("standard", "seal").get(pk=edition_id)
    levels = tuple(
        LevelContent(level.value, level.label, level.description)
        for level in Level.objects.filter(edition=edition).order_by("value")
    )
    registers = tuple(_register(register) for register in Register.objects.filter(edition=edition).order_by("position"))
    seal = getattr(edition, "seal", None)
    return Content(
        id=edition.pk,
        code=edition.code,
        label=edition.label,
        notice=edition.notice,
        standard_code=edition.standard.code,
        standard_title=edition.standard.title,
        standard_publisher=edition.standard.publisher,
        fingerprint=seal.fingerprint if seal else None,
        rules=edition.rules,
        eligibility=edition.eligibility,
        cycle=edition.cycle,
        levels=levels,
        registers=registers,
        chapters=_chapters(edition, levels, registers),
    )


def _register(register: Register) -> RegisterContent:
    return RegisterContent(
        id=register.pk,
        key=str(register.key),
        position=register.position,
        code=register.code,
        label=register.label,
        definition=register.definition,
        label_confidence=register.label_confidence,
        label_status=register.label_status,
        questions=tuple(register.questions),
        expected_evidence=tuple(register.expected_evidence),
        sources=tuple(register.sources),
    )


def _chapters(
    edition: Edition, levels: tuple[LevelContent, ...], registers: tuple[RegisterContent, ...]
) -> tuple[ChapterContent, ...]:
    chapters = list(Chapter.objects.filter(edition=edition).order_by("position"))
    codes = {chapter.pk: chapter.code for chapter in chapters}
    labels = {level.value: level.label for level in levels}
    keys = {register.id: register.key for register in registers}
    linked = _links(Criterion.registers.through, edition, keys)
    conditions = _links(Criterion.applicable_registers.through, edition, keys)
    descriptors = _parts(LevelDescriptor, edition)
    evidence = _parts(ExpectedEvidence, edition)
    actions = _parts(SuggestedAction, edition)
    questions = _parts(InterviewQuestion, edition)
    criteria = defaultdict(list)
    rows = Criterion.objects.filter(edition=edition).order_by("chapter__position", "position")
    for number, row in enumerate(rows, 1):
        criteria[row.chapter_id].append(
            CriterionContent(
                id=row.pk,
                key=str(row.key),
                number=number,
                position=row.position,
                code=row.code,
                title=row.title,
                chapter_code=codes[row.chapter_id],
                statement=row.statement,
                guiding_questions=tuple(row.guiding_questions),
                criticality=row.criticality,
                criticality_label=row.get_criticality_display(),
                criticality_reason=row.criticality_reason,
                weight=row.weight,
                nature=row.nature,
                nature_label=row.get_nature_display(),
                confidence=row.confidence,
                confidence_label=row.get_confidence_display(),
                sources=tuple(row.sources),
                na_allowed=row.na_allowed,
                na_condition=row.na_condition,
                interviewed_roles=tuple(row.interviewed_roles),
                register_ids=tuple(linked[row.pk]),
                register_keys=tuple(keys[pk] for pk in linked[row.pk]),
                applicable_register_ids=tuple(conditions[row.pk]),
                applicable_register_keys=tuple(keys[pk] for pk in conditions[row.pk]),
                descriptors=tuple(
                    DescriptorContent(part.position, labels.get(part.position, ""), part.text)
                    for part in descriptors[row.pk]
                ),
                expected_evidence=tuple(
                    ExpectedEvidenceContent(
                        part.pk, str(part.key), part.label, part.kind, part.required, part.validity_months
                    )
                    for part in evidence[row.pk]
                ),
                suggested_actions=tuple(
                    SuggestedActionContent(
                        part.pk, str(part.key), part.title, part.detail, part.effort_days, part.target_level
                    )
                    for part in actions[row.pk]
                ),
                interview_questions=tuple(
                    InterviewQuestionContent(part.role, part.question, part.expected) for part in questions[row.pk]
                ),
            )
        )
    return tuple(
        ChapterContent(
            id=chapter.pk,
            key=str(chapter.key),
            position=chapter.position,
            code=chapter.code,
            title=chapter.title,
            short_title=chapter.short_title,
            block=chapter.block,
            introduction=chapter.introduction,
            criteria=tuple(criteria[chapter.pk]),
        )
        for chapter in chapters
    )


def _parts(model, edition: Edition) -> defaultdict[int, list]:
    """The parts of every criterion of the edition, by criterion."""
    parts = defaultdict(list)
    for part in model.objects.filter(criterion__edition=edition).order_by("criterion_id", "position"):
        parts[part.criterion_id].append(part)
    return parts


def _links(through, edition: Edition, order: dict[int, str]) -> defaultdict[int, list[int]]:
    """The registers of every criterion, in the order of the edition."""
    rank = {pk: place for place, pk in enumerate(order)}
    links = defaultdict(list)
    for criterion_id, register_id in through.objects.filter(criterion__edition=edition).values_list(
        "criterion_id", "register_id"
    ):
        links[criterion_id].append(register_id)
    for registers in links.values():
        registers.sort(key=rank.__getitem__)
    return links
