"""The workbook of an edition, as a table of contents: its sheets, their columns, and the field each one holds."""

from collections.abc import Mapping
from dataclasses import dataclass

from referentiel.models import Confidence, Criticality, Nature

GUIDE, SETTINGS = "Lisez-moi", "Édition et règles"
LEVELS, REGISTERS, CHAPTERS, CRITERIA = "Niveaux", "Registres", "Chapitres", "Critères"
DESCRIPTORS, EVIDENCE, ACTIONS, QUESTIONS = (
    "Descripteurs", "Preuves attendues", "Actions types", "Questions d’entretien",
)  # fmt: skip
SECTIONS = ("norme", "edition", "regles", "eligibilite", "cycle")
YES_NO = {"oui": "Oui", "non": "Non"}

# Columns of the sheet of settings: what a value is, since a cell alone does not say.
SECTION, NAME, FORM, VALUE, MEANING = "Rubrique", "Champ", "Forme", "Valeur", "À savoir"
TEXT, NUMBER, BOOLEAN, NOTHING, NO_LINE, NO_FIELD = (
    "texte", "nombre", "oui/non", "rien", "liste vide", "rubrique vide",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    """`field` is the path inside the entry. `offered`: a closed list (value → label) or the name of a list made of the edition."""

    title: str
    width: float
    field: tuple[str, ...]
    locked: bool = False
    several: bool = False
    offered: Mapping[str, str] | str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet with a line per entry. `under`: the sheet whose entries hold these, in the list named `list`."""

    title: str
    list: str
    columns: tuple[Column, ...]
    under: str | None = None
    parent: str = ""

    @property
    def titles(self) -> tuple[str, ...]:
        return ((self.parent,) if self.parent else ()) + tuple(column.title for column in self.columns)


def _key() -> Column:
    return Column("Clé", 12, ("cle",), locked=True)


TABLES = (
    Table(
        LEVELS,
        "echelle",
        (
            Column("Valeur", 9, ("valeur",), locked=True),
            Column("Libellé", 28, ("libelle",)),
            Column("Description", 70, ("description",)),
        ),
    ),
    Table(
        REGISTERS,
        "registres",
        (
            _key(),
            Column("Code", 10, ("code",), locked=True),
            Column("Libellé", 36, ("libelle",)),
            Column("Définition", 50, ("definition",)),
            Column("Confiance", 12, ("confiance",), offered={value: value for value in Confidence.values}),
            Column("Statut du libellé", 30, ("statut",)),
            Column("Questions", 40, ("questions",), several=True),
            Column("Preuves possibles", 40, ("preuves_attendues",), several=True),
            Column("Sources", 40, ("sources",), several=True),
        ),
    ),
    Table(
        CHAPTERS,
        "chapitres",
        (
            _key(),
            Column("Code", 10, ("code",), locked=True),
            Column("Titre", 40, ("titre",)),
            Column("Titre court", 20, ("titre_court",)),
            Column("Bloc", 24, ("bloc",)),
            Column("Présentation", 60, ("presentation",)),
        ),
    ),
    Table(
        CRITERIA,
        "criteres",
        (
            _key(),
            Column("Code", 10, ("code",), locked=True),
            Column("Titre", 34, ("titre",)),
            Column("Énoncé", 50, ("enonce",)),
            Column("Questions", 40, ("questions",), several=True),
            Column("Criticité", 11, ("criticite",), offered=dict(Criticality.choices)),
            Column("Pourquoi cette criticité", 34, ("justification_criticite",)),
            Column("Poids", 8, ("poids",), offered={"1": "1", "2": "2", "3": "3"}),
            Column("Nature", 22, ("nature",), offered=dict(Nature.choices)),
            Column("Confiance", 12, ("confiance",), offered=dict(Confidence.choices)),
            Column("Sources", 40, ("sources",), several=True),
            Column("Non concerné admis", 12, ("non_concerne", "autorise"), offered=YES_NO),
            Column("Condition du non concerné", 34, ("non_concerne", "condition")),
            Column("Registres liés", 14, ("registres",), several=True),
            Column("Seulement si registre", 14, ("applicable_si_registre",), several=True),
            Column("Fonctions interrogées", 24, ("fonctions_interrogees",), several=True),
        ),
        under=CHAPTERS,
        parent="Chapitre",
    ),
    Table(
        DESCRIPTORS,
        "niveaux",
        (Column("Niveau", 9, ("valeur",), locked=True, offered=LEVELS), Column("Descripteur", 90, ("descripteur",))),
        under=CRITERIA,
        parent="Critère",
    ),
    Table(
        EVIDENCE,
        "preuves_attendues",
        (
            _key(),
            Column("Libellé", 60, ("libelle",)),
            Column("Type", 18, ("type",)),
            Column("Obligatoire", 12, ("obligatoire",), offered=YES_NO),
            Column("Validité (mois)", 12, ("validite_mois",)),
        ),
        under=CRITERIA,
        parent="Critère",
    ),
    Table(
        ACTIONS,
        "actions_types",
        (
            _key(),
            Column("Titre", 50, ("titre",)),
            Column("Détail", 60, ("detail",)),
            Column("Charge (jours)", 12, ("charge_jours",)),
            Column("Niveau visé", 10, ("niveau_vise",), offered=LEVELS),
        ),
        under=CRITERIA,
        parent="Critère",
    ),
    Table(
        QUESTIONS,
        "questions_entretien",
        (
            Column("Fonction", 24, ("fonction",)),
            Column("Question", 60, ("question",)),
            Column("Ce que l’on attend", 60, ("attendu",)),
        ),
        under=CRITERIA,
        parent="Critère",
    ),
)

GUIDANCE = (
    "Ce classeur contient toute une édition. Il se modifie dans un tableur, puis se dépose dans Certif : rien n’est écrit avant que "
    "vous ayez vu et confirmé les changements.",
    "Une édition publiée ne change plus. Pour préparer la suivante, changez son code dans « Édition et règles », ou donnez-en un autre "
    "au moment du dépôt.",
    "Les cellules grisées sont des identifiants, verrouillés sans mot de passe (Révision > Ôter la protection). Une clé relie un "
    "critère, une preuve ou une action d’une édition à la suivante : ne la changez pas, laissez-la vide pour ce qui est nouveau.",
    "Pour ajouter, remplissez une ligne à la suite. Pour retirer, supprimez la ligne entière. L’ordre des lignes est celui de l’édition.",
    "Ce qui appartient à un critère (descripteurs, preuves, actions, questions) le nomme par son code. Un code est un texte : « 1.10 » "
    "n’est pas « 1.1 », gardez ces cellules au format Texte.",
    "Une cellule qui contient plusieurs éléments (questions, sources, registres…) en porte un par ligne : Alt + Entrée.",
    "Ni formule, ni macro, ni cellule fusionnée, ni ligne masquée : le dépôt les refuse en disant où elles sont.",
)

MEANINGS = {
    "norme.code": "La norme à laquelle l’édition appartient.",
    "edition.code": "Change pour une édition nouvelle ; celui d’une édition publiée est refusé.",
    "edition.avertissement": "Ce que la grille est, et ce qu’elle n’est pas.",
    "regles.seuils.mineures_max": "Non-conformités mineures admises avant « prêt sous réserve ».",
    "regles.seuils.niveau_preuve_min": "Niveau à partir duquel les preuves obligatoires sont exigées.",
    "regles.registres.minimum": "Registres à couvrir, au moins.",
    "regles.registres.mois": "Âge d’une preuve de registre, en mois au plus.",
    "regles.registres.critere": "Code du critère qui parle du nombre de registres.",
    "regles.non_concerne.justification_min": "Caractères d’une justification de « non concerné », au moins.",
    "regles.chemin.jours_par_preuve": "Jours comptés pour réunir une preuve manquante.",
}
