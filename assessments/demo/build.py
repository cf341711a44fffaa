"""Makes the demonstration, says who and what is in it, takes it away. Every date is counted from the day it is made."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils.text import slugify

from assessments import campaigns, journal, releases, snapshots, standings, talk, workflow
from assessments.demo import files, prose, stories
from assessments.demo.stories import House, Person
from assessments.enums import ActionStatus, SnapshotKind, Status
from assessments.models import (
    Action,
    Answer,
    AnswerVersion,
    Assessment,
    Comment,
    Document,
    Event,
    Evidence,
    EvidenceUse,
    Notice,
    NoticeKind,
    OpinionVersion,
    Outcome,
    RegisterDeclaration,
    RequestKind,
    ReviewerOpinion,
    ReviewRequest,
    Share,
    Snapshot,
    StockRemark,
    Thread,
    ThreadRead,
)
from assessments.reading import canonical_json, read
from assessments.scoring import NBSP, NNBSP, Verdict
from certif.accounts import demonstration, networks
from certif.accounts.models import (
    Affiliation,
    Membership,
    Network,
    NetworkRole,
    Role,
    Service,
    Site,
    Structure,
    User,
)
from certif.dates import PARIS, add_months, in_paris, long_date, today
from referentiel import sample_draft
from referentiel.content import Content, CriterionContent, content_of
from referentiel.models import Edition

ROLES = {
    Role.OWNER: "responsable",
    Role.CONTRIBUTOR: "contributeur",
    Role.READER: "lecteur",
    NetworkRole.COORDINATOR: "coordinateur du réseau",
    NetworkRole.ADVISOR: "conseiller du réseau",
}
EVERYWHERE = "Certif"
LINKS = "https://exemple.invalid/"


# --- The three verbs --------------------------------------------------------------------------


def is_there() -> bool:
    return Network.objects.filter(name=stories.NETWORK, is_demo=True).exists()


def make(*, on: date | None = None, with_administrators: bool = False) -> None:
    """Everything or nothing, as if made on the day `on`. Raises Edition.DoesNotExist when the norm is not loaded.

    Passwords are known to all: administrators are only for a machine nobody else reaches.
    """
    edition = Edition.objects.published().get(code=stories.EDITION)
    written: list[str] = []
    try:
        with transaction.atomic():
            _Builder(content_of(edition.pk), edition, on or today(), written).build(with_administrators)
            sample_draft.make()
    except BaseException:
        for name in written:
            default_storage.delete(name)
        raise


def remove() -> None:
    """Takes away what the demonstration made, and what its accounts made with nobody else. The journal stays."""
    people = User.objects.filter(email__endswith=f"@{stories.DOMAIN}")
    others = Membership.objects.exclude(user__in=people).values("structure")
    structures = Structure.objects.filter(Q(is_demo=True) | Q(memberships__user__in=people) & ~Q(pk__in=others)).distinct()
    names = [
        *Evidence.objects.filter(structure__in=structures).exclude(file="").values_list("file", flat=True),
        *Document.objects.filter(snapshot__assessment__structure__in=structures).exclude(file="").values_list("file", flat=True),
    ]
    with transaction.atomic():
        Structure.objects.filter(pk__in=list(structures.values_list("pk", flat=True))).delete()
        for network in Network.objects.filter(is_demo=True):
            networks.delete(network)
        people.delete()
        sample_draft.remove()
        transaction.on_commit(lambda: [default_storage.delete(name) for name in names])


def summary() -> dict:
    """`{"comptes": […], "dossiers": […]}`: who may sign in, and each dossier with where it stands now.

    `secret_totp` is there for accounts that are asked for a code.
    """
    people = [
        *((person, house.name) for house in (*stories.HOUSES, *stories.NEIGHBOURS) for person in house.people),
        *((person, stories.NETWORK) for person in stories.ADVISORS),
        *((person, EVERYWHERE) for person in stories.KEEPERS),
    ]
    known = {user.email: user for user in User.objects.filter(email__endswith=f"@{stories.DOMAIN}")}
    names = [house.name for house in (*stories.HOUSES, *stories.NEIGHBOURS)]
    dossiers = Assessment.objects.filter(structure__is_demo=True).select_related("structure").order_by("pk")
    return {
        "comptes": [
            {
                "email": person.email,
                "mot_de_passe": stories.PASSWORD,
                "role": ROLES.get(person.role, person.role),
                "structure": where,
                **({"secret_totp": demonstration.secret_of(person.email)} if known[person.email].needs_second_factor else {}),
            }
            for person, where in people
            if person.email in known
        ],
        "dossiers": [
            {"id": dossier.pk, "structure": dossier.structure.name, "etat": state_of(dossier)}
            for dossier in sorted(dossiers, key=lambda each: names.index(each.structure.name) if each.structure.name in names else 99)
        ],
    }


def state_of(assessment: Assessment) -> str:
    """« brouillon, presque vide », « brouillon, à mi-parcours », « à compléter, complet, pas prêt », « clôturée, complet, prêt »."""
    result = read(assessment).result
    done, total = result.progress.done, result.progress.total
    if result.verdict != Verdict.INCOMPLETE and done == total:
        how = f"complet, {result.verdict}"
    else:
        how = "presque vide" if done * 10 <= total else "à mi-parcours"
    return f"{assessment.get_status_display().lower()}, {how}"


# --- How it is made ---------------------------------------------------------------------------


@dataclass
class _Builder:
    content: Content
    edition: Edition
    today: date
    written: list[str]

    def build(self, with_administrators: bool) -> None:
        self.password = make_password(stories.PASSWORD)
        self.events: list[Event] = []
        self.users = {person.handle: self.account(person) for person in stories.ADVISORS}
        coordinator, *others = stories.ADVISORS
        self.network = networks.create(stories.NETWORK, coordinator=self.users[coordinator.handle], is_demo=True)
        for person in others:
            networks.appoint(self.network, self.users[person.handle], person.role)
        StockRemark.objects.bulk_create(
            StockRemark(network=self.network, title=title, body=body, created_by=self.users["claire"])
            for title, body in stories.STOCK
        )
        if with_administrators:
            norm_admin, admin = stories.KEEPERS
            self.account(norm_admin, is_norm_admin=True)
            self.account(admin, is_staff=True, is_superuser=True)
        demonstration.enrol()
        for house in (*stories.HOUSES, *stories.NEIGHBOURS):
            _House(self, house).build()
        journal.append(sorted(self.events, key=lambda event: event.at))
        self._campaign()
        releases.publish_due(self.network)

    def _campaign(self) -> None:
        """Open for three weeks; some structures take part."""
        campaign = campaigns.open_campaign(
            self.network,
            by=self.users["helene"],
            edition=self.edition,
            title=stories.CAMPAIGN,
            message=stories.CAMPAIGN_MESSAGE,
            opens_on=min(self.day(21), today()),  # one answers what is open, whatever the day it is made for
            due_on=self.today + timedelta(days=40),
            structures=Structure.objects.filter(affiliations__network=self.network).order_by("pk"),
        )
        for place in campaign.places.filter(structure__name__in=stories.ANSWERING).select_related("structure", "campaign__network"):
            owner = place.structure.memberships.get(role=Role.OWNER).user
            campaigns.answer(place, by=owner, dossier=place.structure.assessments.get())

    def account(self, person: Person, **fields) -> User:
        """The same hash for all: hashing a known password twenty times would only take seconds."""
        user = User.objects.create(email=person.email, name=person.name, password=self.password, **fields)
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        return user

    def day(self, days_ago: int) -> date:
        """That many days ago, or the Friday before: nobody works at the week-end."""
        day = self.today - timedelta(days=days_ago)
        return day - timedelta(days=max(0, day.weekday() - 4))

    def moment(self, days_ago: int, turn: int) -> datetime:
        """A working hour of that day, different for each `turn`."""
        minutes = 9 * 60 + turn * 47 % 500
        return datetime.combine(self.day(days_ago), time(minutes // 60, minutes % 60, turn * 13 % 60), PARIS).astimezone(UTC)


class _House:
    """One structure and its dossier."""

    def __init__(self, builder: _Builder, house: House):
        self.builder, self.house, self.story = builder, house, house.story
        self.content, self.today = builder.content, builder.today
        self.words = {"mediateurs": str(house.mediators), "projet": house.project}

    def build(self) -> None:
        self._structure()
        self._dossier()
        self._answers()
        self._evidence()
        self._registers()
        self._remarks()
        self._actions()
        self._read_by_the_network()
        Assessment.objects.filter(pk=self.dossier.pk).update(
            created_at=self.builder.moment(self.story.opened_days_ago, 3),
            updated_at=self.builder.moment(self.story.last_deed_days_ago, 10),
        )
        if self.story.closed:
            workflow.close(Assessment.objects.visible_to(self.owner).get(pk=self.dossier.pk), by=self.owner)
        standings.refresh(self.dossier.pk)

    def text(self, text: str, on: date | None = None) -> str:
        return prose.filled(text, on or self.today, self.words)

    def person(self, handle: str) -> User:
        return self.builder.users[handle]

    @property
    def owner(self) -> User:
        return self.person(self.house.owner.handle)

    def author_of(self, criterion: CriterionContent) -> User:
        authors = self.story.authors
        return self.person(authors.get(criterion.chapter_code, authors["*"]))

    def note(self, verb: str, by: User, at: datetime, **after) -> None:
        self.builder.events.append(
            Event(verb=verb, actor=by, at=at, structure=self.structure, assessment=self.dossier, after=after)
        )

    # The structure

    def _structure(self) -> None:
        house = self.house
        self.structure = Structure.objects.create(
            name=house.name, kind=house.kind, city=house.city, mediator_count=house.mediators, is_demo=True
        )
        for person in house.people:
            user = self.builder.users[person.handle] = self.builder.account(person)
            Membership.objects.create(structure=self.structure, user=user, role=person.role)
        Affiliation.objects.create(network=self.builder.network, structure=self.structure)
        self.services = {}
        for name, services in house.sites.items():
            site = Site.objects.create(structure=self.structure, name=name, city=house.city)
            for service, description in services:
                self.services[service] = Service.objects.create(site=site, name=service, description=description)

    # The dossier

    def _dossier(self) -> None:
        story = self.story
        audit_on = self.today + timedelta(days=story.audit_in_days)
        audit_on += timedelta(days=(7 - audit_on.weekday()) % 7 if audit_on.weekday() > 4 else 0)
        self.dossier = Assessment.objects.create(
            structure=self.structure,
            edition=self.builder.edition,
            title=f"Auto-évaluation {audit_on.year}",
            audit_kind=story.audit_kind,
            audit_on=audit_on,
            eligibility=dict(story.eligibility),
            created_by=self.owner,
        )
        self.dossier.services.set(self.services.values())
        self.note(
            "dossier_ouvert",
            self.owner,
            self.builder.moment(story.opened_days_ago, 3),
            edition=self.content.code,
            empreinte=self.content.fingerprint,
            titre=self.dossier.title,
        )
        if story.shared:
            at = self.builder.moment(story.opened_days_ago // 3, 5)
            share = Share.objects.create(assessment=self.dossier, network=self.builder.network, shared_by=self.owner)
            Share.objects.filter(pk=share.pk).update(shared_at=at)
            self.note("partage_ouvert", self.owner, at, reseau=self.builder.network.name)

    # Answers and their history

    def _answers(self) -> None:
        answered = [each for each in self.content.criteria if self._is_answered(each)]
        rows, versions = [], []
        span = self.story.opened_days_ago - 1 - self.story.last_answer_days_ago
        for place, criterion in enumerate(answered):
            last = self.story.opened_days_ago - 1 - span * (place + 1) // len(answered)
            first = min(self.story.opened_days_ago - 1, last + 9 * self._revisions(criterion))
            history = self._history(criterion, self.builder.day(first))
            dates = [min(first, last + 9 * steps) for steps in range(len(history))][::-1]
            row = Answer(assessment=self.dossier, criterion_id=criterion.id, assigned_to=self._assignee(criterion))
            for number, (change, days_ago) in enumerate(zip(history, dates, strict=True), 1):
                by = self.owner if number % 2 == 0 else self.author_of(criterion)
                at = self.builder.moment(days_ago, criterion.number + number)
                for name, value in change.items():
                    setattr(row, name, value)
                row.version, row.updated_by, row.updated_at = number, by, at
                versions.append(AnswerVersion(answer=row, number=number, author=by, saved_at=at, **change))
            rows.append(row)
        codes = {criterion.id for criterion in answered}
        rows += [
            Answer(assessment=self.dossier, criterion_id=each.id, assigned_to=self._assignee(each))
            for each in self.content.criteria
            if each.id not in codes
        ]
        Answer.objects.bulk_create(sorted(rows, key=lambda row: self.content.criterion_by_id[row.criterion_id].number))
        self.answers = {self.content.criterion_by_id[row.criterion_id].code: row for row in rows}
        AnswerVersion.objects.bulk_create([*versions, *self._lost_texts()])

    def _is_answered(self, criterion: CriterionContent) -> bool:
        story = self.story
        if story.only is not None and criterion.code not in story.only:
            return False
        return criterion.code in prose.texts() and criterion.code not in story.unanswered

    def _revisions(self, criterion: CriterionContent) -> int:
        """How many times the answer was written again."""
        return 0 if criterion.code in self.story.set_aside else criterion.number % 3

    def _history(self, criterion: CriterionContent, on: date) -> list[dict]:
        """The successive answers of one criterion, first written on the day `on`; the last is the one that stands."""
        texts = prose.texts()[criterion.code]
        if criterion.code in self.story.set_aside:
            return [{"level": None, "not_applicable": True, "justification": self.text(texts["non_concerne"]["texte"], on)}]
        weak = self._rated(texts["faible"], on)
        final = weak if criterion.code in self.story.weak else self._rated(texts["solide"], on)
        begun = final | {"justification": prose.first_sentences(final["justification"], 1)}
        longer = weak | {"justification": prose.first_sentences(weak["justification"], 2)}
        drafts = [begun, longer] if final is weak else [longer, begun]
        return [*drafts[2 - self._revisions(criterion) :], final]

    def _rated(self, each: dict, on: date) -> dict:
        return {"level": each["niveau"], "not_applicable": False, "justification": self.text(each["texte"], on)}

    def _assignee(self, criterion: CriterionContent) -> User | None:
        """Two criteria in three are given to somebody; nobody has been asked yet in a dossier just opened."""
        return None if self.story.only is not None or criterion.number % 3 == 2 else self.author_of(criterion)

    def _lost_texts(self) -> list[AnswerVersion]:
        """Texts that lost a conflict, kept in the history."""
        return [
            AnswerVersion(
                answer=self.answers[each["critere"]],
                number=1,
                outcome=Outcome.CONFLICT,
                level=each["niveau"],
                justification=self.text(each["texte"]),
                author=self.person(each["auteur"]),
                saved_at=self.answers[each["critere"]].updated_at + timedelta(minutes=2),
            )
            for each in prose.read_json("conflits.json").get(self.story.slug, ())
        ]

    # Evidence

    def _evidence(self) -> None:
        self.pieces: dict[str, Evidence] = {}
        uses = []
        for rank, piece in enumerate(prose.read_json("pieces.json")):
            targets = [] if piece["nom"] in self.story.missing_pieces else [t for t in piece["prouve"] if self._proves(t)]
            if targets or self._supports_a_register(piece["nom"]):
                self.pieces[piece["nom"]] = self._piece(piece, rank)
                uses += [(piece["nom"], target) for target in targets]
        Evidence.objects.bulk_create(self.pieces.values())
        EvidenceUse.objects.bulk_create(self._use(self.pieces[name], target) for name, target in uses)
        for evidence in self.pieces.values():
            evidence.added_at = self._added_at(evidence)
            self.note(
                "preuve_deposee",
                evidence.added_by,
                evidence.added_at,
                preuve=evidence.pk,
                libelle=evidence.label,
                **({"url": evidence.url} if evidence.url else {"sha256": evidence.sha256, "octets": evidence.size}),
            )
        Evidence.objects.bulk_update(self.pieces.values(), ["added_at"])
        joined = list(EvidenceUse.objects.filter(evidence__in=self.pieces.values()).select_related("evidence"))
        for use in joined:
            use.added_at = use.evidence.added_at
        EvidenceUse.objects.bulk_update(joined, ["added_at"])

    def _proves(self, target: str) -> bool:
        """A solid answer shows all its pieces; a weak one some of them, once it holds together at all."""
        code, _, number = target.partition(".")
        answer = self.answers[code]
        if answer.level is None:
            return False
        return code not in self.story.weak or (answer.level == 2 and (int(code[-2:]) + int(number)) % 3 != 0)

    def _supports_a_register(self, name: str) -> bool:
        return any(name in register.pieces for register in self.story.registers.values())

    def _piece(self, piece: dict, rank: int) -> Evidence:
        register = next((each for each in self.story.registers.values() if piece["nom"] in each.pieces), None)
        months = (register and register.months_old) or piece["age"]
        effective_on = add_months(self.today, -months) - timedelta(days=rank % 23)
        expires_on = None
        if piece["nom"] in self.story.expiries:
            expires_on = self.today + timedelta(days=self.story.expiries[piece["nom"]])
            effective_on = min(effective_on, add_months(expires_on, -piece.get("validite", 12)))
        evidence = Evidence(
            structure=self.structure,
            label=piece["nom"],
            effective_on=effective_on,
            expires_on=expires_on,
            added_by=self._writers[rank % len(self._writers)],
        )
        slug = slugify(piece["nom"].replace("’", " "))[:80]
        if piece.get("lien"):
            evidence.url = f"{LINKS}{self.story.slug}/{slug}"
            return evidence
        content = files.one_page_pdf(
            [
                piece["nom"],
                "",
                self.structure.name,
                f"Document daté du {long_date(effective_on)}",
                "",
                "Pièce de démonstration, inventée : elle ne prouve rien et ne cite personne.",
            ]
        )
        evidence.storage_key = secrets.token_hex(32)
        evidence.original_name, evidence.content_type = f"{slug}.pdf", "application/pdf"
        evidence.size, evidence.sha256 = len(content), hashlib.sha256(content).hexdigest()
        evidence.file.save(evidence.original_name, ContentFile(content), save=False)
        self.builder.written.append(evidence.file.name)
        return evidence

    @property
    def _writers(self) -> list[User]:
        return [self.person(person.handle) for person in self.house.people if person.role != Role.READER]

    def _use(self, evidence: Evidence, target: str) -> EvidenceUse:
        code, _, number = target.partition(".")
        expected = self.content.criterion_by_code[code].expected_evidence[int(number) - 1]
        return EvidenceUse(evidence=evidence, answer=self.answers[code], expected_id=expected.id, added_by=evidence.added_by)

    def _added_at(self, evidence: Evidence) -> datetime:
        """Filed while the dossier was being answered, never before the piece was written."""
        oldest = self.story.opened_days_ago - 2
        days_ago = min(oldest, self.story.last_answer_days_ago + evidence.pk * 7 % max(1, oldest))
        return self.builder.moment(min(days_ago, max(0, (self.today - evidence.effective_on).days - 1)), evidence.pk)

    # Registers

    def _registers(self) -> None:
        for code, register in self.story.registers.items():
            declaration = RegisterDeclaration.objects.create(
                assessment=self.dossier, register_id=self.content.register_by_code[code].id
            )
            declaration.services.set([self.services[name] for name in register.services])
            declaration.evidence.set([self.pieces[name] for name in register.pieces])
            self.note(
                "registre_declare",
                self.owner,
                self.builder.moment(self.story.opened_days_ago - 1, len(code) + declaration.pk),
                registre=code,
                dispositifs=sorted(self.services[name].pk for name in register.services),
            )

    # What people say beside the answers

    def _remarks(self) -> None:
        """A thread per criterion and per circle."""
        threads: dict[tuple[str, str], Thread] = {}
        for turn, each in enumerate(prose.read_json("commentaires.json").get(self.story.slug, ())):
            author, at = self.person(each["auteur"]), self.builder.moment(each["jours"], turn)
            network = self.builder.network if each.get("cercle") == "reseau" else None
            where = each["critere"], each.get("cercle", "")
            if where not in threads:
                answer = self.answers[each["critere"]]
                threads[where] = Thread.objects.create(answer=answer, network=network, opened_by=author, opened_at=at)
            thread = threads[where]
            comment = Comment.objects.create(thread=thread, author=author, body=self.text(each["texte"]), created_at=at)
            called = [self.person(handle) for handle in each.get("appelle", ())]
            comment.mentions.set(called)
            self._call(called, comment, each["critere"])
            self.note(
                "critere_commente",
                author,
                at,
                reponse=thread.answer_id,
                fil=thread.pk,
                reseau=thread.network_id,
                commentaire=comment.pk,
            )
            if each.get("regle"):
                Thread.objects.filter(pk=thread.pk).update(resolved_at=at, resolved_by=author)
        for thread in threads.values():
            self._read(thread)

    def _call(self, called: list[User], comment: Comment, code: str) -> None:
        """What a call tells in the product; no e-mail leaves for the past."""
        Notice.objects.bulk_create(
            Notice(
                user=user,
                kind=NoticeKind.MENTION,
                key=f"mention:{comment.pk}",
                sentence=f"{comment.author} vous appelle à propos de {code}, dans «{NNBSP}{self.dossier}{NNBSP}».",
                path=f"{reverse('criterion', args=[self.dossier.pk, code])}#fil-{comment.thread_id}",
                assessment=self.dossier,
                created_at=comment.created_at,
            )
            for user in called
        )
        User.objects.filter(pk__in=[user.pk for user in called]).update(unread=F("unread") + 1)

    def _read(self, thread: Thread) -> None:
        """Everyone has read the thread, but for the last remark whoever it calls."""
        *before, last = thread.comments.all()
        called = set(last.mentions.values_list("pk", flat=True))
        ThreadRead.objects.bulk_create(
            ThreadRead(thread=thread, user=user, read_at=before[-1].created_at if user.pk in called else last.created_at)
            for user in talk.circle_of(self.dossier, thread.network_id).order_by("pk")
            if before or user.pk not in called
        )

    # What the network reads and asks

    def _read_by_the_network(self) -> None:
        """Transmitted, read over the following days, sent back with a list; some of what is asked is done since."""
        story = self.story
        if story.submitted_days_ago is None:
            return
        at = self.builder.moment(story.submitted_days_ago, 12)
        self._moves_to(Status.SUBMITTED, self.owner, at, "dossier_transmis", SnapshotKind.SUBMITTED)
        opinions = self._opinions()
        requests = self._requests()
        if story.returned_days_ago is None:
            return
        at = self.builder.moment(story.returned_days_ago, 9)
        ReviewerOpinion.objects.filter(pk__in=[row.pk for row in opinions]).update(
            shown_level=F("level"), shown_remark=F("remark"), shown_by=F("advisor"), shown_at=at
        )
        ReviewRequest.objects.filter(pk__in=[row.pk for row in requests]).update(sent_at=at)
        done = self.builder.moment(story.returned_days_ago // 2, 7)
        ReviewRequest.objects.filter(pk__in=[row.pk for row in requests[::4]]).update(
            answered_at=done, answered_by=self.owner
        )
        self._moves_to(
            Status.RETURNED, opinions[0].advisor, at, "dossier_renvoye",
            motif=f"Le dossier est complet et les équipes sont bien décrites. Il manque quelques pièces{NBSP}: les voici.",
        )  # fmt: skip

    def _moves_to(self, status: Status, by: User, at: datetime, verb: str, kind: SnapshotKind | None = None, **after) -> None:
        """A step of the workflow, as it was taken that day."""
        before, self.dossier.status = self.dossier.status, status
        self.dossier.save(update_fields=["status"])
        if kind:
            content = canonical_json(read(self.dossier, on=in_paris(at).date()).canonical)
            after["code"] = snapshots.new_code()
            Snapshot.objects.create(
                assessment=self.dossier, kind=kind, content=content, sha256=snapshots.fingerprint(content),
                code=after["code"], taken_by=by, taken_at=at,
            )  # fmt: skip
        event = Event(verb=verb, actor=by, at=at, structure=self.structure, assessment=self.dossier)
        event.before, event.after = {"etat": before}, {"etat": status.value, **after}
        self.builder.events.append(event)

    def _given(self) -> dict[str, dict]:
        given = prose.read_json("avis.json").get(self.story.slug, {})
        return {code: each for code, each in given.items() if self.answers[code].version}

    def _moment_read(self, turn: int, count: int) -> datetime:
        """The network reads from the day after it received the dossier to the day before it sends it back."""
        first, last = self.story.submitted_days_ago - 1, (self.story.returned_days_ago or 0) + 1
        return self.builder.moment(first - (first - last) * turn // max(1, count), turn)

    def _opinions(self) -> list[ReviewerOpinion]:
        given = self._given()
        opinions = [
            ReviewerOpinion(
                answer=self.answers[code],
                network=self.builder.network,
                advisor=self.person(each.get("conseiller", "claire")),
                level=each["niveau"],
                remark=self.text(each.get("remarque", "")),
                private_note=self.text(each.get("note", "")),
            )
            for code, each in given.items()
        ]
        ReviewerOpinion.objects.bulk_create(opinions)
        for turn, (opinion, each) in enumerate(zip(opinions, given.values(), strict=True)):
            opinion.updated_at = self._moment_read(turn, len(given))
            opinion.read_at = opinion.updated_at if each.get("lu", True) else None
        ReviewerOpinion.objects.bulk_update(opinions, ["updated_at", "read_at"])
        OpinionVersion.objects.bulk_create(
            OpinionVersion(
                opinion=each, number=1, level=each.level, remark=each.remark, private_note=each.private_note,
                author=each.advisor, saved_at=each.updated_at,
            )
            for each in opinions
        )  # fmt: skip
        return opinions

    def _expected(self, code: str, number: int | None) -> int | None:
        return number and self.content.criterion_by_code[code].expected_evidence[number - 1].id

    def _requests(self) -> list[ReviewRequest]:
        """A piece when the criterion expects one, a clarification otherwise; the first within two weeks, the others later."""
        given = self._given()
        requests, moments = [], []
        for turn, (code, each) in enumerate(given.items()):
            if "demande" not in each:
                continue
            wants_piece = each["demande"].startswith("Joindre")
            requests.append(
                ReviewRequest(
                    answer=self.answers[code],
                    network=self.builder.network,
                    kind=RequestKind.EVIDENCE if wants_piece else RequestKind.CLARIFICATION,
                    expected_id=self._expected(code, each.get("attendue")),
                    text=self.text(each["demande"]),
                    due_on=self.builder.day(-14 - 7 * (len(requests) % 3)),
                    asked_by=self.person(each.get("conseiller", "claire")),
                )
            )
            moments.append(self._moment_read(turn, len(given)))
        ReviewRequest.objects.bulk_create(requests)
        for request, moment in zip(requests, moments, strict=True):
            request.asked_at = moment
        ReviewRequest.objects.bulk_update(requests, ["asked_at"])
        return requests

    # The roadmap

    def _actions(self) -> None:
        """Each comes from an action of the norm (« MAN-05.1 »), or files one of its expected pieces (« PER-01.3 »)."""
        for turn, each in enumerate(prose.read_json("actions.json").get(self.story.slug, ())):
            code, _, number = (each.get("action") or each["piece"]).partition(".")
            criterion = self.content.criterion_by_code[code]
            if "action" in each:
                suggested = criterion.suggested_actions[int(number) - 1]
                what = {
                    "suggested_id": suggested.id,
                    "title": suggested.title,
                    "detail": suggested.detail,
                    "effort_days": suggested.effort_days,
                    "target_level": suggested.target_level,
                }
            else:
                label = criterion.expected_evidence[int(number) - 1].label
                what = {
                    "title": f"Déposer la pièce «{NNBSP}{label}{NNBSP}»",
                    "effort_days": Decimal(self.content.rules["chemin"]["jours_par_preuve"]),
                    "target_level": self.answers[code].level,
                }
            done = each["etat"] == ActionStatus.DONE
            action = Action.objects.create(
                assessment=self.dossier,
                **what,
                cause=each["cause"],
                owner=self.person(each["pilote"]),
                starts_on=self.builder.day(-each["debut"]),
                due_on=self.builder.day(-each["echeance"]),
                cost_euros=each.get("cout"),
                status=each["etat"],
                created_by=self.owner,
                done_at=self.builder.moment(max(1, -each["echeance"]), turn) if done else None,
            )
            action.criteria.add(criterion.id)
            at = self.builder.moment(max(1, min(self.story.opened_days_ago - 2, 2 - each["debut"])), turn)
            Action.objects.filter(pk=action.pk).update(created_at=at)
            self.note("action_ajoutee", self.owner, at, action=action.pk, titre=action.title)
