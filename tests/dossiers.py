"""Dossiers made of plain data: the rules of the shipped edition, builders for tests that name what matters, strategies
for tests that prove a property over dossiers and editions of any shape."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import settings
from hypothesis import strategies as st

from assessments.scoring import (
    CriterionInput,
    Dossier,
    EvidencePiece,
    ExpectedEvidence,
    Finding,
    RegisterInput,
    Rules,
    SuggestedAction,
)

PROVED = settings(max_examples=60, deadline=None, database=None)

TODAY = date(2026, 11, 21)
CRITICALITIES = ("bloquant", "majeur", "mineur")
RULES_JSON = {
    "constats": {
        "bloquant": {
            "0": "non-conformité majeure",
            "1": "non-conformité majeure",
            "2": "non-conformité mineure",
            "3": "conforme",
            "4": "point fort",
        },
        "majeur": {
            "0": "non-conformité mineure",
            "1": "non-conformité mineure",
            "2": "point sensible",
            "3": "conforme",
            "4": "point fort",
        },
        "mineur": {
            "0": "point sensible",
            "1": "point sensible",
            "2": "piste de progrès",
            "3": "conforme",
            "4": "point fort",
        },
    },
    "seuils": {"mineures_max": 2, "niveau_preuve_min": 3},
    "registres": {"minimum": 5, "mois": 12, "critere": "key-PER-08"},
    "non_concerne": {"justification_min": 20},
    "chemin": {"jours_par_preuve": "0.5"},
}
SCALE = ((0, "Non couvert"), (1, "En construction"), (2, "Partiel"), (3, "Maîtrisé"), (4, "Amélioré"))
RULES = Rules.from_json(RULES_JSON, range(5))
CHAPTERS = (("PER", "Périmètre"), ("DEO", "Déontologie"))


def criterion(code: str = "PER-01", level: int | None = None, criticality: str = "majeur", weight: int = 2, **more):
    more.setdefault("title", f"Critère {code}")
    return CriterionInput(
        code=code,
        key=f"key-{code}",
        chapter=code.partition("-")[0],
        criticality=criticality,
        weight=weight,
        level=level,
        **more,
    )


def expected(key: str = "statuts", *, months: int | None = 12, required: bool = True) -> ExpectedEvidence:
    return ExpectedEvidence(key, f"Pièce {key}", required, months)


def piece(key: str | None = "statuts", *, effective: date | None = TODAY, expires: date | None = None) -> EvidencePiece:
    return EvidencePiece(f"Fichier {key}", effective, expires, key)


def action(key: str, days: str, target: int) -> SuggestedAction:
    return SuggestedAction(key, f"Action {key}", Decimal(days), target)


def register(number: int, *, declared=True, services=("Accueil",), dates=(TODAY,)) -> RegisterInput:
    pieces = tuple(EvidencePiece("Compte rendu", day) for day in dates)
    return RegisterInput(f"REG-{number}", f"Registre {number}", declared, tuple(services), pieces)


def dossier(*criteria: CriterionInput, covered: int = 5, rules: Rules = RULES, **more) -> Dossier:
    """A dossier on TODAY with ``covered`` registers out of eight."""
    registers = tuple(register(number, declared=number <= covered) for number in range(1, 9))
    return Dossier(TODAY, rules, SCALE, CHAPTERS, criteria, more.pop("registers", registers), **more)


# Any edition, any dossier

near = st.one_of(st.none(), st.integers(-900, 60).map(lambda days: TODAY + timedelta(days=days)))
some_days = st.sampled_from([Decimal(text) for text in ("0", "0.5", "1", "1.5", "2", "3")])


@st.composite
def rules_(draw) -> Rules:
    """An edition of its own: from two to six levels, not always starting at 0, and its own table of findings."""
    levels = tuple(sorted(draw(st.sets(st.integers(0, 7), min_size=2, max_size=6))))
    one_row = st.lists(st.sampled_from(list(Finding)), min_size=len(levels), max_size=len(levels))
    in_order = one_row.map(lambda row: dict(zip(levels, sorted(row, key=list(Finding).index), strict=True)))
    return Rules(
        levels=levels,
        findings={criticality: draw(in_order) for criticality in CRITICALITIES},
        minor_limit=draw(st.integers(0, 3)),
        evidence_level_min=draw(st.sampled_from(levels)),
        registers_min=draw(st.integers(0, 3)),
        registers_months=draw(st.integers(1, 18)),
        register_criterion=None,
        na_min_chars=draw(st.integers(0, 20)),
        days_per_evidence=draw(some_days),
    )


@st.composite
def criteria_(draw, rules: Rules, code: str, *, max_actions: int = 3) -> CriterionInput:
    keys = [f"{code}-piece-{number}" for number in range(draw(st.integers(0, 2)))]
    settled = draw(st.sampled_from(["level", "level", "level", "not_applicable", "unanswered"]))
    return CriterionInput(
        code=code,
        key=f"key-{code}",
        chapter=code.partition("-")[0],
        title=f"Critère {code}",
        criticality=draw(st.sampled_from(CRITICALITIES)),
        weight=draw(st.integers(1, 3)),
        in_scope=draw(st.integers(0, 5)) > 0,
        na_allowed=draw(st.booleans()),
        level=draw(st.sampled_from(rules.levels)) if settled == "level" else None,
        not_applicable=settled == "not_applicable",
        justification=draw(st.sampled_from(["", "  trop court  ", "Une explication écrite et assez longue."])),
        expected=tuple(
            ExpectedEvidence(key, f"Pièce {key}", draw(st.booleans()), draw(st.sampled_from([None, 6, 12])))
            for key in keys
        ),
        evidence=tuple(
            EvidencePiece(f"Fichier {number}", draw(near), draw(near), draw(st.sampled_from([None, *keys])))
            for number in range(draw(st.integers(0, 2)))
        ),
        actions=tuple(
            SuggestedAction(
                f"{code}-action-{number}", f"Action {number}", draw(some_days), draw(st.sampled_from(rules.levels))
            )
            for number in range(draw(st.integers(0, max_actions)))
        ),
        advisor_level=draw(st.sampled_from([None, *rules.levels])),
    )


@st.composite
def dossiers(draw, *, max_criteria: int = 4, max_actions: int = 3) -> Dossier:
    rules = draw(rules_())
    codes = [f"{chapter}-{number:02}" for number in range(1, max_criteria // 2 + 1) for chapter in ("PER", "DEO")]
    return Dossier(
        reference_on=TODAY,
        rules=rules,
        scale=tuple((level, f"Niveau {level}") for level in rules.levels),
        chapters=CHAPTERS,
        criteria=tuple(
            draw(criteria_(rules, code, max_actions=max_actions))
            for code in codes[: draw(st.integers(1, max_criteria))]
        ),
        registers=tuple(
            RegisterInput(
                f"REG-{number}",
                f"Registre {number}",
                draw(st.booleans()),
                draw(st.sampled_from([(), ("Accueil",)])),
                tuple(EvidencePiece("Compte rendu", draw(near)) for _ in range(draw(st.integers(0, 2)))),
            )
            for number in range(1, 4)
        ),
        blocking_eligibility=draw(st.sampled_from([(), (), ("ELI-02",)])),
    )


def canonical(dossier: Dossier) -> dict:
    """The inputs of the canonical JSON of a dossier, as the application exports them."""
    rules = dossier.rules
    return {
        "date_reference": dossier.reference_on.isoformat(),
        "regles": {
            "constats": {
                criticality: {str(level): str(finding) for level, finding in row.items()}
                for criticality, row in rules.findings.items()
            },
            "seuils": {"mineures_max": rules.minor_limit, "niveau_preuve_min": rules.evidence_level_min},
            "registres": {
                "minimum": rules.registers_min,
                "mois": rules.registers_months,
                "critere": rules.register_criterion,
            },
            "non_concerne": {"justification_min": rules.na_min_chars},
            "chemin": {"jours_par_preuve": str(rules.days_per_evidence)},
        },
        "echelle": [{"valeur": value, "libelle": label} for value, label in dossier.scale],
        "chapitres": [{"code": code, "titre": title} for code, title in dossier.chapters],
        "criteres": [
            {
                "code": each.code,
                "cle": each.key,
                "chapitre": each.chapter,
                "titre": each.title,
                "criticite": each.criticality,
                "poids": each.weight,
                "hors_perimetre": not each.in_scope,
                "niveau": each.level,
                "non_concerne": each.not_applicable,
                "nc_autorise": each.na_allowed,
                "justification": each.justification,
                "preuves_attendues": [
                    {
                        "cle": one.key,
                        "libelle": one.label,
                        "obligatoire": one.required,
                        "validite_mois": one.validity_months,
                    }
                    for one in each.expected
                ],
                "preuves": [_piece(one) for one in each.evidence],
                "actions_types": [
                    {
                        "cle": one.key,
                        "titre": one.title,
                        "charge_jours": str(one.days),
                        "niveau_vise": one.target_level,
                    }
                    for one in each.actions
                ],
                "avis": [{"conseiller": "Adèle", "niveau": each.advisor_level}],
            }
            for each in dossier.criteria
        ],
        "registres": [
            {
                "code": each.code,
                "libelle": each.label,
                "declare": each.declared,
                "dispositifs": list(each.services),
                "preuves": [_piece(one) for one in each.evidence],
            }
            for each in dossier.registers
        ],
        "eligibilite": {"bloquantes": list(dossier.blocking_eligibility)},
    }


def _piece(piece: EvidencePiece) -> dict:
    return {
        "libelle": piece.label,
        "date_effet": piece.effective_on and piece.effective_on.isoformat(),
        "date_expiration": piece.expires_on and piece.expires_on.isoformat(),
        "sha256": piece.sha256,
        "attendue": piece.expected_key,
    }
