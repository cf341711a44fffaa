"""The improvement roadmap: everything it says, decided here; templates/reports/roadmap.html only sets it on pages."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from assessments.enums import ActionStatus
from assessments.priorities import Lift, Priority, days_text
from assessments.reports.audit import Note, verification_note
from assessments.reports.calendar import Calendar, CoverBar, Milestones, calendar, cover_bars, milestones
from assessments.reports.frame import Frame, Source, ball, frame
from assessments.reports.typography import (
    counted,
    from_to,
    in_words,
    listed,
    paragraphs,
    period,
    plural,
    printable,
    quoted,
    sentence,
    shortened,
    tied,
)
from assessments.scoring import Finding, Verdict
from certif.dates import add_months, long_date
from certif.ui import euros, nombre

TITLE = "Feuille de route d’amélioration"
UNOWNED = "Sans pilote"
BAR_WIDTH = 60
MEETINGS = 10
DETAIL_SHOWN = 600
CAUSE_SHOWN = 300
CRITERIA_SHOWN = 4

STATES = {
    ActionStatus.TODO: ("☐", "À faire"),
    ActionStatus.DOING: ("◷", "En cours"),
    ActionStatus.DONE: ("✓", "Faite"),
}


@dataclass(frozen=True)
class ActionCard:
    number: int
    anchor: str
    title: str
    sign: str
    state: str
    owner: str
    when: str
    is_late: bool
    cause: str
    detail: tuple[str, ...]
    targets: tuple[str, ...]
    more_targets: str
    effect: str
    effort: str


@dataclass(frozen=True)
class PriorityPart:
    number: int
    anchor: str
    title: str
    lead: str
    summary: str
    actions: tuple[ActionCard, ...]


@dataclass(frozen=True)
class Load:
    owner: str
    bar: str
    days: str
    actions: int


@dataclass(frozen=True)
class PathStep:
    code: str
    title: str
    level: str
    planned: str
    days: str


@dataclass(frozen=True)
class PathGroup:
    title: str
    steps: tuple[PathStep, ...]


@dataclass(frozen=True)
class ShortestWay:
    lead: str
    groups: tuple[PathGroup, ...]
    total: str
    leaves_title: str
    leaves: tuple[str, ...]


@dataclass(frozen=True)
class Meeting:
    day: str
    total: str


@dataclass(frozen=True)
class RoadmapReport:
    frame: Frame
    subtitle: str
    headline: str
    subline: str
    issued: str
    bars: tuple[CoverBar, ...]
    lead: str
    parts: tuple[PriorityPart, ...]
    loads: tuple[Load, ...]
    load_total: Load | None
    way: ShortestWay
    calendar: Calendar | None
    milestones: Milestones | None
    meetings: tuple[Meeting, ...]
    commitment: str
    signatures: tuple[str, ...]
    notes: tuple[Note, ...]

    @property
    def with_actions(self) -> tuple[PriorityPart, ...]:
        return tuple(part for part in self.parts if part.actions)


def roadmap_report(source: Source) -> RoadmapReport:
    rows = _ordered(source)
    parts = tuple(_part(source, priority, rows) for priority in Priority)
    loads, whole = _loads(rows)
    return RoadmapReport(
        frame=frame(source, document=TITLE, title=f"{TITLE} – {printable(source.data['structure']['nom'])}"),
        subtitle=_subtitle(source, rows),
        headline=_headline(source),
        subline=_subline(source, rows),
        issued=f"{long_date(source.on)}, verdict {quoted(_verdict(source))}",
        bars=cover_bars(source, rows),
        lead=tied(_lead(source, rows)),
        parts=parts,
        loads=loads,
        load_total=whole,
        way=_way(source, rows),
        calendar=calendar(source, rows),
        milestones=milestones(source),
        meetings=tuple(_meetings(source, rows)),
        commitment=_commitment(rows),
        signatures=_signatures(source),
        notes=tuple(_notes(source)),
    )


def _verdict(source: Source) -> str:
    return frame(source, document=TITLE, title=TITLE).verdict


# The actions


def _ordered(source: Source) -> list[tuple[int, Mapping]]:
    """Numbered actions that still count: by priority, then by date, those without a date last."""
    kept = [action for action in source.data["actions"] if action["etat"] != ActionStatus.DROPPED]
    kept.sort(key=lambda action: (action["priorite"], _when(action)))
    return list(enumerate(kept, 1))


def _when(action: Mapping) -> tuple[str, str]:
    far = "9999"
    return action["debut"] or action["echeance"] or far, action["echeance"] or far


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _is_open(action: Mapping) -> bool:
    return action["etat"] != ActionStatus.DONE


def _days(action: Mapping) -> Decimal:
    return Decimal(action["charge_jours"] or 0)


def _card(source: Source, number: int, action: Mapping) -> ActionCard:
    sign, state = STATES[ActionStatus(action["etat"])]
    due = _day(action["echeance"])
    late = _is_open(action) and due is not None and due < source.on
    shown = action["criteres"][:CRITERIA_SHOWN]
    more = len(action["criteres"]) - len(shown)
    return ActionCard(
        number=number,
        anchor=f"a{number}",
        title=printable(action["titre"]),
        sign=sign,
        state=state,
        owner=printable(action["responsable"] or UNOWNED),
        when=period(_day(action["debut"]), due),
        is_late=late,
        cause=tied(shortened(printable(action["cause"]), CAUSE_SHOWN)),
        detail=paragraphs(shortened(action["detail"], DETAIL_SHOWN)),
        targets=tuple(f"{code} {source.criterion[code].title}" for code in shown),
        more_targets=f"et {plural(more, 'autre critère', 'autres critères')}" if more else "",
        effect=_effect(source, action),
        effort=_effort(action),
    )


def _effect(source: Source, action: Mapping) -> str:
    """« ◔ 1 → ◕ 3, non-conformité majeure → conforme », on the first criterion below the target of the action."""
    target = action["niveau_vise"]
    rated = [source.criterion[code] for code in action["criteres"] if source.criterion[code].rated]
    below = [criterion for criterion in rated if target in source.level_labels and criterion.level < target]
    if not below:
        lifted = any(code in source.result.gaps for code in action["criteres"])
        return "réserve levée : pièce obligatoire fournie" if lifted else ""
    criterion = below[0]
    table = source.dossier.rules.findings[criterion.criticality]
    before, after = table[criterion.level], table[target]
    levels = f"{ball(criterion.level, source.top)} {criterion.level} → {ball(target, source.top)} {target}"
    return f"{levels}, {after if before == after else f'{before} → {after}'}"


def _effort(action: Mapping) -> str:
    effort = days_text(_days(action)) if action["charge_jours"] is not None else "charge à estimer"
    cost = action["cout_euros"]
    return f"{effort} · {euros(cost) if cost else 'sans dépense' if cost == 0 else 'coût à préciser'}"


# The three priorities


TITLES = {
    Priority.UNBLOCK: "Lever ce qui bloque",
    Priority.CLEAR_RESERVES: "Lever les réserves",
    Priority.IMPROVE: "Poursuivre les progrès",
}


def _part(source: Source, priority: Priority, rows: list[tuple[int, Mapping]]) -> PriorityPart:
    mine = [(number, action) for number, action in rows if action["priorite"] == priority]
    return PriorityPart(
        number=int(priority),
        anchor=f"priorite-{int(priority)}",
        title=TITLES[priority],
        lead=tied(_part_lead(source, priority, [action for _, action in mine])),
        summary=_totals([action for _, action in mine]),
        actions=tuple(_card(source, number, action) for number, action in mine),
    )


def _part_lead(source: Source, priority: Priority, actions: list[Mapping]) -> str:
    result = source.result
    if priority == Priority.UNBLOCK:
        major = result.criteria_with(Finding.MAJOR)
        if not major:
            return "Aucun critère bloquant n’est en défaut : rien à faire ici."
        held = counted(len(major), "critère bloquant n’est pas tenu", "critères bloquants ne sont pas tenus")
        what = f"{sentence(held)} : {listed(major)}."
    elif priority == Priority.CLEAR_RESERVES:
        minor = len(result.criteria_with(Finding.MINOR))
        gaps = sum(len(missing) for missing in result.gaps.values())
        found = [
            counted(minor, "non-conformité mineure", "non-conformités mineures", feminine=True) if minor else "",
            counted(gaps, "pièce obligatoire à fournir", "pièces obligatoires à fournir", feminine=True)
            if gaps
            else "",
        ]
        found = [each for each in found if each]
        if not found:
            return "Ni non-conformité mineure, ni pièce obligatoire manquante : rien à faire ici."
        what = f"{sentence(listed(found))}."
    else:
        sensitive = len(result.criteria_with(Finding.SENSITIVE)) + len(result.criteria_with(Finding.LEAD))
        what = (
            f"{sentence(counted(sensitive, 'point peut encore progresser', 'points peuvent encore progresser'))}, "
            "sans retenir le verdict."
            if sensitive
            else "Ce qui fait vivre la démarche au-delà de l’audit."
        )
    if not actions:
        return f"{what} Aucune action n’est encore prévue."
    due = [_day(action["echeance"]) for action in actions if _is_open(action) and action["echeance"]]
    return f"{what} À finir pour le {long_date(max(due))}." if due else what


def _totals(actions: list[Mapping]) -> str:
    if not actions:
        return ""
    cost = sum(action["cout_euros"] or 0 for action in actions)
    done = sum(not _is_open(action) for action in actions)
    parts = [plural(len(actions), "action", "actions"), _work(actions)]
    parts.append(euros(cost) if cost else "sans dépense prévue")
    if done:
        parts.append(f"{in_words(done, feminine=True)} déjà {'faite' if done == 1 else 'faites'}")
    return ", ".join(parts)


def _work(actions: Iterable[Mapping]) -> str:
    days = sum(map(_days, actions), Decimal(0))
    return f"{days_text(days)} de travail" if days else "une charge à estimer"


def _lead(source: Source, rows: list) -> str:
    ready = source.result.verdict == Verdict.READY
    if not rows:
        if ready:
            return "Le dossier est prêt et aucune action n’est prévue. Gardez cette page pour les améliorations que l’audit fera naître."
        if not source.path.steps:
            return "Aucune action n’est encore prévue : elles viendront avec les premiers critères renseignés."
        return "Aucune action n’est encore prévue. Le plus court chemin, page suivante, propose par quoi commencer."
    if ready:
        return "Le dossier est prêt. Les actions qui suivent le font vivre et progresser."
    order = "D’abord ce qui bloque, ensuite ce qui fait réserve, enfin ce qui fait progresser."
    if source.path.leads_to_ready:
        when = (
            f" avant l’audit du {long_date(source.audit_on)}" if source.audit_on and source.audit_on > source.on else ""
        )
        return f"{order} Les deux premières priorités suffisent pour être prêt{when}."
    return f"{order} Les motifs du rapport disent ce qui reste à régler par ailleurs."


def _subtitle(source: Source, rows: list) -> str:
    days = sorted(day for _, action in rows for day in (_day(action["debut"]), _day(action["echeance"])) if day)
    if not days:
        return f"Établie le {long_date(source.on)}"
    return from_to(days[0], days[-1])


def _headline(source: Source) -> str:
    way = source.path
    if source.result.verdict == Verdict.READY:
        return f"Le dossier est {quoted('prêt')} : il s’agit de le rester"
    if not way.steps:
        return (
            f"Le chemin vers {quoted('prêt')} commence par les réponses"
            if source.result.progress.left
            else "Le chemin reste à tracer"
        )
    verb = "sépare" if way.days < 2 else "séparent"
    if way.leads_to_ready:
        return f"{days_text(way.days)} de travail {verb} le dossier de {quoted('prêt')}"
    return f"{days_text(way.days)} de travail déjà en vue"


def _subline(source: Source, rows: list) -> str:
    if not rows:
        return "Aucune action n’est encore prévue."
    first = sum(action["priorite"] == Priority.UNBLOCK for _, action in rows)
    begin = plural(len(rows), "action", "actions")
    if not first:
        return f"{begin}, aucune n’étant requise pour lever un blocage."
    blocked = len(source.result.criteria_with(Finding.MAJOR))
    what = "le point bloquant" if blocked == 1 else f"les {in_words(blocked)} points bloquants"
    return f"{begin}, dont {first} pour lever {what}."


def _loads(rows: list[tuple[int, Mapping]]) -> tuple[tuple[Load, ...], Load | None]:
    opened = [action for _, action in rows if _is_open(action)]
    if not opened:
        return (), None
    days: Counter = Counter()
    count: Counter = Counter()
    for action in opened:
        owner = printable(action["responsable"] or UNOWNED)
        days[owner] += _days(action)
        count[owner] += 1
    most = max(days.values()) or Decimal(1)
    order = sorted(days, key=lambda owner: (owner == UNOWNED, -days[owner], owner))
    loads = tuple(
        Load(
            owner,
            f"{float(days[owner] / most) * BAR_WIDTH:.1f}" if days[owner] else "",
            days_text(days[owner]),
            count[owner],
        )
        for owner in order
    )
    return loads, Load("Ensemble", "", days_text(sum(days.values(), Decimal(0))), len(opened))


# The shortest way


LIFTS = {
    Lift.BLOCKING: "■ Ce qui bloque",
    Lift.RESERVE: "Les réserves",
    Lift.EVIDENCE: "Les pièces à déposer",
}


def _way(source: Source, rows: list[tuple[int, Mapping]]) -> ShortestWay:
    way = source.path
    by_key = {action["action_type"]: number for number, action in rows if action["action_type"]}
    by_title = {(code, action["titre"]): number for number, action in rows for code in action["criteres"]}
    groups: dict[Lift, list[PathStep]] = {lift: [] for lift in LIFTS}
    for step in way.steps:
        number = by_key.get(step.action) if step.action else by_title.get((step.criterion, step.title))
        groups[step.lifts].append(
            PathStep(
                code=step.criterion,
                title=step.title,
                level=f"{ball(step.target_level, source.top)} {step.target_level}",
                planned=f"n° {number}" if number else "–",
                days=nombre(step.days),
            )
        )
    return ShortestWay(
        lead=tied(_way_lead(source)),
        groups=tuple(PathGroup(LIFTS[lift], tuple(steps)) for lift, steps in groups.items() if steps),
        total=nombre(way.days),
        leaves_title="Ce que ce chemin laisse de côté" if way.steps else "Ce qui reste à régler",
        leaves=tuple(tied(_with_numbers(source, text)) for text in way.leaves_out),
    )


def _with_numbers(source: Source, text: str) -> str:
    """The registers by their number, as the report shows them, and not by their code."""
    for number, register in enumerate(source.dossier.registers, 1):
        text = re.sub(rf"\b{re.escape(register.code)}\b", f"n° {number}", text)
    return text


def _way_lead(source: Source) -> str:
    way = source.path
    if not way.steps:
        if source.result.verdict == Verdict.READY:
            return "Le dossier y est déjà : aucun motif ne retient le verdict."
        if not source.result.progress.done:
            return "Le chemin se calcule à partir des réponses : il apparaît avec les premiers critères cotés."
        return "Aucune action proposée par la grille ne lève les motifs qui restent."
    pieces = sum(step.action is None for step in way.steps)
    actions = len(way.steps) - pieces
    parts = [
        counted(actions, "action", "actions", feminine=True) if actions else "",
        counted(pieces, "pièce à déposer", "pièces à déposer", feminine=True) if pieces else "",
    ]
    what = f"{listed([part for part in parts if part])}, soit {days_text(way.days)}."
    if way.leads_to_ready:
        return f"L’ensemble d’actions le moins coûteux qui lève tous les motifs : {what}"
    return f"L’ensemble d’actions le moins coûteux qui lève ce que la grille sait lever : {what}"


# Follow-up


def _meetings(source: Source, rows: list) -> Iterable[Meeting]:
    """The first Monday of the coming months."""
    total = f"/ {len(rows)}" if rows else ""
    month = source.on.replace(day=1)
    for rank in range(1, MEETINGS + 1):
        first = add_months(month, rank)
        monday = first + timedelta(days=-first.weekday() % 7)
        yield Meeting(long_date(monday), total)


def _commitment(rows: list[tuple[int, Mapping]]) -> str:
    opened = [action for _, action in rows if _is_open(action)]
    if not opened:
        return "Les signataires ont pris connaissance de ce document et de l’état du dossier qu’il décrit."
    cost = sum(action["cout_euros"] or 0 for action in opened)
    spending = f" et {euros(cost)} de dépenses" if cost else ""
    return tied(
        "Les signataires ont pris connaissance de cette feuille de route et s’engagent sur les moyens qu’elle "
        "prévoit : "
        f"{_work(opened)}{spending}."
    )


def _signatures(source: Source) -> tuple[str, ...]:
    advised = any(criterion["avis"] for criterion in source.data["criteres"])
    return ("La présidence ou l’élu", "La direction", "Le conseiller du réseau" if advised else "Le référent qualité")


def _notes(source: Source) -> Iterable[Note]:
    yield Note(
        "Ce qui est indicatif",
        "Niveaux, constats simulés, priorités et charges en jours sont des propositions de l’outil, à ajuster. "
        "Certif est un outil "
        "indépendant, ni édité ni validé par AFNOR ; seul l’organisme certificateur se prononce.",
    )
    yield verification_note(source)
    dropped = sum(action["etat"] == ActionStatus.DROPPED for action in source.data["actions"])
    if dropped:
        yield Note(
            "Actions écartées",
            f"{counted(dropped, 'action abandonnée ne figure', 'actions abandonnées ne figurent', feminine=True)} pas ici.",
        )
