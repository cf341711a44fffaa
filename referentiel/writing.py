"""Writing a draft: its cover, chapters, criteria, scale, rules and registers. A published edition is never touched.

Every verb locks the edition, so two people write one after the other; what replaces a text also says which version of it
was read (`based_on`), and replaces nothing when somebody saved since.
"""

import hashlib
import json
import uuid
from collections.abc import Iterable, Mapping, Sequence

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max, ProtectedError
from django.utils import timezone

from assessments.scoring import Finding
from referentiel.drafts import create_draft
from referentiel.editions import Refusal, canonical_content, only_norm_admins
from referentiel.models import (
    Chapter,
    Confidence,
    Criterion,
    Criticality,
    Edition,
    ExpectedEvidence,
    InterviewQuestion,
    Level,
    LevelDescriptor,
    Nature,
    Register,
    Seal,
    Standard,
    SuggestedAction,
)

CHAPTER_FIELDS = ("code", "title", "short_title", "block", "introduction")
REGISTER_FIELDS = (
    "code", "label", "definition", "label_confidence", "label_status", "questions", "expected_evidence", "sources",
)  # fmt: skip
CRITERION_FIELDS = (
    "code", "title", "statement", "guiding_questions", "criticality", "criticality_reason", "weight", "nature",
    "confidence", "sources", "na_allowed", "na_condition", "interviewed_roles",
)  # fmt: skip
PARTS = {
    "expected_evidence": ExpectedEvidence,
    "suggested_actions": SuggestedAction,
    "interview_questions": InterviewQuestion,
}


class Overtaken(Exception):
    """Somebody saved since this text was read; nothing has been written."""


def stamp(values) -> str:
    """The version of a part that has no number of its own: the same as long as its content is."""
    text = json.dumps(values, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def open_draft(edition: Edition, by) -> Edition:
    """The draft, locked until the end of the transaction. Raises PermissionDenied or Refusal."""
    if by is None:
        raise PermissionDenied
    only_norm_admins(by)
    edition = Edition.objects.select_for_update().get(pk=edition.pk)
    if Seal.objects.filter(edition=edition).exists():
        raise Refusal(["Cette édition est publiée : elle ne change plus. Préparez-en une nouvelle."])
    return edition


def mark_written(edition: Edition, by) -> None:
    edition.version += 1
    edition.written_by, edition.written_at = by.pk, timezone.now()
    edition.save(update_fields=["version", "written_by", "written_at"])


# --- Editions ---------------------------------------------------------------------------------


@transaction.atomic
def add_standard(*, code: str, title: str, publisher: str, by) -> Standard:
    """Another norm, kept beside the others."""
    only_norm_admins(by)
    return Standard.objects.create(code=code, title=title, publisher=publisher)


@transaction.atomic
def start(standard: Standard, *, code: str, label: str, levels: int, by) -> Edition:
    """An empty draft, with a scale of so many levels and the usual rules, all of it to be written again."""
    only_norm_admins(by)
    edition = Edition.objects.create(
        standard=standard, code=code, label=label, rules=usual_rules(range(levels)), created_at=timezone.now()
    )
    Level.objects.bulk_create(Level(edition=edition, value=value, label=f"Niveau {value}") for value in range(levels))
    mark_written(edition, by)
    return edition


def usual_rules(levels: Sequence[int]) -> dict:
    """Rules to begin with: what an ordinary table of findings gives on this scale."""
    top = max(levels, default=0)
    ladders = {
        Criticality.BLOCKING: (Finding.MAJOR, Finding.MINOR),
        Criticality.MAJOR: (Finding.MINOR, Finding.SENSITIVE),
        Criticality.MINOR: (Finding.SENSITIVE, Finding.LEAD),
    }
    table = {
        str(criticality): {str(level): str(_usual_finding(low, middle, level, top)) for level in levels}
        for criticality, (low, middle) in ladders.items()
    }
    return {
        "constats": table,
        "seuils": {
            "mineures_max": 2,
            "niveau_preuve_min": next((level for level in levels if 4 * level >= 3 * top), top),
        },
        "registres": {"minimum": 0, "mois": 12, "critere": None},
        "non_concerne": {"justification_min": 20},
        "chemin": {"jours_par_preuve": "0.5"},
    }


def _usual_finding(low: Finding, middle: Finding, level: int, top: int) -> Finding:
    if level == top:
        return Finding.STRENGTH
    if 4 * level >= 3 * top:
        return Finding.CONFORMING
    return middle if 2 * level >= top else low


def duplicate(source: Edition, *, code: str, label: str, by, standard: Standard | None = None) -> Edition:
    """A draft with all the content of `source`; stable keys are kept, so that answers may follow."""
    document = canonical_content(source)
    document["edition"] |= {"code": code, "libelle": label}
    if standard:
        document["norme"] = {"code": standard.code, "titre": standard.title, "editeur": standard.publisher}
    return create_draft(document, by=by)


def cover(edition: Edition) -> dict:
    return {"code": edition.code, "label": edition.label, "notice": edition.notice}


@transaction.atomic
def save_cover(edition: Edition, *, based_on: str, values: Mapping, by) -> None:
    edition = open_draft(edition, by)
    if stamp(cover(edition)) != based_on:
        raise Overtaken
    for name in ("code", "label", "notice"):
        setattr(edition, name, values[name])
    edition.save(update_fields=["code", "label", "notice"])
    mark_written(edition, by)


@transaction.atomic
def delete_draft(edition: Edition, *, by) -> None:
    """Raises Refusal when the draft is published or something else still rests on it."""
    edition = open_draft(edition, by)
    try:
        edition.delete()
    except ProtectedError:
        raise Refusal(
            ["Une correspondance part de ce brouillon : supprimez-la d’abord, ou gardez le brouillon."]
        ) from None


# --- Chapters ---------------------------------------------------------------------------------


def chapter_values(chapter: Chapter) -> dict:
    return {name: getattr(chapter, name) for name in CHAPTER_FIELDS}


@transaction.atomic
def add_chapter(edition: Edition, *, values: Mapping, by) -> Chapter:
    edition = open_draft(edition, by)
    _check_code(edition.chapters, values["code"])
    chapter = Chapter.objects.create(edition=edition, position=_next(edition.chapters), **values)
    mark_written(edition, by)
    return chapter


@transaction.atomic
def save_chapter(chapter: Chapter, *, based_on: str, values: Mapping, by) -> None:
    edition = open_draft(chapter.edition, by)
    chapter = Chapter.objects.get(pk=chapter.pk)
    if stamp(chapter_values(chapter)) != based_on:
        raise Overtaken
    _check_code(edition.chapters.exclude(pk=chapter.pk), values["code"])
    Chapter.objects.filter(pk=chapter.pk).update(**values)
    mark_written(edition, by)


@transaction.atomic
def delete_chapter(chapter: Chapter, *, by) -> None:
    """The chapter and its criteria."""
    edition = open_draft(chapter.edition, by)
    chapter.delete()
    _renumber(Chapter.objects.filter(edition=edition))
    mark_written(edition, by)


@transaction.atomic
def move_chapter(chapter: Chapter, *, place: int, by) -> None:
    """To the place given, counted from 1; beyond the last is the last."""
    edition = open_draft(chapter.edition, by)
    _put(chapter, list(Chapter.objects.filter(edition=edition).order_by("position", "pk")), place)
    mark_written(edition, by)


# --- Criteria ---------------------------------------------------------------------------------


@transaction.atomic
def add_criterion(chapter: Chapter, *, code: str, title: str, by) -> Criterion:
    """The last of its chapter, with nothing but a name: the rest is what the completeness check asks for."""
    edition = open_draft(chapter.edition, by)
    _check_code(edition.criteria, code)
    criterion = Criterion.objects.create(
        edition=edition,
        chapter=chapter,
        position=_next(chapter.criteria),
        code=code,
        title=title,
        criticality=Criticality.MINOR,
        weight=1,
        nature=Nature.PRESUMED,
        confidence=Confidence.LOW,
        written_by=by.pk,
        written_at=timezone.now(),
    )
    mark_written(edition, by)
    return criterion


@transaction.atomic
def save_criterion(criterion: Criterion, *, based_on: int, values: Mapping, by) -> int:
    """Replaces everything the criterion says, and returns its new version. Raises Overtaken, Refusal, PermissionDenied.

    `values` holds `CRITERION_FIELDS`, `descriptors` (value → text), `registers` and `applicable_registers` (row numbers of
    the edition), and the three lists of `PARTS`, whose `key` is kept when the criterion already had it.
    """
    edition = open_draft(criterion.edition, by)
    criterion = Criterion.objects.get(pk=criterion.pk)
    if criterion.version != based_on:
        raise Overtaken
    _check_code(edition.criteria.exclude(pk=criterion.pk), values["code"])
    for name in CRITERION_FIELDS:
        setattr(criterion, name, values[name])
    criterion.version += 1
    criterion.written_by, criterion.written_at = by.pk, timezone.now()
    criterion.save()
    own = Register.objects.filter(edition=edition)
    criterion.registers.set(own.filter(pk__in=values["registers"]))
    criterion.applicable_registers.set(own.filter(pk__in=values["applicable_registers"]))
    LevelDescriptor.objects.filter(criterion=criterion).delete()
    LevelDescriptor.objects.bulk_create(
        LevelDescriptor(criterion=criterion, position=value, text=text)
        for value, text in values["descriptors"].items()
        if text
    )
    for name, model in PARTS.items():
        _replace_parts(criterion, model, values[name])
    mark_written(edition, by)
    return criterion.version


@transaction.atomic
def copy_criterion(criterion: Criterion, *, code: str, by) -> Criterion:
    """All that the criterion says once more, just after it, under another code: a criterion of its own, with its own keys."""
    edition = open_draft(criterion.edition, by)
    _check_code(edition.criteria, code)
    whole = Criterion.objects.select_related("chapter").get(pk=criterion.pk)
    copied = Criterion.objects.create(
        edition=edition,
        chapter=whole.chapter,
        position=_next(whole.chapter.criteria),
        written_by=by.pk,
        written_at=timezone.now(),
        **{name: getattr(whole, name) for name in CRITERION_FIELDS} | {"code": code},
    )
    copied.registers.set(whole.registers.all())
    copied.applicable_registers.set(whole.applicable_registers.all())
    for model in (LevelDescriptor, *PARTS.values()):
        _copy_parts(model, whole, copied)
    others = Criterion.objects.filter(chapter=whole.chapter).exclude(pk=copied.pk).order_by("position", "pk")
    _put(copied, list(others), others.filter(position__lte=whole.position).count() + 1)
    mark_written(edition, by)
    return copied


def _copy_parts(model, whole: Criterion, copied: Criterion) -> None:
    parts = list(model.objects.filter(criterion=whole).order_by("position"))
    for part in parts:
        part.pk, part.criterion = None, copied
        if hasattr(part, "key"):
            part.key = uuid.uuid4()
    model.objects.bulk_create(parts)


def _replace_parts(criterion: Criterion, model, rows: Iterable[Mapping]) -> None:
    old = model.objects.filter(criterion=criterion)
    keyed = model is not InterviewQuestion
    known = {str(key) for key in old.values_list("key", flat=True)} if keyed else set()
    old.delete()
    made = []
    for position, row in enumerate(rows, 1):
        fields = {name: value for name, value in row.items() if name != "key"}
        if keyed:
            fields["key"] = row["key"] if row["key"] in known else uuid.uuid4()
            known.discard(row["key"])
        made.append(model(criterion=criterion, position=position, **fields))
    model.objects.bulk_create(made)


@transaction.atomic
def delete_criterion(criterion: Criterion, *, by) -> None:
    edition = open_draft(criterion.edition, by)
    chapter = criterion.chapter
    criterion.delete()
    _renumber(Criterion.objects.filter(chapter=chapter))
    mark_written(edition, by)


@transaction.atomic
def move_criterion(criterion: Criterion, *, place: int, by, chapter: Chapter | None = None) -> None:
    """To the place given in its chapter, or in another of the same edition. Raises Refusal for one of another edition."""
    edition = open_draft(criterion.edition, by)
    criterion = Criterion.objects.select_related("chapter").get(pk=criterion.pk)
    left, chapter = criterion.chapter, chapter or criterion.chapter
    if chapter.edition_id != edition.pk:
        raise Refusal(["Ce chapitre n’est pas de cette édition."])
    criterion.chapter = chapter
    criterion.save(update_fields=["chapter"])
    _put(
        criterion,
        list(Criterion.objects.filter(chapter=chapter).exclude(pk=criterion.pk).order_by("position", "pk")),
        place,
    )
    if left != chapter:
        _renumber(Criterion.objects.filter(chapter=left))
    mark_written(edition, by)


# --- Scale and rules --------------------------------------------------------------------------


def rules_values(edition: Edition) -> dict:
    """The scale and the rules, as one thing: a table of findings has a column per level."""
    levels = Level.objects.filter(edition=edition).order_by("value").values("value", "label", "description")
    return {"levels": list(levels), "rules": edition.rules}


@transaction.atomic
def save_rules(edition: Edition, *, based_on: str, levels: Sequence[Mapping], rules: dict, by) -> int:
    """Replaces the scale and the rules; returns how many descriptors went with the levels that are no more."""
    edition = open_draft(edition, by)
    if stamp(rules_values(edition)) != based_on:
        raise Overtaken
    values = {level["value"] for level in levels}
    orphans = LevelDescriptor.objects.filter(criterion__edition=edition).exclude(position__in=values)
    lost = orphans.count()
    orphans.delete()
    Level.objects.filter(edition=edition).delete()
    Level.objects.bulk_create(Level(edition=edition, **level) for level in levels)
    edition.rules = rules
    edition.save(update_fields=["rules"])
    mark_written(edition, by)
    return lost


# --- Registers --------------------------------------------------------------------------------


def register_values(register: Register) -> dict:
    return {name: getattr(register, name) for name in REGISTER_FIELDS}


@transaction.atomic
def add_register(edition: Edition, *, values: Mapping, by) -> Register:
    edition = open_draft(edition, by)
    _check_code(edition.registers, values["code"])
    register = Register.objects.create(edition=edition, position=_next(edition.registers), **values)
    mark_written(edition, by)
    return register


@transaction.atomic
def save_register(register: Register, *, based_on: str, values: Mapping, by) -> None:
    edition = open_draft(register.edition, by)
    if stamp(register_values(Register.objects.get(pk=register.pk))) != based_on:
        raise Overtaken
    _check_code(edition.registers.exclude(pk=register.pk), values["code"])
    for name, value in values.items():
        setattr(register, name, value)
    register.save(update_fields=[*values])
    mark_written(edition, by)


@transaction.atomic
def delete_register(register: Register, *, by) -> None:
    edition = open_draft(register.edition, by)
    register.delete()
    _renumber(Register.objects.filter(edition=edition))
    mark_written(edition, by)


@transaction.atomic
def move_register(register: Register, *, place: int, by) -> None:
    edition = open_draft(register.edition, by)
    _put(register, list(Register.objects.filter(edition=edition).order_by("position", "pk")), place)
    mark_written(edition, by)


# --- Codes and places -----------------------------------------------------------------------------------


def _check_code(rows, code: str) -> None:
    if rows.filter(code__iexact=code).exists():
        raise Refusal([f"Le code « {code} » est déjà pris dans cette édition."])


def _next(rows) -> int:
    return (rows.aggregate(last=Max("position"))["last"] or 0) + 1


def _put(row, rows: list, place: int) -> None:
    """Puts `row` at `place` (from 1) among the rows, and numbers them all again."""
    row = next((each for each in rows if each.pk == row.pk), row)
    others = [each for each in rows if each.pk != row.pk]
    others.insert(max(0, min(place - 1, len(others))), row)
    _number(others)


def _renumber(rows) -> None:
    _number(list(rows.order_by("position", "pk")))


def _number(rows: list) -> None:
    for position, each in enumerate(rows, 1):
        if each.position != position:
            each.position = position
            each.save(update_fields=["position"])
