"""SQL of every page of a dossier, in the one nearly empty and in the one complete."""

from assessments.models import Action, Evidence
from tests.bench.visitor import Visitor
from tests.bench.works.demonstration import COMPLETE, EMPTY, dossier_of

PAGES = {
    "tableau de bord": "/dossiers/{dossier}/",
    "périmètre": "/dossiers/{dossier}/perimetre/",
    "grille": "/dossiers/{dossier}/grille/",
    "saisie": "/dossiers/{dossier}/criteres/PER-01/",
    "historique": "/dossiers/{dossier}/criteres/PER-01/historique/",
    "registres": "/dossiers/{dossier}/registres/",
    "un registre": "/dossiers/{dossier}/registres/REG-1/",
    "preuves": "/dossiers/{dossier}/preuves/",
    "une preuve": "/preuves/{preuve}/",
    "ajout de preuve": "/dossiers/{dossier}/preuves/ajout/?critere=PER-01&par=bibliotheque",
    "feuille de route": "/dossiers/{dossier}/feuille-de-route/",
    "tableau": "/dossiers/{dossier}/feuille-de-route/tableau/",
    "calendrier": "/dossiers/{dossier}/feuille-de-route/calendrier/",
    "une action": "/actions/{action}/",
    "synthèse": "/dossiers/{dossier}/synthese/",
    "pourquoi": "/dossiers/{dossier}/pourquoi/PER/",
    "documents": "/dossiers/{dossier}/documents/",
    "clôture": "/dossiers/{dossier}/cloture/",
    "mes dossiers": "/dossiers/?liste",
    "structure": "/structures/{structure}/",
}


def work() -> dict:
    return {"petit": _counts(EMPTY), "grand": _counts(COMPLETE)}


def _counts(structure: str) -> dict[str, int | None]:
    """None for the page of a thing the dossier does not have."""
    assessment, owner = dossier_of(structure)
    visitor = Visitor(owner)
    given = {
        "dossier": assessment.pk,
        "structure": assessment.structure_id,
        "preuve": Evidence.objects.filter(structure=assessment.structure_id).values_list("pk", flat=True).first(),
        "action": Action.objects.filter(assessment=assessment).values_list("pk", flat=True).first(),
    }
    counts = {}
    for name, path in PAGES.items():
        there = all(value for key, value in given.items() if f"{{{key}}}" in path)
        counts[name] = visitor.queries(path.format(**given)) if there else None
    return counts
