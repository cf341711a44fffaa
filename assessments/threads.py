"""What is said beside a criterion, as one person may read it: circles of people, their threads, what is new.

A member of the structure reads everything: the threads between colleagues, and those with each network. An advisor reads the
threads with the networks they advise, while the dossier is shared with them.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db.models import F, QuerySet, Value
from django.db.models.functions import Cast, Coalesce

from assessments import permissions
from assessments.enums import SILENT
from assessments.models import Assessment, Comment, Share, Thread, ThreadRead
from assessments.rows import NUMBER, rows
from assessments.scoring import NBSP
from assessments.workflow import label
from certif.accounts.models import Membership, NetworkMembership, User
from certif.dates import stamp
from certif.prepared import Prepared, number
from certif.text import alphabetical
from referentiel.content import CriterionContent

GONE = "Une personne partie"


@dataclass(frozen=True, slots=True)
class Person:
    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Remark:
    """`is_new`: written by somebody else since the reader last read the thread."""

    id: int
    author: str
    body: str
    written_at: datetime
    is_new: bool


@dataclass(frozen=True, slots=True)
class Typed:
    """What a form shows: nothing, or after a refusal the text, who was called, and what is wrong in French, by field."""

    body: str = ""
    person: str = ""
    errors: dict[str, str] = field(default_factory=dict)


NOTHING = Typed()


@dataclass(frozen=True, slots=True)
class ThreadLine:
    """One thread, its remarks in the order they were written."""

    id: int
    remarks: tuple[Remark, ...]
    settled_at: datetime | None
    settled_by: str
    typed: Typed = NOTHING

    @property
    def is_open(self) -> bool:
        return self.settled_at is None

    @property
    def is_new(self) -> bool:
        return any(remark.is_new for remark in self.remarks)


@dataclass(frozen=True, slots=True)
class Circle:
    """Those who talk together: colleagues (`network` 0), or with the advisors of one network.

    `may_write`: the person’s role allows it; `closed` says in French why nobody writes there now, empty when one may.
    `people` are those who see its threads, and may be called.
    """

    network: int
    name: str
    threads: tuple[ThreadLine, ...]
    people: tuple[Person, ...]
    may_write: bool
    closed: str
    typed: Typed = NOTHING

    @property
    def open(self) -> tuple[ThreadLine, ...]:
        return tuple(thread for thread in self.threads if thread.is_open)

    @property
    def settled(self) -> tuple[ThreadLine, ...]:
        return tuple(thread for thread in self.threads if not thread.is_open)

    @property
    def settled_is_new(self) -> bool:
        return any(thread.is_new for thread in self.settled)

    @property
    def can_write(self) -> bool:
        return self.may_write and not self.closed


@dataclass(frozen=True, slots=True)
class Talk:
    """Everything the person reads beside one criterion."""

    circles: tuple[Circle, ...]

    @property
    def is_new(self) -> bool:
        return any(thread.is_new for circle in self.circles for thread in circle.threads)

    @property
    def latest(self) -> int:
        """When the last remark was written, as a page carries it (`certif.dates.stamp`); 0 when there is none."""
        threads = (thread for circle in self.circles for thread in circle.threads if thread.remarks)
        return max((stamp(thread.remarks[-1].written_at) for thread in threads), default=0)

    def circle(self, network: int) -> Circle | None:
        return next((circle for circle in self.circles if circle.network == network), None)

    def strangers_to(self, circle: Circle) -> tuple[Person, ...]:
        """People the reader knows of, who do not see the threads of `circle`."""
        inside = {person.id for person in circle.people}
        known = {person.id: person for each in self.circles for person in each.people if person.id not in inside}
        return tuple(known.values())

    def with_typed(self, typed: Typed, *, network: int, thread: int | None = None) -> "Talk":
        """The same, with a refused text in the form it was typed in."""

        def keep(circle: Circle) -> Circle:
            if circle.network != network:
                return circle
            if thread is None:
                return replace(circle, typed=typed)
            threads = (replace(each, typed=typed) if each.id == thread else each for each in circle.threads)
            return replace(circle, threads=tuple(threads))

        return Talk(tuple(keep(circle) for circle in self.circles))


def read_talk(assessment: Assessment, criterion: CriterionContent, user: User) -> Talk:
    """One query. `assessment` is as read for the person (`visible_to`)."""
    found = _talk(
        assessment=assessment.pk, structure=assessment.structure_id, criterion=criterion.id, user=user.pk
    )
    return talk_of(found, assessment, user)


# --- From rows to circles ---------------------------------------------------------------------


def talk_of(found: Iterable[tuple], assessment: Assessment, user: User) -> Talk:
    """What the person reads in rows of `parts` (others are skipped)."""
    kinds: dict[str, list[tuple]] = {"thread": [], "remark": [], "read": [], "share": [], "member": [], "advisor": []}
    for kind, *row in found:
        if kind in kinds:
            kinds[kind].append(row)
    member = permissions.is_member(assessment)
    shared = {pk: who for pk, who, *_ in kinds["share"]}
    advised = {ref for pk, *_, ref in kinds["advisor"] if pk == user.pk}
    threads: dict[int, list[ThreadLine]] = {}
    names = {0: "Entre collègues"} if member else {}
    names |= {pk: f"Avec {who}" for pk, who in shared.items() if member or pk in advised}
    remarks = _remarks_by_thread(kinds["remark"], {pk: at for pk, _who, _body, at, *_ in kinds["read"]}, user)
    for pk, network_name, settled_by, settled_at, *_, network in sorted(kinds["thread"]):
        network = network or 0
        if member and network not in names:
            names[network] = f"Avec {network_name}"
        if network in names:
            threads.setdefault(network, []).append(ThreadLine(pk, remarks.get(pk, ()), settled_at, settled_by))
    members = {pk: who for pk, who, *_ in kinds["member"]}
    writes = permissions.can_write(assessment)
    silent = _silence(assessment)
    circles = []
    for network in sorted(names, key=lambda pk: (pk != 0, alphabetical(names[pk]), pk)):
        advisors = {pk: who for pk, who, *_, ref in kinds["advisor"] if ref == network}
        people = sorted((members | advisors).items(), key=lambda each: (alphabetical(each[1]), each[0]))
        withdrawn = network != 0 and network not in shared
        circles.append(
            Circle(
                network=network,
                name=names[network],
                threads=tuple(threads.get(network, ())),
                people=tuple(Person(pk, who) for pk, who in people if pk != user.pk),
                may_write=writes or network in advised,
                closed=silent or (WITHDRAWN if withdrawn else ""),
            )
        )
    return Talk(tuple(circles))


WITHDRAWN = f"Le dossier n’est plus partagé avec ce réseau{NBSP}: vos échanges restent lisibles par vous seuls."


def _silence(assessment: Assessment) -> str:
    """Why nobody writes in the dossier’s threads any more; empty while one may."""
    if assessment.status not in SILENT:
        return ""
    return f"Ce dossier est «{NBSP}{label(assessment.status).lower()}{NBSP}»{NBSP}: on n’y écrit plus."


def _remarks_by_thread(found: list[tuple], read_at: dict[int, datetime], user: User) -> dict[int, tuple[Remark, ...]]:
    said: dict[int, list[Remark]] = {}
    for pk, author, body, at, _day, author_id, thread in found:
        seen = read_at.get(thread)
        is_new = author_id != user.pk and (seen is None or at > seen)
        said.setdefault(thread, []).append(Remark(pk, author, body, at, is_new))
    return {
        thread: tuple(sorted(each, key=lambda remark: (remark.written_at, remark.id))) for thread, each in said.items()
    }


# --- The parts of the query -------------------------------------------------------------------


def parts(assessment: int, structure: int, criterion: int, user: int) -> list[QuerySet]:
    """Everything `talk_of` needs, whoever looks: what the person may not read is left aside there."""
    here = Thread.objects.filter(answer__assessment=assessment, answer__criterion=criterion)
    said = Comment.objects.filter(thread__answer__assessment=assessment, thread__answer__criterion=criterion)
    read = ThreadRead.objects.filter(
        user=user, thread__answer__assessment=assessment, thread__answer__criterion=criterion
    )
    shares = Share.objects.active().filter(assessment=assessment)
    advisors = NetworkMembership.objects.filter(network__in=shares.values("network"), user__is_active=True)
    members = Membership.objects.filter(structure=structure, user__is_active=True)
    return [
        rows(
            here,
            "thread",
            "pk",
            who=Coalesce(F("network__name"), Value("")),
            body=Coalesce(F("resolved_by__name"), Value("")),
            at=F("resolved_at"),
            ref=F("network_id"),
        ),
        rows(
            said,
            "remark",
            "pk",
            who=Coalesce(F("author__name"), Value(GONE)),
            body=F("body"),
            at=F("created_at"),
            number=Cast(F("author_id"), NUMBER),
            ref=F("thread_id"),
        ),
        rows(read, "read", "thread_id", at=F("read_at")),
        rows(shares, "share", "network_id", who=F("network__name")),
        rows(members, "member", "user_id", who=F("user__name"), body=F("role")),
        rows(advisors, "advisor", "user_id", who=F("user__name"), ref=F("network_id")),
    ]


def _union(assessment: int, structure: int, criterion: int, user: int) -> QuerySet:
    first, *others = parts(assessment, structure, criterion, user)
    return first.union(*others, all=True)


_talk = Prepared(_union, assessment=number, structure=number, criterion=number, user=number)

