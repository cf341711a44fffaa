"""An ended dossier says the same thing for ever: its screens show the figures of its documents, whatever expires since."""

from datetime import date

import pytest
import time_machine

from assessments import snapshots, workflow
from assessments.models import Assessment
from assessments.scoring import Verdict
from assessments.snapshots import as_shown
from tests import factories as f
from tests.people import client_of

pytestmark = pytest.mark.django_db

SCREENS = ("", "synthese/", "registres/", "registres/REG-1/", "feuille-de-route/", "pourquoi/PER/", "grille/")


@pytest.fixture
def ended(dossier, fabrique, lea) -> Assessment:
    """Ready and closed on 5 January 2026, all its evidence being of that day."""
    with time_machine.travel("2026-01-05T10:00:00Z", tick=False):
        f.answer_all(dossier, 3, by=lea)
        for code in ("PER-01", "DEO-01", "QUA-01"):
            f.use_evidence(f.make_evidence(fabrique, effective_on=date(2026, 1, 5)), dossier, code, expected=1)
        recent = f.make_evidence(fabrique, effective_on=date(2026, 1, 5))
        for number in range(1, 6):
            f.declare(dossier, f"REG-{number}", services=dossier.services.all(), evidence=[recent])
        workflow.close(Assessment.objects.visible_to(lea).get(pk=dossier.pk), by=lea)
    return Assessment.objects.get(pk=dossier.pk)


@time_machine.travel("2027-06-30T10:00:00Z", tick=False)
def test_the_screens_keep_the_figures_of_the_documents(ended, lea):
    frozen = snapshots.frozen_state(ended)
    reading = as_shown(ended)

    assert (reading.result.verdict, reading.result.registers_covered) == (Verdict.READY, 5)
    assert reading.dossier.reference_on == date(2026, 1, 5)
    assert snapshots.canonical_json(reading.canonical) == frozen.content
    results = [client_of(lea).get(f"/dossiers/{ended.pk}/{page}").context["reading"].result for page in SCREENS[:3]]
    assert [result.verdict for result in results] == [Verdict.READY] * 3


@time_machine.travel("2027-06-30T10:00:00Z", tick=False)
@pytest.mark.parametrize("screen", SCREENS)
def test_every_screen_of_an_ended_dossier_opens(ended, lea, screen):
    assert client_of(lea).get(f"/dossiers/{ended.pk}/{screen}").status_code == 200


@time_machine.travel("2027-06-30T10:00:00Z", tick=False)
def test_opened_again_it_is_read_as_it_stands(ended, lea):
    workflow.reopen(Assessment.objects.visible_to(lea).get(pk=ended.pk), by=lea, reason="Un registre a changé.")
    reading = as_shown(Assessment.objects.get(pk=ended.pk))

    assert (reading.result.verdict, reading.result.registers_covered) == (Verdict.NOT_READY, 0)
    assert reading.dossier.reference_on == date(2027, 6, 30)


@time_machine.travel("2027-06-30T10:00:00Z", tick=False)
def test_the_days_before_the_audit_are_counted_from_today(ended, lea):
    Assessment.objects.filter(pk=ended.pk).update(audit_on=date(2027, 7, 10))

    response = client_of(lea).get(f"/dossiers/{ended.pk}/")

    assert "10\u00a0jours" in response.context["countdown"]
    assert (response.context["renewals"], response.context["late"]) == ((), ())
