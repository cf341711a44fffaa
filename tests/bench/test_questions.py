"""How many questions each page asks of the database; that they do not grow is proved in tests/test_query_counts.py."""

import pytest

pytestmark = pytest.mark.bench


def test_the_questions_of_every_page(house, table):
    counted = house.work("questions")
    pairs = [
        f"{page} {large}" if small in (large, None) else f"{page} {small} puis {large}"
        for (page, small), large in zip(counted["petit"].items(), counted["grand"].values(), strict=True)
    ]
    table.note(f"Requêtes SQL par page, dossier complet (quand le dossier presque vide diffère, les deux) : {', '.join(pairs)}.")
