"""The scale and the rules of an edition as one form: a line per level, a choice of finding per criticality and level."""

from decimal import Decimal
from itertools import pairwise

from django import forms
from django.http import QueryDict

from assessments.scoring import FINDING_RANK, Finding
from certif.limits import NAME_MAX, TITLE_MAX
from referentiel.content import Content
from referentiel.forms.criterion import DaysField
from referentiel.forms.draft import LEVELS_MAX, LEVELS_MIN
from referentiel.forms.fields import Dressed, NameLine, TitleLine
from referentiel.forms.rows import indexes
from referentiel.models import Criticality

GROUP = "niveau"
FINDINGS = [(str(finding), str(finding).capitalize()) for finding in Finding]


def _whole(label: str, lowest: int, highest: int, help_text: str = "") -> forms.IntegerField:
    message = f"Un nombre entier, de {lowest} à {highest}."
    return forms.IntegerField(
        label=label,
        help_text=help_text,
        min_value=lowest,
        max_value=highest,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages=dict.fromkeys(("invalid", "required", "min_value", "max_value"), message),
    )


class RulesForm(Dressed):
    mineures_max = _whole("Non-conformités mineures admises", 0, 1000, "Au-delà, le dossier est « prêt sous réserve ».")
    niveau_preuve_min = forms.TypedChoiceField(
        label="Niveau à partir duquel les preuves obligatoires sont exigées", coerce=int
    )
    registres_min = _whole("Registres couverts, au moins", 0, 1000)
    registres_mois = _whole("Âge d’une preuve de registre, en mois au plus", 1, 600)
    registres_critere = forms.ChoiceField(label="Critère qui parle du nombre de registres", required=False)
    justification_min = _whole("Justification d’un « non concerné », en caractères au moins", 1, 1000)
    jours_par_preuve = DaysField(label="Jours comptés pour réunir une preuve manquante")

    def __init__(self, content: Content, data: QueryDict | None = None):
        self.content = content
        source = flat(content) if data is None else data
        super().__init__(data, initial={name: source.get(name) for name in source}, auto_id="id_%s")
        self.values_of_scale = indexes(source, GROUP)
        for value in self.values_of_scale:
            self.fields[f"{GROUP}-{value}-libelle"] = NameLine(label=f"Niveau {value}, libellé", limit=NAME_MAX)
            self.fields[f"{GROUP}-{value}-description"] = TitleLine(
                label=f"Niveau {value}, ce que cela veut dire", required=False, limit=TITLE_MAX
            )
            for criticality, label in Criticality.choices:
                self.fields[_cell(criticality, value)] = forms.ChoiceField(
                    label=f"{label}, niveau {value}", choices=[("", "Choisir"), *FINDINGS]
                )
        self.fields["niveau_preuve_min"].choices = [(value, str(value)) for value in self.values_of_scale]
        self.fields["registres_critere"].choices = [
            ("", "Aucun"),
            *((criterion.key, f"{criterion.code} {criterion.title}") for criterion in content.criteria),
        ]
        for field in self.fields.values():
            field.error_messages.setdefault("required", "Remplissez ce champ.")
            if isinstance(field, forms.ChoiceField):
                field.error_messages["required"] = "Choisissez."
        self.dress()

    # --- For the template

    @property
    def top(self) -> int:
        """The highest level, for the balls."""
        return max(self.values_of_scale, default=1)

    @property
    def levels(self) -> list[dict]:
        return [
            {
                "value": value,
                "label": self[f"{GROUP}-{value}-libelle"],
                "description": self[f"{GROUP}-{value}-description"],
            }
            for value in self.values_of_scale
        ]

    @property
    def table(self) -> list[tuple]:
        return [
            (criticality, label, [(value, self[_cell(criticality, value)]) for value in self.values_of_scale])
            for criticality, label in Criticality.choices
        ]

    @property
    def thresholds(self) -> list:
        names = (
            "mineures_max", "niveau_preuve_min", "registres_min", "registres_mois", "registres_critere",
            "justification_min", "jours_par_preuve",
        )  # fmt: skip
        return [self[name] for name in names]

    # --- Checking

    def clean(self) -> dict:
        data = super().clean()
        if not LEVELS_MIN <= len(self.values_of_scale) <= LEVELS_MAX:
            self.add_error(None, f"Une échelle a de {LEVELS_MIN} à {LEVELS_MAX} niveaux.")
        for criticality, label in Criticality.choices:
            given = [(value, data.get(_cell(criticality, value))) for value in self.values_of_scale]
            for (_low, before), (value, after) in pairwise(given):
                if before and after and FINDING_RANK[Finding(after)] < FINDING_RANK[Finding(before)]:
                    self.add_error(
                        _cell(criticality, value),
                        f"{label} : le niveau {value} donnerait un constat plus grave que le niveau d’avant.",
                    )
        if (data.get("registres_min") or 0) > len(self.content.registers):
            self.add_error("registres_min", f"Cette édition n’a que {len(self.content.registers)} registres.")
        return data

    @property
    def scale(self) -> list[dict]:
        """What `writing.save_rules` takes for levels."""
        data = self.cleaned_data
        return [
            {
                "value": value,
                "label": data[f"{GROUP}-{value}-libelle"],
                "description": data[f"{GROUP}-{value}-description"],
            }
            for value in self.values_of_scale
        ]

    @property
    def rules(self) -> dict:
        """The rules as the edition keeps them."""
        data = self.cleaned_data
        return {
            "constats": {
                criticality: {str(value): data[_cell(criticality, value)] for value in self.values_of_scale}
                for criticality in Criticality.values
            },
            "seuils": {"mineures_max": data["mineures_max"], "niveau_preuve_min": data["niveau_preuve_min"]},
            "registres": {
                "minimum": data["registres_min"],
                "mois": data["registres_mois"],
                "critere": data["registres_critere"] or None,
            },
            "non_concerne": {"justification_min": data["justification_min"]},
            "chemin": {"jours_par_preuve": _plain(data["jours_par_preuve"])},
        }


def _cell(criticality: str, value: int) -> str:
    return f"constat-{criticality}-{value}"


def _plain(number: Decimal) -> str:
    return format(number.normalize(), "f")


def flat(content: Content) -> QueryDict:
    """The stored scale and rules as the form would send them; what an imported draft lacks is left blank."""
    rules = content.rules
    data = QueryDict(mutable=True)
    for level in content.levels:
        data[f"{GROUP}-{level.value}-libelle"] = level.label
        data[f"{GROUP}-{level.value}-description"] = level.description
        for criticality in Criticality.values:
            data[_cell(criticality, level.value)] = (
                rules.get("constats", {}).get(criticality, {}).get(str(level.value), "")
            )
    places = {
        "mineures_max": ("seuils", "mineures_max"),
        "niveau_preuve_min": ("seuils", "niveau_preuve_min"),
        "registres_min": ("registres", "minimum"),
        "registres_mois": ("registres", "mois"),
        "registres_critere": ("registres", "critere"),
        "justification_min": ("non_concerne", "justification_min"),
        "jours_par_preuve": ("chemin", "jours_par_preuve"),
    }
    for name, (group, key) in places.items():
        value = rules.get(group, {}).get(key)
        data[name] = "" if value is None else str(value).replace(".", ",") if name == "jours_par_preuve" else str(value)
    return data


def after_gesture(data: QueryDict) -> QueryDict | None:
    """One level more at the top, or the top one less; None when the form asks for something else."""
    gesture, values = data.get("geste"), indexes(data, GROUP)
    changed = data.copy()
    if gesture == "ajouter:niveau":
        new = values[-1] + 1 if values else 0
        if len(values) < LEVELS_MAX:
            changed[f"{GROUP}-{new}-libelle"] = ""
            for criticality in Criticality.values:
                changed[_cell(criticality, new)] = data.get(_cell(criticality, values[-1]), "") if values else ""
        return changed
    if gesture == "retirer:niveau":
        if len(values) > LEVELS_MIN:
            gone = (f"{GROUP}-{values[-1]}-", *(_cell(criticality, values[-1]) for criticality in Criticality.values))
            for name in [name for name in changed if name.startswith(gone[0]) or name in gone[1:]]:
                del changed[name]
        return changed
    return None
