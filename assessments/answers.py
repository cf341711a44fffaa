"""Answering: a save never overwrites a colleague’s, and a losing text is kept for good.

A save reads outside the transaction, then writes in three short statements: the answer if its version is still the one
the text was written from, its history, and the dossier if it may still be written in.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from assessments import journal
from assessments.enums import WRITABLE
from assessments.models import Answer, AnswerVersion, Assessment, NoticeKind, Outcome
from assessments.notices import notify
from assessments.scoring import BLOCKING, NBSP, NNBSP
from certif.accounts.models import User
from certif.limits import TEXT_MAX
from certif.text import TextTooLong, clean_text
from referentiel.content import Content, CriterionContent, content_of


@dataclass(frozen=True, slots=True)
class Saved:
    """The stored answer is what was submitted. `changed` is false when it already was."""

    version: int
    saved_at: datetime | None
    changed: bool


@dataclass(frozen=True, slots=True)
class Conflict:
    """Somebody saved first: `current` stands untouched, and the submitted text is `kept` in the history."""

    current: Answer
    kept: AnswerVersion


@dataclass(frozen=True, slots=True)
class Locked:
    """The dossier is no longer written in: nothing changed, and the submitted text is `kept` in the history."""

    kept: AnswerVersion


@dataclass(frozen=True, slots=True)
class Refused:
    """What is wrong, in French, by field: `niveau` or `justification`. Nothing was written."""

    errors: dict[str, str]


class DossierLocked(Exception):
    """The dossier is no longer written in."""


@dataclass(frozen=True, slots=True)
class _Proposal:
    level: int | None
    not_applicable: bool
    justification: str

    def is_in(self, row: Answer | AnswerVersion) -> bool:
        return (row.level, row.not_applicable, row.justification) == (
            self.level,
            self.not_applicable,
            self.justification,
        )

    @property
    def fields(self) -> dict:
        return {
            "level": self.level,
            "not_applicable": self.not_applicable,
            "justification": self.justification,
        }


def save_answer(
    answer: Answer,
    *,
    by: User,
    based_on: int,
    level: int | None,
    not_applicable: bool = False,
    justification: str = "",
    edition: int | None = None,
) -> Saved | Conflict | Locked | Refused:
    """Stores an answer written from version `based_on`. `answer` is as just read, with its `assessment`.

    `edition` is the one the page was in, when it says so: a text written before the dossier moved is kept aside, not saved.
    Saving what was carried over from another edition confirms it, even unchanged.
    """
    content = content_of(answer.assessment.edition_id)
    errors, text = _checked(content, answer, level, not_applicable, justification)
    if errors:
        return Refused(errors)
    proposal = _Proposal(level, not_applicable, text)
    if proposal.is_in(answer) and not answer.to_confirm:
        return Saved(answer.version, answer.updated_at, changed=False)
    if not answer.assessment.is_writable:
        return _keep(answer, proposal, by=by, based_on=based_on, locked=True)
    if answer.version == based_on and edition in (None, answer.assessment.edition_id):
        try:
            return _write(answer, proposal, by=by, based_on=based_on)
        except DossierLocked:
            return _keep(answer, proposal, by=by, based_on=based_on, locked=True)
        except _Overtaken:
            pass
    return _keep(answer, proposal, by=by, based_on=based_on)


class _Overtaken(Exception):
    """Another save went through between our reading and our writing."""


# Written as SQL because a hundred people save at once and everyone waits for the same lock: the ORM would spend longer
# composing these three statements than the database does running them. Types and names still come from the models.
_ANSWER, _VERSION, _ASSESSMENT = (model._meta.db_table for model in (Answer, AnswerVersion, Assessment))
_UPDATE = f"""
    UPDATE {_ANSWER} SET version = %s, to_confirm = %s, level = %s, not_applicable = %s, justification = %s, updated_by_id = %s,
        updated_at = %s
    WHERE id = %s AND version = %s"""  # noqa: S608
_INSERT = f"""
    INSERT INTO {_VERSION} (answer_id, number, level, not_applicable, justification, author_id, saved_at, outcome)
    VALUES (%s, %s, %s, %s, %s, %s, %s, '{Outcome.SAVED}')"""  # noqa: S608
_TOUCH = f"""
    UPDATE {_ASSESSMENT} SET updated_at = %s
    WHERE id = %s AND edition_id = %s AND status IN ({", ".join(f"'{status}'" for status in WRITABLE)})"""  # noqa: S608


def _write(answer: Answer, proposal: _Proposal, *, by: User, based_on: int) -> Saved:
    now, version = timezone.now(), based_on + 1
    at = connection.ops.adapt_datetimefield_value(now)
    said = (proposal.level, proposal.not_applicable, proposal.justification, by.pk, at)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_UPDATE, (version, False, *said, answer.pk, based_on))
        if not cursor.rowcount:
            raise _Overtaken
        cursor.execute(_INSERT, (answer.pk, version, *said))
        cursor.execute(_TOUCH, (at, answer.assessment_id, answer.assessment.edition_id))
        if not cursor.rowcount:
            raise DossierLocked
    return Saved(version, now, changed=True)


def _touch(assessment: Assessment, now: datetime) -> None:
    """Dates the dossier, in the caller’s transaction; raises DossierLocked if it may no longer be written in, or has moved
    to another edition since it was read."""
    rows = Assessment.objects.writable().filter(pk=assessment.pk, edition=assessment.edition_id)
    if not rows.update(updated_at=now):
        raise DossierLocked


def _keep(
    answer: Answer, proposal: _Proposal, *, by: User, based_on: int, locked: bool = False
) -> Saved | Conflict | Locked:
    """Stores the losing text once, however many times it is submitted."""
    with transaction.atomic():
        rows = Answer.objects.select_for_update(of=("self",)).select_related("updated_by")
        # Gone when somebody undid a move meanwhile: the text is kept with the answer the dossier came back to.
        current = rows.filter(pk=answer.pk).first() or rows.current().get(
            assessment=answer.assessment_id, criterion__key=answer.criterion.key
        )
        if proposal.is_in(current) and not current.to_confirm:
            return Saved(current.version, current.updated_at, changed=False)
        kept = {
            "answer": current,
            "number": min(based_on, current.version),
            "outcome": Outcome.CONFLICT,
            "author": by,
            **proposal.fields,
        }
        found = AnswerVersion.objects.filter(**kept).first()
        kept = found or AnswerVersion.objects.create(saved_at=timezone.now(), **kept)
    return Locked(kept) if locked else Conflict(current, kept)


# --- What a proposal must be ------------------------------------------------------------------


def _checked(
    content: Content, answer: Answer, level: int | None, not_applicable: bool, justification: str
) -> tuple[dict[str, str], str]:
    """What is wrong with a proposal, and its text cleaned."""
    criterion = content.criterion_by_id[answer.criterion_id]
    errors = {}
    try:
        text = clean_text(justification, limit=TEXT_MAX)
    except TextTooLong as error:
        text, errors["justification"] = error.text, f"{error} Rien n’est perdu{NBSP}: raccourcissez, puis enregistrez."
    if level is not None and not_applicable:
        errors["niveau"] = f"Choisissez un niveau ou «{NNBSP}non concerné{NNBSP}», pas les deux."
    elif level is not None and level not in content.level_by_value:
        errors["niveau"] = "Ce niveau n’existe pas dans cette édition de la norme."
    elif not_applicable and not na_allowed(criterion):
        errors["niveau"] = na_refusal(criterion)
    elif not_applicable and (lacking := content.rules["non_concerne"]["justification_min"] - len(text)) > 0:
        letters = "caractère" if lacking == 1 else "caractères"
        errors["justification"] = f"Encore {lacking}{NBSP}{letters}{NBSP}: dites pourquoi en une phrase."
    return errors, text


def na_allowed(criterion: CriterionContent) -> bool:
    """Whether « non concerné » may be answered; never on a blocking criterion."""
    return criterion.na_allowed and criterion.criticality != BLOCKING


def na_refusal(criterion: CriterionContent) -> str:
    where = "un critère bloquant" if criterion.criticality == BLOCKING else "ce critère"
    return f"«{NNBSP}Non concerné{NNBSP}» n’est pas proposé sur {where}."


# --- Beside the answer ------------------------------------------------------------------------


def assign(answer: Answer, *, by: User, to: User | None) -> None:
    """Gives the criterion to a colleague, who is told, or to nobody. Raises DossierLocked."""
    now = timezone.now()
    with transaction.atomic():
        _touch(answer.assessment, now)
        before = answer.assigned_to
        Answer.objects.filter(pk=answer.pk).update(assigned_to=to)
        journal.record(
            "critere_confie",
            by=by,
            assessment=answer.assessment,
            before={"reponse": answer.pk, "personne": before and before.pk},
            after={"reponse": answer.pk, "personne": to and to.pk},
        )
        if to and to not in (by, before):
            code = content_of(answer.assessment.edition_id).criterion_by_id[answer.criterion_id].code
            notify(
                NoticeKind.ASSIGNED,
                to=[to],
                key=f"critere:{answer.pk}:{now.timestamp()}",
                sentence=f"{by} vous confie {code}, dans «{NNBSP}{answer.assessment}{NNBSP}».",
                path=reverse("criterion", args=[answer.assessment_id, code]),
                assessment=answer.assessment,
            )
