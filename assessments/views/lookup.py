"""Finds the dossier a page is about, or refuses: 404 to a stranger, 403 to a neighbour without the right.

Every screen passes here, so both questions are compiled once (`certif.prepared`): asked through the ORM each time, who
may see what would cost more than the rest of a save.

A member of the structure may also look at a dossier as an advisor would (`Preview`): the screens are the same, only the
rights found here differ.
"""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import DEFAULT_DB_ALIAS
from django.db.models import BooleanField, CharField, Model, QuerySet, Value
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from assessments import permissions
from assessments.models import Answer, Assessment, Document, Evidence, Snapshot
from certif.accounts.models import Role, Structure, User
from certif.prepared import Prepared, number
from referentiel.models import Edition

# Left in the database until somebody asks: an image, and what `referentiel.content` keeps in memory.
_LEFT = {"logo", "rules", "eligibility", "cycle"}
_FROZEN = {"content"}  # the whole dossier as text


def _columns(model: type[Model], left: set[str] = frozenset()) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields if field.name not in left]


_ASSESSMENT = _columns(Assessment)
_STRUCTURE = _columns(Structure, _LEFT)
_EDITION = _columns(Edition, _LEFT)
_ANSWER = _columns(Answer)
_DOCUMENT = _columns(Document)
_SNAPSHOT = _columns(Snapshot, _FROZEN)
_RIGHTS = ["member_role", "is_shared_with_me", "files_shared"]  # what `Assessment.visible_to` says of the person

_assessment_of = Prepared(
    lambda user, pk: (
        Assessment.objects.visible_to(User(pk=user))
        .filter(pk=pk)
        .values_list(
            *_ASSESSMENT,
            *_RIGHTS,
            *(f"structure__{name}" for name in _STRUCTURE),
            *(f"edition__{name}" for name in _EDITION),
        )
    ),
    user=number,
    pk=number,
)
_answer_of = Prepared(
    lambda user, pk, code: (
        Answer.objects.with_rights_of(User(pk=user))
        .filter(assessment=pk, criterion__code=str(code))
        .values_list(*_ANSWER, *(f"assessment__{name}" for name in _ASSESSMENT), *_RIGHTS)
    ),
    user=number,
    pk=number,
    code=number,
)
_document_of = Prepared(
    lambda user, pk: (
        Document.objects.visible_to(User(pk=user))
        .filter(pk=pk)
        .values_list(
            *_DOCUMENT,
            *(f"snapshot__{name}" for name in _SNAPSHOT),
            *(f"snapshot__assessment__{name}" for name in _ASSESSMENT),
            *(f"snapshot__assessment__structure__{name}" for name in _STRUCTURE),
        )
    ),
    user=number,
    pk=number,
)


@dataclass
class Preview:
    """A request whose dossier is looked at with an advisor’s rights: `by` is the member who looks, `leave` where they go
    back to, and `opened` whether the dossier was looked at. Nothing but this dossier is seen."""

    by: User
    assessment: int
    with_files: bool
    leave: str
    opened: bool = False


def preview_of(request: HttpRequest) -> Preview | None:
    return getattr(request, "preview", None)


def person_of(request: HttpRequest) -> User:
    """Who is there, even while they look as somebody else would."""
    preview = preview_of(request)
    return preview.by if preview else request.user


def get_assessment(
    request: HttpRequest, pk: int, *, write: bool = False, manage: bool = False, member: bool = False
) -> Assessment:
    """The dossier with its structure and edition, in one query."""
    row = _one(_assessment_of, request, pk=pk)
    assessment = _take(Assessment, _ASSESSMENT, row)
    _give_rights(request, assessment, row)
    assessment.structure = _take(Structure, _STRUCTURE, row)
    assessment.edition = _take(Edition, _EDITION, row)
    _check(assessment, write=write, manage=manage, member=member)
    return assessment


def get_answer(request: HttpRequest, pk: int, code: str, *, write: bool = False) -> Answer:
    """The answer of a dossier to the criterion `code`, with its dossier, in one query."""
    row = _one(_answer_of, request, pk=pk, code=code)
    answer = _take(Answer, _ANSWER, row)
    answer.assessment = _take(Assessment, _ASSESSMENT, row)
    _give_rights(request, answer.assessment, row)
    _check(answer.assessment, write=write)
    return answer


def get_document(request: HttpRequest, pk: int) -> Document:
    """The document with its photograph (its text left), its dossier and its structure, in one query."""
    row = _one(_document_of, request, pk=pk)
    document = _take(Document, _DOCUMENT, row)
    document.snapshot = _take(Snapshot, _SNAPSHOT, row)
    document.snapshot.assessment = _take(Assessment, _ASSESSMENT, row)
    document.snapshot.assessment.structure = _take(Structure, _STRUCTURE, row)
    _refuse_elsewhere(request, document.snapshot.assessment_id)
    return document


def dossiers_of(request: HttpRequest) -> QuerySet[Assessment]:
    """The dossiers the person sees, rights included."""
    preview = preview_of(request)
    if preview is None:
        return Assessment.objects.visible_to(request.user)
    preview.opened = True
    mine = Assessment.objects.visible_to(preview.by).filter(pk=preview.assessment)
    return mine.annotate(
        member_role=Value(None, CharField()),
        is_shared_with_me=Value(True, BooleanField()),
        files_shared=Value(preview.with_files, BooleanField()),
    )


def get_evidence(request: HttpRequest, pk: int, *, write: bool = False) -> Evidence:
    """A piece the person may open, with `member_role`."""
    preview = preview_of(request)
    pieces = Evidence.objects.visible_to(person_of(request))
    if preview:
        preview.opened = True
        shared = Evidence.objects.of_dossier(preview.assessment) if preview.with_files else Evidence.objects.none()
        pieces = pieces.filter(pk__in=shared.values("pk"))
    piece = get_object_or_404(pieces.select_related("structure", "added_by", "replaces"), pk=pk)
    if preview:
        piece.member_role = None
    if write and piece.member_role not in (Role.OWNER, Role.CONTRIBUTOR):
        raise PermissionDenied
    return piece


def _one(question: Prepared, request: HttpRequest, **values) -> list:
    user = person_of(request)
    may_ask = user.is_authenticated and user.is_active and all(map(_storable, values.values()))
    rows = question(user=user.pk, **values) if may_ask else []
    if not rows:
        raise Http404
    return list(rows[0])


def _storable(value: int | str) -> bool:
    """Whether an address holds something a database can compare with at all."""
    return "\x00" not in value if isinstance(value, str) else value < 2**63


def _take(model: type[Model], columns: list[str], row: list) -> Model:
    """Builds an instance from the first values of `row`, and removes them."""
    values = row[: len(columns)]
    del row[: len(columns)]
    return model.from_db(DEFAULT_DB_ALIAS, columns, values)


def _give_rights(request: HttpRequest, assessment: Assessment, row: list) -> None:
    for name in _RIGHTS:
        setattr(assessment, name, row.pop(0))
    if preview := preview_of(request):
        _refuse_elsewhere(request, assessment.pk)
        assessment.member_role, assessment.is_shared_with_me = None, True
        assessment.files_shared = preview.with_files


def _refuse_elsewhere(request: HttpRequest, assessment: int) -> None:
    if preview := preview_of(request):
        if assessment != preview.assessment:
            raise Http404
        preview.opened = True


def _check(assessment: Assessment, *, write: bool = False, manage: bool = False, member: bool = False) -> None:
    if (
        (write and not permissions.can_write(assessment))
        or (manage and not permissions.can_manage(assessment))
        or (member and not permissions.is_member(assessment))
    ):
        raise PermissionDenied
