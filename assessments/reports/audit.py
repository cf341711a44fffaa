"""The audit-readiness report: everything it says, decided here; templates/reports/audit.html only sets it on pages."""

from dataclasses import dataclass

from assessments.reports.board import Board, board
from assessments.reports.detail import ChapterDetail, chapters
from assessments.reports.evidence import Gathering, gathering
from assessments.reports.frame import NOT_APPLICABLE, UNANSWERED, Frame, Source, ball, frame
from assessments.reports.interviews import Interviews, interviews
from assessments.reports.overview import (
    Findings,
    MapRow,
    Maturity,
    Registers,
    criteria_map,
    findings,
    maturity,
    registers,
)
from assessments.reports.readings import NetworkBlock, readings
from assessments.reports.reasons import Reasons, reasons
from assessments.reports.typography import (
    counted,
    grouped,
    in_words,
    listed,
    plural,
    printable,
    quoted,
    sentence,
    tied,
)
from assessments.scoring import percent_text, verdict_headline
from certif.dates import long_date

TITLE = "Rapport de préparation à l’audit"


@dataclass(frozen=True)
class Legend:
    sign: str
    label: str


@dataclass(frozen=True)
class Note:
    """A paragraph of the method, and its name in the rail."""

    name: str
    text: str


@dataclass(frozen=True)
class AuditReport:
    frame: Frame
    subtitle: str
    headline: str
    subline: str
    legend: tuple[Legend, ...]
    map: tuple[MapRow, ...]
    board: Board
    reasons: Reasons
    maturity: Maturity
    readings: tuple[NetworkBlock, ...]
    registers: Registers
    findings: Findings
    chapters: tuple[ChapterDetail, ...]
    waiting_lead: str
    gathering: Gathering
    interviews: Interviews
    method: tuple[Note, ...]

    @property
    def has_major(self) -> bool:
        return any(strip.has_major for row in self.map for strip in row.strips)

    @property
    def numbers(self) -> str:
        """The numbers above the map: as many as its longest line."""
        return max((strip.numbers for row in self.map for strip in row.strips), key=len, default="")

    @property
    def started(self) -> tuple[ChapterDetail, ...]:
        """Chapters with something to show in detail."""
        return tuple(chapter for chapter in self.chapters if chapter.cards)

    @property
    def untouched(self) -> tuple[ChapterDetail, ...]:
        """Chapters without any answer: listed together, at the end of the detail."""
        return tuple(chapter for chapter in self.chapters if not chapter.cards)


def audit_report(source: Source) -> AuditReport:
    detail = chapters(source)
    return AuditReport(
        frame=frame(source, document=TITLE, title=f"{TITLE} – {printable(source.data['structure']['nom'])}"),
        subtitle=f"Auto-évaluation du {long_date(source.on)}",
        headline=verdict_headline(source.result),
        subline=_subline(source),
        legend=_legend(source),
        map=criteria_map(source),
        board=board(source),
        reasons=reasons(source),
        maturity=maturity(source),
        readings=readings(source),
        registers=registers(source),
        findings=findings(source),
        chapters=detail,
        waiting_lead=_waiting_lead(detail),
        gathering=gathering(source),
        interviews=interviews(source),
        method=tuple(_method(source)),
    )


def _subline(source: Source) -> str:
    result = source.result
    done, total = result.progress.done, result.progress.total
    if done == total:
        first = f"Les {total} critères sont renseignés."
    elif done:
        first = f"{sentence(counted(done, 'critère est renseigné', 'critères sont renseignés'))} sur {total}."
    else:
        first = f"La grille compte {total} critères ; aucun n’est encore renseigné."
    if result.maturity.total is None:
        return first
    return f"{first} Indice de maturité : {percent_text(result.maturity.total)}, à titre indicatif."


def _legend(source: Source) -> tuple[Legend, ...]:
    levels = [Legend(ball(value, source.top), f"{value} {label}") for value, label in source.dossier.scale]
    return (*levels, Legend(NOT_APPLICABLE, "Non concerné"), Legend(UNANSWERED, "Sans réponse"))


def _waiting_lead(detail: tuple[ChapterDetail, ...]) -> str:
    untouched = [chapter for chapter in detail if not chapter.cards]
    if not untouched:
        return ""
    if len(untouched) == len(detail):
        return tied(
            "Rien n’est encore renseigné. Voici la grille, chapitre par chapitre : la parcourir avec l’équipe est "
            "déjà un bon début."
        )
    what = "chapitre n’a" if len(untouched) == 1 else "chapitres n’ont"
    return tied(f"{sentence(in_words(len(untouched)))} {what} encore aucune réponse. Voici ce que la grille y demande.")


# Method and limits


def _method(source: Source):
    data, rules = source.data, source.dossier.rules
    total, chapters_count = len(source.dossier.criteria), len(source.dossier.chapters)
    out = sum(not each.in_scope for each in source.dossier.criteria)
    beyond = (
        f" {sentence(counted(out, 'critère est hors périmètre', 'critères sont hors périmètre'))}, faute du registre "
        "qui les rendrait applicables."
        if out
        else ""
    )
    yield Note(
        "Ce qui est évalué",
        f"La grille compte {total} critères répartis en {in_words(chapters_count)} chapitres. Pour chacun, la "
        "structure choisit parmi "
        f"{in_words(len(source.dossier.scale))} phrases celle qui décrit le mieux sa pratique, la justifie et dépose "
        f"ses preuves.{beyond}",
    )
    yield Note("D’où viennent les critères", _origin(source))
    yield Note(
        "Ce qui est indicatif",
        f"L’échelle de {rules.levels[0]} à {rules.level_max}, les poids, la table des constats simulés, la règle des "
        "preuves de moins de "
        f"{in_words(rules.registers_months)} mois et le verdict sont des propositions de l’outil. Le seuil de "
        f"{in_words(rules.registers_min)} "
        f"registres sur {in_words(len(source.dossier.registers))} et le calendrier du cycle sont ceux de l’édition, dont "
        "l’avertissement dit ce qui est public. L’audit ne cherche pas "
        f"le {quoted('zéro défaut')} : il cherche la capacité à s’évaluer et à progresser.",
    )
    yield Note(
        "Comment le verdict est calculé",
        f"Il est {quoted('pas encore prêt')} si un constat simulé est une non-conformité majeure, si une réponse "
        "d’éligibilité bloque ou, une fois "
        f"tout renseigné, si moins de {in_words(rules.registers_min)} registres sont couverts ; "
        f"{quoted('incomplet')} si un critère reste sans réponse ; "
        f"{quoted('prêt sous réserve')} au-delà de "
        f"{counted(rules.minor_limit, 'non-conformité mineure', 'non-conformités mineures', feminine=True)}, "
        f"ou si un critère coté {rules.evidence_level_min} ou plus n’a pas sa preuve à jour ; {quoted('prêt')} "
        "sinon. La moyenne n’intervient pas.",
    )
    opinions = [opinion for criterion in data["criteres"] for opinion in criterion["avis"]]
    if opinions:
        advisors = list(dict.fromkeys(printable(each["conseiller"] or each["reseau"]) for each in opinions))
        yield Note(
            "La place du réseau",
            f"{listed(advisors)} {'a' if len(advisors) == 1 else 'ont'} relu "
            f"{plural(len(opinions), 'critère', 'critères')}. "
            "Cet avis figure à côté de l’auto-évaluation et ne la remplace jamais. Les deux lectures sont notées "
            "séparément.",
        )
    yield Note(
        "Indépendance",
        "Certif est un outil indépendant. Il n’est ni édité ni validé par AFNOR ; « AFNOR » et « AFAQ » sont les "
        "marques de leurs propriétaires. "
        "Ce rapport aide à se préparer : il ne remplace ni la norme, ni l’audit, ni la décision de l’organisme "
        "certificateur.",
    )
    yield verification_note(source)


def verification_note(source: Source) -> Note:
    return Note(
        "Vérifier ce document",
        f"Le code {source.code}, imprimé à chaque page, permet de retrouver l’état du dossier figé pour ce document, "
        f"au {long_date(source.on)}. "
        f"Empreinte de l’édition : {grouped(source.data['edition']['empreinte'] or '', 8)}. Empreinte du dossier : "
        f"{grouped(source.sha256, 16)}. "
        "Les données de calcul sont jointes à ce fichier : les mêmes réponses et les mêmes règles redonnent les "
        "mêmes chiffres.",
    )


NATURES = (
    ("attestee", "exigence est attestée publiquement", "exigences sont attestées publiquement"),
    ("presumee", "est présumée", "sont présumées"),
    ("legale", "relève de la loi", "relèvent de la loi"),
    ("bonne_pratique", "de bonnes pratiques", "de bonnes pratiques"),
)


def _origin(source: Source) -> str:
    natures = [each.nature for each in source.content.criteria]
    parts = [
        f"{natures.count(nature)} {many if natures.count(nature) > 1 else one}"
        for nature, one, many in NATURES
        if nature in natures
    ]
    return (
        "Le texte de la norme est vendu par son éditeur et n’est pas reproduit. Les critères sont rédigés avec nos "
        "propres mots, "
        f"à partir de sources publiques : {listed(parts)}. Ce statut est imprimé à chaque critère ; « présumée » "
        "veut dire déduite de "
        "sources publiques, et non lue dans la norme."
    )
