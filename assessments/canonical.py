"""The canonical JSON of a dossier, read back into what scoring understands and recomputed: the same file is exported,
frozen in snapshots and attached to the documents."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from assessments.priorities import Path, shortest_path
from assessments.scoring import (
    CriterionInput,
    Dossier,
    EvidencePiece,
    ExpectedEvidence,
    RegisterInput,
    Result,
    Rules,
    Score,
    SuggestedAction,
    evaluate,
)


def dossier_from_json(data: Mapping) -> Dossier:
    """Read the inputs of a dossier. Raises KeyError for a missing field, ValueError for an impossible value."""
    scale = tuple((level["valeur"], level["libelle"]) for level in data["echelle"])
    dossier = Dossier(
        reference_on=date.fromisoformat(data["date_reference"]),
        rules=Rules.from_json(data["regles"], (value for value, _ in scale)),
        scale=scale,
        chapters=tuple((chapter["code"], chapter["titre"]) for chapter in data["chapitres"]),
        criteria=tuple(_criterion(criterion) for criterion in data["criteres"]),
        registers=tuple(_register(register) for register in data["registres"]),
        blocking_eligibility=tuple(data["eligibilite"]["bloquantes"]),
    )
    _check(dossier)
    return dossier


def levels_by_network(data: Mapping) -> dict[str, dict[str, int]]:
    """The levels each network told, by the code of the criteria of the perimeter, in the order of the names of networks."""
    found: dict[str, dict[str, int]] = {}
    for criterion in data["criteres"]:
        for opinion in criterion["avis"]:
            if opinion["niveau"] is not None and not criterion["hors_perimetre"]:
                found.setdefault(opinion["reseau"], {})[criterion["code"]] = opinion["niveau"]
    return dict(sorted(found.items()))


def read_by(dossier: Dossier, levels: Mapping[str, int]) -> Dossier:
    """The dossier with the second reading of one network only."""
    return replace(dossier, criteria=tuple(replace(each, advisor_level=levels.get(each.code)) for each in dossier.criteria))


def _criterion(data: Mapping) -> CriterionInput:
    opinions = [opinion["niveau"] for opinion in data["avis"] if opinion["niveau"] is not None]
    return CriterionInput(
        code=data["code"],
        key=data["cle"],
        chapter=data["chapitre"],
        title=data["titre"],
        criticality=data["criticite"],
        weight=data["poids"],
        in_scope=not data["hors_perimetre"],
        na_allowed=data["nc_autorise"],
        level=data["niveau"],
        not_applicable=data["non_concerne"],
        justification=data["justification"],
        expected=tuple(
            ExpectedEvidence(each["cle"], each["libelle"], each["obligatoire"], each["validite_mois"])
            for each in data["preuves_attendues"]
        ),
        evidence=tuple(_piece(piece) for piece in data["preuves"]),
        actions=tuple(
            SuggestedAction(each["cle"], each["titre"], Decimal(each["charge_jours"]), each["niveau_vise"])
            for each in data["actions_types"]
        ),
        advisor_level=opinions[-1] if opinions else None,
    )


def _register(data: Mapping) -> RegisterInput:
    return RegisterInput(
        code=data["code"],
        label=data["libelle"],
        declared=data["declare"],
        services=tuple(data["dispositifs"]),
        evidence=tuple(_piece(piece) for piece in data["preuves"]),
    )


def _piece(data: Mapping) -> EvidencePiece:
    return EvidencePiece(
        label=data["libelle"],
        effective_on=_day(data["date_effet"]),
        expires_on=_day(data.get("date_expiration")),
        expected_key=data.get("attendue"),
        sha256=data.get("sha256"),
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _check(dossier: Dossier) -> None:
    chapters = {code for code, _ in dossier.chapters}
    levels = {None, *dossier.rules.levels}
    for criterion in dossier.criteria:
        if (
            criterion.chapter not in chapters
            or criterion.criticality not in dossier.rules.findings
            or criterion.weight < 1
            or not {criterion.level, criterion.advisor_level} <= levels
            or any(action.days < 0 or action.target_level not in levels for action in criterion.actions)
        ):
            raise ValueError(
                f"Critère {criterion.code}\u00a0: chapitre, criticité, poids, niveau ou action hors de l’édition."
            )
    if len({criterion.code for criterion in dossier.criteria}) != len(dossier.criteria):
        raise ValueError("Deux critères portent le même code.")


def result_to_json(result: Result, path: Path) -> dict:
    """The ``resultat`` of the canonical JSON; fractions are "n/d"."""
    return {
        "maturite": _score(result.maturity),
        "completude": _score(result.completeness),
        "constats": {code: str(finding) for code, finding in result.findings.items()},
        "verdict": str(result.verdict),
        "motifs": [
            {
                "code": reason.code,
                "gravite": str(reason.severity),
                "phrase": reason.sentence,
                "criteres": list(reason.criteria),
            }
            for reason in result.reasons
        ],
        "registres_couverts": result.registers_covered,
        "chemin": {
            "jours": _days(path.days),
            "etapes": [
                {
                    "critere": step.criterion,
                    "action": step.action,
                    "titre": step.title,
                    "jours": _days(step.days),
                    "niveau_vise": step.target_level,
                    "leve": str(step.lifts),
                }
                for step in path.steps
            ],
            "laisse": list(path.leaves_out),
        },
        "avis": None if result.advisor is None else {"maturite": _score(result.advisor)},
    }


def _score(score: Score) -> dict:
    return {
        "total": _fraction(score.total),
        "chapitres": {code: _fraction(share) for code, share in score.chapters.items()},
    }


def _fraction(value: Fraction | None) -> str | None:
    return None if value is None else f"{value.numerator}/{value.denominator}"


def _days(value: Decimal) -> str:
    return f"{value.normalize():f}"


def result_of(dossier: Dossier) -> dict:
    """Evaluate a dossier and write its ``resultat``."""
    result = evaluate(dossier)
    return result_to_json(result, shortest_path(dossier, result))


def recompute(data: Mapping) -> dict:
    """The ``resultat`` of a canonical JSON, computed anew from its own inputs and rules."""
    return result_of(dossier_from_json(data))
