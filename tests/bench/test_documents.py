"""P1, P3 and P7: the two documents beside a browser and Typst, a long report, a report nobody changed."""

import pytest

from tests.bench.measure import ratio
from tests.bench.table import milliseconds

pytestmark = pytest.mark.bench

PEER = 1.78 / 4  # seconds: a quarter of what the peer product takes for 38 actions, measured elsewhere


def test_the_documents_beside_a_browser_and_typst(house, table):
    measured = house.work("documents")
    times, pages, typst = measured["temps"], measured["pages"], measured["typst"]
    ours = times["rapport"]["median"]
    chromium = times["rapport, Chromium"]["median"]
    table.add(
        "P1",
        f"rapport d’audit, {pages['rapport']} pages, PDF/UA",
        milliseconds(ours),
        f"impression Chromium, balisée {milliseconds(chromium)}",
        ratio=ratio(times["rapport"], times["rapport, Chromium"]),
        target=2.4,
    )
    if typst:
        table.add(
            "P1",
            "le même",
            milliseconds(ours),
            f"Typst, PDF/UA, {typst['pages']} pages {milliseconds(typst['secondes'])}",
            ratio=ours / typst["secondes"],
            target=10,
        )
    else:
        table.note("P1 : Typst n’est pas installé, sa comparaison manque.")
    short, long = (measured["longueur"][name]["median"] for name in ("court", "long"))
    table.add(
        "P1",
        f"par page, à {pages['long']} pages",
        milliseconds(long / pages["long"]),
        f"à {pages['rapport']} pages {milliseconds(short / pages['rapport'])}",
        ratio=long / pages["long"] / (short / pages["rapport"]),
        target=1.1,
    )
    roadmap = times["feuille de route"]["median"]
    table.add(
        "P7",
        f"feuille de route, 60 actions, {pages['feuille de route']} pages",
        milliseconds(roadmap),
        f"impression Chromium {milliseconds(times['feuille de route, Chromium']['median'])}",
        ratio=roadmap,
        target=PEER,
        unit="s",
    )


def test_an_unchanged_report_is_only_read(house, table):
    measured = house.work("unchanged")
    times = measured["temps"]
    for name, work in (
        ("fichier", f"reprendre le fichier ({measured['octets'] // 1000} ko)"),
        ("demande", "redemander le rapport d’un dossier clôturé"),
        ("demande en cours", "redemander celui d’un dossier en cours"),
    ):
        table.add(
            "P3",
            f"{work}, processeur",
            milliseconds(times[name]["median"]),
            f"GET vide connecté {milliseconds(times['vide connecté']['median'])}",
            ratio=ratio(times[name], times["vide connecté"]),
            target=3,
        )
    table.note(f"P3 : un GET vide sans session coûte {milliseconds(times['vide']['median'])} ; lire la session et la personne, le reste.")
    table.add("P3", "appels à WeasyPrint, documents et tâches créés", str(measured["impressions"] + measured["nouveaux"]),
              ratio=measured["impressions"] + measured["nouveaux"], target=0, unit="")  # fmt: skip
