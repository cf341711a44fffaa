"""Publishing and retiring on screen."""

from datetime import date

import pytest
from django.urls import reverse

from certif import dates
from referentiel import mapping
from referentiel.models import ExpectedEvidence, Seal
from tests.drafts import criterion
from tests.editions import make_next
from tests.people import client_of


@pytest.fixture
def complete(draft):
    ExpectedEvidence.objects.create(
        criterion=criterion(draft, "PER-08"), position=1, label="Tableau", kind="document", required=True
    )
    return draft


SAID = {"change_note": "Une note.", "announced_on": "2030-01-01", "in_force_on": "01/06/2030"}


def publish(user, draft, **changes):
    return client_of(user).post(reverse("edition_publish", args=[draft.code]), SAID | changes)


def test_it_is_frozen_dated_and_stamped(complete, ines):
    assert publish(ines, complete).url == reverse("edition_list")
    seal = Seal.objects.get(edition=complete)
    assert (seal.change_note, seal.announced_on, seal.in_force_on, seal.published_on, len(seal.fingerprint)) == (
        "Une note.", date(2030, 1, 1), date(2030, 6, 1), dates.today(), 64,
    )  # fmt: skip


def test_then_the_passage_of_dossiers_is_prepared(edition, dossier, complete, ines):
    """From the edition where they are, even when another came between."""
    make_next()
    assert publish(ines, complete).url == f"{reverse('mapping_list')}?depart={edition.pk}&arrivee={complete.pk}#nouvelle"


def test_or_read_again_when_it_was_prepared_with_the_draft(edition, complete, ines):
    drawn = mapping.prepare(edition, complete, by=ines)
    assert publish(ines, complete).url == reverse("mapping_detail", args=[drawn.pk])


def test_not_while_something_is_missing(draft, ines):
    response = publish(ines, draft)
    assert (response.status_code, Seal.objects.count()) == (409, 0)
    assert "PER-08\u00a0: un critère bloquant demande au moins une preuve obligatoire." in response.content.decode()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"change_note": " "}, "change_note"),
        ({"in_force_on": "2029-12-31"}, "in_force_on"),
        ({"announced_on": "31/02/2030"}, "announced_on"),
        ({"in_force_on": "3030-01-01"}, "in_force_on"),
    ],
)
def test_what_is_missing_is_said(complete, ines, changes, field):
    response = publish(ines, complete, **changes)
    assert (response.status_code, set(response.context["form"].errors), Seal.objects.count()) == (422, {field}, 0)


def test_retiring_deletes_nothing(edition, ines):
    client, address = client_of(ines), reverse("edition_retire", args=[edition.code])
    assert "Rien n’est effacé." in client.get(address).content.decode()
    client.post(address)
    seal = Seal.objects.get(edition=edition)
    assert (seal.retired_on, edition.criteria.count()) == (dates.today(), 8)
    assert "déjà retirée depuis" in client.post(address, follow=True).content.decode()
