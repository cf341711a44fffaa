"""Which rows of a dossier’s history never change (see `certif.guards`)."""

from certif.guards import Guard

GUARDS = (
    Guard(
        "assessments_event",
        (
            "at", "actor_id", "structure_id", "network_id", "assessment_id", "verb", "before", "after",
            "chain", "sequence", "previous", "digest",
        ),
        "1 = 1",
        "Le journal ne se modifie ni ne s’efface.",
        insert=False,
    ),
    Guard(
        "assessments_snapshot",
        ("assessment_id", "kind", "content", "sha256", "code", "taken_at"),
        "1 = 1",
        "Une photographie de dossier ne change plus.",
        insert=False,
        delete=False,
    ),
    Guard(
        "assessments_answerversion",
        ("answer_id", "number", "outcome", "level", "not_applicable", "justification", "origin", "saved_at"),
        "1 = 1",
        "L’historique d’une réponse ne change plus.",
        insert=False,
        delete=False,
    ),
    Guard(
        "assessments_opinionversion",
        ("opinion_id", "number", "outcome", "level", "remark", "private_note", "saved_at"),
        "1 = 1",
        "L’historique d’un avis ne change plus.",
        insert=False,
        delete=False,
    ),
    Guard(
        "assessments_release",
        ("network_id", "edition_id", "published_at", "structures", "figures", "contributions"),
        "1 = 1",
        "Des chiffres publiés ne changent plus.",
        insert=False,
        delete=False,
    ),
)
