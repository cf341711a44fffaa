"""Moving a dossier to another edition: what follows, what stays behind, what undoing puts back."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from assessments import answers, evidence, moving, roadmap, talk
from assessments.enums import SnapshotKind, Status
from assessments.evidence import Target
from assessments.models import (
    Action,
    Answer,
    Assessment,
    Comment,
    Event,
    EvidenceUse,
    Move,
    RegisterDeclaration,
    ReviewerOpinion,
    ReviewRequest,
    Snapshot,
    Thread,
)
from assessments.passage import CUT, joined, passage, projection
from assessments.reading import canonical_json, read
from certif.accounts.models import Network, User
from referentiel.content import content_of
from referentiel.mapping import arrows_of
from referentiel.models import Mapping
from tests.editions import NEXT_PAIRS, NEXT_SAME, make_mapping, make_next, next_edition
from tests.factories import (
    CRITERIA,
    answer,
    answer_all,
    ask,
    declare,
    make_assessment,
    make_edition,
    make_evidence,
    opine,
    say,
    use_evidence,
)

pytestmark = pytest.mark.slow

DAY = date(2026, 11, 21)
NBSP, NNBSP = "\u00a0", "\u202f"


def seen_by(user, dossier) -> Assessment:
    return Assessment.objects.visible_to(user).select_related("structure", "edition").get(pk=dossier.pk)


def move(dossier, target, user) -> Move:
    return moving.apply(seen_by(user, dossier), target, by=user, on=DAY)


def here(dossier, code: str) -> Answer:
    return Answer.objects.current().get(assessment=dossier, criterion__code=code)


def text(dossier) -> str:
    dossier = Assessment.objects.select_related("structure", "edition").get(pk=dossier.pk)
    return canonical_json(read(dossier, on=DAY).canonical)


def expected_of(dossier, code: str):
    return here(dossier, code).criterion.expectedevidences.get(position=1)


@pytest.fixture
def full(dossier, fabrique, lea, karim, reseau, adele):
    """A dossier with everything beside its answers: evidence, actions, comments, opinions, registers, people."""
    answer_all(dossier, 3, but={"QUA-02": None, "DEO-01": 1}, by=karim)
    piece = make_evidence(fabrique, "Statuts", effective_on=date(2026, 2, 1))
    use_evidence(piece, dossier, "PER-01", expected=1)
    use_evidence(make_evidence(fabrique, "Note de périmètre"), dossier, "PER-02")
    declare(dossier, "REG-1", services=dossier.services.all(), evidence=[piece])
    said = say(here(dossier, "QUA-01"), "@Léa Martin, à revoir en équipe.", by=karim)
    said.mentions.add(lea)
    talk.mark_read([said.thread_id], by=karim, until=said.created_at)
    settled = say(here(dossier, "QUA-01"), "Vu avec le réseau.", by=adele, network=reseau).thread
    Thread.objects.filter(pk=settled.pk).update(resolved_by=lea, resolved_at=settled.opened_at)
    opine(here(dossier, "DEO-02"), reseau, adele, 2, "Plutôt 2.", private_note="Fragile.", version=3)
    ask(here(dossier, "DEO-02"), reseau, adele, "La charte signée.")
    ask(here(dossier, "PER-01"), reseau, adele, "Les statuts.", sent=False, expected=expected_of(dossier, "PER-01"))
    Answer.objects.filter(pk=here(dossier, "QUA-01").pk).update(assigned_to=karim)
    content = content_of(dossier.edition_id)
    criterion = content.criterion_by_code["DEO-01"]
    action = roadmap.add_suggested(dossier, by=lea, criterion=criterion, suggested=criterion.suggested_actions[0])
    action.criteria.add(content.criterion_by_code["PER-02"].id)
    return dossier


# --- What follows -----------------------------------------------------------------------------


def test_a_move_keeps_confirms_leaves_and_adds(full, edition, lea, karim):
    target = next_edition(edition, "ESSAI-SUITE")

    done = move(full, target, lea)

    rows = {
        row.criterion.code: row
        for row in Answer.objects.current().filter(assessment=full).select_related("criterion").order_by("pk")
    }
    assert {code: (row.level, row.to_confirm, row.version) for code, row in rows.items()} == {
        "PER-01": (3, False, 2),
        "PER-08": (3, False, 2),
        "DEO-01": (1, False, 2),
        "DEO-02": (3, False, 2),
        "DEO-03": (3, False, 2),
        "DEO-09": (None, False, 0),
        "QUA-01": (3, True, 2),
        "QUA-02": (None, False, 0),
    }
    assert rows["QUA-01"].assigned_to == karim
    assert rows["QUA-01"].updated_by == karim
    assert done.report["historique"] == ["PER-02"]
    assert Answer.objects.filter(assessment=full, criterion__edition=edition).count() == 8
    version = rows["QUA-01"].versions.get()
    assert (version.origin, version.author, version.number) == (f"Reprise de QUA-01, {edition.label}", lea, 2)


def test_what_stands_beside_an_answer_follows_it(full, edition, fabrique, lea, karim, adele, reseau):
    said = Comment.objects.get(author=karim)
    thought = ReviewerOpinion.objects.get()
    wanted = ReviewRequest.objects.get(text="La charte signée.")
    target = next_edition(edition)

    move(full, target, lea)

    use = EvidenceUse.objects.current().get(answer__assessment=full)
    assert (use.evidence.label, use.answer.criterion.code, use.expected.criterion.edition) == (
        "Statuts",
        "PER-01",
        target,
    )
    colleagues, settled = here(full, "QUA-01").threads.all()
    assert (colleagues.network, colleagues.opened_by, colleagues.opened_at) == (None, karim, said.thread.opened_at)
    comment = colleagues.comments.get()
    assert (comment.body, comment.author, comment.created_at) == (said.body, karim, said.created_at)
    assert (comment.mentions.get(), colleagues.reads.get().user) == (lea, karim)
    assert (settled.network, settled.resolved_by, settled.resolved_at) == (reseau, lea, settled.opened_at)
    assert settled.comments.get().author == adele
    opinion = here(full, "DEO-02").opinions.get()
    assert (opinion.level, opinion.remark, opinion.private_note, opinion.advisor, opinion.network, opinion.updated_at) == (
        2, "Plutôt 2.", "Fragile.", adele, reseau, thought.updated_at,
    )  # fmt: skip
    assert (opinion.shown_level, opinion.shown_remark, opinion.shown_by, opinion.shown_at, opinion.read_at) == (
        2, "Plutôt 2.", adele, thought.shown_at, None,
    )  # fmt: skip
    version = opinion.versions.get()
    assert (opinion.version, version.number, version.level, version.remark, version.private_note, version.author) == (
        4, 4, 2, "Plutôt 2.", "Fragile.", adele,
    )  # fmt: skip
    charter, statutes = (here(full, code).requests.get() for code in ("DEO-02", "PER-01"))
    assert (charter.text, charter.asked_by, charter.asked_at, charter.sent_at) == (
        "La charte signée.", adele, wanted.asked_at, wanted.sent_at,
    )  # fmt: skip
    assert (statutes.sent_at, statutes.expected, statutes.expected.criterion.edition) == (
        None, expected_of(full, "PER-01"), target,
    )  # fmt: skip
    declaration = RegisterDeclaration.objects.current().get(assessment=full)
    assert declaration.register.edition == target
    assert [service.name for service in declaration.services.all()] == ["Médiation de nuit"]
    assert [piece.label for piece in declaration.evidence.all()] == ["Statuts"]
    action = Action.objects.get()
    assert [(each.code, each.edition) for each in action.criteria.all()] == [("DEO-01", target)]
    assert action.suggested.criterion.edition == target


def test_a_move_leaves_two_photographs_and_one_event(full, edition, lea):
    before = canonical_json(read(full).canonical)

    done = move(full, next_edition(edition, "ESSAI-SUITE"), lea)

    assert [done.before.kind, done.after.kind] == [SnapshotKind.BEFORE_MOVE, SnapshotKind.AFTER_MOVE]
    assert (done.before.content, done.after.content) == (before, canonical_json(read(seen_by(lea, full)).canonical))
    event = Event.objects.get(verb="edition_changee")
    assert (event.actor, event.before["edition"], event.after["edition"]) == (lea, edition.code, "ESSAI-SUITE")
    assert event.after["bilan"] == (
        f"5{NBSP}réponses conservées, 1{NBSP}à reconfirmer, 1{NBSP}nouveau critère, 1{NBSP}réponse dans l’historique."
    )


def test_the_projection_is_what_the_move_does(full, edition, lea):
    target = next_edition(edition)
    planned = passage(full, content_of(edition.pk), content_of(target.pk), arrows_of(Mapping.objects.get()))
    projected = canonical_json(projection(full, planned, on=DAY).canonical)

    move(full, target, lea)

    assert text(full) == projected


def test_what_only_counts_differently_is_said(full, edition):
    target = next_edition(edition)
    planned = passage(full, content_of(edition.pk), content_of(target.pk), arrows_of(Mapping.objects.get()))
    notes = {arrival.criterion.code: arrival.notes for arrival in planned.arrivals if arrival.notes}
    assert notes == {"DEO-02": ("Le poids passe de 2 à 3.",)}


def test_saving_confirms_even_unchanged(full, edition, lea):
    move(full, next_edition(edition), lea)
    row = Answer.objects.select_related("assessment").get(pk=here(full, "QUA-01").pk)

    outcome = answers.save_answer(row, by=lea, based_on=row.version, level=row.level, justification=row.justification)

    assert outcome.changed
    row.refresh_from_db()
    assert (row.to_confirm, row.version, row.level) == (False, 3, 3)


# --- Merging and splitting --------------------------------------------------------------------


def merged(fabrique, lea, one: tuple, other: tuple, *, weights=(3, 1), na_allowed=True) -> Answer:
    """DEO-01 and QUA-02, of these weights, merged in one criterion of the next edition: what the answer becomes."""
    further = {"na_allowed": True, "na_condition": "Selon les cas."}
    source = make_edition(criteria=(
        ("PER-08", "Cinq registres", "bloquant", 3, {}),
        ("DEO-01", "Premier", "majeur", weights[0], further),
        ("QUA-02", "Second", "majeur", weights[1], further),
    ))  # fmt: skip
    target = make_next(criteria=(
        ("PER-08", "Cinq registres", "bloquant", 3, {}),
        ("DEO-05", "Ensemble", "majeur", 2, further if na_allowed else {}),
    ))  # fmt: skip
    dossier = make_assessment(fabrique, source)
    for code, (level, not_applicable, said) in zip(("DEO-01", "QUA-02"), (one, other), strict=True):
        if level is not None or not_applicable or said:
            answer(dossier, code, level, not_applicable=not_applicable, justification=said, by=lea)
    make_mapping(source, target, [("PER-08", "PER-08"), ("DEO-01", "DEO-05"), ("QUA-02", "DEO-05")])
    move(dossier, target, lea)
    return here(dossier, "DEO-05")


NOTHING = (None, False, "")
NA = (None, True, "Aucun site concerné cette année.")


@pytest.mark.parametrize(
    ("one", "other", "weights", "becomes"),
    [
        ((3, False, ""), (1, False, ""), (3, 1), (2, False)),  # (9 + 1) / 4 = 2,5
        ((3, False, ""), (2, False, ""), (1, 1), (2, False)),  # 2,5
        ((4, False, ""), (4, False, ""), (3, 1), (4, False)),
        ((0, False, ""), (3, False, ""), (3, 1), (0, False)),  # 0,75
        ((3, False, ""), NA, (3, 1), (3, False)),  # « non concerné » leaves the mean
        (NA, NA, (3, 1), (None, True)),
        ((3, False, ""), NOTHING, (3, 1), (None, False)),  # one of them has no answer yet
        (NOTHING, NOTHING, (3, 1), (None, False)),
    ],
)
def test_merged_levels_are_rounded_down(fabrique, lea, one, other, weights, becomes):
    row = merged(fabrique, lea, one, other, weights=weights)
    assert (row.level, row.not_applicable) == becomes
    assert row.to_confirm == (row.version > 0)


def test_merged_texts_follow_one_another_under_their_origin(fabrique, lea):
    row = merged(fabrique, lea, (3, False, "Le premier texte."), (2, False, "Le second.\n\nEn deux paragraphes."))
    assert (
        row.justification
        == "[DEO-01 Premier]\nLe premier texte.\n\n[QUA-02 Second]\nLe second.\n\nEn deux paragraphes."
    )
    assert row.versions.get().origin.startswith("Reprise de DEO-01 et QUA-02, ")


def test_not_applicable_where_it_is_no_longer_admitted_keeps_its_text(fabrique, lea):
    row = merged(fabrique, lea, NA, NA, na_allowed=False)
    assert (row.level, row.not_applicable, row.to_confirm) == (None, False, True)
    assert row.justification == f"[DEO-01 Premier]\n{NA[2]}\n\n[QUA-02 Second]\n{NA[2]}"


def test_a_merged_text_too_long_is_cut_at_a_paragraph_and_stays_whole_behind(fabrique, lea):
    long = "\n\n".join(f"Paragraphe {number}. " + "mot " * 60 for number in range(12)).strip()
    row = merged(fabrique, lea, (3, False, long), (2, False, long))

    assert len(row.justification) <= 4000
    assert row.justification.endswith(f"mot\n\n{CUT}")
    left = Answer.objects.filter(assessment=row.assessment_id, criterion__code__in=("DEO-01", "QUA-02"))
    assert [each.justification for each in left.order_by("pk")] == [long, long]


@pytest.mark.parametrize("length", [10, 50, 120, 400])
def test_a_text_is_never_longer_than_its_limit(length):
    limit = len(CUT) + 60
    whole, cut = joined([("[A un]", "mot " * length), ("[B deux]", "x" * length)], limit)
    assert (len(whole) <= limit, cut) == (True, whole.endswith(CUT))


def test_a_split_answer_is_copied_to_confirm(fabrique, lea):
    source = make_edition()
    target = make_next(criteria=(*CRITERIA, ("DEO-07", "Secret partagé", "majeur", 2, {})))
    dossier = make_assessment(fabrique, source)
    answer(dossier, "DEO-02", 3, justification="Une charte signée.", by=lea)
    make_mapping(source, target, [*((each[0], each[0]) for each in CRITERIA), ("DEO-02", "DEO-07")])

    move(dossier, target, lea)

    rows = [here(dossier, code) for code in ("DEO-02", "DEO-07")]
    assert [(row.level, row.justification, row.to_confirm) for row in rows] == [(3, "Une charte signée.", True)] * 2


def test_another_scale_rounds_levels_down_and_asks_to_confirm(fabrique, lea):
    source = make_edition()
    target = make_next(criteria=CRITERIA, level_max=3)
    dossier = make_assessment(fabrique, source)
    levels = dict(zip(("PER-01", "PER-08", "DEO-01", "DEO-02", "QUA-01"), range(5), strict=True))
    answer_all(dossier, 4, but={**levels, "PER-02": None, "DEO-03": None, "QUA-02": None}, by=lea)
    make_mapping(source, target, [(each[0], each[0]) for each in CRITERIA])

    move(dossier, target, lea)

    assert {code: (here(dossier, code).level, here(dossier, code).to_confirm) for code in levels} == {
        "PER-01": (0, True), "PER-08": (0, True), "DEO-01": (1, True), "DEO-02": (2, True), "QUA-01": (3, True),
    }  # fmt: skip


# --- Who, when, once --------------------------------------------------------------------------


def test_only_an_owner_moves_a_dossier(full, edition, karim, lise):
    target = next_edition(edition)
    for person in (karim, lise):
        with pytest.raises(PermissionDenied):
            move(full, target, person)
    assert not Move.objects.exists()


@pytest.mark.parametrize("status", [Status.SUBMITTED, Status.VALIDATED, Status.CLOSED, Status.ARCHIVED])
def test_a_closed_dossier_never_moves(full, edition, lea, status):
    target = next_edition(edition)
    Assessment.objects.filter(pk=full.pk).update(status=status)
    before = text(full)

    with pytest.raises(moving.MoveRefused, match="il reste dans son édition"):
        move(full, target, lea)

    assert text(full) == before
    assert not Snapshot.objects.exists()


def test_two_clicks_move_once(full, edition, lea):
    target = next_edition(edition)
    twice = seen_by(lea, full), seen_by(lea, full)
    moves = [moving.apply(each, target, by=lea, on=DAY) for each in twice]
    assert moves[0] == moves[1] == Move.objects.get()
    assert Snapshot.objects.count() == 2


@pytest.mark.parametrize("fields", [{"confirmed": False}, None])
def test_a_passage_nobody_read_is_not_offered(full, edition, lea, fields):
    target = make_next()
    if fields:
        make_mapping(edition, target, NEXT_PAIRS, same=NEXT_SAME, **fields)
    assert moving.offer(seen_by(lea, full), on=DAY) == moving.Offer(target, None)
    with pytest.raises(moving.MoveRefused, match="n’est pas proposée"):
        move(full, target, lea)


def test_only_a_later_announced_edition_of_the_same_norm_is_offered(full, edition, lea):
    make_next(sealed_on=None)
    make_next(sealed_on=date(2025, 1, 1))
    make_next(sealed_on=date(2027, 5, 1))
    assert moving.offer(seen_by(lea, full), on=DAY) is None
    newer = next_edition(edition)
    assert moving.offer(seen_by(lea, full), on=DAY).edition == newer


# --- Undoing ----------------------------------------------------------------------------------


def test_undoing_puts_everything_back(full, edition, lea):
    before, rows = text(full), list(Answer.objects.filter(assessment=full).order_by("pk").values())
    done = move(full, next_edition(edition), lea)

    moving.undo(done, seen_by(lea, full), by=lea)

    assert text(full) == before
    assert list(Answer.objects.filter(assessment=full).order_by("pk").values()) == rows
    assert RegisterDeclaration.objects.filter(assessment=full).count() == 1
    action = Action.objects.get()
    assert sorted(each.code for each in action.criteria.all()) == ["DEO-01", "PER-02"]
    assert action.suggested.criterion.edition == edition
    done.refresh_from_db()
    assert done.undone_by == lea


def test_undoing_twice_is_harmless_and_the_dossier_may_move_again(full, edition, lea):
    target = next_edition(edition)
    done = move(full, target, lea)
    moved = text(full)
    moving.undo(done, seen_by(lea, full), by=lea)
    moving.undo(done, seen_by(lea, full), by=lea)
    assert Event.objects.filter(verb="edition_retablie").count() == 1

    again = move(full, target, lea)

    assert text(full) == moved
    assert again != done


def _answers_something(dossier, lea, target):
    row = Answer.objects.select_related("assessment").get(pk=here(dossier, "DEO-09").pk)
    answers.save_answer(row, by=lea, based_on=0, level=2, justification="Mensuelle.")


def _comments(dossier, lea, target):
    talk.open_thread(Answer.objects.select_related("assessment").get(pk=here(dossier, "PER-01").pk), by=lea, body="Vu.")


def _assigns(dossier, lea, target):
    answers.assign(Answer.objects.select_related("assessment").get(pk=here(dossier, "PER-01").pk), by=lea, to=lea)


def _attaches(dossier, lea, target):
    dossier = seen_by(lea, dossier)
    evidence.attach(make_evidence(dossier.structure, "Charte"), Target(dossier, answer=here(dossier, "DEO-02")), by=lea)


def _detaches(dossier, lea, target):
    use = EvidenceUse.objects.current().select_related("answer__assessment").get(answer__assessment=dossier)
    evidence.detach(use, by=lea)


def _declares(dossier, lea, target):
    declare(seen_by(lea, dossier), "REG-2")


def _plans(dossier, lea, target):
    criterion = content_of(target.pk).criterion_by_code["DEO-09"]
    roadmap.add_suggested(seen_by(lea, dossier), by=lea, criterion=criterion, suggested=criterion.suggested_actions[0])


def _advises(dossier, lea, target):
    ReviewerOpinion.objects.current().update(version=9)


def _tells(dossier, lea, target):
    ReviewerOpinion.objects.current().update(shown_at=timezone.now())


def _asks(dossier, lea, target):
    ask(here(dossier, "QUA-01"), Network.objects.get(), User.objects.get(name="Adèle Roche"), "Le bilan.")


def _does(dossier, lea, target):
    ReviewRequest.objects.current().sent().update(answered_at=timezone.now(), answered_by=lea)


@pytest.mark.parametrize(
    ("work", "told"),
    [
        (_answers_something, f"DEO-09{NBSP}: réponse enregistrée par Léa Martin le "),
        (_comments, f"PER-01{NBSP}: 1{NBSP}commentaire."),
        (_assigns, f"PER-01{NBSP}: confié à Léa Martin."),
        (_attaches, f"DEO-02{NBSP}: preuves, «{NNBSP}Charte{NNBSP}» jointe."),
        (_detaches, f"PER-01{NBSP}: preuves, «{NNBSP}Statuts{NNBSP}» retirée."),
        (_declares, f"Registre «{NNBSP}Prévenir et gérer les situations conflictuelles{NNBSP}» déclaré."),
        (
            _plans,
            f"Action «{NNBSP}Écrire : Supervision des équipes{NNBSP}», ajoutée{NBSP}: elle perdrait ses critères.",
        ),
        (_advises, f"DEO-02{NBSP}: avis de votre réseau."),
        (_tells, f"DEO-02{NBSP}: avis de votre réseau."),
        (_asks, f"QUA-01{NBSP}: demandes de votre réseau."),
        (_does, f"DEO-02{NBSP}: demandes de votre réseau."),
    ],
)
def test_undoing_stops_before_new_work_and_says_it(full, edition, lea, work, told):
    target = next_edition(edition)
    done = move(full, target, lea)
    work(full, lea, target)
    before = text(full)

    with pytest.raises(moving.WorkWouldBeLost) as refusal:
        moving.undo(done, seen_by(lea, full), by=lea)

    assert [loss[: len(told)] for loss in refusal.value.losses] == [told]
    assert text(full) == before


def test_a_move_is_undone_before_the_one_it_followed(full, edition, lea):
    first = next_edition(edition)
    done = move(full, first, lea)
    second = make_next(sealed_on=date(2026, 9, 1))
    make_mapping(first, second, [*NEXT_PAIRS, ("DEO-09", "DEO-09")])
    again = move(full, second, lea)

    with pytest.raises(moving.MoveRefused, match="annulez d’abord le dernier"):
        moving.undo(done, seen_by(lea, full), by=lea)

    moving.undo(again, seen_by(lea, full), by=lea)
    moving.undo(done, seen_by(lea, full), by=lea)
    assert Assessment.objects.get(pk=full.pk).edition == edition


def test_a_dossier_closed_since_is_not_undone(full, edition, lea):
    done = move(full, next_edition(edition), lea)
    Assessment.objects.filter(pk=full.pk).update(status=Status.CLOSED)
    with pytest.raises(moving.MoveRefused, match="il reste dans son édition"):
        moving.undo(done, seen_by(lea, full), by=lea)


# --- A page left open, two at once ------------------------------------------------------------


def test_a_text_written_before_the_move_is_kept_aside(full, edition, lea, karim):
    """The page was open on the former edition: its text does not answer the new criterion of the same code."""
    target = next_edition(edition)
    move(full, target, lea)
    row = Answer.objects.select_related("assessment").get(pk=here(full, "QUA-02").pk)

    outcome = answers.save_answer(row, by=karim, based_on=0, level=4, justification="Écrit avant.", edition=edition.pk)

    assert isinstance(outcome, answers.Conflict)
    row.refresh_from_db()
    assert (row.version, row.level) == (0, None)
    assert outcome.kept.justification == "Écrit avant."


def test_a_save_caught_by_the_move_is_not_stored_behind_it(full, edition, lea, karim):
    """The answer was read, then the dossier moved, then the save came."""
    late = Answer.objects.select_related("assessment").get(pk=here(full, "QUA-01").pk)
    move(full, next_edition(edition), lea)

    outcome = answers.save_answer(late, by=karim, based_on=late.version, level=0, justification="Trop tard.")

    assert isinstance(outcome, answers.Locked)
    assert outcome.kept.justification == "Trop tard."
    late.refresh_from_db()
    assert late.level == 3


def test_a_save_caught_by_an_undoing_is_kept_with_the_answer_that_came_back(full, edition, lea, karim):
    done = move(full, next_edition(edition), lea)
    late = Answer.objects.select_related("assessment").get(pk=here(full, "QUA-01").pk)
    moving.undo(done, seen_by(lea, full), by=lea)

    outcome = answers.save_answer(late, by=karim, based_on=late.version, level=0, justification="Trop tard.")

    assert (outcome.current, outcome.kept.justification) == (here(full, "QUA-01"), "Trop tard.")
    assert here(full, "QUA-01").level == 3


def test_a_moved_dossier_is_deleted_whole(full, edition, lea):
    move(full, next_edition(edition), lea)
    Assessment.objects.get(pk=full.pk).delete()
    assert (Move.objects.count(), Snapshot.objects.count(), Answer.objects.count()) == (0, 0, 0)
