"""P5, one person: the processor time of a save, beside an authenticated POST that does nothing."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.bench.measure import in_turn
from tests.bench.visitor import Visitor
from tests.bench.works.demonstration import HALFWAY, dossier_of

TEXT = "Le registre est tenu depuis mars, relu chaque trimestre avec l’équipe. Essai "


def work(rounds: int = 9, times: int = 40) -> dict:
    assessment, owner = dossier_of(HALFWAY)
    visitor = Visitor(owner)
    row = assessment.answers.select_related("criterion").get(criterion__code="DEO-02")
    path = f"/dossiers/{assessment.pk}/criteres/{row.criterion.code}/"
    state = {"version": row.version}

    def fields() -> dict:
        said = state["version"]
        return {"version": said, "niveau": said % 4, "justification": f"{TEXT}{said}.", "auteur": owner.pk}

    def save(*, htmx: bool = True) -> None:
        status, body = visitor.post(path, fields(), htmx=htmx)
        if status != (200 if htmx else 302):
            raise AssertionError(f"{status} {body[:300]!r}")
        state["version"] += 1

    def nothing() -> None:
        status, _body = visitor.post("/mesure/rien/", fields())
        if status != 200:
            raise AssertionError(status)

    times_taken = in_turn(
        {"rien": nothing, "htmx": save, "simple": lambda: save(htmx=False)}, rounds=rounds, times=times
    )
    with CaptureQueriesContext(connection) as of_nothing:
        nothing()
    with CaptureQueriesContext(connection) as of_save:
        save()
    return {
        "temps": times_taken,
        "sql": {"rien": len(of_nothing), "htmx": len(of_save)},
        "texte_sql": [query["sql"][:160] for query in of_save.captured_queries],
    }
