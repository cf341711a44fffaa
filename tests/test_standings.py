"""Standings: the one scoring, kept for shared dossiers, refreshed when it must be, never twice at once."""

from datetime import timedelta
from fractions import Fraction
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from assessments import standings, upkeep, workflow
from assessments.models import Assessment, Evidence, Share, Standing, Upkeep
from assessments.reading import read
from assessments.snapshots import as_shown
from certif.dates import today
from tests.factories import affiliate, answer, answer_all, declare, make_assessment, make_evidence, make_structure
from tests.people import client_of


@pytest.fixture
def shared(dossier, reseau, edition):
    answer_all(dossier, 3, but={"DEO-01": 1, "QUA-01": None})
    declare(dossier, "REG-1", services=dossier.services.all(), evidence=[make_evidence(dossier.structure, effective_on=today())])
    Share.objects.create(assessment=dossier, network=reseau)
    return dossier


def touched(dossier) -> Assessment:
    Assessment.objects.filter(pk=dossier.pk).update(updated_at=timezone.now())
    return Assessment.objects.get(pk=dossier.pk)


def run() -> str:
    out = StringIO()
    call_command("recalculer_situations", stdout=out)
    return out.getvalue().replace("\u00a0", " ").strip()


def test_a_standing_says_what_the_reading_says(shared):
    standings.refresh(shared.pk)
    row, result = Standing.objects.get(), read(shared).result
    assert (row.verdict, row.done, row.in_scope) == (result.verdict, result.progress.done, result.progress.total)
    assert Fraction(row.maturity_over, row.maturity_under) == result.maturity.total
    assert (row.registers_covered, row.blocking) == (1, 1)
    assert (row.of_state, row.of_day) == (Assessment.objects.get().updated_at, today())
    levels = {str(each.criterion.key): each.level for each in shared.answers.select_related("criterion")}
    assert row.figures["niveaux"] == {key: level for key, level in levels.items() if level is not None and key in row.figures["niveaux"]}
    assert len(row.figures["niveaux"]) == 6  # DEO-03 is out of scope, QUA-01 unanswered
    registers = shared.edition.registers.order_by("position")
    assert [row.figures["registres"][str(each.key)] for each in registers] == [True] + [False] * 7
    assert row.figures["motifs"] == ["non_conformite_majeure", "sans_reponse", "preuve_manquante"]


def test_nothing_is_kept_of_a_dossier_no_network_reads(dossier, lea):
    standings.refresh(dossier.pk)
    client_of(lea).get(f"/dossiers/{dossier.pk}/")
    run()
    assert Standing.objects.count() == 0


def test_an_ended_dossier_stands_where_it_ended(shared, lea):
    answer_all(shared, 3)
    Share.objects.all().delete()
    for code in ("PER-01", "DEO-01"):
        answer(shared, code, 4)
    for position in range(2, 6):
        declare(shared, f"REG-{position}", services=shared.services.all(), evidence=Evidence.objects.all())
    workflow.close(Assessment.objects.visible_to(lea).get(pk=shared.pk), by=lea)
    Share.objects.create(assessment=shared, network=shared.structure.affiliations.get().network)
    answer(shared, "PER-01", 0)  # nothing a screen allows
    standings.refresh(shared.pk)
    row, frozen = Standing.objects.get(), as_shown(Assessment.objects.get())
    assert (row.verdict, row.done, row.blocking) == (frozen.result.verdict, 7, 0)
    Standing.objects.update(of_day=today() - timedelta(days=40))
    assert run().startswith("0 situation calculée")


# --- When it is refreshed ---------------------------------------------------------------------


def test_a_step_of_the_workflow_refreshes_it(shared, lea, adele):
    answer_all(shared, 3)
    workflow.submit(Assessment.objects.visible_to(lea).get(pk=shared.pk), by=lea)
    assert (Standing.objects.get().done, Assessment.objects.due(today()).count()) == (7, 0)
    before = Standing.objects.get().of_state
    workflow.send_back(Assessment.objects.visible_to(adele).get(pk=shared.pk), by=adele, reason="Il manque une date.")
    assert Standing.objects.get().of_state == Assessment.objects.get().updated_at > before


def test_opening_the_dashboard_refreshes_it_once(shared, lea):
    client = client_of(lea)
    client.get(f"/dossiers/{shared.pk}/")
    assert Standing.objects.get().done == 6
    answer(shared, "QUA-01", 3)
    state = touched(shared).updated_at
    client.get(f"/dossiers/{shared.pk}/")
    assert (Standing.objects.get().done, Standing.objects.get().of_state) == (7, state)
    with CaptureQueriesContext(connection) as captured:
        client.get(f"/dossiers/{shared.pk}/")
    assert [query["sql"] for query in captured if "INSERT" in query["sql"]] == []


def test_saving_an_answer_writes_nothing_of_it(shared, lea):
    client = client_of(lea)
    version = shared.answers.get(criterion__code="QUA-01").version
    with CaptureQueriesContext(connection) as captured:
        client.post(f"/dossiers/{shared.pk}/criteres/QUA-01/", {"niveau": 3, "version": version, "justification": "Tenu."})
    assert shared.answers.get(criterion__code="QUA-01").level == 3
    assert [query["sql"] for query in captured if "standing" in query["sql"]] == []
    assert Assessment.objects.due(today()).count() == 1


def test_every_night_those_that_changed_and_those_of_another_day(shared, edition, reseau):
    other = make_assessment(make_structure("Autre"), edition)
    affiliate(other.structure, reseau)
    Share.objects.create(assessment=other, network=reseau)
    assert run() == "2 situations calculées, 0 situation effacée faute de partage, 0 publication pour les réseaux."
    assert run().startswith("0 situation calculée")
    touched(other)
    assert run().startswith("1 situation calculée")
    Standing.objects.update(of_day=today() - timedelta(days=1))
    assert run().startswith("2 situations calculées")
    Share.objects.filter(assessment=other).update(revoked_at=timezone.now())
    assert run() == "0 situation calculée, 1 situation effacée faute de partage, 0 publication pour les réseaux."


def test_one_that_cannot_be_computed_does_not_hold_the_others(shared, edition, reseau, caplog):
    other = make_assessment(make_structure("Autre"), edition)
    affiliate(other.structure, reseau)
    Share.objects.create(assessment=other, network=reseau)
    other.answers.first().delete()  # a grid with a hole: nothing a screen makes
    assert run().startswith("1 situation calculée")
    assert list(Standing.objects.values_list("assessment", flat=True)) == [shared.pk]


# --- Behind the screens -----------------------------------------------------------------------


def test_asked_once_until_done(shared, reseau):
    assert [upkeep.ask(reseau) for _ in range(3)] == [True, False, False]
    assert DBTaskResult.objects.count() == 1
    upkeep.keep_up.func(reseau.pk)
    assert Standing.objects.get().done == 6
    row = Upkeep.objects.get()
    assert (row.asked_at, row.lease_until) == (None, None)
    assert upkeep.ask(reseau) is True


def test_a_worker_that_died_is_replaced_in_time(shared, reseau):
    upkeep.ask(reseau)
    Upkeep.objects.update(lease_until=timezone.now() + timedelta(minutes=1))
    assert upkeep.bring_up_to_date(reseau) == 0
    Upkeep.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert upkeep.bring_up_to_date(reseau) == 1


def test_a_task_does_so_many_the_oldest_first_and_asks_for_the_rest(shared, edition, reseau):
    standings.refresh(shared.pk)
    touched(shared)
    for name in ("Un", "Deux"):
        other = make_assessment(make_structure(name), edition)
        affiliate(other.structure, reseau)
        Share.objects.create(assessment=other, network=reseau)
    upkeep.ask(reseau)
    assert upkeep.bring_up_to_date(reseau, limit=2) == 2
    assert list(Assessment.objects.due(today())) == [shared]  # the others had never been computed
    assert DBTaskResult.objects.count() == 2
    assert upkeep.bring_up_to_date(reseau, limit=2) == 1
    assert DBTaskResult.objects.count() == 2


def test_only_the_network_s_own(shared, edition, reseau):
    elsewhere = make_assessment(make_structure("Ailleurs"), edition)
    upkeep.ask(reseau)
    upkeep.bring_up_to_date(reseau)
    assert list(Standing.objects.values_list("assessment", flat=True)) == [shared.pk]
    assert elsewhere.pk != shared.pk
