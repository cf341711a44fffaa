"""P5: what saving one answer costs, alone and in a crowd, beside a POST that does nothing."""

import json
import os
import statistics
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.bench.house import ROOT, House
from tests.bench.measure import ratio
from tests.bench.table import milliseconds

pytestmark = pytest.mark.bench

WRITERS, ROUNDS, POSTS = 50, 5, 12
TICKS = os.sysconf("SC_CLK_TCK")


def test_one_save_beside_a_post_that_does_nothing(house, table):
    measured = house.work("saving")
    times, sql = measured["temps"], measured["sql"]
    for name, work in (("htmx", "enregistrer une réponse (htmx)"), ("simple", "la même sans JavaScript")):
        table.add(
            "P5",
            f"{work}, processeur",
            milliseconds(times[name]["median"]),
            f"POST vide connecté {milliseconds(times['rien']['median'])}",
            ratio=ratio(times[name], times["rien"]),
            target=1.4,
        )
    table.add("P5", "requêtes SQL d’un enregistrement", str(sql["htmx"]), str(sql["rien"]), ratio=sql["htmx"], target=8, unit="SQL")


@pytest.mark.parametrize(("base", "target"), [("SQLite", 2.5), ("PostgreSQL", 4.0)])
def test_fifty_people_saving_at_once(request, table, base, target):
    house = request.getfixturevalue("house" if base == "SQLite" else "house_on_postgres")
    with house.served() as log:
        stormed, processor = crowd(house)
    waits = {name: statistics.median(each["p95"] for each in marks) for name, marks in stormed["marques"].items()}
    speeds = {name: statistics.median(each["par_seconde"] for each in marks) for name, marks in stormed["marques"].items()}
    table.add(
        "P5",
        f"{WRITERS} personnes à la fois, p95, {base}",
        milliseconds(waits["réponse"]),
        f"POST vide {milliseconds(waits['rien'])}",
        ratio=waits["réponse"] / waits["rien"],
        target=target,
    )
    table.add(
        "P5",
        f"processeur du serveur par enregistrement, {base}",
        milliseconds(processor["réponse"]),
        f"POST vide {milliseconds(processor['rien'])}",
        ratio=processor["réponse"] / processor["rien"],
        target=1.4,
    )
    statuses = Counter(stormed["statuts"])
    refused = sum(count for status, count in statuses.items() if not status.endswith(" 200"))
    locks = log.read_text().count("locked") + log.read_text().count("lock timeout")
    table.add("P5", f"refus et erreurs de verrou, {base}", str(refused + locks), ratio=refused + locks, target=0, unit="")
    table.note(
        f"P5, {base} : {speeds['réponse']:.0f} enregistrements par seconde, {speeds['rien']:.0f} POST vides ; "
        f"{sum(statuses.values())} demandes de {WRITERS} personnes."
    )


def crowd(house: House) -> tuple[dict, dict[str, float]]:
    """The storm, and the processor time the server spent on one request of each sort."""
    people = house.work("writers", writers=WRITERS)
    given = json.dumps({"port": house.port, "rounds": ROUNDS, "posts": POSTS, **people})
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.load", given], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    spent, asked, before = Counter(), Counter(), processor_time(house.server)
    with process:
        for line in process.stdout:
            said = json.loads(line)
            if "fait" not in said:
                return said, {name: spent[name] / asked[name] for name in spent}
            now = processor_time(house.server)
            if said["retenu"]:
                spent[said["fait"]] += now - before
                asked[said["fait"]] += said["demandes"]
            before = now
            process.stdin.write("\n")
            process.stdin.flush()
    raise RuntimeError("The storm said nothing.")


def processor_time(server: int) -> float:
    """Seconds of processor of a process and of its children."""
    return sum(_of_one(pid) for pid in (server, *_children(server)))


def _children(parent: int) -> list[int]:
    return [int(pid) for pid in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]


def _of_one(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS
