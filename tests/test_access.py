"""Every address of the product × every visitor: who gets in, who is refused, who is told nothing.

The table is checked against the URL resolver: an address that is not in it fails the suite.
"""

import re
from collections.abc import Iterator

import pytest
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import get_resolver, reverse
from django.urls.resolvers import URLResolver

from assessments import calendar, snapshots, subscriptions
from assessments.enums import DocumentKind, DocumentStatus, SnapshotKind
from assessments.models import (
    Action,
    AnswerVersion,
    Campaign,
    CampaignPlace,
    Document,
    Notice,
    NoticeKind,
    OpinionVersion,
    Outcome,
    ReviewerOpinion,
    ReviewRequest,
    SavedView,
    Share,
    StockRemark,
)
from certif.accounts import networks
from certif.accounts.invitations import invite
from certif.accounts.models import AS_STRUCTURE, JoinRequest, NetworkRole, Role, User
from tests.editions import make_mapping
from tests.factories import (
    CYCLE,
    affiliate,
    answer,
    ask,
    declare,
    enrol,
    join,
    key_of,
    make_assessment,
    make_edition,
    make_evidence,
    make_network,
    make_service,
    make_site,
    make_structure,
    make_user,
    say,
    use_evidence,
)
from tests.files import png
from tests.people import client_of

IN, REFUSED, NOTHING, LOGIN, ENROL = "entre", "refusé", "introuvable", "à la connexion", "au second facteur"

# --- The points of view -----------------------------------------------------------------------

GROUPS = {
    "owner": ("a_owner",),
    "writers": ("a_contributor", "in_both"),
    "reader": ("a_reader",),
    "advisor": ("advisor_shared",),
    "coordinator": ("coordinator_shared",),
    "strangers": ("b_owner", "b_contributor", "advisor_not_shared", "advisor_elsewhere", "ex_member"),
    "admin": ("norm_admin",),
    "nobody": ("anonymous", "disabled"),
    "unprotected": ("advisor_without_factor",),
}
VISITORS = tuple(visitor for group in GROUPS.values() for visitor in group)


def who(default: str, **answers: str) -> dict[str, str]:
    """What each visitor meets: `default`, but for the groups named. A coordinator is met as an advisor of the same network."""
    if "advisor" in answers:
        answers = {"coordinator": answers["advisor"]} | answers
    # An advisor of the same network, who has no second factor yet, meets nothing else.
    answers = {"unprotected": ENROL} | answers
    return {visitor: answers.get(group, default) for group, visitors in GROUPS.items() for visitor in visitors}


PUBLIC = who(IN)
OPEN = who(IN, unprotected=IN)
PERSON = who(IN, nobody=LOGIN)
MINE = who(NOTHING, owner=IN, nobody=LOGIN)
MEMBER = who(NOTHING, owner=IN, writers=IN, reader=IN, nobody=LOGIN)
OWNER = who(NOTHING, owner=IN, writers=REFUSED, reader=REFUSED, nobody=LOGIN)
WORKER = who(NOTHING, owner=IN, writers=IN, reader=REFUSED, nobody=LOGIN)
READ = who(NOTHING, owner=IN, writers=IN, reader=IN, advisor=IN, nobody=LOGIN)
INSIDE = who(NOTHING, owner=IN, writers=IN, reader=IN, advisor=REFUSED, nobody=LOGIN)
WRITE = who(NOTHING, owner=IN, writers=IN, reader=REFUSED, advisor=REFUSED, nobody=LOGIN)
MANAGE = who(NOTHING, owner=IN, writers=REFUSED, reader=REFUSED, advisor=REFUSED, nobody=LOGIN)
INVITED = who(REFUSED, nobody=IN)
NETWORK = who(NOTHING, advisor=IN, nobody=LOGIN)
COORDINATE = who(NOTHING, advisor=REFUSED, coordinator=IN, nobody=LOGIN)
REVIEW = who(NOTHING, owner=REFUSED, writers=REFUSED, reader=REFUSED, advisor=IN, nobody=LOGIN)
NORM_ADMIN = who(NOTHING, admin=IN, nobody=LOGIN)

# --- The table: name of the address → what GET meets, what POST meets (None: the method is refused) ---

TABLE: dict[str, tuple[dict | None, dict | None]] = {
    # the ground
    "home": (PUBLIC, None),
    "accessibility": (OPEN, None),
    "privacy": (OPEN, None),
    "method": (PUBLIC, None),
    "health": (OPEN, None),
    "ready": (OPEN, None),
    # the norm
    "norm": (PUBLIC, None),
    "edition_detail": (PUBLIC, None),
    "norm_chapter": (PUBLIC, None),
    "norm_criterion": (PUBLIC, None),
    "norm_search": (PUBLIC, None),
    "blank_grid_pdf": (PUBLIC, None),
    "blank_grid_xlsx": (PUBLIC, None),
    "eligibility": (PUBLIC, PUBLIC),
    "verify": (PUBLIC, None),
    "verify_code": (PUBLIC, PUBLIC),
    # people
    "account": (PERSON, PERSON),
    "session_list": (PERSON, None),
    "session_end": (None, who(NOTHING, owner=IN, nobody=LOGIN)),
    "session_end_others": (None, PERSON),
    "calendar_create": (None, PERSON),
    "calendar_revoke": (None, PERSON),
    "calendar_feed": (PUBLIC, None),  # the address is the secret
    "invitation_accept": (INVITED, who(REFUSED, nobody=LOGIN)),  # so is this one, for the person it was sent to
    "invitation_ask": (None, PUBLIC),
    "notifications": (PERSON, None),
    "notifications_read": (None, PERSON),
    "notification_open": (MINE, None),
    "notification_read": (None, MINE),
    "notification_preferences": (PERSON, PERSON),
    "unsubscribe": (OPEN, OPEN),  # the address is signed: it is the right to stop these e-mails
    # structures
    "structure_list": (PERSON, None),
    "structure_create": (PERSON, PERSON),
    "structure_detail": (MEMBER, None),
    "structure_edit": (OWNER, OWNER),
    "structure_logo": (MEMBER, None),
    "structure_logo_save": (None, OWNER),
    "structure_logo_delete": (None, OWNER),
    "invitation_send": (None, OWNER),
    "invitation_revoke": (None, OWNER),
    "member_role": (None, OWNER),
    "member_remove": (None, OWNER),
    "site_add": (None, OWNER),
    "site_edit": (None, OWNER),
    "site_delete": (None, OWNER),
    "service_add": (None, OWNER),
    "service_edit": (None, OWNER),
    "service_delete": (None, OWNER),
    "join_ask": (None, OWNER),
    "join_withdraw": (None, OWNER),
    "network_leave": (None, OWNER),
    # networks
    "network_list": (PERSON, None),
    "network_team": (NETWORK, None),
    "network_edit": (COORDINATE, COORDINATE),
    "network_invite": (None, COORDINATE),
    "network_invitation_revoke": (None, COORDINATE),
    "network_member_role": (None, COORDINATE),
    "network_member_remove": (None, COORDINATE),
    "network_structure_end": (None, COORDINATE),
    "network_request_accept": (None, COORDINATE),
    "network_request_decline": (None, COORDINATE),
    "assessment_list": (PERSON, None),
    "assessment_create": (WORKER, WORKER),
    # the dossier
    "dashboard": (READ, None),
    "scope": (READ, WRITE),
    "grid": (READ, None),
    "criterion": (READ, WRITE),
    "criterion_assign": (None, WRITE),
    "criterion_threads": (READ, WORKER),  # an advisor writes in the threads with a network only: tests/test_criterion_threads.py
    "thread_reply": (None, WORKER),
    "thread_settle": (None, WORKER),
    "thread_reopen": (None, WORKER),
    "threads_read": (None, READ),
    "criterion_live": (READ, None),
    "answer_history": (INSIDE, WRITE),
    "conflict": (WRITE, None),
    "registers": (READ, None),
    "register_detail": (READ, WRITE),
    "register_withdraw": (None, WRITE),
    "register_evidence_remove": (None, WRITE),
    "synthesis": (READ, None),
    "why": (READ, None),
    "evidence_list": (READ, None),
    "evidence_add": (WRITE, WRITE),
    "evidence_detail": (READ, WRITE),
    "evidence_file": (READ, None),
    "evidence_preview": (READ, None),
    "evidence_image": (READ, None),
    "evidence_replace": (WRITE, WRITE),
    "evidence_delete": (None, WRITE),
    "evidence_use_edit": (None, WRITE),
    "evidence_use_delete": (None, WRITE),
    "roadmap": (READ, None),
    "roadmap_board": (READ, None),
    "roadmap_gantt": (READ, None),
    "roadmap_propose": (None, WRITE),
    "action_create": (WRITE, WRITE),
    "action_edit": (READ, WRITE),
    "action_move": (None, WRITE),
    "action_delete": (None, WRITE),
    "documents": (READ, INSIDE),
    "document_state": (READ, None),
    "document_file": (READ, None),
    # where the norm is written
    "edition_list": (NORM_ADMIN, None),
    "draft_create": (NORM_ADMIN, NORM_ADMIN),
    "standard_create": (NORM_ADMIN, NORM_ADMIN),
    "edition_differences": (NORM_ADMIN, None),
    "draft": (NORM_ADMIN, None),
    "draft_cover": (NORM_ADMIN, NORM_ADMIN),
    "draft_delete": (None, NORM_ADMIN),
    "draft_rules": (NORM_ADMIN, NORM_ADMIN),
    "draft_registers": (NORM_ADMIN, None),
    "draft_register_create": (NORM_ADMIN, NORM_ADMIN),
    "draft_register": (NORM_ADMIN, NORM_ADMIN),
    "draft_register_move": (None, NORM_ADMIN),
    "draft_register_delete": (None, NORM_ADMIN),
    "draft_chapter_create": (NORM_ADMIN, NORM_ADMIN),
    "draft_chapter": (NORM_ADMIN, NORM_ADMIN),
    "draft_chapter_move": (None, NORM_ADMIN),
    "draft_chapter_delete": (None, NORM_ADMIN),
    "draft_eligibility": (NORM_ADMIN, NORM_ADMIN),
    "draft_question_create": (NORM_ADMIN, NORM_ADMIN),
    "draft_question": (NORM_ADMIN, NORM_ADMIN),
    "draft_question_move": (None, NORM_ADMIN),
    "draft_question_delete": (None, NORM_ADMIN),
    "draft_cycle": (NORM_ADMIN, NORM_ADMIN),
    "draft_milestone_create": (NORM_ADMIN, NORM_ADMIN),
    "draft_milestone": (NORM_ADMIN, NORM_ADMIN),
    "draft_milestone_delete": (None, NORM_ADMIN),
    "draft_criterion_create": (None, NORM_ADMIN),
    "draft_criterion": (NORM_ADMIN, NORM_ADMIN),
    "draft_criterion_check": (None, NORM_ADMIN),
    "draft_criterion_copy": (None, NORM_ADMIN),
    "draft_criterion_move": (None, NORM_ADMIN),
    "draft_criterion_delete": (None, NORM_ADMIN),
    "draft_preview": (NORM_ADMIN, None),
    "draft_preview_pdf": (NORM_ADMIN, None),
    "mapping_list": (NORM_ADMIN, NORM_ADMIN),
    "mapping_detail": (NORM_ADMIN, None),
    "mapping_correct": (None, NORM_ADMIN),
    "mapping_delete": (None, NORM_ADMIN),
    "mapping_confirm": (None, NORM_ADMIN),
    "mapping_propose": (None, NORM_ADMIN),
    "mapping_impact": (NORM_ADMIN, None),
    "edition_export": (PUBLIC, None),
    "edition_import": (NORM_ADMIN, NORM_ADMIN),
    "edition_import_preview": (NORM_ADMIN, NORM_ADMIN),
    "edition_publish": (NORM_ADMIN, NORM_ADMIN),
    "edition_retire": (NORM_ADMIN, NORM_ADMIN),
    # from one edition to the next
    "edition_change": (READ, None),
    "edition_preview": (READ, None),
    "edition_apply": (None, MANAGE),
    "edition_undo": (MANAGE, MANAGE),
    "edition_history": (READ, None),
    # official wording: a structure’s for its members, a network’s for its people
    "criterion_official": (READ, None),
    "official_texts": (MEMBER, WORKER),
    "official_text": (WORKER, WORKER),
    "network_official_texts": (NETWORK, NETWORK),
    "network_official_text": (NETWORK, NETWORK),
    # what a network follows
    "campaign_list": (NETWORK, None),
    "campaign_create": (COORDINATE, COORDINATE),
    "campaign_detail": (NETWORK, None),
    "campaign_remind": (None, COORDINATE),
    "campaign_close": (None, COORDINATE),
    "campaign_answer": (WORKER, WORKER),
    "network_figures": (NETWORK, None),
    "landmarks": (INSIDE, None),
    "portfolio": (NETWORK, None),
    "portfolio_export": (NETWORK, None),
    "saved_view_create": (None, NETWORK),
    "saved_view_delete": (None, who(NOTHING, advisor=IN, coordinator=NOTHING, nobody=LOGIN)),  # one’s own only
    # who did what
    "journal": (READ, None),
    "structure_journal": (OWNER, None),
    "network_journal": (COORDINATE, None),
    "close": (MANAGE, MANAGE),
    "reopen": (MANAGE, MANAGE),
    # with networks: shared, handed over, sent back
    "sharing": (INSIDE, MANAGE),
    "sharing_preview": (INSIDE, None),
    "share_files": (None, MANAGE),
    "share_withdraw": (None, MANAGE),
    "submit": (MANAGE, MANAGE),
    "take_back": (MANAGE, MANAGE),
    "archive": (MANAGE, MANAGE),
    "expectation_answer": (None, WRITE),
    "expectation_take_back": (None, WRITE),
    # what an advisor writes, and what a network keeps to write again
    "review": (REVIEW, None),
    "review_criterion": (REVIEW, REVIEW),
    "review_conflict": (REVIEW, None),
    "review_live": (REVIEW, None),
    "review_request": (REVIEW, REVIEW),
    "review_request_accept": (None, REVIEW),
    "review_request_withdraw": (None, REVIEW),
    "send_back": (REVIEW, REVIEW),
    "validate": (REVIEW, REVIEW),
    "review_reopen": (REVIEW, REVIEW),
    "stock_remarks": (NETWORK, NETWORK),
    "stock_remark": (NETWORK, NETWORK),
    "stock_remark_delete": (None, NETWORK),
}

# Sign-in, passwords and second factor: the pages of django-allauth, proved in test_login, test_password,
# test_second_factor… They take no number but that of the person’s own keys.
ALLAUTH = re.compile(r"^(account_|mfa_)")


# --- The world --------------------------------------------------------------------------------


class World:
    """A structure A with one of everything, a structure B, and everyone who may look."""

    def __init__(self):
        self.edition = make_edition()
        self.draft = make_edition(sealed=False, cycle=CYCLE)
        self.mapping = make_mapping(self.edition, self.draft, [])
        self.people = {name: make_user(f"{name}@exemple.fr", name) for name in VISITORS if name != "anonymous"}
        people = self.people
        self.a = make_structure("Structure A", owner=people["a_owner"])
        self.b = make_structure("Structure B", owner=people["b_owner"])
        join(self.a, people["a_contributor"], Role.CONTRIBUTOR)
        join(self.a, people["a_reader"], Role.READER)
        join(self.a, people["in_both"], Role.CONTRIBUTOR)
        join(self.b, people["in_both"], Role.OWNER)
        join(self.b, people["b_contributor"], Role.CONTRIBUTOR)
        join(self.a, people["ex_member"], Role.OWNER).delete()
        join(self.a, people["disabled"], Role.OWNER)
        type(people["norm_admin"]).objects.filter(pk=people["norm_admin"].pk).update(is_norm_admin=True)
        enrol(people["norm_admin"])
        shared = make_network(
            "Réseau qui reçoit", advisor=people["advisor_shared"], coordinator=people["coordinator_shared"]
        )
        networks.appoint(shared, people["advisor_without_factor"], NetworkRole.ADVISOR)
        other = make_network("Réseau sans partage", advisor=people["advisor_not_shared"])
        make_network("Réseau d’ailleurs", advisor=people["advisor_elsewhere"])
        adhesions = affiliate(self.a, shared), affiliate(self.a, other)
        self.of_a = self._furnish(self.a, people["a_owner"])
        self.of_b = self._furnish(self.b, people["b_owner"])
        self.of_a["share"] = Share.objects.create(assessment=self.of_a["dossier"], network=shared).pk
        self.of_a["network"], self.of_b["network"] = shared.pk, other.pk
        self.of_a["affiliation"], self.of_b["affiliation"] = adhesions[0].pk, affiliate(self.b, other).pk
        for of, structure, network in ((self.of_a, self.a, shared), (self.of_b, self.b, other)):
            inviter = people["coordinator_shared" if network == shared else "advisor_not_shared"]
            invitation, _ = invite(network, email="invitee@exemple.fr", role=AS_STRUCTURE, by=inviter)
            of["network_invitation"] = invitation.pk
            of["network_member"] = network.memberships.get(user=inviter).pk
            elsewhere = make_structure()
            of["incoming"] = JoinRequest.objects.create(network=network, structure=elsewhere).pk
            of["outgoing"] = JoinRequest.objects.create(network=make_network(), structure=structure).pk
        for of, network, person in ((self.of_a, shared, "advisor_shared"), (self.of_b, other, "advisor_not_shared")):
            campaign = Campaign.objects.create(
                network=network, edition=self.edition, title="Une campagne", opens_on="2026-01-01", due_on="2099-01-01"
            )
            place = CampaignPlace.objects.create(campaign=campaign, structure=of["dossier"].structure)
            of["campaign"], of["place"] = campaign.pk, place.pk
            of["view"] = SavedView.objects.create(network=network, user=people[person], name="Une vue", query="").pk
        self.of_b["share"] = Share.objects.create(assessment=self.of_b["dossier"], network=other).pk
        for of, network in ((self.of_a, shared), (self.of_b, other)):
            of |= self._review(of["dossier"], network)
        self._sign_everyone_in()

    def _review(self, dossier, network) -> dict:
        """What a network wrote of a dossier, and keeps for the next one."""
        row = dossier.answers.get(criterion__code="PER-01")
        opinion = ReviewerOpinion.objects.create(answer=row, network=network, level=1)
        lost = OpinionVersion.objects.create(
            opinion=opinion, number=1, outcome=Outcome.CONFLICT, level=2, saved_at=row.updated_at
        )
        asked = ReviewRequest.objects.create(
            answer=row, network=network, kind="preuve", text="Une pièce.", sent_at=row.updated_at
        )
        remark = StockRemark.objects.create(network=network, title="Un titre", body="Un texte.")
        return {"lost": lost.pk, "asked": asked.pk, "remark": remark.pk}

    def _furnish(self, structure, owner) -> dict:
        type(structure).objects.filter(pk=structure.pk).update(logo=b"\x89PNG")
        site = make_site(structure)
        service = make_service(site)
        dossier = make_assessment(structure, self.edition, services=[service], by=owner)
        row = answer(dossier, "PER-01", 2, by=owner)
        conflict = AnswerVersion.objects.create(
            answer=row, number=1, outcome=Outcome.CONFLICT, level=1, author=owner, saved_at=row.updated_at
        )
        piece = make_evidence(structure, by=owner)
        use = use_evidence(piece, dossier, "PER-01")
        picture = make_evidence(structure, content=png(), content_type="image/png", by=owner)
        use_evidence(picture, dossier, "PER-01")
        declare(dossier, "REG-1", services=[service], evidence=[piece])
        action = Action.objects.create(assessment=dossier, title="Une action")
        snapshot = snapshots.take(dossier, SnapshotKind.DOCUMENT, by=owner)
        document = Document(
            snapshot=snapshot,
            kind=DocumentKind.AUDIT,
            design="essai",
            status=DocumentStatus.DONE,
            requested_by=owner,
            pages=1,
            size=4,
        )
        document.file.save("essai.pdf", ContentFile(b"%PDF"))
        invitation, token = invite(structure, email="invitee@exemple.fr", role=Role.READER, by=owner)
        return {
            "structure": structure.pk,
            "site": site.pk,
            "service": service.pk,
            "member": structure.memberships.order_by("pk").first().pk,
            "invitation": invitation.pk,
            "token": token,
            "feed": calendar.create(by=owner),
            "login": UserSession.objects.create(user=owner, ip="127.0.0.1", session_key=f"essai-{structure.pk}").pk,
            "dossier": dossier,
            "piece": piece.pk,
            "picture": picture.pk,
            "page": 1,
            "use": use.pk,
            "action": action.pk,
            "document": document.pk,
            "code": snapshot.code,
            "version": conflict.pk,
            "thread": say(row, by=owner).thread_id,
            "notice": Notice.objects.create(user=owner, kind=NoticeKind.MENTION, key="essai", sentence="Une nouvelle.", path="/", assessment=dossier).pk,
            "expectation": ask(row, make_network(), owner).pk,
            "files": "avec",
            "inside": f"dossiers/{dossier.pk}/",
        }

    def _sign_everyone_in(self) -> None:
        """In a browser each; the disabled person is disabled since."""
        cookie = settings.SESSION_COOKIE_NAME
        self.sessions = {name: client_of(person).cookies[cookie].value for name, person in self.people.items()}
        User.objects.filter(pk=self.people["disabled"].pk).update(is_active=False)

    def client(self, visitor: str) -> Client:
        """The browser of a visitor, as it was when they signed in."""
        client = Client()
        if visitor in self.sessions:
            client.cookies[settings.SESSION_COOKIE_NAME] = self.sessions[visitor]
        return client

    def url(self, name: str, of: dict | None = None, child: dict | None = None) -> str:
        """The address of a thing of structure A; `of` gives the parent’s structure, `child` the child’s."""
        of = of or self.of_a
        child = child or of
        return reverse(name, kwargs={key: self._value(name, key, of, child) for key in ADDRESSES[name]})

    def _value(self, name: str, key: str, of: dict, child: dict):
        if key == "join_request":
            return child["outgoing" if name == "join_withdraw" else "incoming"]
        if name.startswith("network_") and key in ("member", "invitation"):
            return child[f"network_{key}"]
        if key == "pk":
            if name.startswith("mapping_"):
                return self.mapping.pk
            if name in PIECES:
                return of[PIECES[name]]
            if name.startswith("network_"):
                return of["structure" if name == "network_leave" else "network"]
            return of["structure"] if name.startswith(ABOUT_STRUCTURES) else of["dossier"].pk
        if name == "review_conflict" and key == "version":
            return child["lost"]
        if "official_text" in name and key == "key":
            return key_of("PER-01")
        if name in WRITTEN:
            return self._draft_value(name, key)
        if key == "edition":
            return self.edition.code
        if key == "kind":
            return "json"
        if key == "token" and name == "unsubscribe":
            return subscriptions.token_of(self.people["a_owner"], NoticeKind.MENTION)
        if key == "token":
            return of["feed" if name == "calendar_feed" else "token"]
        if key == "code":
            return {"verify_code": of["code"]}.get(name, "REG-1" if "register" in name else "PER-01")
        return "PER" if key == "chapter" else child[key]

    def _draft_value(self, name: str, key: str):
        if key == "edition":
            return self.draft.code
        if key == "code":
            return (self.draft.cycle["jalons"] if "milestone" in name else self.draft.eligibility["questions"])[0]["code"]
        rows = "chapters" if "chapter" in name or key == "chapter" else "registers" if "register" in name else "criteria"
        return getattr(self.draft, rows).order_by("pk").first().key


# Addresses of a draft: those of a published edition only say that it is published.
WRITTEN = {"draft", "edition_publish"} | {
    f"draft_{what}"
    for what in (
        "cover", "delete", "rules", "registers", "register_create", "register", "register_move", "register_delete",
        "chapter_create", "chapter", "chapter_move", "chapter_delete", "criterion_create", "criterion",
        "eligibility", "question_create", "question", "question_move", "question_delete", "cycle", "milestone_create",
        "milestone", "milestone_delete", "criterion_check", "criterion_copy", "criterion_move", "criterion_delete", "preview", "preview_pdf",
    )
}  # fmt: skip

PIECES = {
    "campaign_list": "network",
    "campaign_create": "network",
    "campaign_detail": "network",
    "campaign_remind": "network",
    "campaign_close": "network",
    "campaign_answer": "place",
    "network_figures": "network",
    "session_end": "login",
    "notification_open": "notice",
    "notification_read": "notice",
    "portfolio": "network",
    "portfolio_export": "network",
    "saved_view_create": "network",
    "saved_view_delete": "network",
    **dict.fromkeys(("stock_remarks", "stock_remark", "stock_remark_delete"), "network"),
    "action_edit": "action",
    "action_move": "action",
    "action_delete": "action",
    "document_state": "document",
    "document_file": "document",
    "evidence_detail": "piece",
    "evidence_file": "piece",
    "evidence_preview": "piece",
    "evidence_image": "picture",
    "evidence_replace": "piece",
    "evidence_delete": "piece",
    "evidence_use_edit": "use",
    "evidence_use_delete": "use",
    "expectation_answer": "expectation",
    "expectation_take_back": "expectation",
}
ABOUT_STRUCTURES = ("structure", "official_text", "invitation", "member", "site", "service", "assessment_create", "join_")


def addresses(resolver=None) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every named address of the product and the parameters of its path, Django’s admin left out."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            if pattern.app_name != "admin":
                yield from addresses(pattern)
        elif pattern.name:
            yield pattern.name, tuple(pattern.pattern.converters)


def _address_parameters() -> dict[str, tuple[str, ...]]:
    found = {}
    for pattern in get_resolver().reverse_dict:
        if isinstance(pattern, str):
            possibilities = get_resolver().reverse_dict.getlist(pattern)
            found[pattern] = tuple(possibilities[0][0][0][1])
    return found


ADDRESSES = _address_parameters()


@pytest.fixture(scope="module")
def lasting_world(django_db_setup, django_db_blocker) -> Iterator[World]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield World()
        transaction.set_rollback(True)


@pytest.fixture
def world(lasting_world, db) -> World:
    """Made once for a module; what a test changes in it is undone."""
    return lasting_world


def met(response: HttpResponse) -> str:
    if response.status_code in (301, 302) and response.url.startswith(reverse("account_login")):
        return LOGIN
    if response.status_code == 302 and response.url == reverse("mfa_index"):
        return ENROL
    return {403: REFUSED, 404: NOTHING, 405: "méthode refusée"}.get(response.status_code, IN)


def read_whole(response: HttpResponse) -> HttpResponse:
    """Leaves no file open. `close()` would end the database connection of the test with the request."""
    response.getvalue()
    if getattr(response, "file_to_stream", None):
        response.file_to_stream.close()
    return response


def visit(world: World, visitor: str, method: str, url: str, body: dict | None = None) -> HttpResponse:
    """One visit, undone afterwards."""
    client = world.client(visitor)
    with transaction.atomic():
        response = read_whole(getattr(client, method)(url, body or {}))
        transaction.set_rollback(True)
    return response


# What a form must hold to be understood at all.
UP = {"sens": "haut"}
BODIES = {
    "sharing": {"files": "avec"},
    "documents": {"document": DocumentKind.AUDIT},
    "draft_chapter_move": UP,
    "draft_register_move": UP,
    "draft_criterion_move": UP,
    "draft_question_move": UP,
}


# --- The tests --------------------------------------------------------------------------------


def test_every_address_is_in_the_table():
    known = {name for name, _ in addresses()}

    assert {name for name in known if not ALLAUTH.match(name) or name == "account"} == set(TABLE)


@pytest.mark.slow
@pytest.mark.parametrize("name", TABLE)
def test_each_visitor_meets_what_the_table_says(world, name):
    reading, writing = TABLE[name]
    url = world.url(name)
    for method, table in (("get", reading), ("post", writing)):
        if table is None:
            # Refused to the person who would have every right otherwise; strangers may be told less.
            assert met(visit(world, "a_owner", method, url)) == "méthode refusée", f"{method} {url}"
            continue
        body = BODIES.get(name) if method == "post" else None
        found = {visitor: met(visit(world, visitor, method, url, body)) for visitor in VISITORS}
        assert found == table, f"{method} {url}"


CHILDREN = {
    "site", "service", "member", "invitation", "share", "piece", "affiliation", "join_request", "view", "thread", "version",
    "asked", "remark",
}  # fmt: skip
TWO_NUMBERS = tuple(
    name
    for name in TABLE
    if set(ADDRESSES[name]) & CHILDREN and "pk" in ADDRESSES[name]
)


@pytest.mark.parametrize("name", TWO_NUMBERS)
def test_a_foreign_child_under_ones_own_parent_is_not_found(world, name):
    """The parent in the path is checked; so must the child be."""
    if name.startswith("network_") and name != "network_leave":
        visitor, url = "coordinator_shared", world.url(name, of=world.of_a, child=world.of_b)
    elif name.startswith(("review", "stock")):  # only advisors write under that parent
        visitor, url = "advisor_not_shared", world.url(name, of=world.of_b, child=world.of_a)
    else:
        visitor, url = "b_owner", world.url(name, of=world.of_b, child=world.of_a)
    for method, table in zip(("get", "post"), TABLE[name], strict=True):
        if table is not None:
            assert met(visit(world, visitor, method, url)) == NOTHING, f"{method} {url}"


@pytest.mark.parametrize("name", [name for name in TABLE if "pk" in ADDRESSES[name]])
def test_a_foreign_thing_and_a_missing_one_give_the_same_answer(world, name):
    foreign = world.url(name)
    missing = reverse(name, kwargs={**_arguments(world, name), "pk": 987_654})
    for method, table in zip(("get", "post"), TABLE[name], strict=True):
        if table is not None:
            answers = [visit(world, "b_owner", method, url) for url in (foreign, missing)]
            assert (answers[0].status_code, answers[0].content) == (answers[1].status_code, answers[1].content)
            assert answers[0].status_code == 404


def _arguments(world: World, name: str) -> dict:
    return {key: world._value(name, key, world.of_a, world.of_a) for key in ADDRESSES[name]}


@pytest.mark.parametrize(
    "name", ["dashboard", "criterion", "evidence_file", "document_file", "document_state", "documents", "synthesis"]
)
def test_a_withdrawn_share_a_lost_membership_a_left_network_count_at_once(world, name):
    url = world.url(name)
    advisor, member = world.client("advisor_shared"), world.client("a_reader")

    def look(client) -> str:
        return met(read_whole(client.get(url)))

    assert (look(advisor), look(member)) == (IN, IN)

    with transaction.atomic():
        world.a.affiliations.all().delete()
        assert look(advisor) == NOTHING
        transaction.set_rollback(True)
    assert look(advisor) == IN

    Share.objects.filter(pk=world.of_a["share"]).update(revoked_at="2026-11-21T10:00Z")
    world.people["a_reader"].memberships.all().delete()
    assert (look(advisor), look(member)) == (NOTHING, NOTHING)
