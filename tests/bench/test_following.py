"""P4: the pages of a network at 500 and 5 000 members of 107 criteria each, beside bare SQL."""

import pytest

from tests.bench.measure import ratio
from tests.bench.table import milliseconds

pytestmark = pytest.mark.bench


@pytest.mark.parametrize("base", ["SQLite", "PostgreSQL"])
def test_what_a_network_follows(request, table, base):
    house = request.getfixturevalue("house" if base == "SQLite" else "house_on_postgres")
    measured = house.work("following")
    few, many = measured["500"], measured["5000"]
    times = many["temps"]
    table.add(
        "P4",
        f"ensemble de 5 000 structures, temps de base, {base}",
        milliseconds(times["ensemble, base"]["median"]),
        f"compter {many['réponses']:,} réponses {milliseconds(times['compter les réponses']['median'])}".replace(",", " ", 1),
        ratio=ratio(times["ensemble, base"], times["compter les réponses"]),
        target=0.1,
    )
    for page in ("ensemble", "portefeuille par nom", "portefeuille filtré", "portefeuille trié"):
        table.add(
            "P4",
            f"{page}, 5 000 membres / 500, {base}",
            milliseconds(times[page]["median"]),
            f"500 membres {milliseconds(few['temps'][page]['median'])}",
            ratio=times[page]["median"] / few["temps"][page]["median"],
            target=10,
        )
    table.add(
        "P4",
        f"portefeuille, page entière de 5 000 membres / lignes nues, {base}",
        milliseconds(times["portefeuille par nom"]["median"]),
        f"lignes nues {milliseconds(times['lignes nues']['median'])}",
        ratio=ratio(times["portefeuille par nom"], times["lignes nues"]),
    )
    for page in ("ensemble", "portefeuille par nom"):
        table.add("P4", f"requêtes SQL, {page}, {base}", str(many["sql"][page]), ratio=many["sql"][page], target=5, unit="SQL")
    built = many["construction"]
    table.note(
        f"P4, {base} : derrière les écrans, une situation se calcule en {milliseconds(built['situation'])}, "
        f"les chiffres de 5 000 structures se publient en {built['publication']:.1f} s."
    )
