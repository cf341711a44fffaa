"""A whole draft written at once, from a canonical document (`editions.canonical`): what an import leaves in the database.

Rows are recognised by their stable keys, so that what has not changed keeps its number and its version. The document has
been checked before (`referentiel.document`); the database’s own constraints still apply.
"""

import logging
from collections.abc import Iterable, Mapping
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import CharField, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from referentiel.editions import Refusal, canonical_content, only_norm_admins
from referentiel.models import (
    Chapter,
    Criterion,
    Edition,
    ExpectedEvidence,
    InterviewQuestion,
    Level,
    LevelDescriptor,
    Register,
    Seal,
    Standard,
    SuggestedAction,
)

logger = logging.getLogger(__name__)

# No code may hold a control character: a row set aside under this mark is in nobody’s way.
_ASIDE = "\x7f"


@transaction.atomic
def create_draft(document: Mapping, *, by=None) -> Edition:
    """A new draft that says exactly `document`. `by` is None for a command. Raises Refusal when its code is taken."""
    only_norm_admins(by)
    code = document["edition"]["code"]
    try:
        with transaction.atomic():
            edition = Edition.objects.create(
                standard=_standard(document["norme"]), code=code, rules={}, created_at=timezone.now()
            )
    except IntegrityError:
        raise Refusal([f"Une édition porte déjà le code « {code} »."]) from None
    write_content(edition, document, by=by)
    return edition


def _standard(wanted: Mapping) -> Standard:
    standard, _created = Standard.objects.get_or_create(
        code=wanted["code"], defaults={"title": wanted["titre"], "publisher": wanted["editeur"]}
    )
    if (standard.title, standard.publisher) != (wanted["titre"], wanted["editeur"]):
        raise Refusal([f"La norme {standard.code} est déjà connue sous un autre titre ou un autre éditeur."])
    return standard


@transaction.atomic
def write_content(edition: Edition, document: Mapping, *, by=None) -> bool:
    """Makes a draft equal to `document`; False when it already was. Raises Refusal for a published edition or another norm.

    The version of the edition goes up, and that of each criterion whose own content changes.
    """
    only_norm_admins(by)
    edition = Edition.objects.select_for_update().get(pk=edition.pk)
    if Seal.objects.filter(edition=edition).exists():
        raise Refusal(
            [
                f"L’édition « {edition.label} » ({edition.code}) est publiée : elle ne change plus. Choisissez un autre code."
            ]
        )
    before = canonical_content(edition)
    if before == document:
        return False
    if before["norme"] != document["norme"]:
        raise Refusal([f"Ce brouillon est de la norme {before['norme']['code']}, décrite autrement dans le fichier."])
    _write_cover(edition, document, by)
    if before["echelle"] != document["echelle"]:
        Level.objects.filter(edition=edition).delete()
        Level.objects.bulk_create(
            Level(edition=edition, value=level["valeur"], label=level["libelle"], description=level["description"])
            for level in document["echelle"]
        )
    registers, gone_registers = _align(Register.objects.filter(edition=edition), _registers(document), edition=edition)
    chapters, gone_chapters = _align(Chapter.objects.filter(edition=edition), _chapters(document), edition=edition)
    said = _said(before)
    changed = {key for key, criterion in _said(document).items() if said.get(key) != criterion}
    criteria, gone_criteria = _align(
        Criterion.objects.filter(edition=edition),
        _criteria(document, chapters),
        edition=edition,
        signed=changed,
        by=by,
    )
    _rewrite_parts(
        [(criteria[key], criterion) for key, criterion in _said(document).items() if key in changed],
        {register.code: register for register in registers.values()},
    )
    for gone in (gone_criteria, gone_chapters, gone_registers):
        gone.delete()
    logger.info("draft %s written by %s", edition.code, by or "a command")
    return True


def _write_cover(edition: Edition, document: Mapping, by) -> None:
    cover = document["edition"]
    taken = Edition.objects.filter(code=cover["code"]).exclude(pk=edition.pk)
    if taken.exists():
        raise Refusal([f"Une édition porte déjà le code « {cover['code']} »."])
    edition.code, edition.label, edition.notice = cover["code"], cover["libelle"], cover["avertissement"]
    edition.rules, edition.eligibility, edition.cycle = (
        document["regles"],
        document["eligibilite"],
        document["cycle"],
    )
    edition.version += 1
    _sign(edition, by)
    edition.save()


def _sign(row: Edition | Criterion, by) -> None:
    row.written_by, row.written_at = by.pk if by else None, timezone.now()


def _said(document: Mapping) -> dict[str, Mapping]:
    """Every criterion of a document, by key."""
    return {criterion["cle"]: criterion for chapter in document["chapitres"] for criterion in chapter["criteres"]}


# --- Rows with a stable key -------------------------------------------------------------------


def _align(
    rows: QuerySet, wanted: Mapping[str, dict], *, edition: Edition, signed: Iterable[str] = (), by=None
) -> tuple[dict, QuerySet]:
    """Updates and adds rows until those `wanted` (key → fields) are there.

    Returns them by key, and those that must go: deleting them waits until nothing rests on them any more.
    """
    model = rows.model
    present = {str(row.key): row for row in rows}
    stale = [row for key, row in present.items() if key in wanted and _differs(row, wanted[key], key in signed)]
    gone = [row.pk for key, row in present.items() if key not in wanted]
    # Two rows may exchange their codes: they first give them up.
    rows.filter(pk__in=[*gone, *(row.pk for row in stale)]).update(
        code=Concat(Value(_ASIDE), Cast("pk", output_field=CharField()))
    )
    fresh = [model(edition=edition, key=key) for key in wanted if key not in present]
    for row in (*stale, *fresh):
        key = str(row.key)
        for name, value in wanted[key].items():
            setattr(row, name, value)
        if key in signed:
            row.version += row.pk is not None
            _sign(row, by)
    if stale:
        names = [*next(iter(wanted.values())), *(("version", "written_by", "written_at") if signed else ())]
        model.objects.bulk_update(stale, names)
    model.objects.bulk_create(fresh)
    kept = {key: row for key, row in present.items() if key in wanted} | {str(row.key): row for row in fresh}
    return kept, model.objects.filter(pk__in=gone)


def _differs(row, fields: dict, signed: bool) -> bool:
    return signed or any(getattr(row, name) != value for name, value in fields.items())


def _registers(document: Mapping) -> dict[str, dict]:
    return {
        register["cle"]: {
            "position": position,
            "code": register["code"],
            "label": register["libelle"],
            "definition": register["definition"],
            "label_confidence": register["confiance"],
            "label_status": register["statut"],
            "questions": register["questions"],
            "expected_evidence": register["preuves_attendues"],
            "sources": register["sources"],
        }
        for position, register in enumerate(document["registres"], 1)
    }


def _chapters(document: Mapping) -> dict[str, dict]:
    return {
        chapter["cle"]: {
            "position": position,
            "code": chapter["code"],
            "title": chapter["titre"],
            "short_title": chapter["titre_court"],
            "block": chapter["bloc"],
            "introduction": chapter["presentation"],
        }
        for position, chapter in enumerate(document["chapitres"], 1)
    }


def _criteria(document: Mapping, chapters: Mapping[str, Chapter]) -> dict[str, dict]:
    return {
        criterion["cle"]: {
            "chapter_id": chapters[chapter["cle"]].pk,
            "position": position,
            "code": criterion["code"],
            "title": criterion["titre"],
            "statement": criterion["enonce"],
            "guiding_questions": criterion["questions"],
            "criticality": criterion["criticite"],
            "criticality_reason": criterion["justification_criticite"],
            "weight": criterion["poids"],
            "nature": criterion["nature"],
            "confidence": criterion["confiance"],
            "sources": criterion["sources"],
            "na_allowed": criterion["non_concerne"]["autorise"],
            "na_condition": criterion["non_concerne"]["condition"],
            "interviewed_roles": criterion["fonctions_interrogees"],
        }
        for chapter in document["chapitres"]
        for position, criterion in enumerate(chapter["criteres"], 1)
    }


# --- What belongs to a criterion --------------------------------------------------------------


def _rewrite_parts(pairs: list[tuple[Criterion, Mapping]], registers: Mapping[str, Register]) -> None:
    """Replaces the descriptors, evidence, actions, questions and registers of these criteria, whole."""
    numbers = [row.pk for row, _said in pairs]
    made = {
        LevelDescriptor: _each(pairs, "niveaux", _descriptor),
        ExpectedEvidence: _each(pairs, "preuves_attendues", _evidence),
        SuggestedAction: _each(pairs, "actions_types", _action),
        InterviewQuestion: _each(pairs, "questions_entretien", _question),
        Criterion.registers.through: _linked(pairs, "registres", registers),
        Criterion.applicable_registers.through: _linked(pairs, "applicable_si_registre", registers),
    }
    for model, rows in made.items():
        model.objects.filter(criterion_id__in=numbers).delete()
        model.objects.bulk_create(model(**fields) for fields in rows)


def _each(pairs, name: str, fields_of) -> list[dict]:
    return [
        {"criterion_id": row.pk, "position": position} | fields_of(part)
        for row, said in pairs
        for position, part in enumerate(said[name], 1)
    ]


def _linked(pairs, name: str, registers: Mapping[str, Register]) -> list[dict]:
    return [{"criterion_id": row.pk, "register_id": registers[code].pk} for row, said in pairs for code in said[name]]


def _descriptor(part: Mapping) -> dict:
    return {"position": part["valeur"], "text": part["descripteur"]}


def _evidence(part: Mapping) -> dict:
    return {
        "key": part["cle"],
        "label": part["libelle"],
        "kind": part["type"],
        "required": part["obligatoire"],
        "validity_months": part["validite_mois"],
    }


def _action(part: Mapping) -> dict:
    return {
        "key": part["cle"],
        "title": part["titre"],
        "detail": part["detail"],
        "effort_days": Decimal(part["charge_jours"]),
        "target_level": part["niveau_vise"],
    }


def _question(part: Mapping) -> dict:
    return {"role": part["fonction"], "question": part["question"], "expected": part["attendu"]}
