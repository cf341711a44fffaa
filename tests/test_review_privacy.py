"""What an advisor has not told stays with the network: no page, export or document of the structure says it; the private note,
never; and what one network writes is unknown to another."""

import json

import pytest
from django.db import transaction

from assessments import snapshots
from assessments.enums import DocumentKind, SnapshotKind, Status
from assessments.models import Assessment, Event, ReviewerOpinion, ReviewRequest, Share
from assessments.reading import canonical_json, read
from assessments.reports.press import document_html, source_of
from tests.factories import affiliate, answer_all, make_network, make_user
from tests.people import client_of
from tests.test_access import ADDRESSES, ALLAUTH, TABLE, World, read_whole

pytestmark = pytest.mark.slow

NOTE, DRAFT, ASKED = "Noteabsolumentprivee", "Remarquepasencorecommuniquee", "Demandepasencoreenvoyee"
TOLD = "Remarquebiencommuniquee"
SECRETS = (NOTE, DRAFT, ASKED)


@pytest.fixture
def world(db) -> World:
    """Structure A, whose network wrote on every criterion, told one remark, and keeps the rest."""
    made = World()
    dossier = made.of_a["dossier"]
    answer_all(dossier, 2, by=made.people["a_owner"])
    share = Share.objects.get(assessment=dossier)
    ReviewerOpinion.objects.all().delete()
    ReviewRequest.objects.all().delete()
    for row in dossier.answers.all():
        ReviewerOpinion.objects.create(
            answer=row, network=share.network, advisor=made.people["advisor_shared"], level=1, remark=DRAFT,
            private_note=NOTE, shown_level=2, shown_remark=TOLD, shown_at=row.updated_at or dossier.created_at,
        )  # fmt: skip
        ReviewRequest.objects.create(answer=row, network=share.network, kind="preuve", text=ASKED)
    made.of_a |= {"lost": 1, "asked": 1}
    return made


def said_to(world: World, visitor: str, *, status: str) -> dict[str, str]:
    """Every page of the product as `visitor` reads it while the dossier is in that state: name of the address → its text."""
    Assessment.objects.filter(pk=world.of_a["dossier"].pk).update(status=status)
    found = {}
    for name in ADDRESSES:
        if ALLAUTH.match(name) or name not in TABLE or TABLE[name][0] is None:
            continue
        with transaction.atomic():
            response = read_whole(world.client(visitor).get(world.url(name)))
            found[name] = response.getvalue().decode("utf-8", "replace")
            transaction.set_rollback(True)
    return found


@pytest.mark.parametrize("status", [Status.SUBMITTED, Status.RETURNED, Status.VALIDATED])
@pytest.mark.parametrize("visitor", ["a_owner", "a_contributor", "a_reader", "advisor_not_shared"])
def test_no_page_says_what_was_not_told(world, visitor, status):
    pages = said_to(world, visitor, status=status)
    assert len(pages) > 60
    assert {name: word for name, text in pages.items() for word in SECRETS if word in text} == {}


def test_the_same_pages_would_say_it_to_the_network(world):
    """The control: the words are really there, and the pages really read."""
    pages = said_to(world, "advisor_shared", status=Status.SUBMITTED)
    assert {word for word in SECRETS if word in pages["review_criterion"]} == set(SECRETS)
    assert {word for word in SECRETS if word in pages["send_back"]} == {DRAFT, ASKED}


def test_an_advisor_of_another_network_reads_nothing_of_it(world):
    paule = make_user("paule@ailleurs.fr", "Paule Remy")
    other = make_network("Autre réseau", advisor=paule)
    affiliate(world.a, other)
    Share.objects.create(assessment=world.of_a["dossier"], network=other)
    world.people["paule"] = paule
    pages = said_to(world, "paule", status=Status.SUBMITTED)
    assert {name: word for name, text in pages.items() for word in SECRETS if word in text} == {}


def test_no_document_no_photograph_no_export_holds_it(world):
    dossier = world.of_a["dossier"]
    owner = world.people["a_owner"]
    canonical = canonical_json(read(dossier).canonical)
    snapshot = snapshots.take(dossier, SnapshotKind.SUBMITTED, by=owner)
    papers = [document_html(source_of(snapshot), kind) for kind in DocumentKind.values]
    for text in (canonical, snapshot.content, *papers):
        assert [word for word in SECRETS if word in text] == []
    assert TOLD in canonical
    assert TOLD in papers[0]


def test_the_journal_does_not_hold_it_either(world):
    advisor = client_of(world.people["advisor_shared"])
    Assessment.objects.filter(pk=world.of_a["dossier"].pk).update(status=Status.SUBMITTED)
    page = world.url("send_back")
    seen = advisor.get(page).context["seen"]
    assert advisor.post(page, {"vu": seen, "reason": "Voici la liste."}).status_code == 302
    said = json.dumps([[event.before, event.after] for event in Event.objects.all()], ensure_ascii=False)
    assert [word for word in SECRETS if word in said] == []
    assert "Voici la liste." in said
