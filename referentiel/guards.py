"""Which rows of a published edition are frozen, table by table (see `certif.guards`)."""

from certif.guards import Guard

MESSAGE = "Une édition publiée ne change plus : préparez une nouvelle édition."
SEALED = "EXISTS (SELECT 1 FROM referentiel_seal s WHERE s.edition_id = {edition})"
EDITION_OF_CRITERION = "(SELECT c.edition_id FROM referentiel_criterion c WHERE c.id = {row}.criterion_id)"


def _of_edition(table: str, *columns: str) -> Guard:
    return Guard(
        f"referentiel_{table}",
        ("edition_id", *columns),
        SEALED.format(edition="{row}.edition_id"),
        MESSAGE,
    )


def _of_criterion(table: str, *columns: str) -> Guard:
    return Guard(
        f"referentiel_{table}",
        ("criterion_id", *columns),
        SEALED.format(edition=EDITION_OF_CRITERION),
        MESSAGE,
    )


GUARDS = (
    Guard(
        "referentiel_standard",
        ("code", "title", "publisher"),
        "EXISTS (SELECT 1 FROM referentiel_edition e JOIN referentiel_seal s ON s.edition_id = e.id "
        "WHERE e.standard_id = {row}.id)",
        MESSAGE,
        insert=False,
    ),
    Guard(
        "referentiel_edition",
        ("standard_id", "code", "label", "notice", "rules", "eligibility", "cycle", "created_at"),
        SEALED.format(edition="{row}.id"),
        MESSAGE,
        insert=False,
    ),
    Guard(
        "referentiel_seal",
        ("edition_id", "fingerprint", "published_on", "announced_on", "in_force_on", "change_note"),
        "1 = 1",
        "Une publication ne se modifie ni ne s’efface : l’édition peut seulement être retirée.",
        insert=False,
    ),
    _of_edition("level", "value", "label", "description"),
    _of_edition("chapter", "key", "position", "code", "title", "short_title", "block", "introduction"),
    _of_edition(
        "register",
        "key",
        "position",
        "code",
        "label",
        "definition",
        "label_confidence",
        "label_status",
        "questions",
        "expected_evidence",
        "sources",
    ),
    _of_edition(
        "criterion",
        "chapter_id",
        "key",
        "position",
        "code",
        "title",
        "statement",
        "guiding_questions",
        "criticality",
        "criticality_reason",
        "weight",
        "nature",
        "confidence",
        "sources",
        "na_allowed",
        "na_condition",
        "interviewed_roles",
    ),
    _of_criterion("criterion_registers", "register_id"),
    _of_criterion("criterion_applicable_registers", "register_id"),
    _of_criterion("leveldescriptor", "position", "text"),
    _of_criterion("expectedevidence", "position", "key", "label", "kind", "required", "validity_months"),
    _of_criterion("suggestedaction", "position", "key", "title", "detail", "effort_days", "target_level"),
    _of_criterion("interviewquestion", "position", "role", "question", "expected"),
)
