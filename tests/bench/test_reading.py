"""P6: the entry screen and the grid, beside the fetching of the rows they show."""

import pytest

from tests.bench.measure import ratio
from tests.bench.table import milliseconds

pytestmark = pytest.mark.bench


def test_the_entry_screen_and_the_grid(house, table):
    measured = house.work("reading")
    times, count = measured["temps"], measured["criteres"]
    for screen, rows, what, target in (
        ("saisie", "lignes du chapitre", f"écran de saisie / les {count['chapitre']} critères du chapitre", 2),
        ("saisie", "toutes les lignes", f"écran de saisie, rail des {count['tous']} compris / leurs lignes", 6),
        ("grille", "toutes les lignes", f"grille des {count['tous']} critères / leurs lignes", 6),
    ):
        table.add(
            "P6",
            f"{what}, processeur",
            milliseconds(times[screen]["median"]),
            f"lecture ORM {milliseconds(times[rows]['median'])}",
            ratio=ratio(times[screen], times[rows]),
            target=target,
        )
    for screen in ("saisie", "grille"):
        sql = measured["sql"][screen]
        table.add("P6", f"requêtes SQL, {screen}", str(sql), ratio=sql, target=6, unit="SQL")
        weight = measured["poids"][screen] / 1000
        table.add("P6", f"poids de la page, {screen}", f"{weight:.0f} ko", ratio=weight, target=150, unit="ko")
    table.note(f"P6 : une page vide, session lue, coûte {milliseconds(times['vide']['median'])} de processeur.")
