"""The journal: each line holds to the one before it, nobody changes it, and tampering is named."""

import threading

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, connection, transaction

from assessments import journal
from assessments.guards import GUARDS
from assessments.models import ChainHead, Event
from certif.guards import suspended
from tests.factories import make_network
from tests.test_commands_reports import run

WRITERS, EACH = 4, 15


@pytest.fixture
def lines(dossier, lea, karim, passeurs):
    """Three events of La Fabrique, one of Les Passeurs, one of nobody."""
    journal.record("critere_confie", by=lea, assessment=dossier, after={"personne": karim.pk})
    journal.record("preuve_jointe", by=karim, assessment=dossier, after={"libelle": "Charte « signée »"})
    journal.record("role", by=lea, structure=passeurs, before={"role": "reader"}, after={"role": "owner"})
    journal.record("critere_commente", by=lea, assessment=dossier)
    journal.record("calendrier_cree", by=lea)
    return list(Event.objects.order_by("pk"))


def chain_name(structure) -> str:
    return f"structure:{structure.pk}"


def flaws() -> list[tuple[str, int, str]]:
    return [(one.flaw.chain, one.flaw.sequence, one.flaw.what) for one in journal.check() if one.flaw]


def tamper(sql: str, *values) -> None:
    """What somebody with the database in hands could do."""
    with suspended(connection, GUARDS), connection.cursor() as cursor:
        cursor.execute(sql, values)


def test_each_place_has_its_chain(lines, fabrique, passeurs):
    places = [(event.chain, event.sequence) for event in lines]
    mine, theirs = chain_name(fabrique), chain_name(passeurs)
    assert places == [(mine, 1), (mine, 2), (theirs, 1), (mine, 3), ("plateforme", 1)]


def test_each_line_carries_the_digest_of_the_one_before(lines, fabrique):
    mine = [event for event in lines if event.structure_id == fabrique.pk]
    assert [event.previous for event in mine] == ["", mine[0].digest, mine[1].digest]
    assert ChainHead.objects.get(pk=chain_name(fabrique)).digest == mine[2].digest
    assert len({event.digest for event in lines}) == 5


def test_an_event_of_a_network_is_in_its_chain(db, lea):
    network = make_network("Réseau")
    journal.record("reseau_modifie", by=lea, network=network)
    assert Event.objects.get().chain == f"reseau:{network.pk}"


def test_an_untouched_journal_holds(lines):
    assert flaws() == []
    assert run("verifier_journal") == "5\u00a0lignes intactes.\n"


def test_an_empty_journal_holds(db):
    assert run("verifier_journal") == "0\u00a0ligne intacte.\n"


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE assessments_event SET verb = 'autre' WHERE id = %s",
        "DELETE FROM assessments_event WHERE id = %s",
        "UPDATE assessments_event SET digest = 'x' WHERE id = %s",
    ],
)
def test_the_database_refuses_to_change_a_line(lines, sql):
    refused = pytest.raises((DatabaseError, IntegrityError), match="Le journal ne se modifie ni ne s’efface")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, [lines[0].pk])


@pytest.mark.parametrize("column", ["verb", "at", "actor_id", "assessment_id", "after"])
def test_a_changed_line_is_named(lines, fabrique, column):
    donor = lines[4] if column in ("at", "assessment_id") else lines[2]
    value = "'{}'" if column == "after" else f"(SELECT {column} FROM assessments_event WHERE id = {donor.pk})"
    if column == "actor_id":
        value = "0"
    tamper(f"UPDATE assessments_event SET {column} = {value} WHERE id = %s", lines[1].pk)
    assert flaws() == [(chain_name(fabrique), 2, "cette ligne a été modifiée")]


def test_a_missing_line_is_named(lines, fabrique):
    tamper("DELETE FROM assessments_event WHERE id = %s", lines[1].pk)
    assert flaws() == [(chain_name(fabrique), 2, "une ligne manque avant celle-ci")]


def test_a_missing_end_is_named(lines, fabrique):
    tamper("DELETE FROM assessments_event WHERE id = %s", lines[3].pk)
    assert flaws() == [(chain_name(fabrique), 3, "la fin de la chaîne manque")]


def test_a_line_taken_out_and_renumbered_is_named(lines, fabrique):
    tamper("DELETE FROM assessments_event WHERE id = %s", lines[1].pk)
    tamper("UPDATE assessments_event SET sequence = 2 WHERE id = %s", lines[3].pk)
    assert flaws() == [(chain_name(fabrique), 2, "cette ligne a été modifiée")]


def test_a_line_from_another_chain_is_named(lines, fabrique, passeurs):
    tamper("UPDATE assessments_event SET chain = %s, sequence = 4 WHERE id = %s", chain_name(fabrique), lines[2].pk)
    assert flaws() == [
        (chain_name(fabrique), 4, "cette ligne a été modifiée"),
        (chain_name(passeurs), 1, "la fin de la chaîne manque"),
    ]


def test_the_command_names_the_line_and_fails(lines, fabrique, capsys):
    tamper("UPDATE assessments_event SET verb = 'autre' WHERE id = %s", lines[1].pk)
    with pytest.raises(CommandError, match="1\u00a0chaîne ne tient pas"):
        call_command("verifier_journal")
    said = capsys.readouterr().out
    assert said.startswith(f"Structure {fabrique.pk}, La Fabrique, ligne 2, ")
    assert said.endswith("autre\u00a0: cette ligne a été modifiée.\n")


def test_one_structure_alone_may_be_checked(lines, fabrique, passeurs):
    tamper("UPDATE assessments_event SET verb = 'autre' WHERE id = %s", lines[1].pk)
    assert run("verifier_journal", "--structure", str(passeurs.pk)) == "1\u00a0ligne intacte.\n"


def test_a_line_is_not_written_when_what_it_tells_did_not_happen(lines, dossier, lea, fabrique):
    with pytest.raises(RuntimeError), transaction.atomic():
        journal.record("critere_commente", by=lea, assessment=dossier)
        raise RuntimeError
    assert flaws() == []
    assert ChainHead.objects.get(pk=chain_name(fabrique)).sequence == 3


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_writers_at_once_never_fork_a_chain(dossier, lea, passeurs):
    problems = []

    def write():
        try:
            for turn in range(EACH):
                places = [{"structure": passeurs}, {"assessment": dossier, "structure": dossier.structure}]
                events = [Event(verb="essai", actor=lea, **place) for place in places]
                with transaction.atomic():
                    journal.append(events if turn % 2 else reversed(events))
        except Exception as problem:
            problems.append(problem)
        finally:
            connection.close()

    writers = [threading.Thread(target=write) for _ in range(WRITERS)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert problems == []
    assert flaws() == []
    assert Event.objects.count() == WRITERS * EACH * 2
