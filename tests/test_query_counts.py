"""As many questions to the database for a large structure as for a small one, on every page that shows lists.

Small: eight criteria, one of each thing. Large: three times the criteria, ten of each thing, several structures.
"""

from dataclasses import dataclass
from datetime import date

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assessments import snapshots, talk
from assessments.enums import DocumentKind, DocumentStatus, SnapshotKind, Status
from assessments.models import Action, AnswerVersion, Assessment, Document, NoticeKind, Outcome, Share, StockRemark
from assessments.notices import notify
from certif.accounts.invitations import invite
from certif.accounts.models import Role, User
from referentiel.models import SuggestedAction
from tests.factories import (
    CRITERIA,
    affiliate,
    answer,
    ask,
    declare,
    join,
    make_assessment,
    make_edition,
    make_evidence,
    make_network,
    make_service,
    make_site,
    make_structure,
    make_user,
    opine,
    say,
    use_evidence,
)
from tests.people import client_of

pytestmark = pytest.mark.slow

CODE, REGISTER = "PER-01", "REG-1"
MORE_CRITERIA = tuple(
    (f"{chapter}-{number}", f"Critère {chapter}-{number}", criticality, 2, {})
    for chapter, criticality in (("PER", "majeur"), ("DEO", "bloquant"), ("QUA", "mineur"))
    for number in range(20, 26)
)


@dataclass(frozen=True)
class World:
    """What the addresses need, and who looks."""

    owner: User
    advisor: User
    given: dict[str, object]


def build(many: int) -> World:
    edition = make_edition(criteria=CRITERIA + (MORE_CRITERIA if many > 1 else ()))
    owner = make_user()
    structures = [make_structure(owner=owner) for _ in range(1 + many // 5)]
    structure = structures[0]
    advisor, networks = make_user(), []
    for _ in range(1 + many // 5):
        networks.append(make_network(advisor=advisor))
        affiliate(structure, networks[-1])
    people = [make_user() for _ in range(many)]
    for person in people:
        join(structure, person, Role.CONTRIBUTOR)
    services = [make_service(make_site(structure)) for _ in range(many)]
    for number in range(many - 1):
        make_assessment(structure, edition, title=f"Ancien dossier {number}", services=services[:1], by=owner)
    dossier = make_assessment(structure, edition, services=services, by=owner, audit_on=date(2027, 11, 22))
    for network in networks:
        Share.objects.create(assessment=dossier, network=network, shared_by=owner)
    things = _furnish(dossier, owner, [owner, *people], services, many)
    tokens = [invite(structure, email=f"invitee{number}@exemple.fr", role=Role.READER, by=owner)[1] for number in range(many)]
    for number in range(many):
        StockRemark.objects.create(network=networks[0], title=f"Remarque {number}", body="Un texte.", created_by=advisor)
    given = {"dossier": dossier.pk, "network": networks[0].pk, "structure": structure.pk, "edition": edition.code, "token": tokens[0], **things}
    return World(owner, advisor, given)


def _furnish(dossier, owner, people, services, many) -> dict[str, object]:
    codes = list(dossier.answers.order_by("criterion__position").values_list("criterion__code", flat=True))
    answered = codes if many > 1 else codes[:3]
    for place, code in enumerate(answered):
        row = answer(dossier, code, place % 4, justification="Ce qui le fait dire.", by=people[place % len(people)])
        type(row).objects.filter(pk=row.pk).update(assigned_to=people[place % len(people)])
        say(row, by=people[place % len(people)])
        opine(row, dossier.shares.first().network, owner, 1, "Relu.")
        ask(row, dossier.shares.first().network, owner)
    first = dossier.answers.get(criterion__code=CODE)
    for number in range(many):
        answer(dossier, CODE, number % 4, justification=f"Texte {number}.", by=people[number % len(people)])
        writer = people[number % len(people)]
        said = say(first, f"Remarque {number}.", by=writer, network=dossier.shares.first().network if number % 2 else None)
        said.mentions.set(people)
        talk.mark_read([said.thread_id], by=writer, until=said.created_at)
    answer(dossier, CODE, 2, justification="Le dernier texte, d’une collègue.", by=people[-1])
    first.refresh_from_db()
    lost = AnswerVersion.objects.create(
        answer=first, number=first.version, outcome=Outcome.CONFLICT, level=1, author=owner, saved_at=timezone.now()
    )
    pieces = [make_evidence(dossier.structure, by=people[number % len(people)]) for number in range(many)]
    for number, piece in enumerate(pieces):
        use = use_evidence(piece, dossier, codes[number % len(codes)])
        use_evidence(piece, dossier, CODE) if number else None
    for number in range(min(many, 8)):
        declare(dossier, f"REG-{number + 1}", services=services, evidence=pieces)
    suggestions = list(SuggestedAction.objects.filter(criterion__edition=dossier.edition).order_by("pk"))
    for number in range(many):
        action = Action.objects.create(
            assessment=dossier, title=f"Action {number}", owner=people[number % len(people)], created_by=owner,
            starts_on=date(2027, 1, 4), due_on=date(2027, 3, 1 + number), suggested=suggestions[number],
        )  # fmt: skip
        action.criteria.set(dossier.edition.criteria.filter(code__in=codes[: 1 + number]))
    for number in range(many):
        notify(NoticeKind.REPLY, to=[owner], key=f"essai:{number}", sentence="Une réponse.", path="/", assessment=dossier)
    snapshot = snapshots.take(dossier, SnapshotKind.DOCUMENT, by=owner)
    for number in range(many):
        document = Document.objects.create(
            snapshot=snapshot, kind=DocumentKind.AUDIT, design=f"essai {number}", status=DocumentStatus.DONE,
            requested_by=people[number % len(people)], finished_at=timezone.now(), pages=1, size=4,
        )  # fmt: skip
    return {
        "action": action.pk,
        "piece": pieces[0].pk,
        "use": use.pk,
        "version": lost.pk,
        "document": document.pk,
        "code": snapshot.code,
    }


# --- The pages --------------------------------------------------------------------------------

DOSSIER = {"pk": "dossier"}
CRITERION = {"pk": "dossier", "code": ("PER-01",)}
PAGES = {
    "action_create": DOSSIER,
    "action_edit": {"pk": "action"},
    "answer_history": CRITERION,
    "assessment_create": {"pk": "structure"},
    "assessment_list": {},
    "close": DOSSIER,
    "conflict": {"pk": "dossier", "code": (CODE,), "version": "version"},
    "criterion": CRITERION,
    "criterion_live": CRITERION,
    "criterion_threads": CRITERION,
    "dashboard": DOSSIER,
    "documents": DOSSIER,
    "document_state": {"pk": "document"},
    "evidence_add": DOSSIER,
    "evidence_detail": {"pk": "piece"},
    "evidence_list": DOSSIER,
    "evidence_replace": {"pk": "piece"},
    "grid": DOSSIER,
    "register_detail": {"pk": "dossier", "code": (REGISTER,)},
    "landmarks": DOSSIER,
    "notifications": {},
    "registers": DOSSIER,
    "roadmap": DOSSIER,
    "roadmap_board": DOSSIER,
    "roadmap_gantt": DOSSIER,
    "scope": DOSSIER,
    "sharing": DOSSIER,
    "submit": DOSSIER,
    "synthesis": DOSSIER,
    "why": {"pk": "dossier", "code": ("PER",)},
    "account": {},
    "structure_detail": {"pk": "structure"},
    "structure_edit": {"pk": "structure"},
    "structure_list": {},
    "edition_detail": {"edition": "edition"},
    "norm_chapter": {"edition": "edition", "chapter": ("PER",)},
    "norm_criterion": {"edition": "edition", "code": (CODE,)},
    "norm_search": {"edition": "edition"},
    "verify_code": {"code": "code"},
}
QUERIES = {
    "assessment_list": "?liste",
    "norm_search": "?q=critère",
    "evidence_add": f"?critere={CODE}&par=bibliotheque",
}
ADVISED = ("assessment_list", "dashboard", "grid", "criterion", "criterion_threads", "synthesis", "evidence_list", "registers", "roadmap", "documents")

REVIEWED = {
    "review": DOSSIER,
    "review_criterion": CRITERION,
    "review_live": CRITERION,
    "send_back": DOSSIER,
    "validate": DOSSIER,
    "stock_remarks": {"pk": "network"},
}


@pytest.fixture(scope="module")
def worlds(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        yield build(1), build(10)
        transaction.set_rollback(True)


def path_of(name: str, world: World) -> str:
    taken = (PAGES | REVIEWED)[name]
    given = {key: value[0] if isinstance(value, tuple) else world.given[value] for key, value in taken.items()}
    return reverse(name, kwargs=given) + QUERIES.get(name, "")


def questions(user: User, path: str) -> list[str]:
    """The SQL of a second visit: what the first one warmed is not the page’s."""
    client = client_of(user)
    client.get(path)
    with CaptureQueriesContext(connection) as captured:
        response = client.get(path)
    assert (response.status_code, path) in ((200, path), (302, path))
    return [query["sql"] for query in captured]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_asks_as_much_of_a_large_structure_as_of_a_small_one(worlds, db, name):
    small, large = (questions(world.owner, path_of(name, world)) for world in worlds)
    assert len(small) == len(large), "\n".join([*small, "— grand —", *large])


@pytest.mark.parametrize("name", ADVISED)
def test_so_it_is_for_an_advisor(worlds, db, name):
    small, large = (questions(world.advisor, path_of(name, world)) for world in worlds)
    assert len(small) == len(large), "\n".join([*small, "— grand —", *large])


@pytest.mark.parametrize("name", REVIEWED)
def test_and_for_an_advisor_who_reads_criterion_by_criterion(worlds, db, name):
    Assessment.objects.update(status=Status.SUBMITTED)
    small, large = (questions(world.advisor, path_of(name, world)) for world in worlds)
    assert len(small) == len(large), "\n".join([*small, "— grand —", *large])
