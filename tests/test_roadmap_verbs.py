"""Adding, changing, moving and removing actions; proposing them from what is missing."""

import uuid
from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from assessments import roadmap
from assessments.enums import ActionStatus
from assessments.models import Action, Assessment, Event
from assessments.planning import actions_of, lines, missing_from_path, path_lead, path_title, proposals
from assessments.priorities import Lift
from assessments.reading import read
from referentiel.content import content_of
from tests import factories as f

pytestmark = pytest.mark.django_db

FIELDS = {"title": "Écrire la charte", "detail": "", "cause": "", "owner": None, "starts_on": None, "due_on": None,
          "effort_days": Decimal("1.5"), "cost_euros": None, "target_level": 3, "status": "a_faire"}  # fmt: skip


@pytest.fixture
def gaps(dossier, lea):
    """One major and one minor simulated finding, everything else mastered."""
    f.answer_all(dossier, 3, but={"PER-01": 0, "DEO-02": 1}, by=lea)
    return dossier


@pytest.fixture
def action(dossier, lea) -> Action:
    return roadmap.add(dossier, by=lea, fields=FIELDS)


def criterion_id(dossier, code: str) -> int:
    return content_of(dossier.edition_id).criterion_by_code[code].id


def test_adding_says_everything_and_writes_one_event(dossier, lea):
    action = roadmap.add(dossier, by=lea, fields=FIELDS, criteria=[criterion_id(dossier, "DEO-01")])
    stored = Action.objects.get()
    assert (stored.title, stored.effort_days, stored.version, stored.created_by) == (
        "Écrire la charte",
        Decimal("1.5"),
        1,
        lea,
    )
    assert [criterion.code for criterion in stored.criteria.all()] == ["DEO-01"]
    event = Event.objects.get()
    assert (event.verb, event.after) == ("action_ajoutee", {"action": action.pk, "titre": "Écrire la charte"})


def test_the_same_form_sent_twice_makes_one_action(dossier, lea):
    key = uuid.uuid4()
    once = roadmap.add(dossier, by=lea, fields=FIELDS, submission=key)
    twice = roadmap.add(dossier, by=lea, fields=FIELDS, submission=key)
    assert (once, Action.objects.count(), Event.objects.count()) == (twice, 1, 1)


def test_the_database_refuses_a_second_action_of_the_same_form(dossier, lea):
    key = uuid.uuid4()
    roadmap.add(dossier, by=lea, fields=FIELDS, submission=key)
    with pytest.raises(IntegrityError), transaction.atomic():
        Action.objects.create(assessment=dossier, title="Encore", submission=key)


def test_editing_moves_the_version_and_tells_what_changed(action, lea, karim):
    roadmap.edit(
        action,
        by=karim,
        version=1,
        criteria=[],
        fields=FIELDS | {"due_on": date(2027, 1, 15), "effort_days": Decimal("2")},
    )
    stored = Action.objects.get()
    assert (stored.version, stored.due_on) == (2, date(2027, 1, 15))
    event = Event.objects.order_by("-pk").first()
    assert (event.actor, event.before, event.after) == (
        karim,
        {"action": action.pk, "due_on": None, "effort_days": "1.50"},
        {"action": action.pk, "due_on": "2027-01-15", "effort_days": "2"},
    )


def test_a_stale_edit_changes_nothing_and_shows_what_stands(action, lea, karim):
    roadmap.edit(action, by=karim, version=1, criteria=[], fields=FIELDS | {"title": "De Karim"})
    with pytest.raises(roadmap.StaleAction) as refusal:
        roadmap.edit(action, by=lea, version=1, criteria=[], fields=FIELDS | {"title": "De Léa"})
    assert (refusal.value.current.title, Action.objects.get().title) == ("De Karim", "De Karim")


def test_editing_what_was_removed_says_so(action, lea):
    roadmap.remove(action, by=lea, version=1)
    with pytest.raises(roadmap.StaleAction, match="supprimée") as refusal:
        roadmap.edit(action, by=lea, version=1, criteria=[], fields=FIELDS)
    assert refusal.value.current is None


def test_done_is_dated_and_undone_is_not(action, lea):
    roadmap.move(action, by=lea, version=1, status="faite")
    done_at = Action.objects.get().done_at
    roadmap.edit(action, by=lea, version=2, criteria=[], fields=FIELDS | {"status": "faite", "title": "Relue"})
    assert Action.objects.get().done_at == done_at is not None
    roadmap.move(action, by=lea, version=3, status="en_cours")
    assert Action.objects.get().done_at is None


def test_a_stale_move_or_removal_changes_nothing(action, lea):
    roadmap.move(action, by=lea, version=1, status="en_cours")
    for verb in (
        lambda: roadmap.move(action, by=lea, version=1, status="faite"),
        lambda: roadmap.remove(action, by=lea, version=1),
    ):
        with pytest.raises(roadmap.StaleAction):
            verb()
    assert Action.objects.get().status == ActionStatus.DOING


def test_removing_leaves_the_title_in_the_journal(action, lea):
    roadmap.remove(action, by=lea, version=1)
    assert not Action.objects.exists()
    assert Event.objects.order_by("-pk").first().before == {"action": action.pk, "titre": "Écrire la charte"}


def test_a_closed_dossier_freezes_its_roadmap(action, dossier, lea):
    Assessment.objects.filter(pk=dossier.pk).update(status="cloturee")
    suggested = content_of(dossier.edition_id).criteria[0].suggested_actions[0]
    refused = (
        lambda: roadmap.add(dossier, by=lea, fields=FIELDS),
        lambda: roadmap.edit(action, by=lea, version=1, criteria=[], fields=FIELDS),
        lambda: roadmap.move(action, by=lea, version=1, status="faite"),
        lambda: roadmap.remove(action, by=lea, version=1),
        lambda: roadmap.add_path(read(dossier), by=lea),
        lambda: roadmap.add_suggested(
            dossier, by=lea, criterion=content_of(dossier.edition_id).criteria[0], suggested=suggested
        ),
    )
    for verb in refused:
        with pytest.raises(roadmap.RoadmapFrozen):
            verb()
    assert (Action.objects.count(), Action.objects.get().version) == (1, 1)


# --- From what is missing ---------------------------------------------------------------------


def test_one_click_plans_the_whole_shortest_way_once(gaps, lea):
    reading = read(gaps)
    assert roadmap.add_path(reading, by=lea) == len(reading.path.steps) > 0
    assert roadmap.add_path(read(gaps), by=lea) == 0
    assert missing_from_path(reading, actions_of(gaps)) == ()
    assert sum(action.effort_days for action in Action.objects.all()) == reading.path.days


def test_a_suggestion_becomes_one_action_however_often_it_is_clicked(gaps, lea):
    content = content_of(gaps.edition_id)
    criterion = content.criterion_by_code["PER-01"]
    suggested = criterion.suggested_actions[0]
    for _ in range(2):
        roadmap.add_suggested(gaps, by=lea, criterion=criterion, suggested=suggested)
    action = Action.objects.get()
    assert (action.title, action.suggested_id, action.target_level) == (
        suggested.title,
        suggested.id,
        suggested.target_level,
    )
    assert suggested.id not in {each.suggested.id for each in proposals(read(gaps), actions_of(gaps))}


def test_proposals_put_what_blocks_first(gaps):
    found = proposals(read(gaps), [])
    assert found[0].criterion.code == "PER-01"
    assert [each.priority for each in found] == sorted(each.priority for each in found)


def test_lines_know_what_they_lift_and_what_is_late(gaps, lea, karim):
    roadmap.add_path(read(gaps), by=lea)
    Action.objects.filter(criteria__code="PER-01").update(due_on=date(2026, 1, 10), owner=karim)
    free = roadmap.add(gaps, by=lea, fields=FIELDS | {"due_on": date(2026, 1, 10), "status": "faite"})
    reading = read(gaps, on=date(2026, 1, 10))
    assert not any(line.is_late for line in lines(reading, actions_of(gaps), user=karim))
    found = lines(read(gaps, on=date(2026, 1, 11)), actions_of(gaps), user=karim)
    assert found[0].lift == Lift.BLOCKING
    assert (
        {line.codes for line in found if line.is_late}
        == {("PER-01",)}
        == {line.codes for line in found if line.is_mine}
    )
    assert [(line.lift, line.is_late) for line in found if line.action == free] == [(None, False)]


def test_the_head_says_how_far_ready_is(gaps):
    reading = read(gaps)
    assert path_title(reading).startswith("Au moins ")
    assert path_lead(reading).startswith(f"{len(reading.path.steps)}\u00a0étapes lèvent 1\u00a0point bloquant")


def test_an_empty_grid_promises_nothing(dossier):
    assert path_title(read(dossier)) == "Incomplet\u00a0: 7\u00a0critères sans réponse"
