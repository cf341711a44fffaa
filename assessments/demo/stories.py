"""Who plays in the demonstration, and the story each dossier tells. Every name and place is invented."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from assessments.demo import prose
from assessments.enums import AuditKind
from certif.accounts.demonstration import DOMAIN
from certif.accounts.models import NetworkRole, Role, StructureKind

PASSWORD = "rives-en-demonstration"  # noqa: S105 — known to all: the demonstration stays on the machine that makes it
EDITION = "XP-X60-600-1"
NETWORK = "Réseau des Rives (démonstration)"


@dataclass(frozen=True, slots=True)
class Person:
    handle: str
    name: str
    role: str

    @property
    def email(self) -> str:
        return f"{self.handle}@{DOMAIN}"


@dataclass(frozen=True, slots=True)
class Register:
    """How a register is declared. `pieces`: names in pieces.json; `months_old` dates them all, when given."""

    services: tuple[str, ...]
    pieces: tuple[str, ...] = ()
    months_old: int | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """One dossier. Criteria in `weak` keep the weak text and its level, the others the solid one."""

    slug: str
    opened_days_ago: int
    last_answer_days_ago: int
    audit_in_days: int
    authors: Mapping[str, str]
    """Chapter → handle of who answers it; « * » for the others."""
    audit_kind: str = AuditKind.INITIAL
    only: frozenset[str] | None = None
    unanswered: frozenset[str] = frozenset()
    weak: frozenset[str] = frozenset()
    set_aside: frozenset[str] = frozenset()
    registers: Mapping[str, Register] = field(default_factory=dict)
    missing_pieces: frozenset[str] = frozenset()
    expiries: Mapping[str, int] = field(default_factory=dict)
    """Piece → days from today to the date it carries, negative once expired."""
    eligibility: Mapping[str, str] = field(default_factory=dict)
    shared: bool = False
    submitted_days_ago: int | None = None
    returned_days_ago: int | None = None
    """Transmitted to the network, read in between, sent back with a list."""
    closed: bool = False

    @property
    def last_deed_days_ago(self) -> int:
        deeds = (self.last_answer_days_ago, self.submitted_days_ago, self.returned_days_ago)
        return min(days for days in deeds if days is not None)


@dataclass(frozen=True, slots=True)
class House:
    """A structure, who works there, where, and its dossier."""

    name: str
    kind: str
    city: str
    mediators: int
    people: tuple[Person, ...]
    sites: Mapping[str, tuple[tuple[str, str], ...]]
    """Site → its services, each with a few words about it."""
    story: Story
    project: str = "projet associatif"

    @property
    def owner(self) -> Person:
        return self.people[0]


def _codes(text: str) -> frozenset[str]:
    """« PER-03 GOU-02/04/08 » → the four codes."""
    found = set()
    for word in text.split():
        chapter, _, numbers = word.partition("-")
        found.update(f"{chapter}-{number}" for number in numbers.split("/"))
    return frozenset(found)


ADVISORS = (
    Person("helene", "Hélène Vasseur", NetworkRole.COORDINATOR),
    Person("claire", "Claire Morel", NetworkRole.ADVISOR),
    Person("thomas", "Thomas Guérin", NetworkRole.ADVISOR),
)
KEEPERS = (
    Person("irene", "Irène Faure", "administration du référentiel"),
    Person("antoine", "Antoine Delmas", "administration de la plateforme"),
)

_ELIGIBLE = {
    "ELI-01": "entite_constituee",
    "ELI-02": "entite_candidate",
    "ELI-03": "deux_finalites",
    "ELI-04": "separees",
    "ELI-05": "aucune_contrainte",
    "ELI-06": "six_a_huit",
    "ELI-07": "tous",
    "ELI-08": "ecrit_valide",
    "ELI-09": "multisite_homogene",
    "ELI-10": "plus_de_douze_mois",
    "ELI-11": "decide",
    "ELI-12": "supposee",
}

NEWCOMERS = House(
    name="Trait d’union de Brécy (démonstration)",
    kind=StructureKind.ASSOCIATION,
    city="Brécy-le-Neuf",
    mediators=4,
    people=(
        Person("maud", "Maud Terrier", Role.OWNER),
        Person("yanis", "Yanis Belloc", Role.CONTRIBUTOR),
    ),
    sites={"Maison du Pont": (("Médiation de quartier", "Permanence et tournées de l’après-midi"),)},
    story=Story(
        slug="brecy",
        opened_days_ago=6,
        last_answer_days_ago=1,
        audit_in_days=395,
        authors={"*": "maud", "DEO": "yanis"},
        only=_codes("PER-01/04 DEO-01"),
        weak=_codes("PER-04 DEO-01"),
        registers={"REG-1": Register(("Médiation de quartier",))},
        eligibility={code: _ELIGIBLE[code] for code in ("ELI-01", "ELI-02", "ELI-03")},
    ),
)

HALFWAY = House(
    name="Association Passerelles (démonstration)",
    kind=StructureKind.ASSOCIATION,
    city="Valmont-les-Rives",
    mediators=14,
    people=(
        Person("nadia", "Nadia Benali", Role.OWNER),
        Person("karim", "Karim Lahlou", Role.CONTRIBUTOR),
        Person("sophie", "Sophie Alvès", Role.CONTRIBUTOR),
        Person("gilles", "Gilles Marchand", Role.READER),
    ),
    sites={
        "Les Tilleuls": (
            ("Médiation de soirée", "Présence de 17 h à 23 h autour des immeubles"),
            ("Médiation de proximité", "Tournées de jour et visites à domicile"),
        ),
        "Place des Mariniers": (("Accueil et accès aux droits", "Permanence sans rendez-vous, quatre matinées par semaine"),),
    },
    story=Story(
        slug="passerelles",
        opened_days_ago=75,
        last_answer_days_ago=2,
        audit_in_days=115,
        authors={"*": "nadia", "INT": "sophie", "COM": "karim", "MAN": "karim", "TRA": "karim", "UTS": "sophie", "DEO": "sophie"},
        unanswered=_codes("DEO-12/13/14 MAN-09/11 TRA-09/10/11 UTS-04/05/06/07/08/09/10/11 QUA-05/06/07/08/09/10/12"),
        weak=_codes(
            "MAN-05 TRA-04 GOU-06 "  # what blocks
            "DEO-03 TRA-07 UTS-03 QUA-04 "  # what makes too many minors
            "PER-04/07 GOU-01/03/08/11/12 DEO-02/04/06/11 INT-02/05/07/09/11/12 COM-04/06/07/10/11 "
            "MAN-04/07/08/10 TRA-02/03/05 UTS-02 QUA-01"
        ),
        set_aside=_codes("QUA-11"),
        registers={
            "REG-1": Register(
                ("Médiation de soirée", "Médiation de proximité", "Accueil et accès aux droits"), ("Plannings et feuilles de route",)
            ),
            "REG-2": Register(("Médiation de soirée", "Médiation de proximité"), ("Fiches de médiation anonymisées",)),
            "REG-3": Register(("Médiation de proximité",), ("Note de veille du trimestre",)),
            "REG-4": Register(
                ("Médiation de soirée", "Médiation de proximité", "Accueil et accès aux droits"),
                ("Tableau des mises en relation et de leur issue",),
            ),
            "REG-5": Register(("Médiation de proximité",), ("Compte rendu de réunion d’habitants",), months_old=16),
            "REG-6": Register((), ("Bilan de la fête des voisins",)),
            "REG-7": Register(("Accueil et accès aux droits",), ("Feuilles de présence des ateliers d’information",)),
        },
        missing_pieces=frozenset({"Calendrier et comptes rendus de réunion d’équipe", "Statistiques de sollicitation par canal"}),
        expiries={
            "Tableau des effectifs": -19,
            "Plannings et feuilles de route": 13,
            "Règle de confidentialité signée": 52,
            "Trame d’information des habitants": 96,
        },
        eligibility=_ELIGIBLE | {"ELI-11": "principe"},
        shared=True,
    ),
)

NOT_READY = House(
    name="Médiation Hautes-Plaines (démonstration)",
    kind=StructureKind.ASSOCIATION,
    city="Saint-Orlan-sur-Vive",
    mediators=26,
    people=(
        Person("bruno", "Bruno Castaing", Role.OWNER),
        Person("fatou", "Fatou Sarr", Role.CONTRIBUTOR),
        Person("julien", "Julien Peyrat", Role.CONTRIBUTOR),
        Person("odile", "Odile Rameau", Role.READER),
    ),
    sites={
        "Halle des Tanneurs": (
            ("Médiation en gare", "Présence sur le parvis et dans les trains du matin"),
            ("Médiation habitat", "Tranquillité et vie d’immeuble avec deux bailleurs"),
        ),
        "Espace Clairbois": (
            ("Correspondants de soirée", "Équipe de 18 h à minuit"),
            ("Accueil médiation", "Permanence d’accès aux droits"),
        ),
        "Bourg de Vernes": (("Médiation itinérante", "Minibus sur neuf villages"),),
    },
    story=Story(
        slug="hautes-plaines",
        opened_days_ago=140,
        last_answer_days_ago=20,
        audit_in_days=150,
        authors={"*": "bruno", "INT": "fatou", "DEO": "fatou", "UTS": "julien", "TRA": "julien", "QUA": "julien", "COM": "bruno"},
        weak=_codes(
            "COM-05 TRA-08 UTS-09 "  # what blocks
            "DEO-08 GOU-05 QUA-04 INT-13 MAN-03 QUA-07 UTS-04 COM-12 DEO-13 "  # nine minors
            "PER-03/05 GOU-02/04/08/14 DEO-07/10 INT-03/06/09/10 COM-02/09/13 MAN-01/06/11 TRA-02/10/11 "
            "UTS-05/07/08/10/11 QUA-05/08/12"
        ),
        set_aside=_codes("QUA-11"),
        registers={
            "REG-1": Register(("Médiation en gare", "Correspondants de soirée"), ("Plannings et feuilles de route",)),
            "REG-2": Register(("Médiation habitat", "Correspondants de soirée"), ("Fiches de médiation anonymisées",)),
            "REG-3": Register(("Médiation itinérante",), ("Note de veille du trimestre",)),
            "REG-4": Register(("Accueil médiation",), ("Tableau des mises en relation et de leur issue",)),
            "REG-6": Register(("Médiation habitat",), ("Bilan de la fête des voisins",)),
            "REG-7": Register(("Accueil médiation",), ("Feuilles de présence des ateliers d’information",)),
            "REG-8": Register(("Accueil médiation",)),
        },
        missing_pieces=frozenset({"Bilans de tutorat signés"}),
        expiries={"Répertoire des partenaires": -34, "Contacts d’urgence": 40, "Charte informatique et règles de saisie": 88},
        eligibility=_ELIGIBLE,
        shared=True,
        submitted_days_ago=18,
        returned_days_ago=9,
    ),
)

READY = House(
    name="Coopérative Les Veilleurs (démonstration)",
    kind=StructureKind.COOPERATIVE,
    city="Montcendre",
    mediators=38,
    people=(
        Person("salome", "Salomé Ferrand", Role.OWNER),
        Person("driss", "Driss Amrani", Role.CONTRIBUTOR),
        Person("luce", "Luce Bonnard", Role.READER),
    ),
    sites={
        "Quai des Cordiers": (
            ("Médiation urbaine de jour", "Tournées et visites dans cinq quartiers"),
            ("Médiation de nuit", "Équipe de 20 h à 2 h"),
        ),
        "Gare de Montcendre": (("Médiation transport", "Présence dans les tramways et les gares"),),
        "Collège des Grands Prés": (("Médiation aux abords des écoles", "Deux binômes aux entrées et sorties"),),
        "Maison des habitants": (("Accueil et écoute", "Permanence cinq jours par semaine"),),
    },
    story=Story(
        slug="veilleurs",
        opened_days_ago=190,
        last_answer_days_ago=9,
        audit_in_days=82,
        audit_kind=AuditKind.MIDTERM,
        authors={"*": "salome", "INT": "driss", "DEO": "driss", "MAN": "driss", "TRA": "driss"},
        weak=_codes("UTS-04 GOU-11/12 INT-02 COM-07/11 MAN-10 TRA-05"),
        registers={
            "REG-1": Register(
                ("Médiation urbaine de jour", "Médiation de nuit", "Médiation transport"), ("Plannings et feuilles de route",)
            ),
            "REG-2": Register(("Médiation de nuit", "Médiation transport"), ("Fiches de médiation anonymisées",)),
            "REG-3": Register(("Médiation urbaine de jour",), ("Note de veille du trimestre",)),
            "REG-4": Register(("Accueil et écoute",), ("Tableau des mises en relation et de leur issue",)),
            "REG-5": Register(("Médiation urbaine de jour",), ("Compte rendu de réunion d’habitants",)),
            "REG-6": Register(("Médiation aux abords des écoles",), ("Bilan de la fête des voisins",)),
            "REG-7": Register(("Accueil et écoute",), ("Feuilles de présence des ateliers d’information",)),
            "REG-8": Register(("Accueil et écoute",), ("Exemples d’explications entre habitants et services",)),
        },
        eligibility=_ELIGIBLE | {"ELI-12": "confirmee"},
        closed=True,
    ),
    project="projet coopératif",
)

TO_READ = House(
    name="Régie du Vallon (démonstration)",
    kind=StructureKind.COOPERATIVE,
    city="Lussan-le-Vallon",
    mediators=9,
    people=(
        Person("aline", "Aline Rousset", Role.OWNER),
        Person("mehdi", "Mehdi Haddad", Role.CONTRIBUTOR),
        Person("colette", "Colette Brun", Role.READER),
    ),
    sites={
        "Maison du Vallon": (
            ("Médiation de jour", "Tournées dans trois quartiers et visites à domicile"),
            ("Permanence d’écoute", "Trois matinées par semaine, sans rendez-vous"),
        ),
        "Cité des Aulnes": (("Médiation de soirée", "Présence de 18 h à 23 h au pied des immeubles"),),
    },
    story=Story(
        slug="vallon",
        opened_days_ago=160,
        last_answer_days_ago=14,
        audit_in_days=210,
        authors={"*": "aline", "INT": "mehdi", "DEO": "mehdi", "TRA": "mehdi"},
        weak=_codes("GOU-06 DEO-03 PER-04/07 GOU-01/03/08/12 DEO-02/04/11 INT-05/09 COM-06/10 MAN-08 TRA-03 UTS-02 QUA-04"),
        set_aside=_codes("QUA-11"),
        registers={
            "REG-1": Register(("Médiation de jour", "Médiation de soirée"), ("Plannings et feuilles de route",)),
            "REG-2": Register(("Médiation de soirée",), ("Fiches de médiation anonymisées",)),
            "REG-3": Register(("Médiation de jour",), ("Note de veille du trimestre",)),
            "REG-4": Register(("Permanence d’écoute",), ("Tableau des mises en relation et de leur issue",)),
            "REG-7": Register(("Permanence d’écoute",), ("Feuilles de présence des ateliers d’information",)),
        },
        expiries={"Tableau des effectifs": 41},
        eligibility=_ELIGIBLE,
        shared=True,
        submitted_days_ago=12,
    ),
    project="projet coopératif",
)

HOUSES = (NEWCOMERS, HALFWAY, NOT_READY, READY, TO_READ)


def _neighbour(
    name: str, city: str, mediators: int, owner: Person, colleague: Person, *, weak: tuple[int, int], blank: tuple[int, int] | None,
    covered: int, opened_days_ago: int, last_answer_days_ago: int, audit_in_days: int, kind: str = StructureKind.ASSOCIATION,
) -> House:  # fmt: skip
    """A member of the network in the background, so that there is a whole to look at. `weak` and `blank` are (step, first):
    which criteria are weak, which are not answered; `covered` registers are."""
    codes = sorted(prose.texts())
    pieces = (
        "Plannings et feuilles de route",
        "Fiches de médiation anonymisées",
        "Note de veille du trimestre",
        "Tableau des mises en relation et de leur issue",
        "Compte rendu de réunion d’habitants",
        "Bilan de la fête des voisins",
        "Feuilles de présence des ateliers d’information",
    )
    service = "Médiation de proximité"
    return House(
        name=f"{name} (démonstration)",
        kind=kind,
        city=city,
        mediators=mediators,
        people=(owner, colleague),
        sites={"Siège": ((service, "Tournées et permanences"),)},
        story=Story(
            slug=owner.handle,
            opened_days_ago=opened_days_ago,
            last_answer_days_ago=last_answer_days_ago,
            audit_in_days=audit_in_days,
            authors={"*": owner.handle, "DEO": colleague.handle, "INT": colleague.handle, "TRA": colleague.handle},
            weak=frozenset(codes[weak[1] :: weak[0]]),
            unanswered=frozenset(codes[blank[1] :: blank[0]]) if blank else frozenset(),
            registers={
                f"REG-{number}": Register((service,), (piece,) if number <= covered else ())
                for number, piece in enumerate(pieces, 1)
            },
            missing_pieces=frozenset(each["nom"] for each in prose.read_json("pieces.json")) - frozenset(pieces),
            eligibility=_ELIGIBLE,
            shared=True,
        ),
    )


NEIGHBOURS = (
    _neighbour(
        "Médiateurs de l’Anse", "Port-Grelon", 9,
        Person("mireille", "Mireille Daumas", Role.OWNER), Person("ousmane", "Ousmane Barry", Role.CONTRIBUTOR),
        weak=(3, 0), blank=(9, 4), covered=4, opened_days_ago=96, last_answer_days_ago=5, audit_in_days=260,
    ),
    _neighbour(
        "Régie Grand Cèdre", "Aubrive-sur-Lône", 12,
        Person("eric", "Éric Soubeyran", Role.OWNER), Person("lina", "Lina Charef", Role.CONTRIBUTOR),
        weak=(5, 2), blank=None, covered=6, opened_days_ago=120, last_answer_days_ago=12, audit_in_days=64,
        kind=StructureKind.COOPERATIVE,
    ),
    _neighbour(
        "Ville de Malvérac", "Malvérac", 7,
        Person("paule", "Paule Mercadier", Role.OWNER), Person("samir", "Samir Haddad", Role.CONTRIBUTOR),
        weak=(2, 1), blank=(4, 0), covered=3, opened_days_ago=70, last_answer_days_ago=3, audit_in_days=410,
        kind=StructureKind.COMMUNE,
    ),
    _neighbour(
        "Liens du Plateau", "Haute-Sorgue", 5,
        Person("annick", "Annick Le Goff", Role.OWNER), Person("tom", "Tom Rivière", Role.CONTRIBUTOR),
        weak=(4, 3), blank=(15, 7), covered=5, opened_days_ago=88, last_answer_days_ago=8, audit_in_days=190,
    ),
)  # fmt: skip

CAMPAIGN = "Tous prêts pour l’audit"
CAMPAIGN_MESSAGE = (
    "Chères équipes, nous aimerions savoir où chacune en est avant la journée du réseau. Répondez même si tout n’est pas rempli : "
    "un dossier commencé nous aide à préparer les ateliers dont vous avez besoin."
)
ANSWERING = (NOT_READY.name, NEIGHBOURS[0].name, NEIGHBOURS[1].name)
"""The structures that take part in the campaign so far."""

STOCK = (
    ("Accord des personnes", "L’accord n’apparaît pas dans tous les dossiers joints : demandez-le à chaque fois, et notez-le."),
    ("Bien vu", "Rien à reprendre : c’est clair, daté et appliqué."),
    ("Constat sans suite", "Le constat est posé, je ne vois pas ce qu’il a changé. Dites ce que l’équipe fait autrement depuis."),
    ("Pièce sans date", "La pièce ne porte pas de date : un auditeur ne pourra pas s’en servir."),
    ("Pièce trop ancienne", "Cette pièce a plus d’un an : joignez celle qui est en vigueur."),
)
"""Remarks the network keeps to use again: title, text."""
