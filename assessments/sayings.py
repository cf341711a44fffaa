"""What each verb of the journal says in French, who reads it, and where it is filed: one table for every page that tells what
people did."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """Where the journal files a line; the value is what people read."""

    STEP = "Étapes du dossier"
    ANSWER = "Réponses et registres"
    EVIDENCE = "Preuves"
    ROADMAP = "Feuille de route"
    DOCUMENT = "Documents"
    PEOPLE = "Équipe et réseaux"
    ACCESS = "Accès et téléchargements"

    @property
    def slug(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Saying:
    """« a clôturé le dossier ». `shared`: the advisors a dossier is shared with read it too. `told`: the dashboard tells it."""

    kind: Kind
    sentence: str
    shared: bool = False
    told: bool = False


def _step(sentence: str) -> Saying:
    return Saying(Kind.STEP, sentence, shared=True, told=True)


def _work(kind: Kind, sentence: str, *, told: bool = True) -> Saying:
    """What was done to what an advisor sees anyway."""
    return Saying(kind, sentence, shared=True, told=told)


SAYINGS = {
    "dossier_ouvert": _step("a ouvert le dossier"),
    "dossier_cloture": _step("a clôturé le dossier"),
    "dossier_rouvert": _step("a rouvert le dossier"),
    "dossier_transmis": _step("a transmis le dossier"),
    "dossier_renvoye": _step("a renvoyé le dossier avec une liste"),
    "dossier_valide": _step("a validé le dossier"),
    "demande_acceptee": _step("a accepté ce que la structure a fait"),
    "demande_retiree": _step("a retiré une demande"),
    "dossier_archive": _step("a archivé le dossier"),
    "dossier_repris": _step("a repris le dossier"),
    "demande_faite": _step("a fait ce que le réseau demandait"),
    "demande_reprise": _step("a repris ce que le réseau demandait"),
    "edition_changee": _step("a fait passer le dossier à une autre édition de la norme"),
    "edition_retablie": _step("a annulé le changement d’édition"),
    "perimetre_modifie": _step("a modifié le périmètre"),
    "registre_declare": _work(Kind.ANSWER, "a déclaré un registre"),
    "registre_retire": _work(Kind.ANSWER, "a retiré un registre"),
    "critere_confie": Saying(Kind.ANSWER, "a confié un critère", told=True),
    "critere_commente": Saying(Kind.ANSWER, "a commenté un critère", told=True),
    "fil_regle": Saying(Kind.ANSWER, "a réglé un fil", told=True),
    "fil_rouvert": Saying(Kind.ANSWER, "a rouvert un fil"),
    "preuve_jointe": _work(Kind.EVIDENCE, "a joint une preuve"),
    "preuve_retiree": _work(Kind.EVIDENCE, "a retiré une preuve"),
    "preuve_qualifiee": _work(Kind.EVIDENCE, "a dit à quelle preuve attendue répond une pièce", told=False),
    "preuve_deposee": Saying(Kind.EVIDENCE, "a déposé une preuve"),
    "preuve_remplacee": Saying(Kind.EVIDENCE, "a remplacé une preuve"),
    "preuve_modifiee": Saying(Kind.EVIDENCE, "a modifié la description d’une preuve"),
    "preuve_supprimee": Saying(Kind.EVIDENCE, "a supprimé une preuve"),
    "action_ajoutee": _work(Kind.ROADMAP, "a ajouté une action à la feuille de route"),
    "action_modifiee": _work(Kind.ROADMAP, "a modifié une action"),
    "action_deplacee": _work(Kind.ROADMAP, "a fait avancer une action"),
    "action_supprimee": _work(Kind.ROADMAP, "a supprimé une action"),
    "document_demande": _work(Kind.DOCUMENT, "a demandé un document", told=False),
    "invitation": Saying(Kind.PEOPLE, "a invité une personne"),
    "arrivee": Saying(Kind.PEOPLE, "a rejoint l’équipe"),
    "role": Saying(Kind.PEOPLE, "a changé le rôle d’une personne"),
    "depart": Saying(Kind.PEOPLE, "a retiré une personne de l’équipe"),
    "adhesion_demandee": Saying(Kind.PEOPLE, "a demandé l’entrée de la structure dans un réseau"),
    "adhesion_demande_retiree": Saying(Kind.PEOPLE, "a retiré la demande d’entrer dans un réseau"),
    "adhesion_refusee": Saying(Kind.PEOPLE, "a décliné la demande d’entrer dans le réseau"),
    "adhesion": Saying(Kind.PEOPLE, "a fait entrer la structure dans un réseau"),
    "adhesion_fin": Saying(Kind.PEOPLE, "a mis fin à l’adhésion à un réseau"),
    "partage_ouvert": Saying(Kind.PEOPLE, "a partagé le dossier", told=True),
    "partage_modifie": Saying(Kind.PEOPLE, "a changé ce qu’un réseau voit du dossier", told=True),
    "partage_retire": Saying(Kind.PEOPLE, "a retiré le partage du dossier", told=True),
    "remarque_gardee": Saying(Kind.PEOPLE, "a gardé une remarque à réutiliser"),
    "remarque_modifiee": Saying(Kind.PEOPLE, "a modifié une remarque à réutiliser"),
    "remarque_supprimee": Saying(Kind.PEOPLE, "a supprimé une remarque à réutiliser"),
    "campagne_ouverte": Saying(Kind.PEOPLE, "a ouvert une campagne"),
    "campagne_rappelee": Saying(Kind.PEOPLE, "a rappelé une campagne"),
    "campagne_terminee": Saying(Kind.PEOPLE, "a terminé une campagne"),
    "campagne_repondue": Saying(Kind.PEOPLE, "a répondu à une campagne avec le dossier", told=True),
    "texte_officiel": Saying(Kind.PEOPLE, "a saisi un texte officiel"),
    "texte_officiel_retire": Saying(Kind.PEOPLE, "a retiré un texte officiel"),
    "calendrier_cree": Saying(Kind.PEOPLE, "a créé son adresse de calendrier"),
    "calendrier_retire": Saying(Kind.PEOPLE, "a retiré son adresse de calendrier"),
    "preuve_telechargee": Saying(Kind.ACCESS, "a téléchargé une preuve"),
    "preuve_regardee": Saying(Kind.ACCESS, "a regardé une preuve"),
    "portefeuille_telecharge": Saying(Kind.ACCESS, "a téléchargé le portefeuille"),
    "document_telecharge": Saying(Kind.ACCESS, "a téléchargé un document"),
    "dossier_consulte": Saying(Kind.ACCESS, "a consulté le dossier"),
    "acces_refuse": Saying(Kind.ACCESS, "a voulu ouvrir une page sans en avoir le droit"),
}


ADHESIONS = [verb for verb in SAYINGS if verb.startswith("adhesion")]
"""Between a structure and a network: each reads them in its own journal."""


def verbs(*, kind: Kind | None = None, shared: bool = False, told: bool = False) -> list[str]:
    """The verbs filed there, read by advisors, told on the dashboard."""
    return [
        verb
        for verb, saying in SAYINGS.items()
        if kind in (None, saying.kind) and shared <= saying.shared and told <= saying.told
    ]
