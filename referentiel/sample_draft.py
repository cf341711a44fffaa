"""A draft « NF X60-600 (ébauche) » for demonstrations: the shipped edition with a criterion of every fate, in invented words.

Nothing here comes from the norm of that name, which we have not read; the draft says so wherever it can.
"""

import uuid
from copy import deepcopy

from referentiel.drafts import create_draft
from referentiel.editions import canonical_content
from referentiel.models import Edition

SOURCE = "XP-X60-600-1"
CODE = "NF-X60-600-EBAUCHE"
LABEL = "NF X60-600 (ébauche), texte inventé"
NOTICE = (
    "Texte inventé pour la démonstration. Cette ébauche ne reprend rien de la norme NF X60-600, que nous n’avons pas lue : "
    "elle montre seulement comment une édition s’écrit, se compare et se publie.\n\n"
    "Elle part de la grille Certif n° 1. Une dizaine de critères y ont été modifiés, scindés, réunis, ajoutés, déplacés ou "
    "retirés ; aucun de ces changements n’annonce ce que la norme demandera."
)
INVENTED = "Texte inventé pour la démonstration"
_KEYS = uuid.UUID("b7b0a5a6-1f0e-5d53-9d0f-8f6f3f0c2b41")


def make(by=None) -> Edition:
    """The draft, made if it is missing; the same every time. Raises Edition.DoesNotExist when the norm is not loaded."""
    return Edition.objects.filter(code=CODE).first() or create_draft(
        document(canonical_content(Edition.objects.get(code=SOURCE))), by=by
    )


def remove() -> None:
    """Takes the draft away, unless somebody published it, or drew a passage from it, since."""
    Edition.objects.filter(code=CODE, seal=None, mappings_out=None).delete()


def document(shipped: dict) -> dict:
    """The canonical document of the draft, from that of the shipped edition."""
    draft = deepcopy(shipped)
    draft["edition"] = {"code": CODE, "libelle": LABEL, "avertissement": NOTICE}
    for change in (
        _reword_slightly, _reword, _split, _merge, _drop, _add, _weigh, _raise_criticality, _move, _ask_for_evidence,
    ):  # fmt: skip
        change(draft)
    return draft


def _chapter(draft: dict, code: str) -> dict:
    return next(chapter for chapter in draft["chapitres"] if chapter["code"] == code)


def _criterion(draft: dict, code: str) -> dict:
    criteria = _chapter(draft, code.partition("-")[0])["criteres"]
    return next(criterion for criterion in criteria if criterion["code"] == code)


def _take(draft: dict, code: str) -> dict:
    criterion = _criterion(draft, code)
    _chapter(draft, code.partition("-")[0])["criteres"].remove(criterion)
    return criterion


def _mark(criterion: dict, **changes) -> dict:
    """Changes a criterion and says that these words are ours and invented."""
    criterion |= {"sources": [INVENTED], "nature": "presumee", "confiance": "faible"} | changes
    return criterion


def _levels(*texts: str) -> list[dict]:
    return [{"valeur": value, "descripteur": text} for value, text in enumerate(texts)]


def _key(*names: str) -> str:
    return str(uuid.uuid5(_KEYS, "/".join(names)))


# --- One change each --------------------------------------------------------------------------


def _reword_slightly(draft: dict) -> None:
    _mark(
        _criterion(draft, "DEO-04"),
        enonce="Avant toute médiation, les personnes sont informées, dans une langue qu’elles comprennent, du rôle du "
        "médiateur, du déroulement, des limites et de l’usage des informations recueillies.",
    )


def _reword(draft: dict) -> None:
    criterion = _criterion(draft, "TRA-09")
    _mark(
        criterion,
        titre="Tableaux de bord partagés avec les équipes",
        enonce="Des tableaux de bord périodiques sont lus avec les équipes avant d’être remis à la direction et aux "
        "commanditaires : volumes, registres, territoires, suites, et ce que l’équipe en retient.",
    )
    criterion["niveaux"][3]["descripteur"] = (
        "À dates tenues, un tableau commenté avec l’équipe parvient aux commanditaires comme à la direction, et une "
        "décision récente s’y réfère."
    )


def _split(draft: dict) -> None:
    """DEO-08 keeps discretion; the confidentiality of writings becomes a criterion of its own, just after."""
    whole = _criterion(draft, "DEO-08")
    criteria = _chapter(draft, "DEO")["criteres"]
    writings = deepcopy(whole)
    _mark(
        whole,
        titre="Discrétion dans les échanges",
        enonce="Les informations confiées de vive voix ne sont utilisées qu’avec l’accord des personnes et pour "
        "l’intervention ; leur circulation à l’oral est réglée.",
    )
    _mark(
        writings,
        code="DEO-15",
        cle=_key("DEO-15"),
        titre="Confidentialité des écrits",
        enonce="Les écrits ne contiennent que les informations confiées pour l’intervention, avec l’accord des personnes ; "
        "leur circulation interne et externe est réglée.",
        niveaux=_levels(
            "Des écrits identifiant des personnes circulent sans règle.",
            "La prudence est rappelée de vive voix, mais les écrits sont ouverts à tous.",
            "Des règles signées existent, mais un accès trop large ou un écrit nominatif sans accord se constate.",
            "Règles signées, accès limités selon la fonction et écrits externes non identifiants se vérifient sur place.",
            "Les écrits transmis sont contrôlés par sondage une fois par an ; les écarts ont été corrigés et expliqués.",
        ),
    )
    for part in (*writings["preuves_attendues"], *writings["actions_types"]):
        part["cle"] = _key("DEO-15", part["cle"])
    criteria.insert(criteria.index(whole) + 1, writings)


def _merge(draft: dict) -> None:
    """MAN-02 goes into MAN-01."""
    meetings = _take(draft, "MAN-02")
    kept = _criterion(draft, "MAN-01")
    _mark(
        kept,
        titre="Encadrement disponible et réunions d’équipe",
        enonce="Chaque médiateur est rattaché à un encadrant identifié, disponible sur toute l’amplitude du service ; des "
        "réunions d’équipe à fréquence fixe permettent de répartir les situations et d’ajuster les consignes.",
        questions=[*kept["questions"], *meetings["questions"]],
        preuves_attendues=[*kept["preuves_attendues"], *meetings["preuves_attendues"]],
        niveaux=_levels(
            "Les médiateurs ne savent pas qui les encadre et l’équipe ne se réunit pas.",
            "Un responsable est nommé mais peu joignable ; on se réunit quand un problème surgit.",
            "Le rattachement est clair et un rythme de réunion est connu, mais une plage reste sans relais ou des séances "
            "sautent.",
            "Un encadrant ou un relais répond sur toute l’amplitude ; trois séances prévues sur quatre se tiennent, avec "
            "leurs décisions écrites.",
            "L’équipe évalue le soutien reçu et ses réunions ; l’organisation a changé en conséquence.",
        ),
    )


def _drop(draft: dict) -> None:
    """The questionnaire of eligibility no longer leads to it either."""
    _take(draft, "QUA-12")
    for question in draft["eligibilite"]["questions"]:
        question["criteres"] = [code for code in question["criteres"] if code != "QUA-12"]


def _add(draft: dict) -> None:
    _chapter(draft, "TRA")["criteres"].append(
        _mark(
            {
                "code": "TRA-12",
                "cle": _key("TRA-12"),
                "titre": "Usage réfléchi des outils numériques d’aide à la rédaction",
                "enonce": "Lorsque l’équipe s’aide d’outils numériques pour rédiger, des règles disent ce qui peut leur être "
                "confié et qui relit.",
                "questions": ["Quels outils sont utilisés, et pour quels écrits ?"],
                "criticite": "mineur",
                "justification_criticite": "Inventée pour la démonstration.",
                "poids": 1,
                "non_concerne": {"autorise": True, "condition": "L’équipe n’utilise aucun de ces outils."},
                "registres": [],
                "applicable_si_registre": [],
                "fonctions_interrogees": ["encadrement", "médiateurs"],
                "niveaux": _levels(
                    "Des informations sur des personnes sont confiées à des outils sans que nul n’en décide.",
                    "Chacun fait selon son idée ; une prudence est rappelée de vive voix.",
                    "Une consigne écrite existe, mais une partie de l’équipe l’ignore.",
                    "La consigne est connue, aucune donnée personnelle n’est confiée à ces outils et un humain relit.",
                    "Les usages sont discutés en équipe une fois par an et la consigne a changé en conséquence.",
                ),
                "preuves_attendues": [
                    {
                        "cle": _key("TRA-12", "preuve"),
                        "libelle": "Consigne d’usage des outils numériques",
                        "type": "document",
                        "obligatoire": False,
                        "validite_mois": 24,
                    }
                ],
                "actions_types": [
                    {
                        "cle": _key("TRA-12", "action"),
                        "titre": "Écrire en équipe la consigne d’usage",
                        "detail": "Une réunion pour lister les usages, une page pour dire ce qui est permis et qui relit.",
                        "charge_jours": "1",
                        "niveau_vise": 3,
                    }
                ],
                "questions_entretien": [
                    {
                        "fonction": "médiateur",
                        "question": "Que vous interdisez-vous de confier à un outil en ligne ?",
                        "attendu": "Une réponse concrète, qui cite la consigne.",
                    }
                ],
            }
        )
    )


def _weigh(draft: dict) -> None:
    _mark(_criterion(draft, "COM-08"), poids=2)


def _raise_criticality(draft: dict) -> None:
    _mark(
        _criterion(draft, "GOU-11"),
        criticite="majeur",
        poids=2,
        justification_criticite="Inventée pour la démonstration.",
        non_concerne={"autorise": False, "condition": ""},
    )


def _move(draft: dict) -> None:
    """GOU-14 joins the chapter of interventions, under another code and the same key."""
    _chapter(draft, "INT")["criteres"].append(_mark(_take(draft, "GOU-14"), code="INT-14"))


def _ask_for_evidence(draft: dict) -> None:
    criterion = _criterion(draft, "QUA-06")
    _mark(criterion)
    criterion["preuves_attendues"].append(
        {
            "cle": _key("QUA-06", "preuve"),
            "libelle": "Affichage du moyen de réclamer, photographié sur place",
            "type": "observation",
            "obligatoire": True,
            "validite_mois": 12,
        }
    )
