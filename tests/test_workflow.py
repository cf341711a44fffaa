"""The life of a dossier: every step × every status × every person, and what each step leaves behind."""

import json

import pytest
from django.core.exceptions import PermissionDenied

from assessments import workflow
from assessments.enums import SnapshotKind, Status
from assessments.management.commands.parcours import PATH, page
from assessments.models import Assessment, Event, Share, Snapshot
from assessments.reading import read
from assessments.snapshots import differences
from tests import factories as f

pytestmark = pytest.mark.django_db

OWNER_STEPS = {"submit", "archive", "close", "take_back"}
ADVISOR_STEPS = {"send_back", "validate"}
TARGETS = {(step.name, step.source): step.target for step in workflow.STEPS}
STEP_NAMES = sorted({step.name for step in workflow.STEPS})


@pytest.fixture
def complete(dossier, lea):
    f.answer_all(dossier, 3, by=lea)
    return dossier


@pytest.fixture
def people(lea, karim, lise, adele):
    return {"lea": lea, "karim": karim, "lise": lise, "adele": adele}


def seen_by(user, dossier) -> Assessment:
    return Assessment.objects.visible_to(user).get(pk=dossier.pk)


def take(name: str, assessment: Assessment, by) -> None:
    verb = getattr(workflow, name)
    verb(assessment, by=by, **({"reason": "Il manque une pièce."} if name in ("send_back", "reopen") else {}))


def allowed(name: str, status: str, who: str) -> bool:
    """Said again by hand, so that the table is judged by something else than itself."""
    if name == "reopen":
        return (who, status) in (("lea", Status.CLOSED), ("adele", Status.VALIDATED))
    return who == "lea" if name in OWNER_STEPS else who == "adele"


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("name", STEP_NAMES)
@pytest.mark.parametrize("who", ["lea", "karim", "lise", "adele"])
def test_every_step_from_every_status_by_everyone(who, name, status, complete, people, reseau):
    share = Share.objects.create(assessment=complete, network=reseau)
    Assessment.objects.filter(pk=complete.pk).update(status=status)
    assessment = seen_by(people[who], complete)
    if name in ("close", "take_back"):
        share.delete()
        if who == "adele":
            assessment.is_shared_with_me = False
    target = TARGETS.get((name, status))
    if target and allowed(name, status, who):
        take(name, assessment, people[who])
        assert Assessment.objects.get(pk=complete.pk).status == target
    else:
        with pytest.raises((PermissionDenied, workflow.StepRefused)) as refusal:
            take(name, assessment, people[who])
        may_some_day = (
            who == "lea"
            if name in OWNER_STEPS
            else who == "adele"
            if name in ADVISOR_STEPS
            else who in ("lea", "adele")
        )
        assert refusal.type is (workflow.StepRefused if may_some_day and target is None else PermissionDenied)
        assert Assessment.objects.get(pk=complete.pk).status == status
        assert (Event.objects.count(), Snapshot.objects.count()) == (0, 0)


def test_the_table_knows_exactly_these_ways():
    assert {(step.name, step.source.value, step.target.value) for step in workflow.STEPS} == {
        ("submit", "brouillon", "transmise"),
        ("send_back", "transmise", "a_completer"),
        ("submit", "a_completer", "transmise"),
        ("validate", "transmise", "validee"),
        ("archive", "validee", "archivee"),
        ("take_back", "transmise", "brouillon"),
        ("take_back", "a_completer", "brouillon"),
        ("close", "brouillon", "cloturee"),
        ("reopen", "cloturee", "brouillon"),
        ("reopen", "validee", "a_completer"),
    }


def test_a_stranger_does_not_even_find_the_dossier(complete, oscar):
    assert not Assessment.objects.visible_to(oscar).exists()


def test_closing_writes_one_event_and_one_true_photograph(complete, lea):
    workflow.close(seen_by(lea, complete), by=lea)
    snapshot = Snapshot.objects.get()
    assert (snapshot.kind, snapshot.taken_by, differences(snapshot)) == (SnapshotKind.CLOSED, lea, [])
    assert json.loads(snapshot.content)["dossier"]["etat"] == "cloturee"
    event = Event.objects.get()
    assert (event.verb, event.actor, event.before, event.after) == (
        "dossier_cloture",
        lea,
        {"etat": "brouillon"},
        {"etat": "cloturee", "code": snapshot.code},
    )


def test_reopening_keeps_the_reason_and_the_photograph(complete, lea):
    workflow.close(seen_by(lea, complete), by=lea)
    workflow.reopen(seen_by(lea, complete), by=lea, reason="  Une convention\x00 signée depuis.\r\n")
    event = Event.objects.order_by("-pk").first()
    assert (event.verb, event.after) == (
        "dossier_rouvert",
        {"etat": "brouillon", "motif": "Une convention signée depuis."},
    )
    assert Snapshot.objects.count() == 1


@pytest.mark.parametrize("reason", ["", "   ", "\u202e"])
def test_reopening_without_a_reason_is_refused(complete, lea, reason):
    workflow.close(seen_by(lea, complete), by=lea)
    with pytest.raises(workflow.StepRefused, match="Dites pourquoi"):
        workflow.reopen(seen_by(lea, complete), by=lea, reason=reason)


def test_two_people_closing_at_once_close_once(complete, lea):
    first, second = seen_by(lea, complete), seen_by(lea, complete)
    workflow.close(first, by=lea)
    with pytest.raises(workflow.StepRefused, match="entre-temps"):
        workflow.close(second, by=lea)
    assert (Event.objects.count(), Snapshot.objects.count()) == (1, 1)


def test_an_incomplete_dossier_says_what_is_missing_and_moves_nothing(dossier, lea):
    f.answer_all(dossier, 3, but={"PER-01": None, "DEO-02": None, "QUA-02": None})
    f.answer(dossier, "QUA-02", not_applicable=True, justification="Trop court.")
    dossier.services.clear()
    with pytest.raises(workflow.StepRefused) as refusal:
        workflow.close(seen_by(lea, dossier), by=lea)
    assert [(todo.where, todo.criteria) for todo in refusal.value.todo] == [
        ("perimetre", ()),
        ("grille", ("PER-01", "DEO-02")),
        ("critere", ("QUA-02",)),
    ]
    assert Assessment.objects.get(pk=dossier.pk).status == Status.DRAFT
    assert (Event.objects.count(), Snapshot.objects.count()) == (0, 0)


def test_not_ready_is_no_reason_to_refuse(dossier, lea):
    f.answer_all(dossier, 0)
    assert workflow.missing_to_close(read(dossier)) == []


def test_a_shared_dossier_is_not_closed_alone(complete, lea, reseau):
    Share.objects.create(assessment=complete, network=reseau)
    [todo] = workflow.missing_to_close(read(complete))
    assert (todo.where, "Réseau des médiateurs" in todo.sentence) == ("partage", True)


def test_submitting_needs_a_share(complete):
    [todo] = workflow.missing_to_submit(read(complete))
    assert todo == workflow.ToDo("Partagez d’abord le dossier avec votre réseau.", "partage")


@pytest.mark.parametrize(
    ("status", "structure", "network"),
    [
        ("brouillon", "En cours", "En cours de saisie"),
        ("transmise", "Transmise à votre réseau", "À relire"),
        ("a_completer", "À compléter", "Renvoyée à la structure"),
    ],
)
def test_a_status_has_a_name_for_each_audience(status, structure, network):
    assert (workflow.label(status), workflow.label(status, workflow.Audience.NETWORK)) == (structure, network)


def test_every_status_has_its_names():
    assert set(workflow.LABELS) == set(Status)


def test_the_diagram_of_the_docs_is_up_to_date():
    assert PATH.read_text("utf-8") == page(), "Lancez « manage.py parcours »."
