"""One reading of a dossier, for every screen, document, export and snapshot.

The rows are written once as canonical JSON (the inputs); scoring reads that JSON back and computes
the result. What is shown live and what is frozen therefore come from the same arithmetic. A move to
another edition is projected the same way, from rows not written yet (`assessments.passage`).
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from copy import copy
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from assessments.canonical import dossier_from_json, result_to_json
from assessments.milestones import cycle_of
from assessments.models import (
    Action,
    Answer,
    Assessment,
    Evidence,
    EvidenceUse,
    RegisterDeclaration,
    ReviewerOpinion,
    ReviewRequest,
)
from assessments.priorities import Path, priority_of, shortest_path
from assessments.scoring import CriterionInput, Dossier, Result, evaluate
from certif.accounts.models import Service
from certif.dates import today
from referentiel.content import Content, CriterionContent, RegisterContent, content_of

FORMAT = "certif-dossier/1"


@dataclass(frozen=True)
class Reading:
    """A dossier on a reference date. `inputs` is the canonical JSON without `resultat`."""

    assessment: Assessment
    content: Content
    inputs: dict

    @cached_property
    def dossier(self) -> Dossier:
        return dossier_from_json(self.inputs)

    @cached_property
    def result(self) -> Result:
        return evaluate(self.dossier)

    @cached_property
    def path(self) -> Path:
        """The shortest way to « prêt »."""
        return shortest_path(self.dossier, self.result)

    @cached_property
    def by_code(self) -> dict[str, CriterionInput]:
        return {criterion.code: criterion for criterion in self.dossier.criteria}

    @cached_property
    def canonical(self) -> dict:
        """The whole canonical JSON: inputs, what the result says of registers and actions, and the result."""
        return {
            **self.inputs,
            "registres": [{**register, **self._coverage(register["code"])} for register in self.inputs["registres"]],
            "actions": [
                {**action, "priorite": self._priority(action["criteres"])} for action in self.inputs["actions"]
            ],
            "resultat": result_to_json(self.result, self.path),
        }

    def _coverage(self, code: str) -> dict:
        coverage = self.result.coverage[code]
        return {"couvert": coverage.covered, "motif": coverage.reason and str(coverage.reason)}

    def _priority(self, codes: list[str]) -> int:
        return min(
            (priority_of(self.result.findings.get(code), evidence_missing=code in self.result.gaps) for code in codes),
            default=priority_of(None),
        )


@dataclass(frozen=True)
class Declared:
    """A declared register: the services that hold it and the evidence that supports it."""

    services: tuple[Service, ...]
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True)
class Rows:
    """What a dossier says in one edition, by criterion, register or action; `criteria` of an action are identifiers."""

    answers: Mapping[int, Answer]
    uses: Mapping[int, list[EvidenceUse]]
    opinions: Mapping[int, list[ReviewerOpinion]]
    requests: Mapping[int, list[ReviewRequest]]
    declared: Mapping[int, Declared]
    actions: tuple[tuple[Action, frozenset[int]], ...]


def read(assessment: Assessment, *, on: date | None = None, drafts_of: Collection[int] = ()) -> Reading:
    """Reads a dossier as it stands, judged on the day `on` (today in Paris by default).

    `drafts_of` are the networks whose own people read it: they compare with what they are writing, told or not.
    """
    content = content_of(assessment.edition_id)
    rows = rows_of(assessment)
    if drafts_of:
        rows = replace(rows, opinions={pk: _drafted(each, drafts_of) for pk, each in rows.opinions.items()})
    return read_rows(assessment, content, rows, on=on or today())


def read_back(assessment: Assessment, canonical: dict) -> Reading:
    """Reads a dossier as its canonical JSON says it was."""
    inputs = {name: value for name, value in canonical.items() if name != "resultat"}
    return Reading(assessment, content_of(assessment.edition_id), inputs)


def read_rows(assessment: Assessment, content: Content, rows: Rows, *, on: date) -> Reading:
    """Reads a dossier as these rows say it is, in the edition `content`."""
    return Reading(assessment, content, _inputs(assessment, content, rows, on))


def rows_of(assessment: Assessment) -> Rows:
    """The rows of the edition the dossier is in; those a move left behind stay out."""
    of_answers = {"answer__assessment": assessment}
    answers = Answer.objects.current().filter(assessment=assessment).select_related("assigned_to")
    uses = EvidenceUse.objects.current().filter(**of_answers).select_related("evidence", "expected", "answer")
    opinions = ReviewerOpinion.objects.current().filter(**of_answers)
    opinions = opinions.select_related("advisor", "shown_by", "network", "answer")
    requests = ReviewRequest.objects.current().filter(**of_answers)
    requests = requests.select_related("asked_by", "network", "answer", "expected")
    declarations = RegisterDeclaration.objects.current().filter(assessment=assessment)
    actions = (
        Action.objects.filter(assessment=assessment)
        .select_related("owner", "suggested")
        .prefetch_related("criteria")
        .order_by("due_on", "pk")
    )
    return Rows(
        answers={answer.criterion_id: answer for answer in answers},
        uses=_by_criterion(uses.order_by("pk")),
        opinions=_by_criterion(opinions.order_by("pk")),
        requests=_by_criterion(requests.order_by("asked_at", "pk")),
        declared={
            row.register_id: Declared(tuple(row.services.all()), tuple(row.evidence.all()))
            for row in declarations.prefetch_related("services", "evidence")
        },
        actions=tuple((action, frozenset(each.pk for each in action.criteria.all())) for action in actions),
    )


def _drafted(opinions: Iterable[ReviewerOpinion], networks: Collection[int]) -> list[ReviewerOpinion]:
    """The opinions of these networks as if they were told now."""
    found = []
    for opinion in opinions:
        if opinion.network_id in networks:
            opinion = copy(opinion)
            opinion.shown_level, opinion.shown_remark = opinion.level, opinion.remark
            opinion.shown_by, opinion.shown_at = opinion.advisor, opinion.updated_at
        found.append(opinion)
    return found


def canonical_json(data: dict) -> str:
    """The one text of a canonical JSON: sorted keys, UTF-8, no spaces to argue about."""
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _inputs(assessment: Assessment, content: Content, rows: Rows, on: date) -> dict:
    structure = assessment.structure
    cycle = cycle_of(content.cycle, assessment.audit_kind, assessment.audit_on)
    services = assessment.services.select_related("site").order_by("site__name", "name", "pk")
    return {
        "format": FORMAT,
        "date_reference": on.isoformat(),
        "structure": {"nom": structure.name, "type": structure.get_kind_display(), "ville": structure.city},
        "dossier": {
            "id": assessment.pk,
            "titre": assessment.title,
            "etat": assessment.status,
            "audit": assessment.audit_kind,
            "date_audit": _iso(assessment.audit_on),
            "perimetre": [{"site": service.site.name, "dispositif": service.name} for service in services],
        },
        "edition": {"code": content.code, "libelle": content.label, "empreinte": content.fingerprint},
        "regles": content.rules,
        "echelle": [{"valeur": level.value, "libelle": level.label} for level in content.levels],
        "chapitres": [{"code": chapter.code, "titre": chapter.title} for chapter in content.chapters],
        "criteres": [
            _criterion(
                criterion,
                rows.answers[criterion.id],
                rows.uses.get(criterion.id, ()),
                _said(rows.opinions.get(criterion.id, ()), rows.requests.get(criterion.id, ())),
                rows.declared,
            )
            for criterion in content.criteria
        ],
        "registres": [_register(register, rows.declared.get(register.id)) for register in content.registers],
        "eligibilite": {
            "reponses": assessment.eligibility,
            "bloquantes": blocking_answers(content, assessment.eligibility),
        },
        "actions": [_action(content, action, criteria) for action, criteria in rows.actions],
        "jalons": [
            {
                "code": milestone.code,
                "titre": milestone.title,
                "date": milestone.on.isoformat(),
                "responsable": milestone.responsible,
                "statut": milestone.status,
            }
            for milestone in (cycle.milestones if cycle else ())
        ],
    }


def blocking_answers(content: Content, answers: dict[str, str]) -> list[str]:
    """Codes of the eligibility questions whose answer blocks, in the order of the questionnaire."""
    return [
        question["code"]
        for question in content.eligibility.get("questions", ())
        for choice in question["reponses"]
        if choice["valeur"] == answers.get(question["code"]) and choice["effet"] == "bloquant"
    ]


def in_scope(criterion: CriterionContent, declared_register_ids) -> bool:
    """Out of scope while none of the registers that make the criterion applicable is declared."""
    needed = criterion.applicable_register_ids
    return not needed or any(register in declared_register_ids for register in needed)


def _by_criterion(rows) -> defaultdict[int, list]:
    grouped = defaultdict(list)
    for row in rows:
        grouped[row.answer.criterion_id].append(row)
    return grouped


def _criterion(
    criterion: CriterionContent,
    answer: Answer,
    uses: list[EvidenceUse],
    said: list[dict],
    declared: Mapping[int, Declared],
) -> dict:
    return {
        "code": criterion.code,
        "cle": criterion.key,
        "chapitre": criterion.chapter_code,
        "titre": criterion.title,
        "criticite": criterion.criticality,
        "poids": criterion.weight,
        "hors_perimetre": not in_scope(criterion, declared),
        "niveau": answer.level,
        "non_concerne": answer.not_applicable,
        "nc_autorise": criterion.na_allowed,
        "justification": answer.justification,
        "preuves_attendues": [
            {
                "cle": expected.key,
                "libelle": expected.label,
                "obligatoire": expected.required,
                "validite_mois": expected.validity_months,
            }
            for expected in criterion.expected_evidence
        ],
        "preuves": [_piece(use.evidence, use.expected) for use in uses],
        "actions_types": [
            {
                "cle": action.key,
                "titre": action.title,
                "charge_jours": _number(action.effort_days),
                "niveau_vise": action.target_level,
            }
            for action in criterion.suggested_actions
        ],
        "attribue_a": str(answer.assigned_to) if answer.assigned_to else None,
        "avis": said,
    }


def _said(opinions: Iterable[ReviewerOpinion], requests: Iterable[ReviewRequest]) -> list[dict]:
    """What each network told the structure of one answer, the first to speak first; what is still being written is not there."""
    shown = {row.network_id: row for row in opinions if row.shown_at}
    asked: dict[int, list[ReviewRequest]] = {}
    for row in requests:
        if row.sent_at and not row.settled_at:
            asked.setdefault(row.network_id, []).append(row)
    found = []
    for network in dict.fromkeys([*shown, *asked]):
        opinion, wanted = shown.get(network), asked.get(network, [])
        who = opinion.shown_by if opinion else wanted[-1].asked_by
        said = {
            "conseiller": str(who) if who else None,
            "reseau": (opinion or wanted[-1]).network.name,
            "niveau": opinion.shown_level if opinion else None,
            "remarque": opinion.shown_remark if opinion else "",
            "demande": "\n".join(row.text for row in wanted),
        }
        if said["niveau"] is not None or said["remarque"] or said["demande"]:
            found.append(said)
    return found


def _piece(evidence, expected) -> dict:
    return {
        "libelle": evidence.label,
        "date_effet": _iso(evidence.effective_on),
        "date_expiration": _iso(evidence.expires_on),
        "sha256": evidence.sha256 or None,
        "nature": "lien" if evidence.is_link else "fichier",
        "attendue": str(expected.key) if expected else None,
    }


def _register(register: RegisterContent, declaration: Declared | None) -> dict:
    services = sorted(service.name for service in declaration.services) if declaration else []
    pieces = sorted(declaration.evidence, key=lambda piece: piece.pk) if declaration else []
    return {
        "code": register.code,
        "libelle": register.label,
        "declare": declaration is not None,
        "dispositifs": services,
        "preuves": [{"libelle": piece.label, "date_effet": _iso(piece.effective_on)} for piece in pieces],
    }


def _action(content: Content, action: Action, criteria: frozenset[int]) -> dict:
    return {
        "titre": action.title,
        "detail": action.detail,
        "criteres": sorted(content.criterion_by_id[pk].code for pk in criteria),
        "cause": action.cause,
        "responsable": str(action.owner) if action.owner else None,
        "debut": _iso(action.starts_on),
        "echeance": _iso(action.due_on),
        "charge_jours": None if action.effort_days is None else _number(action.effort_days),
        "cout_euros": action.cost_euros,
        "etat": action.status,
        "niveau_vise": action.target_level,
        "action_type": str(action.suggested.key) if action.suggested else None,
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _number(value) -> str:
    """« 1.5 », « 2 »: a decimal without useless zeros."""
    return f"{value.normalize():f}"
