"""A share taken back counts from the next request: every address an advisor may read, files, documents, calendar, open tabs."""

import pytest
from django.db import transaction
from django.urls import get_resolver

from assessments import calendar, sharing
from assessments.models import Share
from tests.factories import make_assessment, make_evidence, use_evidence
from tests.test_access import ADDRESSES, GROUPS, IN, NOTHING, TABLE, World, met, read_whole

ADVISOR = GROUPS["advisor"][0]


def _reads(name: str) -> bool:
    reading, _ = TABLE[name]
    alone = reading is not None and {visitor for visitor, answer in reading.items() if answer == IN} >= {ADVISOR}
    public = reading is not None and reading["advisor_elsewhere"] == IN
    return alone and not public and not _of_network(name)


def _of_network(name: str) -> bool:
    """A page of the network itself, whatever is shared with it."""
    return get_resolver().reverse_dict.getlist(name)[0][0][0][0].startswith("reseaux/")


def _writes(name: str) -> bool:
    _, writing = TABLE[name]
    return writing is not None and writing[ADVISOR] == IN and writing["advisor_elsewhere"] == NOTHING and not _of_network(name)


SHARED = [name for name in TABLE if _reads(name)]
WRITTEN = [name for name in TABLE if _writes(name)]


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        yield World()
        transaction.set_rollback(True)


def withdraw(world) -> None:
    share = Share.objects.select_related("assessment__structure", "network").get(pk=world.of_a["share"])
    sharing.withdraw(share, by=world.people["a_owner"])


def look(client, path: str, **headers) -> str:
    return met(read_whole(client.get(path, **headers)))


def test_the_table_names_what_an_advisor_reads():
    wanted = {"dashboard", "criterion", "criterion_live", "evidence_file", "document_file", "document_state", "documents"}
    assert wanted - set(SHARED) == set()


@pytest.mark.parametrize("name", SHARED)
def test_every_page_is_gone_at_the_next_request(world, db, name):
    path, client = world.url(name), world.client(ADVISOR)
    assert look(client, path) == IN
    withdraw(world)
    assert (look(client, path), look(client, path, headers={"HX-Request": "true"})) == (NOTHING, NOTHING)


@pytest.mark.parametrize("name", WRITTEN)
def test_so_is_every_gesture(world, db, name):
    withdraw(world)
    assert met(read_whole(world.client(ADVISOR).post(world.url(name)))) == NOTHING


@pytest.mark.parametrize("name", [name for name in SHARED if ADDRESSES[name] == ("pk",)])
def test_a_withdrawn_dossier_answers_as_a_missing_one(world, db, name):
    withdraw(world)
    client, path = world.client(ADVISOR), world.url(name)
    missing = path.replace(f"/{world._value(name, 'pk', world.of_a, world.of_a)}/", "/987654/")
    answers = [client.get(path), client.get(missing)]
    assert (answers[0].status_code, answers[0].content) == (answers[1].status_code, answers[1].content)


def test_files_alone_may_be_withdrawn(world, db):
    client = world.client(ADVISOR)
    share = Share.objects.select_related("assessment", "network").get(pk=world.of_a["share"])
    sharing.set_files(share, with_files=False, by=world.people["a_owner"])
    met_now = {name: look(client, world.url(name)) for name in ("evidence_file", "evidence_detail", "evidence_list", "dashboard")}
    assert met_now == {"evidence_file": NOTHING, "evidence_detail": NOTHING, "evidence_list": IN, "dashboard": IN}


def test_a_piece_of_a_dossier_still_shared_stays_open(world, db):
    """The same file supports a dossier withdrawn and another that is not."""
    kept = make_assessment(world.a, world.edition, title="Gardé")
    share = Share.objects.get(pk=world.of_a["share"])
    Share.objects.create(assessment=kept, network=share.network)
    piece = make_evidence(world.a)
    use_evidence(piece, kept, "PER-01")
    use_evidence(piece, world.of_a["dossier"], "PER-01")
    withdraw(world)
    assert look(world.client(ADVISOR), f"/preuves/{piece.pk}/fichier/") == IN


def test_the_calendar_of_an_advisor_forgets_the_dossier(world, db):
    feed = calendar.create(by=world.people[ADVISOR])
    client = world.client("anonymous")
    before = client.get(f"/calendrier/{feed}.ics").content
    withdraw(world)
    after = client.get(f"/calendrier/{feed}.ics").content
    assert (b"BEGIN:VCALENDAR" in before, b"Une action" in after, b"Structure A" in after) == (True, False, False)


def test_an_owner_still_reads_everything(world, db):
    withdraw(world)
    assert {name for name in SHARED if look(world.client("a_owner"), world.url(name)) != IN and TABLE[name][0]["a_owner"] == IN} == set()
