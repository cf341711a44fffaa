"""A dossier as one network reads it, criterion by criterion: both levels, what is read, what is asked, and what was heard since."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from hashlib import sha256

from django.db.models import Case, Exists, F, OuterRef, Q, TextField, Value, When
from django.db.models.functions import Coalesce

from assessments.enums import Status
from assessments.grid import Filter, Grid, Line, word_of
from assessments.models import Answer, Assessment, EvidenceUse, RequestKind, ReviewerOpinion, ReviewRequest
from assessments.scoring import NBSP, NNBSP, Rules, Tally
from assessments.workflow import Audience, label
from certif.accounts.models import Network
from referentiel.content import ChapterContent, Content, CriterionContent

TO_READ, GAPS, BLOCKING, ASKED, NO_EVIDENCE = "a-relire", "ecarts", "bloquants", "avec-demande", "sans-preuve"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request of the network that stands; its text is only read for the current criterion."""

    id: int
    kind: str
    expected_id: int | None
    text: str
    due_on: date | None
    asked_by: str
    sent_at: datetime | None
    answered_at: datetime | None

    @property
    def kind_label(self) -> str:
        return RequestKind(self.kind).label


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the network wrote of one answer so far; the texts are only read for the current criterion."""

    version: int = 0
    level: int | None = None
    remark: str = ""
    private_note: str = ""
    has_remark: bool = False
    read_at: datetime | None = None
    updated_at: datetime | None = None
    advisor_id: int | None = None
    advisor: str = ""
    has_newer_evidence: bool = False
    has_been_told: bool = False

    @property
    def is_taken_back(self) -> bool:
        """The structure was told of an opinion that the network no longer holds."""
        return self.has_been_told and self.level is None and not self.has_remark


NOTHING = Opinion()


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """One criterion: what the structure answers, what the network thinks of it."""

    answer: Line
    opinion: Opinion
    requests: tuple[Asked, ...]

    @property
    def criterion(self) -> CriterionContent:
        return self.answer.criterion

    @property
    def counts(self) -> bool:
        """There is something to read."""
        return self.answer.in_scope and self.answer.answered

    @property
    def news(self) -> tuple[str, ...]:
        """What the structure did since the criterion was marked as read."""
        read_at = self.opinion.read_at
        if read_at is None:
            return ()
        found = (
            (self.answer.updated_at and self.answer.updated_at > read_at, "la réponse a changé"),
            (self.opinion.has_newer_evidence, "une preuve a été jointe"),
            (any(each.answered_at and each.answered_at > read_at for each in self.requests), "une demande est faite"),
        )
        return tuple(sentence for stands, sentence in found if stands)

    @property
    def read(self) -> bool:
        """Marked as read, and unchanged since."""
        return self.opinion.read_at is not None and not self.news

    @property
    def gap(self) -> bool:
        """The network gave a level, and it is not the structure’s."""
        return self.opinion.level is not None and self.opinion.level != self.answer.level

    @property
    def has_more_to_say(self) -> bool:
        """Besides a level."""
        return bool(self.opinion.has_remark or self.unsent or self.opinion.is_taken_back)

    @property
    def unsent(self) -> tuple[Asked, ...]:
        """Requests the structure does not know of yet."""
        return tuple(each for each in self.requests if each.sent_at is None)

    @property
    def mark(self) -> int | str:
        """What the second Harvey ball shows."""
        return "x" if self.opinion.level is None else self.opinion.level

    @property
    def word(self) -> str:
        """What the second ball says to who does not see it."""
        if self.opinion.level is not None:
            return f"votre avis{NBSP}: {self.opinion.level}"
        return "relu, sans niveau" if self.read else "pas encore relu"


@dataclass(frozen=True, slots=True)
class ReviewChapter:
    chapter: ChapterContent
    lines: tuple[ReviewLine, ...]
    tally: Tally

    @property
    def complete(self) -> bool:
        return self.tally.total > 0 and self.tally.left == 0

    @property
    def entrance(self) -> ReviewLine:
        """Where one enters the chapter: the first criterion left to read, or the first of all."""
        return next((line for line in self.lines if line.counts and not line.read), self.lines[0])


class Review:
    """All the lines of a dossier, for one network."""

    def __init__(self, grid: Grid, network: Network, lines: tuple[ReviewLine, ...], chosen: str | None = None):
        self.grid = grid
        self.network = network
        self.lines = lines
        self.chosen = chosen if chosen in FILTERS else None

    @property
    def content(self) -> Content:
        return self.grid.content

    @property
    def rules(self) -> Rules:
        return self.grid.rules

    @property
    def current(self) -> CriterionContent | None:
        return self.grid.current

    @cached_property
    def by_code(self) -> dict[str, ReviewLine]:
        return {line.criterion.code: line for line in self.lines}

    @cached_property
    def filters(self) -> tuple[Filter, ...]:
        return tuple(
            Filter(name, label, sum(line.counts and keeps(line) for line in self.lines))
            for name, (label, keeps) in FILTERS.items()
        )

    @property
    def chosen_label(self) -> str:
        return FILTERS[self.chosen][0] if self.chosen else ""

    @cached_property
    def shown(self) -> tuple[ReviewLine, ...]:
        """The lines of the filter and the current one; without a filter, every line."""
        if self.chosen is None:
            return self.lines
        keeps = FILTERS[self.chosen][1]
        return tuple(line for line in self.lines if (line.counts and keeps(line)) or line.criterion is self.current)

    @cached_property
    def tally(self) -> Tally:
        return tally(self.lines)

    @cached_property
    def chapters(self) -> tuple[ReviewChapter, ...]:
        """Chapters with at least one line of the filter."""
        shown, every = defaultdict(list), defaultdict(list)
        for line in self.lines:
            every[line.criterion.chapter_code].append(line)
        for line in self.shown:
            shown[line.criterion.chapter_code].append(line)
        return tuple(
            ReviewChapter(chapter, tuple(shown[chapter.code]), tally(every[chapter.code]))
            for chapter in self.content.chapters
            if chapter.code in shown
        )

    @property
    def current_tally(self) -> Tally:
        return tally(line for line in self.lines if line.criterion.chapter_code == self.current.chapter_code)

    @cached_property
    def first(self) -> ReviewLine | None:
        """Where to begin or take up again."""
        return next((line for line in self.lines if line.counts and not line.read), None)

    def neighbours(self, criterion: CriterionContent) -> tuple[ReviewLine | None, ReviewLine | None]:
        """The lines before and after in the filter; out of scope ones are skipped."""
        others = [line for line in self.shown if line.answer.in_scope and line.criterion.code != criterion.code]
        before = [line for line in others if line.criterion.number < criterion.number]
        after = [line for line in others if line.criterion.number > criterion.number]
        return before[-1] if before else None, after[0] if after else None

    def next_to_read(self, criterion: CriterionContent) -> ReviewLine | None:
        """The next criterion left to read, in the filter, from `criterion` on and then from the top."""
        left = [line for line in self.shown if line.counts and not line.read and line.criterion.code != criterion.code]
        return next((line for line in left if line.criterion.number > criterion.number), left[0] if left else None)


FILTERS = {
    TO_READ: ("À relire", lambda line: not line.read),
    GAPS: ("Écarts", lambda line: line.gap),
    BLOCKING: ("Bloquants", lambda line: line.criterion.criticality == "bloquant"),
    ASKED: ("Avec demande", lambda line: bool(line.requests)),
    NO_EVIDENCE: ("Sans preuve", lambda line: not line.answer.not_applicable and not line.answer.has_evidence),
}


def tally(lines: Iterable[ReviewLine]) -> Tally:
    """How many criteria are read, of those there is something to read of."""
    counted = [line for line in lines if line.counts]
    return Tally(sum(line.read for line in counted), len(counted))


def read_reviews(
    grid: Grid, assessment: Assessment, networks: Iterable[Network], *, chosen: str | None = None, texts: bool = False
) -> tuple[Review, ...]:
    """What each network wrote on the lines of `grid`, in two queries for all; the texts of `grid.current` only, or all."""
    networks = tuple(networks)
    only = None if texts else grid.current.id if grid.current else 0
    opinions = {row[:2]: Opinion(*row[2:]) for row in _opinions(assessment, networks, only)}
    requests = defaultdict(list)
    for network, answer, *row in _requests(assessment, networks, only):
        requests[network, answer].append(Asked(*row))
    return tuple(
        Review(grid, network, tuple(_line(line, network, opinions, requests) for line in grid.lines), chosen)
        for network in networks
    )


def _line(line: Line, network: Network, opinions: Mapping, requests: Mapping) -> ReviewLine:
    place = network.pk, line.answer_id
    return ReviewLine(line, opinions.get(place, NOTHING), tuple(requests.get(place, ())))


def _text(name: str, only: int | None) -> Case | F:
    """A text, of the criterion `only` when there is one: a hundred of them would be read for nothing."""
    if only is None:
        return F(name)
    return Case(When(answer__criterion=only, then=F(name)), default=Value(""), output_field=TextField())


def _opinions(assessment: Assessment, networks: tuple[Network, ...], only: int | None):
    newer = EvidenceUse.objects.filter(answer=OuterRef("answer"), added_at__gt=OuterRef("read_at"))
    rows = ReviewerOpinion.objects.filter(answer__assessment=assessment, network__in=networks)
    return rows.values_list(
        "network_id",
        "answer_id",
        "version",
        "level",
        _text("remark", only),
        _text("private_note", only),
        ~Q(remark=""),
        "read_at",
        "updated_at",
        "advisor_id",
        Coalesce(F("advisor__name"), Value("Une personne partie")),
        Exists(newer),
        Q(shown_level__isnull=False) | ~Q(shown_remark=""),
    )


def _requests(assessment: Assessment, networks: tuple[Network, ...], only: int | None):
    rows = ReviewRequest.objects.open().filter(answer__assessment=assessment, network__in=networks)
    return rows.order_by("asked_at", "pk").values_list(
        "network_id",
        "answer_id",
        "pk",
        "kind",
        "expected_id",
        _text("text", only),
        "due_on",
        Coalesce(F("asked_by__name"), Value("Une personne partie")),
        "sent_at",
        "answered_at",
    )


# --- What the structure will be told ----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Told:
    """What sending a dossier back, or validating it, tells the structure on behalf of one network."""

    network: Network
    lines: tuple[ReviewLine, ...]
    """Where there is something to say: another level, a remark, a request."""
    agreed: tuple[ReviewLine, ...]
    """The same level as the structure’s, and nothing else to say."""
    unread: tuple[ReviewLine, ...]
    known: int
    """Requests the structure already knows of, that still stand."""

    @property
    def gaps(self) -> int:
        return sum(line.gap for line in self.lines)

    @property
    def remarks(self) -> int:
        return sum(line.opinion.has_remark for line in self.lines)

    @property
    def requests(self) -> int:
        return sum(len(line.unsent) for line in self.lines)

    @property
    def fingerprint(self) -> str:
        """Changes as soon as something else would be told."""
        said = [
            (line.criterion.code, line.opinion.level, line.opinion.remark, [(each.id, each.text, each.due_on) for each in line.unsent])
            for line in (*self.lines, *self.agreed)
        ]
        return sha256(repr((self.network.pk, said)).encode()).hexdigest()[:16]


def told_of(review: Review) -> Told:
    """Needs a review read with its texts."""
    said = [line for line in review.lines if line.opinion.level is not None or line.has_more_to_say]
    agreed = [line for line in said if not (line.gap or line.has_more_to_say)]
    return Told(
        network=review.network,
        lines=tuple(line for line in said if line not in agreed),
        agreed=tuple(agreed),
        unread=tuple(line for line in review.lines if line.counts and not line.read),
        known=sum(each.sent_at is not None for line in review.lines for each in line.requests),
    )


# --- What is said of it -----------------------------------------------------------------------


def why_closed(assessment: Assessment) -> str:
    """Why nothing is written here for now; empty while the dossier is to be read."""
    match assessment.status:
        case Status.SUBMITTED:
            return ""
        case Status.DRAFT:
            return "La structure répond encore. Votre avis s’ouvrira quand elle aura transmis le dossier."
        case Status.RETURNED:
            return "La structure complète son dossier. Votre avis se rouvrira quand elle l’aura transmis de nouveau."
    state = label(assessment.status, Audience.NETWORK).lower()
    return f"Ce dossier est «{NNBSP}{state}{NNBSP}»{NBSP}: il se lit, et ne s’écrit plus."


@dataclass(frozen=True, slots=True)
class Gap:
    """The sentence on the two readings: what is seen first, and what it changes."""

    title: str
    effect: str


def gap_between(content: Content, rules: Rules, criterion: CriterionContent, line: Line | Answer, level: int | None) -> Gap:
    """How the network’s level stands beside the structure’s, and what becomes of the simulated finding, by the edition’s table."""
    findings = rules.findings[criterion.criticality]
    if level is None:
        if line.level is None:
            return Gap("Pas encore de niveau.", "Choisissez la phrase que vous retenez.")
        return Gap("Pas encore de niveau.", f"À {line.level}, le constat simulé est {_quoted(findings[line.level])}.")
    if line.level is None:
        said = word_of(content, None, line.not_applicable).lower()
        return Gap(f"La structure a répondu {_quoted(said)}.", f"À {level}, le constat simulé serait {_quoted(findings[level])}.")
    if level == line.level:
        return Gap("Même niveau que l’auto-évaluation.", f"Le constat simulé reste {_quoted(findings[level])}.")
    before, after = findings[line.level], findings[level]
    if before == after:
        effect = f"le constat simulé ne change pas{NBSP}: {_quoted(after)}."
    else:
        effect = f"à {level}, le constat simulé passe de {_quoted(before)} à {_quoted(after)}."
    return Gap(_distance(level - line.level), f"Les deux lectures restent visibles{NNBSP}; {effect}")


_NUMBERS = ("", "Un", "Deux", "Trois", "Quatre", "Cinq", "Six", "Sept", "Huit", "Neuf", "Dix")


def _distance(steps: int) -> str:
    count = abs(steps)
    number = _NUMBERS[count] if count < len(_NUMBERS) else str(count)
    return f"{number}{NBSP}{'niveau' if count == 1 else 'niveaux'} {'au-dessus de' if steps > 0 else 'sous'} l’auto-évaluation."


def _quoted(words: object) -> str:
    return f"«{NNBSP}{words}{NNBSP}»"
