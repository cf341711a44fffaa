"""Moving a dossier to another edition of its norm, and back, with nothing lost.

The answers of the edition left stay in their rows, untouched: they are the history of the dossier. Undoing takes away the
rows the move added, as long as nobody has worked in them.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from assessments import journal, snapshots
from assessments.enums import SnapshotKind
from assessments.models import (
    Action,
    Answer,
    AnswerVersion,
    Assessment,
    Comment,
    Evidence,
    EvidenceUse,
    Move,
    OpinionVersion,
    RegisterDeclaration,
    ReviewerOpinion,
    ReviewRequest,
    Thread,
    ThreadRead,
)
from assessments.passage import Passage, passage, summary
from assessments.permissions import can_manage
from assessments.scoring import NBSP, NNBSP, count
from assessments.workflow import label
from certif.accounts.models import User
from certif.dates import long_moment
from referentiel.content import Content, content_of
from referentiel.mapping import arrows_of, is_ready
from referentiel.models import Edition, Mapping, Seal


class MoveRefused(Exception):
    """The dossier cannot move, or move back: says why, in French."""


class WorkWouldBeLost(MoveRefused):
    """Somebody worked in the new edition since: `losses` says what undoing would take away."""

    def __init__(self, losses: list[str]):
        self.losses = losses
        super().__init__(f"Annuler ferait perdre du travail{NBSP}: rien n’a été annulé.")


# --- What is offered --------------------------------------------------------------------------


def newer_editions(assessment: Assessment, *, on: date) -> list[Edition]:
    """Editions of the same norm announced by the day `on` and in force after the dossier’s own; the latest first."""
    mine = Seal.objects.filter(edition=assessment.edition_id).values("in_force_on")[:1]
    return list(
        Edition.objects.published()
        .filter(standard=assessment.edition.standard_id, seal__announced_on__lte=on)
        .filter(Q(seal__in_force_on__gt=mine) | Q(seal__in_force_on=mine, pk__gt=assessment.edition_id))
        .select_related("seal")
        .order_by("-seal__in_force_on", "-pk")
    )


@dataclass(frozen=True, slots=True)
class Offer:
    """A newer edition; `mapping` is None while its passage is not written and read to the end."""

    edition: Edition
    mapping: Mapping | None

    def passage_of(self, assessment: Assessment) -> Passage:
        return passage(
            assessment, content_of(assessment.edition_id), content_of(self.edition.pk), arrows_of(self.mapping)
        )


def offer(assessment: Assessment, *, on: date) -> Offer | None:
    """The latest edition the dossier can move to; failing that, the latest announced."""
    editions = newer_editions(assessment, on=on)
    mappings = {
        mapping.target_id: mapping
        for mapping in Mapping.objects.filter(source=assessment.edition_id, target__in=editions).order_by("pk")
    }
    for edition in editions:
        mapping = mappings.get(edition.pk)
        if mapping and is_ready(mapping):
            return Offer(edition, mapping)
    return Offer(editions[0], None) if editions else None


# --- Moving -----------------------------------------------------------------------------------


def apply(assessment: Assessment, target: Edition, *, by: User, on: date) -> Move:
    """Moves the dossier, in one transaction, between two photographs. A second click gives back the first move.

    Raises PermissionDenied to anyone but an owner, MoveRefused for a dossier that is closed, or an edition not offered.
    """
    if not can_manage(assessment):
        raise PermissionDenied
    with transaction.atomic():
        current = _hold(assessment)
        if current.edition_id == target.pk:
            return Move.objects.standing().filter(assessment=current, target=target).first()
        _refuse_unless_open(current)
        proposed = offer(current, on=on)
        if proposed is None or proposed.mapping is None or proposed.edition.pk != target.pk:
            raise MoveRefused(f"Cette édition n’est pas proposée à ce dossier{NBSP}: rechargez la page.")
        before = snapshots.take(current, SnapshotKind.BEFORE_MOVE, by=by)
        move = proposed.passage_of(current)
        kept = _store(current, move, by=by)
        _set_edition(current, target)
        after = snapshots.take(current, SnapshotKind.AFTER_MOVE, by=by)
        row = Move.objects.create(
            assessment=current,
            source_id=move.source.id,
            target=target,
            before=before,
            after=after,
            moved_by=by,
            moved_at=timezone.now(),
            report={"reponses": _told(move), "historique": [each.criterion.code for each in move.left_said],
                    "actions": kept, "etat": _state(current, move.target)},
        )  # fmt: skip
        journal.record(
            "edition_changee",
            by=by,
            assessment=current,
            before={"edition": move.source.code, "code": before.code},
            after={"edition": move.target.code, "code": after.code, "bilan": summary(move)},
        )
    assessment.edition = target
    return row


def undo(move: Move, assessment: Assessment, *, by: User) -> None:
    """Puts the dossier back as it was. A second click does nothing more.

    Raises PermissionDenied, MoveRefused, or WorkWouldBeLost with what people did since.
    """
    if not can_manage(assessment):
        raise PermissionDenied
    with transaction.atomic():
        current = _hold(assessment)
        if not Move.objects.standing().filter(pk=move.pk).exists():
            return
        if current.edition_id != move.target_id:
            raise MoveRefused(f"Le dossier a changé d’édition depuis{NBSP}: annulez d’abord le dernier changement.")
        _refuse_unless_open(current)
        if losses := work_since(move):
            raise WorkWouldBeLost(losses)
        _take_back(move)
        _set_edition(current, move.source)
        Move.objects.filter(pk=move.pk).update(undone_by=by, undone_at=timezone.now())
        journal.record(
            "edition_retablie",
            by=by,
            assessment=current,
            before={"edition": move.target.code},
            after={"edition": move.source.code},
        )
    assessment.edition = move.source


def _hold(assessment: Assessment) -> Assessment:
    """Nobody answers meanwhile. Answers first, then the dossier, as a save takes them: neither waits for the other for ever."""
    list(
        Answer.objects.filter(assessment=assessment.pk).select_for_update().order_by("pk").values_list("pk", flat=True)
    )
    rows = Assessment.objects.select_related("structure", "edition").select_for_update(of=("self",))
    return rows.get(pk=assessment.pk)


def _refuse_unless_open(assessment: Assessment) -> None:
    if not assessment.is_writable:
        state = label(assessment.status).lower()
        raise MoveRefused(f"Ce dossier est «{NNBSP}{state}{NNBSP}»{NBSP}: il reste dans son édition.")


def _set_edition(assessment: Assessment, edition: Edition) -> None:
    Assessment.objects.filter(pk=assessment.pk).update(edition=edition, updated_at=timezone.now())
    assessment.edition = edition


# --- Writing the rows -------------------------------------------------------------------------


def _store(assessment: Assessment, move: Passage, *, by: User) -> dict:
    """Stores the rows of a passage. What the actions were before, for the way back."""
    now = timezone.now()
    answers = Answer.objects.bulk_create(arrival.answer for arrival in move.arrivals)
    rows = {answer.criterion_id: answer for answer in answers}
    AnswerVersion.objects.bulk_create(
        AnswerVersion(
            answer=rows[arrival.criterion.id],
            number=arrival.answer.version,
            level=arrival.answer.level,
            not_applicable=arrival.answer.not_applicable,
            justification=arrival.answer.justification,
            origin=f"{arrival.origin_line}, {move.source.label}"[:300],
            author=by,
            saved_at=now,
        )
        for arrival in move.arrivals
        if arrival.answer.version
    )
    _store_beside(EvidenceUse, move.rows.uses, rows, "added_at")
    _store_beside(ReviewerOpinion, move.rows.opinions, rows, "updated_at")
    OpinionVersion.objects.bulk_create(
        OpinionVersion(
            opinion=opinion,
            number=opinion.version,
            level=opinion.level,
            remark=opinion.remark,
            private_note=opinion.private_note,
            author=opinion.advisor,
            saved_at=now,
        )
        for pk in rows
        for opinion in move.rows.opinions[pk]
    )
    _store_beside(ReviewRequest, move.rows.requests, rows, "asked_at")
    _copy_threads(move, rows)
    for register, declared in move.rows.declared.items():
        declaration = RegisterDeclaration.objects.create(assessment=assessment, register_id=register)
        declaration.services.set(declared.services)
        declaration.evidence.set(declared.evidence)
    return _store_actions(move)


def _store_beside(model, by_criterion, answers: dict[int, Answer], moment: str) -> None:
    """Rows beside an answer, in their order, with the moment they were first written at."""
    found = [(row, getattr(row, moment)) for pk in answers for row in by_criterion[pk]]
    for pk, answer in answers.items():
        for row in by_criterion[pk]:
            row.answer = answer
    model.objects.bulk_create(row for row, _at in found)
    for row, at in found:
        setattr(row, moment, at)
    model.objects.bulk_update([row for row, _at in found], [moment])


def _copy_threads(move: Passage, answers: dict[int, Answer]) -> None:
    """What people said follows, to each of the criteria that come from the one they spoke of: who was called, and who has
    read it, too."""
    said = defaultdict(list)
    origins = {origin.answer.pk for arrival in move.arrivals for origin in arrival.origins}
    threads = Thread.objects.filter(answer__in=origins).prefetch_related("comments__mentions", "reads")
    for thread in threads.order_by("opened_at", "pk"):
        said[thread.answer_id].append(thread)
    calls = Comment.mentions.through
    for arrival in move.arrivals:
        followed = [thread for origin in arrival.origins for thread in said[origin.answer.pk]]
        for thread in sorted(followed, key=lambda each: (each.opened_at, each.pk)):
            copy = Thread.objects.create(
                answer=answers[arrival.criterion.id],
                network_id=thread.network_id,
                opened_by_id=thread.opened_by_id,
                opened_at=thread.opened_at,
                resolved_by_id=thread.resolved_by_id,
                resolved_at=thread.resolved_at,
            )
            comments = list(thread.comments.all())
            copies = Comment.objects.bulk_create(
                Comment(thread=copy, author_id=each.author_id, body=each.body, created_at=each.created_at)
                for each in comments
            )
            calls.objects.bulk_create(
                calls(comment=copied, user=person)
                for each, copied in zip(comments, copies, strict=True)
                for person in each.mentions.all()
            )
            ThreadRead.objects.bulk_create(
                ThreadRead(thread=copy, user_id=each.user_id, read_at=each.read_at) for each in thread.reads.all()
            )


def _store_actions(move: Passage) -> dict:
    former = {}
    for (action, criteria), (moved, onward) in zip(move.before.actions, move.rows.actions, strict=True):
        former[str(action.pk)] = {
            "criteres": sorted(criteria),
            "action_type": action.suggested_id,
            "niveau_vise": action.target_level,
        }
        _set_action(action.pk, onward, moved.suggested_id, moved.target_level)
    return former


def _set_action(pk: int, criteria: Iterable[int], suggested: int | None, target_level: int | None) -> None:
    Action.objects.filter(pk=pk).update(suggested=suggested, target_level=target_level)
    links = Action.criteria.through.objects
    links.filter(action=pk).delete()
    links.bulk_create(Action.criteria.through(action_id=pk, criterion_id=each) for each in sorted(criteria))


def _take_back(move: Move) -> None:
    Answer.objects.filter(assessment=move.assessment_id, criterion__edition=move.target_id).delete()
    RegisterDeclaration.objects.filter(assessment=move.assessment_id, register__edition=move.target_id).delete()
    present = set(Action.objects.filter(assessment=move.assessment_id).order_by("pk").values_list("pk", flat=True))
    for pk, former in move.report["actions"].items():
        if int(pk) in present:
            _set_action(int(pk), former["criteres"], former["action_type"], former["niveau_vise"])


def _told(move: Passage) -> list[dict]:
    """What became of each answer, kept with the move."""
    return [
        {
            "critere": arrival.criterion.code,
            "devenir": str(arrival.kind),
            "origines": [origin.criterion.code for origin in arrival.origins],
            "notes": list(arrival.notes),
        }
        for arrival in move.arrivals
    ]


# --- What happened since ----------------------------------------------------------------------


_DATED = ("sent_at", "answered_at", "settled_at")
"""Where a request stands."""


def _state(assessment: Assessment, content: Content) -> dict:
    """The rows of an edition that undoing would delete or change, as plain JSON: compared later with what they became."""
    here = {"answer__assessment": assessment.pk, "answer__criterion__edition": content.id}
    said = Comment.objects.filter(**{f"thread__{name}": value for name, value in here.items()})
    answers: dict[str, dict] = {}
    for row in Answer.objects.filter(assessment=assessment.pk, criterion__edition=content.id).order_by("pk"):
        answers[str(row.criterion_id)] = {
            "version": row.version,
            "confie": row.assigned_to_id,
            "a_reconfirmer": row.to_confirm,
            "textes": [],
            "commentaires": [],
            "preuves": [],
            "avis": [],
            "communiques": [],
            "demandes": [],
        }
    for name, rows in (
        ("textes", AnswerVersion.objects.filter(**here).values_list("answer__criterion_id", "pk")),
        ("commentaires", said.values_list("thread__answer__criterion_id", "pk")),
        (
            "preuves",
            EvidenceUse.objects.filter(**here).values_list("answer__criterion_id", "evidence_id", "expected_id"),
        ),
        ("avis", ReviewerOpinion.objects.filter(**here).values_list("answer__criterion_id", "network_id", "version")),
        ("communiques", ReviewerOpinion.objects.filter(**here).values_list("answer__criterion_id", "network_id", "shown_at")),
        ("demandes", ReviewRequest.objects.filter(**here).values_list("answer__criterion_id", "pk", *_DATED)),
    ):
        for criterion, *said in rows.order_by("pk"):
            answers[str(criterion)][name].append([each.isoformat() if hasattr(each, "isoformat") else each for each in said])
    declarations = RegisterDeclaration.objects.filter(assessment=assessment.pk, register__edition=content.id)
    return {
        "reponses": answers,
        "registres": {
            str(row.register_id): [
                sorted(service.pk for service in row.services.all()),
                sorted(piece.pk for piece in row.evidence.all()),
            ]
            for row in declarations.prefetch_related("services", "evidence").order_by("pk")
        },
        "actions": {
            str(action.pk): [
                sorted(criterion.pk for criterion in action.criteria.all()),
                action.suggested_id,
                action.target_level,
            ]
            for action in Action.objects.filter(assessment=assessment.pk).prefetch_related("criteria").order_by("pk")
        },
    }


def work_since(move: Move) -> list[str]:
    """What people did in the new edition since the move, and undoing would take away: French sentences, empty when nothing."""
    content = content_of(move.target_id)
    then, now = move.report["etat"], _state(move.assessment, content)
    losses = []
    # An old move does not speak of everything a newer one does: nothing is known to have changed there.
    was = {pk: {**said, **then["reponses"][pk]} for pk, said in now["reponses"].items()}
    changed = [pk for pk, said in now["reponses"].items() if said != was[pk]]
    rows = {
        row.criterion_id: row
        for row in Answer.objects.filter(assessment=move.assessment_id, criterion__in=changed).select_related(
            "updated_by"
        )
    }
    pieces = _names_of_pieces(then, now, changed)
    for pk in changed:
        losses += _losses(
            content.criterion_by_id[int(pk)].code, was[pk], now["reponses"][pk], rows[int(pk)], pieces
        )
    for pk in sorted({*then["registres"], *now["registres"]}, key=int):
        if then["registres"].get(pk) != now["registres"].get(pk):
            register = content.register_by_id[int(pk)]
            what = "déclaré" if pk not in then["registres"] else "retiré" if pk not in now["registres"] else "modifié"
            losses.append(f"Registre «{NNBSP}{register.label}{NNBSP}» {what}.")
    titles = dict(Action.objects.filter(assessment=move.assessment_id).order_by("pk").values_list("pk", "title"))
    for pk, said in now["actions"].items():
        if pk not in then["actions"]:
            if said[0] or said[1]:
                losses.append(f"Action «{NNBSP}{titles[int(pk)]}{NNBSP}», ajoutée{NBSP}: elle perdrait ses critères.")
        elif said != then["actions"][pk]:
            losses.append(f"Action «{NNBSP}{titles[int(pk)]}{NNBSP}»{NBSP}: critères ou niveau visé modifiés.")
    return losses


def _losses(code: str, then: dict, now: dict, row: Answer, pieces: dict[int, str]) -> list[str]:
    found = []
    if now["version"] != then["version"]:
        who = f" par {row.updated_by}" if row.updated_by else ""
        found.append(f"{code}{NBSP}: réponse enregistrée{who} le {long_moment(row.updated_at)}.")
    elif now["textes"] != then["textes"]:
        found.append(f"{code}{NBSP}: un texte mis de côté dans l’historique.")
    if more := len(now["commentaires"]) - len(then["commentaires"]):
        found.append(f"{code}{NBSP}: {count(more, 'commentaire', 'commentaires')}.")
    if now["preuves"] != then["preuves"]:
        before, after = ({each[0] for each in said["preuves"]} for said in (then, now))
        told = [f"«{NNBSP}{pieces[pk]}{NNBSP}» jointe" for pk in sorted(after - before)]
        told += [f"«{NNBSP}{pieces[pk]}{NNBSP}» retirée" for pk in sorted(before - after)]
        found.append(f"{code}{NBSP}: preuves, {', '.join(told) or 'autrement rattachées'}.")
    if (now["avis"], now["communiques"]) != (then["avis"], then["communiques"]):
        found.append(f"{code}{NBSP}: avis de votre réseau.")
    if now["demandes"] != then["demandes"]:
        found.append(f"{code}{NBSP}: demandes de votre réseau.")
    if now["confie"] != then["confie"]:
        found.append(f"{code}{NBSP}: confié à {row.assigned_to or 'personne'}.")
    return found


def _names_of_pieces(then: dict, now: dict, changed: list[str]) -> dict[int, str]:
    ids = {each[0] for state in (then, now) for pk in changed for each in state["reponses"][pk]["preuves"]}
    known = dict(Evidence.objects.filter(pk__in=ids).order_by("pk").values_list("pk", "label"))
    return {pk: known.get(pk, "une preuve supprimée") for pk in ids}
