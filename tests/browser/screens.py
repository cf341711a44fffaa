"""Every page of the product in the states that change how it looks, and what its address needs; what is not a page, and why."""

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse
from playwright.sync_api import Page

from assessments import subscriptions
from tests.browser.site import ADVISOR, COORDINATOR, KEEPER, OWNER, READER, Site

CODE = "DEO-02"


@dataclass(frozen=True)
class Screen:
    """`name` is that of the address; `at` gives what it takes; `act` sends the form whose answer is the page looked at."""

    name: str
    state: str
    at: Callable[[Site], dict | str] = lambda site: {}
    who: str = ""
    status: int = 200
    act: Callable[[Page], None] | None = None
    lands: str = ""

    def path(self, site: Site) -> str:
        given = self.at(site)
        return given if isinstance(given, str) else reverse(self.name, kwargs=given)

    @property
    def label(self) -> str:
        return f"{self.name}, {self.state}"


def dossier(which: str, query: str = "", **more) -> Callable[[Site], dict | str]:
    """The address of a page of one dossier, with a query if need be."""

    def at(site: Site) -> dict:
        return {"pk": site.things[which].pk} | {name: value(site) if callable(value) else value for name, value in more.items()}

    return at


def with_query(name: str, query: str, at: Callable[[Site], dict]) -> Callable[[Site], str]:
    return lambda site: f"{reverse(name, kwargs=at(site))}?{query}"


def send(form: str, **values: object) -> Callable[[Page], None]:
    """Sends a form as a browser without JavaScript would, and without the browser’s own checks."""

    def act(page: Page) -> None:
        page.evaluate(
            """([selector, values]) => {
                const form = document.querySelector(selector);
                for (const [name, value] of Object.entries(values)) {
                    let field = form.elements[name];
                    if (!field || field instanceof HTMLButtonElement || (field instanceof RadioNodeList && field[0].type === "checkbox")) {
                        field = form.appendChild(document.createElement("input"));
                        field.type = "hidden";
                        field.name = name;
                    }
                    if (field instanceof RadioNodeList || field.type !== "checkbox") field.value = value;
                    else field.checked = Boolean(value);
                }
                HTMLFormElement.prototype.submit.call(form);
            }""",
            [form, values],
        )

    return act


def without_token(page: Page) -> None:
    page.evaluate("document.querySelector('main form [name=csrfmiddlewaretoken]').remove()")
    send("main form")(page)


def of(site: Site, model: str):
    """The first thing of its kind in the half-answered dossier."""
    assessment = site.things["à mi-parcours"]
    from assessments.models import Action, Evidence, EvidenceUse

    rows = {
        "action": Action.objects.filter(assessment=assessment),
        "preuve": Evidence.objects.filter(structure=assessment.structure_id),
        "usage": EvidenceUse.objects.filter(answer__assessment=assessment),
    }[model]
    return rows.order_by("pk").first()


HALFWAY, EMPTY, NEW = "à mi-parcours", "vide", "alix"


def edition(site: Site) -> dict:
    return {"edition": site.things["edition"]}


def structure(site: Site) -> dict:
    return {"pk": site.things[HALFWAY].structure_id}


TOO_OFTEN = "trop de tentatives"
LONG = "Le registre est tenu depuis mars. " * 140  # more than 4 000 characters

PUBLIC = (
    Screen("home", "visiteur"),
    Screen("home", "connecté", who=OWNER),
    Screen("norm", "plusieurs éditions"),
    Screen("edition_detail", "publiée", edition),
    Screen("norm_chapter", "déontologie", lambda site: edition(site) | {"chapter": "DEO"}),
    Screen("norm_criterion", "un critère", lambda site: edition(site) | {"code": CODE}),
    Screen("norm_search", "avant de chercher", edition),
    Screen("norm_search", "avec des réponses", lambda site: f"{reverse('norm_search', kwargs=edition(site))}?q=registre"),
    Screen("norm_search", "sans réponse", lambda site: f"{reverse('norm_search', kwargs=edition(site))}?q=zzzz"),
    Screen("eligibility", "vierge"),
    Screen("eligibility", "incomplète", status=422, act=send("main form")),
    Screen("verify", "vierge"),
    Screen("verify", "code mal recopié", lambda site: "/verifier/?code=AAAA", status=422),
    Screen("verify_code", "connu", lambda site: {"code": site.things["code"]}),
    Screen("verify_code", "inconnu", lambda site: {"code": "2222-2222-2222"}, status=404),
    Screen("verify_code", "empreinte d’ailleurs", lambda site: {"code": site.things["code"]}, act=send("main form", empreinte="0" * 64)),
    Screen("accessibility", "visiteur"),
    Screen("privacy", "visiteur"),
    Screen("method", "visiteur"),
)

ENTRANCE = (
    Screen("account_login", "vierge"),
    Screen("account_login", "mauvais mot de passe", act=send("main form", login="personne@essais.fr", password="x" * 16)),
    Screen("account_signup", "vierge"),
    Screen("account_signup", "mot de passe trop court", act=send("main form", email="a@b.fr", password1="court")),
    Screen("account_email_verification_sent", "visiteur"),
    Screen("account_confirm_email", "lien valable", lambda site: {"key": site.things["confirmation"]}),
    Screen("account_confirm_email", "lien inconnu", lambda site: {"key": "inconnu"}),
    Screen("account_inactive", "visiteur"),
    Screen("account_reset_password", "vierge"),
    Screen("account_reset_password", "adresse mal écrite", act=send("main form", email="pas une adresse")),
    Screen("account_reset_password_done", "visiteur"),
    Screen("account_reset_password_from_key", "lien valable", lambda site: f"/mot-de-passe/{site.things['réinitialisation']}/"),
    Screen("account_reset_password_from_key", "lien inconnu", lambda site: "/mot-de-passe/1-aaaa-bbbb/"),
    Screen("account_reset_password_from_key_done", "visiteur"),
    Screen("account_logout", "connecté", who=OWNER),
    Screen("mfa_authenticate", "au seuil", who="prudence-au-seuil"),
    Screen("invitation_accept", "visiteur", lambda site: {"token": site.things["invitation"]}),
    Screen("invitation_accept", "la personne invitée", lambda site: {"token": site.things["invitation"]}, who="invitee"),
    Screen("invitation_accept", "conseillère d’un réseau", lambda site: {"token": site.things["invitation conseillère"]}, who="perrine"),
    Screen("invitation_accept", "structure à choisir", lambda site: {"token": site.things["invitation structure"]}, who="rose"),
    Screen("invitation_accept", "aucune structure", lambda site: {"token": site.things["invitation sans structure"]}, who="simon"),
    Screen("invitation_accept", "une autre personne", lambda site: {"token": site.things["invitation"]}, who="simon", status=403),
    Screen("invitation_accept", "expirée", lambda site: {"token": site.things["invitation expirée"]}, status=410),
    Screen("invitation_accept", "inconnue", lambda site: {"token": "inconnu"}, status=404),
)

ACCOUNT = (
    Screen("account", "sans structure", who="simon"),
    Screen("account", "membre", who=OWNER),
    Screen("notifications", "rien encore", who="simon"),
    Screen("notifications", "non lues", who=OWNER),
    Screen("notification_preferences", "membre", who=OWNER),
    Screen("notification_preferences", "choix inconnu", who=OWNER, status=422, act=send("main form", mention="parfois")),
    Screen("unsubscribe", "une nature", lambda site: f"/desabonnement/{subscriptions.token_of(site.person(OWNER), 'mention')}/"),
    Screen("unsubscribe", "fait", lambda site: f"/desabonnement/{subscriptions.token_of(site.person(READER), 'resume')}/", act=send("main form")),
    Screen("unsubscribe", "lien abîmé", lambda site: "/desabonnement/abc/", status=404),
    Screen("session_list", "membre", who=OWNER),
    Screen("session_list", "coordinatrice", who=COORDINATOR),
    Screen("account", "sans nom", who=OWNER, status=422, act=send("main form", name="")),
    Screen("account_email", "membre", who=OWNER),
    Screen("account_email", "adresse mal écrite", who=OWNER, act=send("main form", email="x", action_add="1")),
    Screen("account_change_password", "membre", who=OWNER),
    Screen("account_change_password", "refusé", who=OWNER, act=send("main form", oldpassword="faux", password1="court")),
    Screen("account_reauthenticate", "membre", who=OWNER),
    Screen("mfa_index", "sans second facteur", who=OWNER),
    Screen("mfa_index", "avec second facteur", who="prudence"),
    Screen("mfa_activate_totp", "à activer", who=OWNER),
    Screen("mfa_activate_totp", "mauvais code", who=OWNER, act=send("main form", code="000000")),
    Screen("mfa_deactivate_totp", "à retirer", who="prudence"),
    Screen("mfa_view_recovery_codes", "avec second facteur", who="prudence"),
    Screen("mfa_generate_recovery_codes", "avec second facteur", who="prudence"),
    Screen("mfa_list_webauthn", "sans clé", who=OWNER),
    Screen("mfa_list_webauthn", "une clé", who="prudence"),
    Screen("mfa_add_webauthn", "membre", who=OWNER),
    Screen("mfa_edit_webauthn", "une clé", lambda site: {"pk": key(site)}, who="prudence"),
    Screen("mfa_remove_webauthn", "une clé", lambda site: {"pk": key(site)}, who="prudence"),
    Screen("mfa_reauthenticate", "avec second facteur", who="prudence"),
    Screen("mfa_reauthenticate_webauthn", "une clé", who="prudence"),
)


def key(site: Site) -> int:
    return site.person("prudence").authenticator_set.get(type="webauthn").pk


STRUCTURES = (
    Screen("structure_list", "aucune", who="simon"),
    Screen("structure_list", "une", who=OWNER),
    Screen("structure_create", "vierge", who="simon"),
    Screen("structure_create", "vide", who="simon", status=422, act=send("main form")),
    Screen("structure_detail", "responsable", structure, who=OWNER),
    Screen("structure_detail", "lecteur", structure, who=READER),
    Screen("structure_detail", "sans site", lambda site: {"pk": site.things["sans dossier"].pk}, who="rose"),
    Screen("invitation_send", "adresse mal écrite", structure_page := (lambda site: reverse("structure_detail", kwargs=structure(site))),
           who=OWNER, status=422, act=send("form[action$='/invitations/']", email="x")),
    Screen("site_add", "sans nom", structure_page, who=OWNER, status=422, act=send("form[action$='/sites/']", name="")),
    Screen("join_ask", "sans réseau choisi", lambda site: reverse("structure_detail", kwargs={"pk": site.things["sans dossier"].pk}),
           who="rose", status=422, act=send("form[action$='/reseaux/']", network="")),
    Screen("structure_edit", "responsable", structure, who=OWNER),
    Screen("structure_edit", "sans nom", structure, who=OWNER, status=422, act=send("main form", name="")),
)  # fmt: skip

def network(site: Site) -> dict:
    return {"pk": site.things["réseau"]}


NETWORKS = (
    Screen("network_list", "deux", who="perrine"),
    Screen("network_list", "aucun", who="simon"),
    Screen("network_team", "coordinatrice", network, who=COORDINATOR),
    Screen("network_team", "conseillère", network, who=ADVISOR),
    Screen("network_team", "recherche sans réponse", with_query("network_team", "q=zzz", network), who=COORDINATOR),
    Screen("network_invite", "adresse mal écrite", lambda site: reverse("network_team", kwargs=network(site)),
           who=COORDINATOR, status=422, act=send("form[aria-labelledby=inviter]", email="x")),
    Screen("network_edit", "coordinatrice", network, who=COORDINATOR),
    Screen("network_edit", "sans nom", network, who=COORDINATOR, status=422, act=send("main form", name="")),
)  # fmt: skip

DOSSIERS = (
    Screen("assessment_list", "rien encore", who="simon"),
    Screen("assessment_list", "structure sans dossier", who="rose"),
    Screen("assessment_list", "un dossier", lambda site: "/dossiers/?liste", who=OWNER),
    Screen("assessment_list", "partagés avec le réseau", who=ADVISOR),
    Screen("assessment_create", "avec dispositifs", structure, who=OWNER),
    Screen("assessment_create", "sans dispositif", lambda site: {"pk": site.things["sans dossier"].pk}, who="rose"),
    Screen("assessment_create", "vide", structure, who=OWNER, status=422, act=send("main form", title="")),
    Screen("dashboard", "jamais commencé", dossier(EMPTY), who=NEW),
    Screen("dashboard", "presque vide", dossier("presque vide"), who="maud"),
    Screen("dashboard", "à mi-parcours", dossier(HALFWAY), who=OWNER),
    Screen("dashboard", "lecteur", dossier(HALFWAY), who=READER),
    Screen("dashboard", "conseillère", dossier(HALFWAY), who=ADVISOR),
    Screen("dashboard", "à compléter : la liste", dossier("pas prêt"), who="bruno"),
    Screen("dashboard", "complet, pas prêt", with_query("dashboard", "complet", dossier("pas prêt")), who="bruno"),
    Screen("dashboard", "à compléter, lu par le réseau", dossier("pas prêt"), who=ADVISOR),
    Screen("sharing", "partagé", dossier("pas prêt"), who="bruno"),
    Screen("sharing", "sans réseau qui lise", dossier("clôturé"), who="salome"),
    Screen("sharing", "réseau inconnu", dossier("clôturé"), who="salome", status=422, act=send("form:has([name=network])", network="987654")),
    Screen("sharing_preview", "synthèse", dossier("pas prêt", files="sans", inside=lambda site: f"dossiers/{site.things['pas prêt'].pk}/synthese/"), who="bruno"),
    Screen("submit", "à régler d’abord", dossier("à mi-parcours"), who=OWNER),
    Screen("submit", "transmettre de nouveau", dossier("pas prêt"), who="bruno"),
    Screen("take_back", "pas encore", dossier("pas prêt"), who="bruno"),
    Screen("archive", "pas possible", dossier("clôturé"), who="salome"),
    Screen("dashboard", "clôturé", dossier("clôturé"), who="salome"),
    Screen("scope", "responsable", dossier(HALFWAY), who=OWNER),
    Screen("scope", "lecteur", dossier(HALFWAY), who=READER),
    Screen("scope", "clôturé", dossier("clôturé"), who="salome"),
    Screen("scope", "sans titre", dossier(HALFWAY), who=OWNER, status=422, act=send("#perimetre", title="")),
    Screen("scope", "page périmée", dossier(HALFWAY), who=OWNER, status=409, act=send("#perimetre", title="Autre", based_on="0" * 16)),
    Screen("close", "liste de ce qui manque", dossier(HALFWAY), who=OWNER),
    Screen("close", "complet", dossier("pas prêt"), who="bruno"),
    Screen("reopen", "clôturé", dossier("clôturé"), who="salome"),
    Screen("reopen", "sans motif", dossier("clôturé"), who="salome", status=422, act=send("main form", reason="")),
)

ENTRY = (
    Screen("grid", "vide", dossier(EMPTY), who=NEW),
    Screen("grid", "à mi-parcours", dossier(HALFWAY), who=OWNER),
    Screen("grid", "filtrée", with_query("grid", "filtre=bloquants", dossier(HALFWAY)), who=OWNER),
    Screen("grid", "clôturée", dossier("clôturé"), who="salome"),
    Screen("criterion", "vierge", dossier(EMPTY, code="PER-01"), who=NEW),
    Screen("criterion", "répondu", dossier(HALFWAY, code=CODE), who=OWNER),
    Screen("criterion", "compteur des registres", dossier(HALFWAY, code="PER-08"), who=OWNER),
    Screen("criterion", "filtré", with_query("criterion", "filtre=sans-preuve", dossier(HALFWAY, code=CODE)), who=OWNER),
    Screen("criterion", "lecteur", dossier(HALFWAY, code=CODE), who=READER),
    Screen("criterion", "conseillère", dossier(HALFWAY, code=CODE), who=ADVISOR),
    Screen("criterion", "clôturé", dossier("clôturé", code=CODE), who="salome"),
    Screen("criterion", "texte trop long", dossier(HALFWAY, code=CODE), who=OWNER, status=422, act=send("#reponse", justification=LONG)),
    Screen("criterion", "page périmée", dossier(HALFWAY, code=CODE), who=OWNER, status=409,
           act=send("#reponse", version=0, justification="Un texte écrit pendant ce temps.")),
    Screen("criterion_threads", "responsable", dossier(HALFWAY, code="GOU-06"), who=OWNER),
    Screen("criterion_threads", "lecteur", dossier(HALFWAY, code="GOU-06"), who=READER),
    Screen("criterion_threads", "conseillère", dossier(HALFWAY, code="GOU-06"), who=ADVISOR),
    Screen("criterion_threads", "vide", dossier(HALFWAY, code=CODE), who=OWNER, status=422, act=send("#cercle-0 form:has(textarea)", body="")),
    Screen("conflict", "deux textes", lambda site: {"pk": site.things[HALFWAY].pk, "version": site.things["conflit"].pk,
           "code": site.things["conflit"].answer.criterion.code}, who=OWNER),
    Screen("answer_history", "plusieurs versions", dossier(HALFWAY, code=CODE), who=OWNER),
    Screen("answer_history", "aucune", dossier(EMPTY, code="PER-01"), who=NEW),
    Screen("answer_history", "lecteur", dossier(HALFWAY, code=CODE), who=READER),
)  # fmt: skip

READ = "à relire"


def asked(site: Site) -> dict:
    """A request not sent yet, as the page that changes it takes it."""
    from assessments.models import ReviewRequest

    found = ReviewRequest.objects.filter(answer__assessment=site.things[READ]).order_by("pk").first()
    return {"pk": site.things[READ].pk, "code": found.answer.criterion.code, "asked": found.pk}


def its_network(site: Site) -> dict:
    return {"pk": site.things["réseau"]}


def lost_opinion(site: Site) -> dict:
    opinion = site.things["avis écarté"]
    return {"pk": site.things[READ].pk, "code": opinion.opinion.answer.criterion.code, "version": opinion.pk}


def stock_remark(site: Site) -> dict:
    from assessments.models import StockRemark

    return its_network(site) | {"remark": StockRemark.objects.order_by("pk").first().pk}


REVIEW = (
    Screen("review", "commencée", dossier(READ), who=ADVISOR),
    Screen("review", "filtrée", with_query("review", "filtre=ecarts", dossier(READ)), who=ADVISOR),
    Screen("review", "pas transmise", dossier(HALFWAY), who=ADVISOR),
    Screen("review_criterion", "un écart et une demande", dossier(READ, code="DEO-03"), who=ADVISOR),
    Screen("review_criterion", "sans avis", dossier(READ, code="INT-01"), who=ADVISOR),
    Screen("review_criterion", "renvoyée", dossier("pas prêt", code="DEO-08"), who=ADVISOR),
    Screen("review_criterion", "remarque trop longue", dossier(READ, code="INT-01"), who=ADVISOR, status=422,
           act=send("#reponse", remarque=LONG)),
    Screen("review_criterion", "demande sans texte", dossier(READ, code="INT-01"), who=ADVISOR, status=422,
           act=send("#reponse", ajouter="1", demande="")),
    Screen("review_criterion", "page périmée", dossier(READ, code="DEO-03"), who=ADVISOR, status=409,
           act=send("#reponse", version=0, remarque="Un texte écrit pendant ce temps.")),
    Screen("review_conflict", "deux avis", lost_opinion, who=ADVISOR),
    Screen("review_request", "pas encore envoyée", asked, who=ADVISOR),
    Screen("send_back", "prête", dossier(READ), who=ADVISOR),
    Screen("send_back", "sans message", dossier(READ), who=ADVISOR, status=422, act=send("main form", reason="")),
    Screen("send_back", "trop tôt", dossier(HALFWAY), who=ADVISOR),
    Screen("validate", "prête", dossier(READ), who=ADVISOR),
    Screen("review_reopen", "pas validé", dossier(READ), who=ADVISOR),
    Screen("network_journal", "coordinatrice", its_network, who=COORDINATOR),
    Screen("stock_remarks", "plusieurs", its_network, who=COORDINATOR),
    Screen("stock_remarks", "sans titre", its_network, who=COORDINATOR, status=422, act=send("#ajouter form", titre="")),
    Screen("stock_remark", "une remarque", stock_remark, who=COORDINATOR),
)  # fmt: skip

REGISTERS = (
    Screen("registers", "aucun déclaré", dossier(EMPTY), who=NEW),
    Screen("registers", "à mi-parcours", dossier(HALFWAY), who=OWNER),
    Screen("registers", "lecteur", dossier(HALFWAY), who=READER),
    Screen("register_detail", "à déclarer", dossier(HALFWAY, code=lambda site: site.things["non déclaré"]), who=OWNER),
    Screen("register_detail", "déclaré", dossier(HALFWAY, code=lambda site: site.things["déclaré"]), who=OWNER),
    Screen("register_detail", "lecteur", dossier(HALFWAY, code=lambda site: site.things["déclaré"]), who=READER),
    Screen("register_detail", "dispositif inconnu", dossier(HALFWAY, code=lambda site: site.things["déclaré"]), who=OWNER, status=422,
           act=send("main form[action*='/registres/']", services="999999")),
)  # fmt: skip

EVIDENCE = (
    Screen("evidence_list", "vide", dossier(EMPTY), who=NEW),
    Screen("evidence_list", "à mi-parcours", dossier(HALFWAY), who=OWNER),
    Screen("evidence_list", "lecteur", dossier(HALFWAY), who=READER),
    Screen("evidence_list", "conseillère", dossier(HALFWAY), who=ADVISOR),
    Screen("evidence_add", "fichier", with_query("evidence_add", f"critere={CODE}", dossier(HALFWAY)), who=OWNER),
    Screen("evidence_add", "lien", with_query("evidence_add", f"critere={CODE}&par=lien", dossier(HALFWAY)), who=OWNER),
    Screen("evidence_add", "bibliothèque", with_query("evidence_add", f"critere={CODE}&par=bibliotheque", dossier(HALFWAY)), who=OWNER),
    Screen("evidence_add", "sans fichier", with_query("evidence_add", f"critere={CODE}", dossier(HALFWAY)), who=OWNER, status=422,
           act=send("main form[method=post]")),
    Screen("evidence_add", "adresse refusée", with_query("evidence_add", f"critere={CODE}&par=lien", dossier(HALFWAY)), who=OWNER,
           status=422, act=send("main form[method=post]", url="javascript:alert(1)", label="")),
    Screen("evidence_detail", "responsable", lambda site: {"pk": of(site, "preuve").pk}, who=OWNER),
    Screen("evidence_detail", "lecteur", lambda site: {"pk": of(site, "preuve").pk}, who=READER),
    Screen("evidence_detail", "sans nom", lambda site: {"pk": of(site, "preuve").pk}, who=OWNER, status=422, act=send("main form:has([name=label])", label="")),
    Screen("evidence_preview", "un PDF", lambda site: {"pk": of(site, "preuve").pk}, who=OWNER),
    Screen("evidence_replace", "à remplacer", lambda site: {"pk": of(site, "preuve").pk}, who=OWNER),
)  # fmt: skip

ROADMAP = (
    Screen("roadmap", "vide", dossier(EMPTY), who=NEW),
    Screen("roadmap", "à mi-parcours", dossier(HALFWAY), who=OWNER),
    Screen("roadmap", "lecteur", dossier(HALFWAY), who=READER),
    Screen("roadmap_board", "à mi-parcours", dossier(HALFWAY), who=OWNER),
    Screen("roadmap_board", "vide", dossier(EMPTY), who=NEW),
    Screen("roadmap_gantt", "à mi-parcours", dossier(HALFWAY), who=OWNER),
    Screen("roadmap_gantt", "vide", dossier(EMPTY), who=NEW),
    Screen("action_create", "vierge", dossier(HALFWAY), who=OWNER),
    Screen("action_create", "vide", dossier(HALFWAY), who=OWNER, status=422, act=send("#action", title="", version="")),
    Screen("action_edit", "responsable", lambda site: {"pk": of(site, "action").pk}, who=OWNER),
    Screen("action_edit", "lecteur", lambda site: {"pk": of(site, "action").pk}, who=READER),
    Screen("action_edit", "page périmée", lambda site: {"pk": of(site, "action").pk}, who=OWNER, status=409,
           act=send("#action", title="Autre titre", version="0" * 16)),
    Screen("calendar_create", "adresse donnée", lambda site: reverse("account"), who=READER, act=send("form[action$='/calendrier/']")),
)  # fmt: skip

SYNTHESIS = (
    Screen("journal", "à mi-parcours", dossier(HALFWAY), who=OWNER),
    Screen("journal", "une seule nature", with_query("journal", "nature=people", dossier(HALFWAY)), who=OWNER),
    Screen("structure_journal", "responsable", structure, who=OWNER),
    Screen("synthesis", "vide", dossier(EMPTY), who=NEW),
    Screen("synthesis", "à mi-parcours", dossier(HALFWAY), who=OWNER),
    Screen("synthesis", "complet, pas prêt", dossier("pas prêt"), who="bruno"),
    Screen("synthesis", "clôturé", dossier("clôturé"), who="salome"),
    Screen("why", "un critère", dossier(HALFWAY, code=CODE), who=OWNER),
    Screen("why", "un chapitre", dossier(HALFWAY, code="DEO"), who=OWNER),
    Screen("documents", "aucun", dossier(EMPTY), who=NEW),
    Screen("documents", "en cours et en échec", dossier(HALFWAY), who=OWNER),
    Screen("documents", "prêt", dossier("clôturé"), who="salome"),
    Screen("documents", "conseillère", dossier(HALFWAY), who=ADVISOR),
)



def members(query: str = "") -> Callable[[Site], str]:
    return lambda site: f"{reverse('portfolio', args=[site.things['réseau']])}{query}"


FOLLOWING = (
    Screen("portfolio", "tous les membres", members(), who=ADVISOR),
    Screen("portfolio", "filtré", members("?etape=brouillon&tri=-audit"), who=ADVISOR),
    Screen("portfolio", "rien ne répond", members("?q=nulle+part"), who=COORDINATOR),
    Screen("network_figures", "conseillère", lambda site: {"pk": site.things["réseau"]}, who=ADVISOR),
    Screen("network_figures", "coordinatrice", lambda site: {"pk": site.things["réseau"]}, who=COORDINATOR),
    Screen("campaign_list", "coordinatrice", lambda site: {"pk": site.things["réseau"]}, who=COORDINATOR),
    Screen("campaign_create", "vierge", lambda site: {"pk": site.things["réseau"]}, who=COORDINATOR),
    Screen("campaign_create", "vide", lambda site: {"pk": site.things["réseau"]}, who=COORDINATOR, status=422,
           act=send("main form", title="", due_on="2020-01-01")),
    Screen("campaign_detail", "coordinatrice", lambda site: {"pk": site.things["réseau"], "campaign": site.things["campagne"].pk}, who=COORDINATOR),
    Screen("campaign_answer", "à répondre", lambda site: {"pk": site.things["campagne"].places.get(structure=site.things[HALFWAY].structure).pk}, who=OWNER),
    Screen("landmarks", "partagé", dossier(HALFWAY), who=OWNER),
    Screen("landmarks", "pas partagé", dossier("clôturé"), who="salome"),
    Screen("saved_view_create", "sans nom", members("?tri=audit"), who=ADVISOR, status=422, act=send("form[action$='/vues/']", name="")),
)  # fmt: skip


def draft(**more: str) -> Callable[[Site], dict]:
    """The address of a page of the draft; `more` names the things it takes."""
    return lambda site: {"edition": site.things["ébauche"]} | {name: site.things[thing] for name, thing in more.items()}


FIRST_EDITION = b"""{
  "norme": {"code": "AUTRE", "titre": "Une autre norme", "editeur": "Personne"},
  "edition": {"code": "AUTRE-1", "libelle": "Une premi\xc3\xa8re \xc3\xa9dition"},
  "chapitres": [{"code": "A", "titre": "Un chapitre", "criteres": [{"code": "A-1", "titre": "Un crit\xc3\xa8re",
    "criticite": "majeur", "poids": 2, "nature": "presumee", "confiance": "faible"}]}]
}"""


def bring(body: bytes) -> Callable[[Page], None]:
    """Chooses a file and sends the form."""

    def act(page: Page) -> None:
        page.set_input_files("input[type=file]", {"name": "edition.json", "mimeType": "application/json", "buffer": body})
        page.evaluate("HTMLFormElement.prototype.submit.call(document.querySelector('main form'))")

    return act


NORM_KEEPING = (
    Screen("edition_import", "vierge", who=KEEPER),
    Screen("edition_import", "fichier refusé", who=KEEPER, status=422, act=bring(FIRST_EDITION.replace(b"majeur", b"grave"))),
    Screen("edition_import_preview", "première édition", lambda site: "/referentiel/import/", who=KEEPER, act=bring(FIRST_EDITION)),
    Screen("edition_list", "gardienne", who=KEEPER),
    Screen("standard_create", "vierge", who=KEEPER),
    Screen("draft_create", "vierge", who=KEEPER),
    Screen("edition_differences", "à choisir", who=KEEPER),
    Screen("edition_differences", "deux éditions", lambda site: f"/referentiel/comparer/?de={site.things['edition']}&vers={site.things['ébauche']}",
           who=KEEPER),
    Screen("mapping_list", "gardienne", who=KEEPER),
    Screen("mapping_detail", "à relire", lambda site: {"pk": site.things["correspondance"]}, who=KEEPER),
    Screen("mapping_impact", "sans dossier", lambda site: {"pk": site.things["correspondance"]}, who=KEEPER),
    Screen("draft", "ébauche", draft(), who=KEEPER),
    Screen("draft_cover", "ébauche", draft(), who=KEEPER),
    Screen("draft_rules", "ébauche", draft(), who=KEEPER),
    Screen("draft_chapter_create", "vierge", draft(), who=KEEPER),
    Screen("draft_chapter", "ébauche", draft(key="chapitre"), who=KEEPER),
    Screen("draft_criterion", "ébauche", draft(key="critère"), who=KEEPER),
    Screen("draft_preview", "ébauche", draft(key="critère"), who=KEEPER),
    Screen("draft_registers", "ébauche", draft(), who=KEEPER),
    Screen("draft_register_create", "vierge", draft(), who=KEEPER),
    Screen("draft_register", "ébauche", draft(key="registre"), who=KEEPER),
    Screen("draft_eligibility", "ébauche", draft(), who=KEEPER),
    Screen("draft_question_create", "vierge", draft(), who=KEEPER),
    Screen("draft_question", "ébauche", lambda site: draft()(site) | {"code": "ELI-01"}, who=KEEPER),
    Screen("draft_question", "sans réponse", lambda site: draft()(site) | {"code": "ELI-01"}, who=KEEPER, status=422,
           act=send("main form", **{f"reponses-{n}-{name}": "" for n in range(4) for name in ("libelle", "effet", "message")})),
    Screen("draft_cycle", "ébauche", draft(), who=KEEPER),
    Screen("draft_milestone_create", "vierge", draft(), who=KEEPER),
    Screen("draft_milestone", "ébauche", lambda site: draft()(site) | {"code": "JAL-01"}, who=KEEPER),
    Screen("draft_milestone", "page périmée", lambda site: draft()(site) | {"code": "JAL-01"}, who=KEEPER, status=409,
           act=send("main form", titre="Autre", version="0" * 16)),
    Screen("edition_publish", "ébauche", draft(), who=KEEPER),
    Screen("edition_retire", "publiée", edition, who=KEEPER),
    Screen("official_texts", "aucun", lambda site: {"pk": site.things["sans dossier"].pk}, who="rose"),
    Screen("network_official_texts", "un texte", lambda site: {"pk": site.things["réseau"]}, who=COORDINATOR),
    Screen("official_texts", "un texte", structure, who=OWNER),
    Screen("official_text", "à corriger", lambda site: structure(site) | {"key": site.things["clé"]}, who=OWNER),
    Screen("official_text", "page périmée", lambda site: structure(site) | {"key": site.things["clé"]}, who=OWNER, status=409,
           act=send("main form", text="Le mien", version=0)),
    Screen("network_official_text", "à corriger", lambda site: {"pk": site.things["réseau"], "key": site.things["clé"]}, who=COORDINATOR),
    Screen("criterion_official", "détenu", dossier(HALFWAY, code="DEO-02"), who=OWNER),
)

MOVING = (
    Screen("edition_change", "annoncée", dossier("à déplacer"), who="ondine"),
    Screen("edition_change", "déjà passé", dossier("déplacé"), who="ondine"),
    Screen("edition_preview", "tout", dossier("à déplacer"), who="ondine"),
    Screen("edition_undo", "possible", dossier("déplacé"), who="ondine"),
    Screen("edition_undo", "du travail serait perdu", dossier("retravaillé"), who="ondine"),
    Screen("edition_undo", "rien à annuler", dossier("à déplacer"), who="ondine"),
    Screen("edition_history", "jamais changé", dossier("à déplacer"), who="ondine"),
    Screen("edition_history", "des réponses laissées", dossier("déplacé"), who="ondine"),
    Screen("dashboard", "une nouvelle édition", dossier("à déplacer"), who="ondine"),
    Screen("dashboard", "passé", dossier("déplacé"), who="ondine"),
    Screen("criterion", "à reconfirmer", dossier("déplacé", code="QUA-01"), who="ondine"),
    Screen("mapping_detail", "une ligne ouverte", lambda site: f"/referentiel/correspondances/{site.things['passage']}/?corriger={site.things['ligne']}",
           who=KEEPER),
    Screen("mapping_impact", "des dossiers", lambda site: {"pk": site.things["passage"]}, who=KEEPER),
)  # fmt: skip

HUGE = "x" * 1_100_000  # more than a form may weigh

ERRORS = (
    Screen("", "introuvable", lambda site: "/nulle-part/", status=404),
    Screen("", "refusé", lambda site: reverse("action_create", kwargs=dossier(HALFWAY)(site)), who=READER, status=403),
    Screen("account_login", "formulaire expiré", status=403, act=without_token),
    Screen("account_login", "formulaire trop lourd", status=413, act=send("main form", login=HUGE)),
    Screen("account_login", TOO_OFTEN, status=429),
)
BROKEN = (
    Screen("", "demande incomprise", lambda site: "/essai/suspect/", status=400),
    Screen("", "une faute de notre côté", lambda site: "/essai/faute/", status=500),
    Screen("", "base indisponible", lambda site: "/essai/operationnel/", status=503),
)

SCREENS = (*PUBLIC, *ENTRANCE, *ACCOUNT, *STRUCTURES, *NETWORKS, *DOSSIERS, *ENTRY, *REVIEW, *REGISTERS, *EVIDENCE, *ROADMAP, *SYNTHESIS, *FOLLOWING, *NORM_KEEPING, *MOVING, *ERRORS)

POST, FILE, FRAGMENT, ELSEWHERE, DATA = "POST", "fichier", "fragment", "renvoie ailleurs", "données"
NOT_PAGES = {
    "health": DATA,
    "ready": DATA,
    "calendar_feed": FILE,
    "blank_grid_pdf": FILE,
    "blank_grid_xlsx": FILE,
    "structure_logo": FILE,
    "evidence_file": FILE,
    "evidence_image": FILE,
    "document_file": FILE,
    "mfa_download_recovery_codes": FILE,
    "criterion_live": FRAGMENT,
    "review_live": FRAGMENT,
    "review_request_accept": POST,
    "review_request_withdraw": POST,
    "stock_remark_delete": POST,
    "document_state": ELSEWHERE,
    "account_set_password": ELSEWHERE,
    "mfa_login_webauthn": DATA,
    "portfolio_export": FILE,
    "session_end": POST,
    "session_end_others": POST,
    "mfa_done": ELSEWHERE,
    "campaign_remind": POST,
    "campaign_close": POST,
    "saved_view_delete": POST,
    "structure_logo_save": POST,
    "structure_logo_delete": POST,
    "invitation_revoke": POST,
    "invitation_ask": POST,
    "member_role": POST,
    "join_withdraw": POST,
    "network_leave": POST,
    "network_invitation_revoke": POST,
    "network_member_role": POST,
    "network_member_remove": POST,
    "network_structure_end": POST,
    "network_request_accept": POST,
    "network_request_decline": POST,
    "member_remove": POST,
    "site_edit": POST,
    "site_delete": POST,
    "service_add": POST,
    "service_edit": POST,
    "service_delete": POST,
    "action_move": POST,
    "action_delete": POST,
    "calendar_revoke": POST,
    "share_files": POST,
    "share_withdraw": POST,
    "expectation_answer": POST,
    "expectation_take_back": POST,
    "criterion_assign": POST,
    "thread_reply": POST,
    "notification_open": ELSEWHERE,
    "notification_read": POST,
    "notifications_read": POST,
    "thread_settle": POST,
    "thread_reopen": POST,
    "threads_read": POST,
    "evidence_delete": POST,
    "evidence_use_edit": POST,
    "evidence_use_delete": POST,
    "register_withdraw": POST,
    "register_evidence_remove": POST,
    "roadmap_propose": POST,
    "draft_preview_pdf": FILE,
    "edition_export": FILE,
    **dict.fromkeys(
        (
            "draft_chapter_delete",
            "draft_chapter_move",
            "draft_criterion_check",
            "draft_criterion_copy",
            "draft_criterion_create",
            "draft_criterion_delete",
            "draft_criterion_move",
            "draft_delete",
            "draft_milestone_delete",
            "draft_question_delete",
            "draft_question_move",
            "draft_register_delete",
            "draft_register_move",
            "edition_apply",
            "mapping_confirm",
            "mapping_correct",
            "mapping_delete",
            "mapping_propose",
        ),
        POST,
    ),
}
