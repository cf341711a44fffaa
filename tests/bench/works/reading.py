"""P6: the entry screen and the grid, beside the reading of the rows they show."""

from assessments.models import Answer
from tests.bench.measure import in_turn
from tests.bench.visitor import Visitor
from tests.bench.works.demonstration import HALFWAY, dossier_of

CODE = "DEO-02"


def rows(assessment, **only) -> list[Answer]:
    """What a hand-written template of these criteria needs, fetched the ordinary way and nothing else."""
    return list(
        Answer.objects.filter(assessment=assessment, **only)
        .select_related("criterion__chapter", "updated_by", "assigned_to")
        .prefetch_related("evidence_uses", "threads__comments")
        .order_by("criterion__chapter__position", "criterion__position")
    )


def work(rounds: int = 15, times: int = 4) -> dict:
    assessment, owner = dossier_of(HALFWAY)
    visitor = Visitor(owner)
    base = f"/dossiers/{assessment.pk}"
    entry, grid = f"{base}/criteres/{CODE}/", f"{base}/grille/"
    chapter = {"criterion__chapter__code": CODE.partition("-")[0]}
    measured = in_turn(
        {
            "vide": lambda: visitor.get("/mesure/vide-connecte/"),
            "saisie": lambda: visitor.get(entry),
            "lignes du chapitre": lambda: rows(assessment, **chapter),
            "grille": lambda: visitor.get(grid),
            "toutes les lignes": lambda: rows(assessment),
        },
        rounds=rounds,
        times=times,
    )
    return {
        "temps": measured,
        "criteres": {"chapitre": len(rows(assessment, **chapter)), "tous": len(rows(assessment))},
        "sql": {"saisie": visitor.queries(entry), "grille": visitor.queries(grid)},
        "poids": {"saisie": len(visitor.get(entry)[1]), "grille": len(visitor.get(grid)[1])},
    }
