"""What to do first: the shortest way to « prêt », the next three things, and what each working day brings.

**The shortest way is exact.** Reaching level L of a criterion takes every suggested action whose target lies between
its present level (excluded) and L (included), plus one deposit per required piece missing or expired there. Days only
add up, and a finding never worsens as the level rises (``Rules`` refuses an edition where it would); so of all that can
be done to one criterion two choices matter: the cheapest that leaves no non-conformity, and the cheapest that leaves a
minor one. Criteria depend on each other only through the number of minors tolerated: keep those whose lifting would
cost most. ``tests/test_priorities.py`` checks it against every combination.

When « prêt » is out of reach of the suggested actions, the way still leaves as few major, then as few excess minor
non-conformities as can be, and says which remain.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import IntEnum, StrEnum
from fractions import Fraction

from assessments.scoring import (
    FINDING_RANK,
    NBSP,
    NNBSP,
    CriterionInput,
    Dossier,
    EvidencePiece,
    Finding,
    Gap,
    Result,
    Rules,
    Severity,
    SuggestedAction,
    count,
    finding,
    missing_required,
)


class Lift(StrEnum):
    """What a step of the way removes."""

    BLOCKING = "bloquant"
    RESERVE = "réserve"
    EVIDENCE = "preuve"


class Priority(IntEnum):
    """The three priorities of the roadmap."""

    UNBLOCK = 1
    CLEAR_RESERVES = 2
    IMPROVE = 3

    @property
    def label(self) -> str:
        return ("Lever ce qui bloque", "Lever les réserves", "Progresser")[self - 1]


@dataclass(frozen=True, slots=True)
class Option:
    """One way to leave a criterion: at ``level``, after ``actions`` and the deposit of ``gaps``, in ``days``."""

    criterion: CriterionInput
    level: int
    finding: Finding
    actions: tuple[SuggestedAction, ...]
    gaps: tuple[Gap, ...]
    days: Decimal


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do on the way: a suggested action (its key), or the deposit of the piece ``expected``."""

    criterion: str
    action: str | None
    title: str
    days: Decimal
    target_level: int
    lifts: Lift
    expected: str | None = None


@dataclass(frozen=True, slots=True)
class Tolerated:
    """A minor non-conformity the way does not lift; ``days`` it would take, None when no suggested action lifts it."""

    criterion: str
    days: Decimal | None


@dataclass(frozen=True, slots=True)
class Path:
    """The shortest way: total working days, steps in order, and in French what it leaves out.

    ``unliftable``: criteria whose major non-conformity no suggested action lifts.
    ``leads_to_ready``: once the steps are done the verdict is « prêt », nothing else being left to settle.
    """

    days: Decimal
    steps: tuple[Step, ...]
    leaves_out: tuple[str, ...]
    tolerated: tuple[Tolerated, ...]
    unliftable: tuple[str, ...]
    leads_to_ready: bool

    @property
    def criteria(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(step.criterion for step in self.steps))


@dataclass(frozen=True, slots=True)
class Gain:
    """What raising one criterion brings: ``gain`` in maturity (0 to 1) for ``days``, through all of ``actions``."""

    criterion: str
    title: str
    from_level: int
    target_level: int
    actions: tuple[SuggestedAction, ...]
    days: Decimal
    gain: Fraction
    priority: Priority


@dataclass(frozen=True, slots=True)
class NextStep:
    """One of the next things to do.

    ``kind``: eligibilite, critere, action, preuve, repondre, non_concerne, registres or progresser.
    """

    kind: str
    title: str
    detail: str
    priority: Priority
    criterion: str | None = None
    action: str | None = None
    days: Decimal | None = None


# The shortest way


def options(criterion: CriterionInput, dossier: Dossier) -> tuple[Option, ...]:
    """Every way to leave a rated criterion, cheapest first, staying where it is included."""
    rules = dossier.rules
    gaps = missing_required(criterion, dossier.reference_on)
    targets = {action.target_level for action in criterion.actions if action.target_level > criterion.level}
    found = []
    for level in (criterion.level, *sorted(targets.intersection(rules.levels))):
        actions = tuple(
            sorted(
                (action for action in criterion.actions if criterion.level < action.target_level <= level),
                key=lambda action: action.target_level,
            )
        )
        needed = gaps if level >= rules.evidence_level_min else ()
        days = sum((action.days for action in actions), len(needed) * rules.days_per_evidence)
        found.append(
            Option(criterion, level, rules.findings[criterion.criticality][level], actions, needed, Decimal(days))
        )
    return tuple(found)


def shortest_path(dossier: Dossier, result: Result) -> Path:
    """The fewest working days that clear every reason suggested actions can clear; deterministic."""
    chosen: dict[str, Option] = {}
    open_choices: list[tuple[Option, Option]] = []
    stuck_major: list[str] = []
    stuck_minor: list[str] = []
    for criterion in dossier.criteria:
        if not criterion.rated:
            continue
        ways = options(criterion, dossier)
        lifted = next((way for way in ways if FINDING_RANK[way.finding] > FINDING_RANK[Finding.MINOR]), None)
        minor = next((way for way in ways if way.finding == Finding.MINOR), None)
        if lifted and minor:
            open_choices.append((lifted, minor))
        elif lifted or minor:
            chosen[criterion.code] = lifted or minor
            if not lifted:
                stuck_minor.append(criterion.code)
        else:
            chosen[criterion.code] = ways[0]
            stuck_major.append(criterion.code)
    kept = _dearest(open_choices, dossier.rules.minor_limit - len(stuck_minor))
    for lifted, minor in open_choices:
        code = lifted.criterion.code
        chosen[code] = minor if code in kept else lifted
    over_limit = len(stuck_minor) > dossier.rules.minor_limit
    tolerated = (
        () if over_limit else _in_order(dossier, [Tolerated(code, None) for code in stuck_minor] + list(kept.values()))
    )
    remaining = tuple(_remaining(dossier, result, stuck_major, stuck_minor if over_limit else []))
    steps = tuple(_steps(dossier, chosen))
    return Path(
        days=sum((step.days for step in steps), Decimal(0)),
        steps=steps,
        leaves_out=(*remaining, *_tolerated_sentence(tolerated, dossier.rules)),
        tolerated=tolerated,
        unliftable=tuple(stuck_major),
        leads_to_ready=not remaining,
    )


def _dearest(open_choices: list[tuple[Option, Option]], seats: int) -> dict[str, Tolerated]:
    """The minors worth keeping: largest savings, then lightest criterion, then last of the grid."""
    savings = [
        (lifted.days - minor.days, -lifted.criterion.weight, rank, lifted.criterion.code)
        for rank, (lifted, minor) in enumerate(open_choices)
        if lifted.days > minor.days
    ]
    best = sorted(savings, reverse=True)[: max(0, seats)]
    return {code: Tolerated(code, saved) for saved, _, _, code in best}


def _in_order(dossier: Dossier, tolerated: list[Tolerated]) -> tuple[Tolerated, ...]:
    by_code = {each.criterion: each for each in tolerated}
    return tuple(by_code[criterion.code] for criterion in dossier.criteria if criterion.code in by_code)


def _steps(dossier: Dossier, chosen: Mapping[str, Option]) -> Iterable[Step]:
    """What blocks first, then the reserves, then the pieces alone; within each, the order of the grid."""
    groups: dict[Lift, list[Step]] = {lift: [] for lift in Lift}
    for criterion in dossier.criteria:
        way = chosen.get(criterion.code)
        if way is None:
            continue
        present = finding(criterion, dossier.rules)
        lift = Lift.EVIDENCE if not way.actions else Lift.BLOCKING if present == Finding.MAJOR else Lift.RESERVE
        groups[lift] += [
            Step(criterion.code, action.key, action.title, action.days, action.target_level, lift)
            for action in way.actions
        ]
        groups[lift] += [
            Step(
                criterion.code,
                None,
                f"Déposer la pièce «{NNBSP}{gap.expected.label}{NNBSP}»",
                dossier.rules.days_per_evidence,
                way.level,
                Lift.EVIDENCE,
                gap.expected.key,
            )
            for gap in way.gaps
        ]
    return (step for steps in groups.values() for step in steps)


def _remaining(dossier: Dossier, result: Result, stuck_major: list[str], stuck_minor: list[str]) -> Iterable[str]:
    """What no suggested action settles and still stands between the end of the way and « prêt »."""
    reasons = {reason.code: reason for reason in result.reasons}
    if unanswered := reasons.get("sans_reponse"):
        number = len(unanswered.criteria)
        yield f"{count(number, 'critère sans réponse n’est pas compté', 'critères sans réponse ne sont pas comptés')}."
    for code, what in (
        ("non_concerne_interdit", "à remplacer par un niveau"),
        ("non_concerne_a_justifier", "à justifier"),
    ):
        if reason := reasons.get(code):
            number = count(
                len(reason.criteria), f"«{NNBSP}non concerné{NNBSP}» reste", f"«{NNBSP}non concerné{NNBSP}» restent"
            )
            yield f"{number} {what}{NBSP}: {_listed(reason.criteria)}."
    if blocking := dossier.blocking_eligibility:
        one, many = "réponse d’éligibilité bloque la demande", "réponses d’éligibilité bloquent la demande"
        yield f"{count(len(blocking), one, many)}{NBSP}: {_listed(blocking)}."
    short = dossier.rules.registers_min - result.registers_covered
    if short > 0:
        uncovered = [code for code, coverage in result.coverage.items() if not coverage.covered]
        among = f", parmi {_listed(uncovered)}" if uncovered else ""
        one, many = "registre d’intervention reste à couvrir", "registres d’intervention restent à couvrir"
        yield f"{count(short, one, many)}{among}."
    if stuck_major:
        what = "la non-conformité majeure" if len(stuck_major) == 1 else "les non-conformités majeures"
        yield f"Aucune action proposée ne lève {what} de {_listed(stuck_major)}."
    if stuck_minor:
        yield (
            f"Aucune action proposée ne lève les non-conformités mineures de {_listed(stuck_minor)}{NNBSP}; "
            f"le seuil de{NBSP}{dossier.rules.minor_limit} reste dépassé."
        )


def _tolerated_sentence(tolerated: tuple[Tolerated, ...], rules: Rules) -> Iterable[str]:
    if tolerated:
        each = [
            f"{one.criterion} ({'aucune action proposée' if one.days is None else days_text(one.days)})"
            for one in tolerated
        ]
        what = count(
            len(tolerated),
            "non-conformité mineure tolérée n’est pas levée",
            "non-conformités mineures tolérées ne sont pas levées",
        )
        yield f"{what} (seuil indicatif{NBSP}: {rules.minor_limit}){NBSP}: {_listed(each)}."


def with_path_done(dossier: Dossier, path: Path) -> Dossier:
    """The dossier as it would stand with every step done on the reference date."""
    levels: dict[str, int] = {}
    deposits: dict[str, list[EvidencePiece]] = {}
    for step in path.steps:
        levels[step.criterion] = max(step.target_level, levels.get(step.criterion, 0))
        if step.expected:
            deposits.setdefault(step.criterion, []).append(
                EvidencePiece(step.title, dossier.reference_on, expected_key=step.expected)
            )
    return replace(
        dossier,
        criteria=tuple(
            replace(
                criterion,
                level=levels.get(criterion.code, criterion.level),
                evidence=(*criterion.evidence, *deposits.get(criterion.code, ())),
            )
            for criterion in dossier.criteria
        ),
    )


# Priorities and gains


def priority_of(found: str | None, *, evidence_missing: bool = False) -> Priority:
    """The priority of work on a criterion, from its simulated finding and whether it owes a required piece."""
    if found == Finding.MAJOR:
        return Priority.UNBLOCK
    return Priority.CLEAR_RESERVES if found == Finding.MINOR or evidence_missing else Priority.IMPROVE


def rank_gains(dossier: Dossier, result: Result) -> tuple[Gain, ...]:
    """For each criterion that can rise, its best bargain in maturity per day; by priority, then best bargain first."""
    rated = [criterion for criterion in dossier.criteria if criterion.rated]
    maximum = sum(criterion.weight for criterion in rated) * dossier.rules.level_max
    gains = []
    for criterion in rated:
        raises = [way for way in options(criterion, dossier) if way.level > criterion.level]
        if not raises:
            continue
        best = min(raises, key=lambda way: (Fraction(way.days) / (way.level - way.criterion.level), way.level))
        gains.append(
            Gain(
                criterion=criterion.code,
                title=criterion.title,
                from_level=criterion.level,
                target_level=best.level,
                actions=best.actions,
                days=best.days,
                gain=Fraction(criterion.weight * (best.level - criterion.level), maximum),
                priority=priority_of(result.findings[criterion.code], evidence_missing=criterion.code in result.gaps),
            )
        )
    return tuple(sorted(gains, key=lambda gain: (gain.priority, Fraction(gain.days) / gain.gain)))


# The next three things


def next_three(dossier: Dossier, result: Result, path: Path) -> tuple[NextStep, ...]:
    """At most three things to do now. Answering keeps a seat among them as long as a criterion is unanswered."""
    first_steps = [next(step for step in path.steps if step.criterion == code) for code in path.criteria]
    blocking = [
        *_next_eligibility(dossier),
        *(_next_on_path(dossier, step) for step in first_steps if step.lifts == Lift.BLOCKING),
        *_next_without_action(dossier, path),
    ]
    answering = list(_next_answers(dossier, result))
    rest = [
        *_next_registers(dossier, result),
        *_next_set_aside(result),
        *(_next_on_path(dossier, step) for step in first_steps if step.lifts != Lift.BLOCKING),
        *(_next_gain(gain) for gain in rank_gains(dossier, result) if gain.priority == Priority.IMPROVE),
    ]
    ahead = 3 - len(answering)
    return (*blocking[:ahead], *answering, *blocking[ahead:], *rest)[:3]


def _next_eligibility(dossier: Dossier) -> Iterable[NextStep]:
    if dossier.blocking_eligibility:
        detail = f"Une réponse empêche de présenter une demande{NBSP}: {_listed(dossier.blocking_eligibility)}."
        yield NextStep("eligibilite", "Revoir l’éligibilité de la structure", detail, Priority.UNBLOCK)


def _next_on_path(dossier: Dossier, step: Step) -> NextStep:
    title = next(criterion.title for criterion in dossier.criteria if criterion.code == step.criterion)
    priority = Priority.UNBLOCK if step.lifts == Lift.BLOCKING else Priority.CLEAR_RESERVES
    kind = "action" if step.action else "preuve"
    return NextStep(kind, step.title, title, priority, step.criterion, step.action, step.days)


def _next_without_action(dossier: Dossier, path: Path) -> Iterable[NextStep]:
    for criterion in dossier.criteria:
        if criterion.code in path.unliftable:
            detail = "Ce critère bloque et aucune action n’est proposée pour lui."
            yield NextStep("critere", criterion.title, detail, Priority.UNBLOCK, criterion.code)


def _next_answers(dossier: Dossier, result: Result) -> Iterable[NextStep]:
    unanswered = [criterion for criterion in dossier.criteria if criterion.unanswered]
    if not unanswered:
        return
    if len(unanswered) == result.progress.total:
        title = f"Commencer la grille{NBSP}: {count(len(unanswered), 'critère', 'critères')}"
    elif len(unanswered) == 1:
        title = "Répondre au dernier critère"
    else:
        title = f"Répondre aux {len(unanswered)}{NBSP}critères restants"
    titles = dict(dossier.chapters)
    most = Counter(criterion.chapter for criterion in unanswered).most_common(2)
    detail = _listed([f"{titles[chapter]} ({number})" for chapter, number in most])
    yield NextStep("repondre", title, detail, Priority.CLEAR_RESERVES, unanswered[0].code)


def _next_registers(dossier: Dossier, result: Result) -> Iterable[NextStep]:
    short = dossier.rules.registers_min - result.registers_covered
    if short > 0:
        title = f"Couvrir {count(short, 'registre d’intervention', 'registres d’intervention')} de plus"
        covered = count(result.registers_covered, "couvert", "couverts")
        detail = f"{covered} sur{NBSP}{len(result.coverage)}, le seuil est{NBSP}{dossier.rules.registers_min}."
        blocked = any(reason.code == "registres_insuffisants" for reason in result.reasons_of(Severity.BLOCKING))
        yield NextStep("registres", title, detail, Priority.UNBLOCK if blocked else Priority.CLEAR_RESERVES)


def _next_set_aside(result: Result) -> Iterable[NextStep]:
    for reason in result.reasons_of(Severity.INCOMPLETE):
        if reason.code != "sans_reponse":
            title = f"Revoir {count(len(reason.criteria), 'réponse', 'réponses')} «{NNBSP}non concerné{NNBSP}»"
            yield NextStep("non_concerne", title, reason.sentence, Priority.CLEAR_RESERVES, reason.criteria[0])


def _next_gain(gain: Gain) -> NextStep:
    action = gain.actions[0]
    return NextStep("progresser", action.title, gain.title, Priority.IMPROVE, gain.criterion, action.key, action.days)


# Saying it


def days_text(days: Decimal) -> str:
    """« 15,5 jours », « 1,5 jour »: French takes the plural from 2."""
    figure = f"{days.normalize():f}".replace(".", ",")
    return f"{figure}{NBSP}{'jours' if days >= 2 else 'jour'}"


def _listed(items: Iterable[str]) -> str:
    *first, last = items
    return f"{', '.join(first)} et {last}" if first else last
