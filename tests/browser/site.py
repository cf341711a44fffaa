"""A whole product served for a whole session: the shipped norm, the demonstration, and what it lacks to show every state."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from io import StringIO

import pytest
from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from allauth.mfa.utils import decrypt
from cryptography.hazmat.primitives.asymmetric import ec
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.test import Client
from django.test.utils import override_settings
from django.utils import timezone
from fido2.cose import ES256
from fido2.utils import sha256, websafe_encode
from fido2.webauthn import Aaguid, AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData
from playwright.sync_api import Browser, BrowserContext, Page
from pytest_django.live_server_helper import LiveServer

from assessments import documents, dossiers, moving, official
from assessments.answers import save_answer
from assessments.demo import build, stories
from assessments.enums import DocumentKind, DocumentStatus
from assessments.models import (
    Answer,
    AnswerVersion,
    Assessment,
    Campaign,
    Document,
    OpinionVersion,
    Outcome,
    RegisterDeclaration,
    ReviewerOpinion,
)
from assessments.official import Holder
from assessments.reports.press import DESIGN
from certif import dates
from certif.accounts.invitations import invite
from certif.accounts.models import AS_STRUCTURE, Invitation, JoinRequest, Network, NetworkRole, Role, Structure, User
from referentiel import mapping, sample_draft
from referentiel.models import Edition, Fate
from tests.editions import next_edition
from tests.factories import (
    PASSWORD,
    answer_all,
    make_assessment,
    make_edition,
    make_network,
    make_service,
    make_site,
    make_structure,
    make_user,
    seal,
)

OWNER, READER, ADVISOR = "nadia", "gilles", "claire"
"""Of the dossier that is half answered; the reader reads there, the advisor advises its network."""
KEEPER, COORDINATOR = "irene", "helene"
"""Of the norm, and of that network."""


@dataclass
class Site:
    """Where the product is served, what is in it, and how to look at it as somebody."""

    url: str
    browser: Browser
    things: dict[str, object]
    contexts: dict[str, BrowserContext] = field(default_factory=dict)

    def visit(self, who: str = "") -> Page:
        """A page signed in as `who` (a handle), or a stranger’s; `page.complaints` is what went wrong behind it."""
        if who not in self.contexts:
            self.contexts[who] = self._context(who)
        page = self.contexts[who].new_page()
        page.set_default_timeout(15_000)
        page.complaints = []
        page.on("console", lambda message: self._complain(page, message))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        return page

    def forget(self, who: str) -> None:
        """Whatever this visitor did in the browser is over."""
        if context := self.contexts.pop(who, None):
            context.close()

    def _complain(self, page: Page, message) -> None:
        """The status of the page itself is checked elsewhere; anything else the console says is a fault."""
        of_the_page = message.text.startswith("Failed to load resource") and message.location.get("url") == page.url
        if message.type in ("error", "warning") and not of_the_page:
            page.complaints.append(f"{message.text} ({message.location.get('url')})")

    def _context(self, who: str) -> BrowserContext:
        context = self.browser.new_context(viewport={"width": 1280, "height": 900}, locale="fr-FR", timezone_id="Europe/Paris")
        if who:
            client = self.signed_in(who)
            context.add_cookies(
                [{"name": name, "value": morsel.value, "url": self.url} for name, morsel in client.cookies.items()]
            )
        return context

    def signed_in(self, who: str) -> Client:
        """Through the login form, as in life: some pages want to know that the password was given a moment ago."""
        user = self.person(who)
        client = Client()
        given = {"login": user.email, "password": stories.PASSWORD if user.email.endswith(stories.DOMAIN) else PASSWORD}
        response = client.post("/connexion/", given)
        if response.status_code != 302:
            raise AssertionError(f"{who} cannot sign in")
        if who == "prudence":
            client.post("/connexion/code/", {"code": self.things["codes"].pop()})
        elif response.headers["Location"] == "/connexion/code/" and not who.endswith("-au-seuil"):
            give_code(client, secret_of(user))
        client.post("/mon-compte/confirmer/", {"password": given["password"]})
        return client

    def person(self, who: str) -> User:
        who = who.removesuffix("-au-seuil")
        return User.objects.get(email=f"{who}@{stories.DOMAIN}") if who in self.things["cast"] else User.objects.get(email=f"{who}@essais.fr")


@pytest.fixture(scope="session")
def site(django_db_setup, django_db_blocker, chromium) -> Iterator[Site]:
    """Built once and left as it is: a test may look, and write only in what is its own.

    A password given once is believed for the whole session: it lasts longer than a visit.
    """
    with django_db_blocker.unblock(), override_settings(ACCOUNT_REAUTHENTICATION_TIMEOUT=86_400):
        call_command("charger_norme", stdout=StringIO())
        build.make(with_administrators=True)
        server = LiveServer("localhost")
        try:
            yield Site(server.url, chromium, _things())
        finally:
            server.stop()
            call_command("flush", verbosity=0, interactive=False)


# --- What the demonstration does not have -----------------------------------------------------


def _things() -> dict[str, object]:
    nearly_empty, halfway, not_ready, closed, to_read = (
        Assessment.objects.select_related("structure", "edition").get(structure__name=house.name) for house in stories.HOUSES
    )
    cast = {person.handle for house in (*stories.HOUSES, *stories.NEIGHBOURS) for person in house.people}
    cast |= {person.handle for person in (*stories.ADVISORS, *stories.KEEPERS)}
    owner = User.objects.get(email=f"{OWNER}@{stories.DOMAIN}")
    secured, codes = _secured()
    things = {
        "cast": cast,
        "edition": halfway.edition.code,
        "presque vide": nearly_empty,
        "à mi-parcours": halfway,
        "pas prêt": not_ready,
        "clôturé": closed,
        "à relire": to_read,
        "campagne": Campaign.objects.get(title=stories.CAMPAIGN),
        "vide": _empty_dossier(),
        "sans dossier": make_structure("Les Relais du Port", owner=make_user("rose@essais.fr", "Rose Amadi")),
        "libre": make_user("simon@essais.fr", "Simon Lagarde"),
        "protégée": secured,
        "codes": codes,
        "conflit": _conflict(halfway),
        "avis écarté": _lost_opinion(to_read),
        "déclaré": RegisterDeclaration.objects.filter(assessment=halfway).select_related("register").first().register.code,
        "non déclaré": _undeclared(halfway),
        **_invitations(halfway.structure, owner),
        **_documents(halfway, closed, owner),
        **_draft(halfway.edition),
        **_moving(),
        **_official(halfway, owner),
        **_entrance(),
    }
    things |= _network(Network.objects.get(name=stories.NETWORK), things)
    structure = make_structure("Structure de Prudence", owner=secured)
    make_service(make_site(structure, "Siège"), "Accueil")
    return things


def _empty_dossier() -> Assessment:
    owner = make_user("alix@essais.fr", "Alix Fontaine")
    structure = make_structure("Maison des Voisins", owner=owner)
    service = make_service(make_site(structure, "Siège", city="Lormont"), "Médiation de soirée")
    return dossiers.open_assessment(
        structure=structure,
        edition=Edition.objects.published().current(),
        title="Auto-évaluation 2027",
        audit_kind="initial",
        audit_on=None,
        services=[service],
        eligibility={},
        by=owner,
    )


def _secured() -> tuple[User, list[str]]:
    """Prudence has an application, recovery codes and a key."""
    user = make_user("prudence@essais.fr", "Prudence Okoro")
    TOTP.activate(user, generate_totp_secret())
    codes = RecoveryCodes.activate(user).get_unused_codes()
    Authenticator.objects.create(
        user=user, type=Authenticator.Type.WEBAUTHN, data={"name": "Clé du bureau", "credential": _security_key()}
    )
    return user, codes


def _security_key() -> dict:
    """What a browser says of a security key it has just registered."""
    public = ES256.from_cryptography_key(ec.generate_private_key(ec.SECP256R1()).public_key())
    number = b"clef" * 8
    attested = AttestedCredentialData.create(Aaguid.NONE, number, public)
    flags = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.AT
    attestation = AttestationObject.create("none", AuthenticatorData.create(sha256(b"localhost"), flags, 0, attested), {})
    asked = CollectedClientData.create("webauthn.create", b"defi".ljust(32), "http://localhost")
    return {
        "id": websafe_encode(number),
        "rawId": websafe_encode(number),
        "type": "public-key",
        "clientExtensionResults": {},
        "response": {"clientDataJSON": websafe_encode(asked), "attestationObject": websafe_encode(attestation)},
    }


def _conflict(assessment: Assessment) -> AnswerVersion:
    """A text that lost against the answer as it stands."""
    row = Answer.objects.filter(assessment=assessment, level__isnull=False).order_by("pk").first()
    return AnswerVersion.objects.create(
        answer=row,
        number=row.version,
        outcome=Outcome.CONFLICT,
        level=row.level,
        justification=f"{row.justification} Et ce que je venais d’ajouter.",
        author=User.objects.get(email=f"{OWNER}@{stories.DOMAIN}"),
        saved_at=timezone.now(),
    )


def _lost_opinion(assessment: Assessment) -> OpinionVersion:
    """A text of one advisor that lost against the opinion of another."""
    opinion = ReviewerOpinion.objects.filter(answer__assessment=assessment).exclude(remark="").order_by("pk").first()
    return OpinionVersion.objects.create(
        opinion=opinion,
        number=opinion.version,
        outcome=Outcome.CONFLICT,
        level=opinion.level,
        remark=f"{opinion.remark} Et ce que Thomas venait d’ajouter.",
        author=User.objects.get(email=f"thomas@{stories.DOMAIN}"),
        saved_at=timezone.now(),
    )


def _undeclared(assessment: Assessment) -> str:
    declared = RegisterDeclaration.objects.filter(assessment=assessment).values("register")
    return assessment.edition.registers.exclude(pk__in=declared).order_by("position").first().code


def _invitations(structure: Structure, owner: User) -> dict[str, object]:
    _waiting, token = invite(structure, email="invitee@essais.fr", role=Role.CONTRIBUTOR, by=owner)
    old, expired = invite(structure, email="retard@essais.fr", role=Role.READER, by=owner)
    now = timezone.now()
    Invitation.objects.filter(pk=old.pk).update(created_at=now - timedelta(days=8), expires_at=now - timedelta(days=1))
    make_user("invitee@essais.fr", "Inès Vidal")
    return {"invitation": token, "invitation expirée": expired}


def _network(network: Network, things: dict) -> dict[str, object]:
    """Who is invited into the network of the demonstration, who asks to come, and somebody who advises two others."""
    coordinator = User.objects.get(email=f"{COORDINATOR}@{stories.DOMAIN}")
    perrine = make_user("perrine@essais.fr", "Perrine Ferrand")
    for name in ("Réseau de l’Estuaire", "Réseau du Plateau"):
        make_network(name, advisor=perrine)
    asking = make_structure("Médiation des Deux Rives", owner=make_user("tarek@essais.fr", "Tarek Saidi"))
    JoinRequest.objects.create(
        network=network, structure=asking, asked_by=asking.members.get(), message="Nous sommes six médiateurs.\nÀ bientôt !"
    )
    invited = (
        ("invitation conseillère", perrine, NetworkRole.ADVISOR),
        ("invitation structure", User.objects.get(email="rose@essais.fr"), AS_STRUCTURE),
        ("invitation sans structure", things["libre"], AS_STRUCTURE),
    )
    return {name: invite(network, email=user.email, role=role, by=coordinator)[1] for name, user, role in invited}


def _documents(halfway: Assessment, closed: Assessment, owner: User) -> dict[str, object]:
    """One ready, one being made, one that failed."""
    frozen = documents.photograph(closed, by=None)
    ready = Document(snapshot=frozen, kind=DocumentKind.AUDIT, design=DESIGN, status=DocumentStatus.DONE, progress=100,
                     pages=38, finished_at=timezone.now())  # fmt: skip
    content = b"%PDF-1.7\n%%EOF\n"
    ready.size = len(content)
    ready.file.save("essai.pdf", ContentFile(content), save=False)
    ready.save()
    asked = {"snapshot": documents.photograph(halfway, by=owner), "design": DESIGN, "requested_by": owner}
    soon = timezone.now() + timedelta(hours=6)
    Document.objects.create(kind=DocumentKind.AUDIT, status=DocumentStatus.RUNNING, progress=40, step="Mise en page", lease_until=soon, **asked)
    Document.objects.create(kind=DocumentKind.ROADMAP, status=DocumentStatus.FAILED, finished_at=timezone.now(),
                            problem="La mise en page a dépassé 60 secondes. Raccourcissez les textes les plus longs, puis réessayez.", **asked)  # fmt: skip
    return {"document": ready, "code": frozen.code}


def _draft(published: Edition) -> dict[str, object]:
    """The draft of the demonstration, its first parts, and the passage towards it."""
    draft = Edition.objects.get(code=sample_draft.CODE)
    keeper = User.objects.get(email=f"{KEEPER}@{stories.DOMAIN}")
    return {
        "ébauche": draft.code,
        "chapitre": draft.chapters.order_by("position").first().key,
        "critère": draft.criteria.order_by("position").first().key,
        "registre": draft.registers.order_by("position").first().key,
        "correspondance": mapping.prepare(published, draft, by=keeper).pk,
        "réseau": Network.objects.get(name=stories.NETWORK).pk,
    }


def _moving() -> dict[str, object]:
    """Another norm, old, with two editions and the passage between them: a dossier that may move, one that has, one where
    people worked since."""
    source = make_edition("ESSAI-1", sealed=False)
    seal(source, date(2020, 1, 6))
    target = next_edition(source, "ESSAI-2", sealed_on=date(2020, 6, 1))
    owner = make_user("ondine@essais.fr", "Ondine Faye")
    structure = make_structure("Les Passages", owner=owner)
    found = {}
    for name in ("à déplacer", "déplacé", "retravaillé"):
        assessment = make_assessment(structure, source, title=f"Dossier {name}", by=owner)
        answer_all(assessment, 3, but={"DEO-03": None}, by=owner)
        found[name] = Assessment.objects.visible_to(owner).get(pk=assessment.pk)
    for name in ("déplacé", "retravaillé"):
        moving.apply(found[name], target, by=owner, on=dates.today())
    row = found["retravaillé"].answers.get(criterion__edition=target, criterion__code="DEO-01")
    save_answer(row, level=4, justification="Mieux depuis.", based_on=row.version, by=owner)
    passage = source.mappings_out.get()
    return found | {"passage": passage.pk, "ligne": passage.lines.get(fate=Fate.REWORDED).pk}


def _official(assessment: Assessment, owner: User) -> dict[str, object]:
    """The wording of one criterion, bought by a structure and by a network."""
    key = str(assessment.edition.criteria.get(code="DEO-02").key)
    network = Network.objects.get(name=stories.NETWORK)
    coordinator = User.objects.get(email=f"{COORDINATOR}@{stories.DOMAIN}")
    for holder, by in ((Holder(structure=assessment.structure), owner), (Holder(network=network), coordinator)):
        official.save(
            holder, standard=assessment.edition.standard, key=key, text="Un texte d’essai.", reference="§ 5.2", based_on=0, by=by
        )
    return {"clé": key}


def _entrance() -> dict[str, object]:
    """Links that came by mail."""
    user = make_user("oubli@essais.fr", "Olga Oubli")
    address = EmailAddress.objects.create(user=user, email="nouvelle@essais.fr", verified=False, primary=False)
    return {
        "confirmation": EmailConfirmationHMAC(address).key,
        "réinitialisation": f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}",
    }


def secret_of(user: User) -> str:
    return decrypt(user.authenticator_set.get(type=Authenticator.Type.TOTP).data["secret"])


def give_code(client: Client, secret: str) -> None:
    """As an application shows it; once more if it changed between the two."""
    for _ in range(2):
        code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
        if client.post("/connexion/code/", {"code": code}).status_code == 302:
            return
    raise AssertionError("the code of the moment is refused")


def settle(page: Page) -> None:
    """Lets the page finish what it does by itself when it opens."""
    page.wait_for_load_state("load")
    deadline = time.monotonic() + 2
    while page.evaluate("document.fonts.status") != "loaded" and time.monotonic() < deadline:
        page.wait_for_timeout(20)

