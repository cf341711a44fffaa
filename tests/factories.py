"""Plain functions that put people, a small norm and dossiers in the database; every argument may be left out."""

import hashlib
import itertools
import uuid
from datetime import UTC, date, datetime
from decimal import Decimal

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.core.files.base import ContentFile
from django.utils import timezone

from assessments.models import (
    Answer,
    AnswerVersion,
    Assessment,
    Comment,
    Evidence,
    EvidenceUse,
    RegisterDeclaration,
    RequestKind,
    ReviewerOpinion,
    ReviewRequest,
    Thread,
)
from certif.accounts import networks
from certif.accounts.models import (
    Affiliation,
    Membership,
    Network,
    NetworkMembership,
    NetworkRole,
    Role,
    Service,
    Site,
    Structure,
    StructureKind,
    User,
)
from referentiel.models import (
    Chapter,
    Criterion,
    Edition,
    ExpectedEvidence,
    InterviewQuestion,
    Level,
    LevelDescriptor,
    Register,
    Seal,
    Standard,
    SuggestedAction,
)

PASSWORD = "un-mot-de-passe-de-test"
TOTP_SECRET = "MZQWE4TJOF2WKIDEMUQGYYJA"
_numbers = itertools.count(1)
_KEYS = uuid.UUID("6f0a7c1e-58b4-4f0e-9a53-3a2c0e5d6b11")


# --- People -----------------------------------------------------------------------------------


def make_user(email: str | None = None, name: str = "", *, password: str = PASSWORD, **fields) -> User:
    email = email or f"personne{next(_numbers)}@exemple.fr"
    user = User.objects.create_user(email, password, name=name or email.split("@")[0].capitalize(), **fields)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    if user.needs_second_factor:
        enrol(user)
    return user


def make_structure(name: str | None = None, *, owner: User | None = None, **fields) -> Structure:
    fields = {"kind": StructureKind.ASSOCIATION, "city": "Villeneuve"} | fields
    structure = Structure.objects.create(name=name or f"Structure {next(_numbers)}", **fields)
    if owner:
        join(structure, owner, Role.OWNER)
    return structure


def join(structure: Structure, user: User, role: str = Role.CONTRIBUTOR) -> Membership:
    return Membership.objects.create(structure=structure, user=user, role=role)


def make_site(structure: Structure, name: str | None = None, **fields) -> Site:
    return Site.objects.create(structure=structure, name=name or f"Site {next(_numbers)}", **fields)


def make_service(where: Structure | Site, name: str | None = None, **fields) -> Service:
    """A « dispositif » on a site; given a structure, on a new site of it."""
    site = where if isinstance(where, Site) else make_site(where)
    return Service.objects.create(site=site, name=name or f"Dispositif {next(_numbers)}", **fields)


def make_network(name: str | None = None, *, advisor: User | None = None, coordinator: User | None = None) -> Network:
    """Its people have a second factor already; without one they would meet its page and nothing else."""
    network = Network.objects.create(name=name or f"Réseau {next(_numbers)}")
    for user, role in ((advisor, NetworkRole.ADVISOR), (coordinator, NetworkRole.COORDINATOR)):
        if user:
            appoint(network, user, role)
    return network


def appoint(network: Network, user: User, role: str = NetworkRole.ADVISOR) -> NetworkMembership:
    enrol(user)
    member = networks.appoint(network, user, role)
    user.refresh_from_db(fields=["accompanies"])
    return member


def enrol(user: User, secret: str = TOTP_SECRET) -> None:
    """Gives the person an application that shows codes of this secret."""
    if not Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists():
        TOTP.activate(user, secret)


def affiliate(structure: Structure, network: Network) -> Affiliation:
    return Affiliation.objects.create(structure=structure, network=network)


# --- A small norm -----------------------------------------------------------------------------

CHAPTERS = (("PER", "Périmètre et identité"), ("DEO", "Déontologie"), ("QUA", "Qualité"))
# code, title, criticality, weight, further fields
CRITERIA = (
    ("PER-01", "Entité juridique employeuse", "bloquant", 3, {}),
    ("PER-02", "Périmètre écrit", "mineur", 1, {"na_allowed": True, "na_condition": "Un seul site."}),
    ("PER-08", "Cinq registres au moins", "bloquant", 3, {}),
    ("DEO-01", "Libre consentement", "bloquant", 3, {}),
    ("DEO-02", "Confidentialité", "majeur", 2, {}),
    ("DEO-03", "Médiation interculturelle préparée", "majeur", 2, {"applicable": ("REG-8",)}),
    ("QUA-01", "Auto-évaluation annuelle", "majeur", 2, {}),
    ("QUA-02", "Bilan partagé avec l’équipe", "mineur", 1, {"na_allowed": True, "na_condition": "Première année."}),
)
# criterion, label, required, validity in months
EXPECTED = (
    ("PER-01", "Statuts", True, None),
    ("PER-01", "Registre du personnel", False, 12),
    ("DEO-01", "Formulaire de consentement", True, 24),
    ("QUA-01", "Compte rendu de la dernière auto-évaluation", True, 12),
)
REGISTERS = (
    "Assurer une présence active de proximité",
    "Prévenir et gérer les situations conflictuelles",
    "Participer à une veille sociale territoriale",
    "Mettre en relation avec un partenaire",
    "Favoriser la concertation",
    "Faciliter la réalisation de projets collectifs",
    "Informer, sensibiliser et former",
    "Lever les incompréhensions",
)
LABELS = ("Non couvert", "En construction", "Partiel", "Maîtrisé", "Amélioré")
_MAJOR, _MINOR = "non-conformité majeure", "non-conformité mineure"
FINDINGS = {
    "bloquant": (_MAJOR, _MAJOR, _MINOR, "conforme", "point fort"),
    "majeur": (_MINOR, _MINOR, "point sensible", "conforme", "point fort"),
    "mineur": ("point sensible", "point sensible", "piste de progrès", "conforme", "point fort"),
}
ELIGIBILITY = {
    "titre": "Vérifier que la certification est ouverte à votre structure",
    "avertissement": "Résultat indicatif.",
    "regle_conclusion": "Au moins une réponse bloquante : démarche à différer.",
    "questions": [
        {
            "code": "ELI-01",
            "question": "Quelle entité porterait la demande ?",
            "aide": "",
            "reponses": [
                {"valeur": value, "libelle": label, "effet": effect, "message": f"{label} : ce qu’il faut faire."}
                for value, label, effect in (
                    ("constituee", "Une entité constituée", "ok"),
                    ("en_creation", "Une entité en création", "a_clarifier"),
                    ("aucune", "Un collectif sans personnalité", "bloquant"),
                )
            ],
            "source": "Foire aux questions publique",
            "statut": "sourcé",
        }
    ],
}


CYCLE = {
    "titre": "Cycle sur quatre ans",
    "avertissement": "Indicatif.",
    "ancres": [
        {"code": "audit_initial", "libelle": "Audit initial", "definition": "", "par_defaut": None},
        {
            "code": "audit_intermediaire",
            "libelle": "Audit à deux ans",
            "definition": "",
            "par_defaut": {"ancre": "audit_initial", "decalage": "+P2Y"},
        },
    ],
    "jalons": [
        {
            "code": "JAL-01",
            "titre": "Décider l’engagement",
            "description": "",
            "ancre": "audit_initial",
            "decalage": "-P13M",
            "responsable": "gouvernance",
            "statut": "sourcé",
            "lien": ["PER-01"],
        }
    ],
}


def key_of(*words: str) -> uuid.UUID:
    """The stable key of a criterion (its code) or of its parts (code, kind, position), the same in every edition."""
    return uuid.uuid5(_KEYS, "/".join(words))


def _stretched(row: tuple, level_max: int) -> tuple:
    """A row written for five levels, for `level_max + 1` of them: shortened below the third, or its fourth repeated."""
    return row[: level_max - 1] + row[3:] if level_max < 4 else row[:3] + row[3:4] * (level_max - 3) + row[4:]


def make_rules(level_max: int = 4, **changes) -> dict:
    ladders = {name: _stretched(row, level_max) for name, row in FINDINGS.items()}
    return {
        "constats": {name: {str(level): row[level] for level in range(level_max + 1)} for name, row in ladders.items()},
        "seuils": {"mineures_max": 2, "niveau_preuve_min": min(3, level_max)},
        "registres": {"minimum": 5, "mois": 12, "critere": str(key_of("PER-08"))},
        "non_concerne": {"justification_min": 20},
        "chemin": {"jours_par_preuve": "0.5"},
    } | changes


def make_edition(
    code: str | None = None,
    *,
    sealed: bool = True,
    level_max: int = 4,
    criteria=CRITERIA,
    rules: dict | None = None,
    **fields,
) -> Edition:
    """Three chapters, eight criteria, eight registers, sealed; `level_max=3` gives another scale."""
    names = {"title": "Norme d’essai", "publisher": "Personne"}
    standard, _ = Standard.objects.get_or_create(code="ESSAI", defaults=names)
    code = code or f"ESSAI-{next(_numbers)}"
    edition = Edition.objects.create(
        standard=standard,
        code=code,
        **{
            "label": f"Édition d’essai {code}",
            "notice": "Contenu d’essai, indicatif.",
            "rules": rules or make_rules(level_max),
            "eligibility": ELIGIBILITY,
            "cycle": {"titre": "Cycle", "avertissement": "Indicatif.", "ancres": [], "jalons": []},
            "created_at": datetime(2026, 1, 5, 9, tzinfo=UTC),
        }
        | fields,
    )
    labels = _stretched(LABELS, level_max) if level_max > 4 else LABELS[:level_max] + LABELS[4:]
    Level.objects.bulk_create(Level(edition=edition, value=value, label=label) for value, label in enumerate(labels))
    registers = _make_registers(edition)
    _make_criteria(edition, criteria, registers, labels)
    if sealed:
        seal(edition)
    return edition


def seal(edition: Edition, on: date = date(2026, 1, 5)) -> Seal:
    return Seal.objects.create(
        edition=edition,
        fingerprint=hashlib.sha256(edition.code.encode()).hexdigest(),
        published_on=on,
        announced_on=on,
        in_force_on=on,
        change_note="Première édition.",
    )


def _make_registers(edition: Edition) -> dict[str, Register]:
    rows = Register.objects.bulk_create(
        Register(
            edition=edition,
            key=key_of(f"REG-{position}"),
            position=position,
            code=f"REG-{position}",
            label=label,
            definition=f"Ce que l’équipe fait pour {label[0].lower()}{label[1:]}.",
            label_confidence="haute",
            label_status="libellé trouvé dans deux sources publiques",
            questions=["Où et quand ?"],
            expected_evidence=["Planning"],
            sources=["https://exemple.fr/registres"],
        )
        for position, label in enumerate(REGISTERS, start=1)
    )
    return {row.code: row for row in rows}


def _make_criteria(edition: Edition, criteria, registers: dict[str, Register], labels) -> None:
    chapters = {
        code: Chapter.objects.create(
            edition=edition,
            key=key_of(code),
            position=position,
            code=code,
            title=title,
            short_title=title.split(" ")[0],
            block="Cadre du métier",
            introduction=f"Présentation du chapitre {code}.",
        )
        for position, (code, title) in enumerate(CHAPTERS, start=1)
    }
    rows = Criterion.objects.bulk_create(
        Criterion(
            edition=edition,
            chapter=chapters[code.partition("-")[0]],
            key=key_of(code),
            position=position,
            code=code,
            title=title,
            statement=f"{title} : ce que l’on vérifie.",
            guiding_questions=[f"Comment, pour {title} ?"],
            criticality=criticality,
            criticality_reason="Raison d’essai.",
            weight=weight,
            nature="attestee",
            confidence="haute",
            sources=["https://exemple.fr/source"],
            interviewed_roles=["direction"],
            na_allowed=further.get("na_allowed", False),
            na_condition=further.get("na_condition", ""),
        )
        for position, (code, title, criticality, weight, further) in enumerate(criteria, start=1)
    )
    by_code = {row.code: row for row in rows}
    for code, _title, _criticality, _weight, further in criteria:
        by_code[code].applicable_registers.set([registers[each] for each in further.get("applicable", ())])
    _make_parts(by_code, len(labels))


def _make_parts(criteria: dict[str, Criterion], levels: int) -> None:
    LevelDescriptor.objects.bulk_create(
        LevelDescriptor(criterion=row, position=level, text=f"{row.title} au niveau {level}.")
        for row in criteria.values()
        for level in range(levels)
    )
    places: dict[str, int] = {}
    for code, label, required, months in EXPECTED:
        if code in criteria:
            places[code] = places.get(code, 0) + 1
            ExpectedEvidence.objects.create(
                criterion=criteria[code],
                position=places[code],
                key=key_of(code, "preuve", str(places[code])),
                label=label,
                kind="document",
                required=required,
                validity_months=months,
            )
    SuggestedAction.objects.bulk_create(
        SuggestedAction(
            criterion=row,
            position=position,
            key=key_of(row.code, "action", str(position)),
            title=f"{verb} : {row.title}",
            detail="Détail de l’action.",
            effort_days=Decimal(days),
            target_level=target,
        )
        for row in criteria.values()
        for position, verb, days, target in ((1, "Écrire", "1.5", levels - 2), (2, "Évaluer", "2", levels - 1))
    )
    InterviewQuestion.objects.bulk_create(
        InterviewQuestion(criterion=row, position=1, role="direction", question="Comment ?", expected="Un exemple.")
        for row in criteria.values()
    )


# --- Dossiers ---------------------------------------------------------------------------------


def make_assessment(
    structure: Structure,
    edition: Edition | None = None,
    *,
    title: str = "Auto-évaluation 2027",
    services=(),
    by: User | None = None,
    **fields,
) -> Assessment:
    """A dossier and one empty answer per criterion: what `open_assessment` leaves, without its event."""
    edition = edition or make_edition()
    assessment = Assessment.objects.create(structure=structure, edition=edition, title=title, created_by=by, **fields)
    assessment.services.set(services)
    Answer.objects.bulk_create(Answer(assessment=assessment, criterion=each) for each in edition.criteria.all())
    return assessment


def answer(
    assessment: Assessment,
    code: str,
    level: int | None = None,
    *,
    justification: str = "",
    not_applicable: bool = False,
    by: User | None = None,
) -> Answer:
    """Stores the answer as a save would: next version, dated, kept in its history."""
    row = assessment.answers.get(criterion__code=code)
    row.level, row.not_applicable, row.justification = level, not_applicable, justification
    row.version, row.updated_by, row.updated_at = row.version + 1, by, timezone.now()
    row.save()
    AnswerVersion.objects.create(
        answer=row,
        number=row.version,
        level=level,
        not_applicable=not_applicable,
        justification=justification,
        author=by,
        saved_at=row.updated_at,
    )
    return row


def answer_all(
    assessment: Assessment, level: int = 3, *, but: dict[str, int | None] | None = None, by: User | None = None
) -> None:
    """The same level everywhere; `but` gives another to some criteria (None leaves one unanswered)."""
    levels = dict.fromkeys(assessment.answers.values_list("criterion__code", flat=True), level) | (but or {})
    for code, each in levels.items():
        if each is not None:
            answer(assessment, code, each, justification=f"Ce qui fait dire le niveau {each}.", by=by)


def make_evidence(
    structure: Structure,
    label: str | None = None,
    *,
    content: bytes = b"Une preuve.",
    url: str = "",
    by: User | None = None,
    **fields,
) -> Evidence:
    """A stored text file, or a link when `url` is given. Dates come as `effective_on` and `expires_on`."""
    evidence = Evidence(structure=structure, label=label or f"Preuve {next(_numbers)}", url=url, added_by=by)
    if not url:
        evidence.storage_key = uuid.uuid4().hex
        evidence.original_name, evidence.content_type = "preuve.txt", "text/plain"
        evidence.size, evidence.sha256 = len(content), hashlib.sha256(content).hexdigest()
    for name, value in fields.items():
        setattr(evidence, name, value)
    if not url:
        evidence.file.save("preuve.txt", ContentFile(content), save=False)
    evidence.save()
    return evidence


def say(row: Answer, body: str = "Une remarque.", *, by: User | None = None, network: Network | None = None, **fields) -> Comment:
    """A remark in a thread of its own beside an answer."""
    thread = Thread.objects.create(answer=row, network=network, opened_by=by)
    return Comment.objects.create(thread=thread, author=by, body=body, **fields)


def use_evidence(evidence: Evidence, assessment: Assessment, code: str, *, expected: int | None = None) -> EvidenceUse:
    """The piece supports the answer to `code`, possibly as its expected piece number `expected` (from 1)."""
    row = assessment.answers.select_related("criterion").get(criterion__code=code)
    piece = row.criterion.expectedevidences.get(position=expected) if expected else None
    return EvidenceUse.objects.create(evidence=evidence, answer=row, expected=piece)


def declare(assessment: Assessment, code: str, *, services=(), evidence=()) -> RegisterDeclaration:
    """The structure declares the register `code` (« REG-1 »)."""
    register = assessment.edition.registers.get(code=code)
    declaration = RegisterDeclaration.objects.create(assessment=assessment, register=register)
    declaration.services.set(services)
    declaration.evidence.set(evidence)
    return declaration


def opine(
    row: Answer, network: Network, advisor: User, level: int | None = None, remark: str = "", *, shown: bool = True, **fields
) -> ReviewerOpinion:
    """What a network thinks of an answer; told to the structure unless `shown` is false."""
    if shown:
        fields |= {"shown_level": level, "shown_remark": remark, "shown_by": advisor, "shown_at": timezone.now()}
    return ReviewerOpinion.objects.create(
        answer=row, network=network, advisor=advisor, level=level, remark=remark, **fields
    )


def ask(
    row: Answer, network: Network, advisor: User, text: str = "Une pièce.", *, sent: bool = True, **fields
) -> ReviewRequest:
    """What a network expects on an answer; told to the structure unless `sent` is false."""
    fields = {"kind": RequestKind.EVIDENCE, "sent_at": timezone.now() if sent else None} | fields
    return ReviewRequest.objects.create(answer=row, network=network, asked_by=advisor, text=text, **fields)
