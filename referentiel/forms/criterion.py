"""Everything a criterion says, on one form. What is stored, what is typed and what is compared have one flat shape."""

from dataclasses import dataclass
from decimal import Decimal

from django import forms
from django.http import QueryDict

from certif.limits import TEXT_MAX
from referentiel.content import Content, CriterionContent
from referentiel.forms.fields import CodeField, Dressed, Lines, NameLine, Paragraphs, TitleLine
from referentiel.forms.rows import indexes
from referentiel.models import Confidence, Criticality, Nature

EVIDENCE, ACTIONS, INTERVIEWS = "preuves", "actions", "entretiens"
GROUPS = {EVIDENCE: "libelle", ACTIONS: "titre", INTERVIEWS: "fonction"}
ROW_FIELDS = {
    EVIDENCE: ("cle", "libelle", "type", "obligatoire", "validite"),
    ACTIONS: ("cle", "titre", "detail", "charge", "vise"),
    INTERVIEWS: ("fonction", "question", "attendu"),
}
KINDS = ("document", "enregistrement", "observation", "entretien")


class DaysField(forms.DecimalField):
    """Working days, typed « 1,5 » or « 1.5 »."""

    def __init__(self, **options):
        super().__init__(
            max_digits=5,
            decimal_places=2,
            widget=forms.TextInput(attrs={"inputmode": "decimal"}),
            error_messages={
                "invalid": "Écrivez un nombre de jours, par exemple 1,5.",
                "max_digits": "Moins de mille jours.",
                "max_decimal_places": "Deux chiffres après la virgule au plus.",
                "max_whole_digits": "Moins de mille jours.",
            },
            **options,
        )

    def to_python(self, value) -> Decimal | None:
        return super().to_python(value.replace(",", ".") if isinstance(value, str) else value)

    def validate(self, value) -> None:
        super().validate(value)
        if value is not None and value <= 0:
            raise forms.ValidationError("Au moins une fraction de jour.")


@dataclass(frozen=True, slots=True)
class Row:
    """One repeated line, for the template: its number and its fields by name."""

    number: int
    fields: dict


class CriterionForm(Dressed):
    code = CodeField(label="Code", help_text="Une étiquette : la clé stable du critère, elle, ne change jamais.")
    titre = TitleLine(label="Titre")
    enonce = Paragraphs(label="Énoncé", limit=TEXT_MAX, help_text="Ce que l’on attend, en une ou deux phrases.", rows=3)
    questions = Lines(label="Pour y réfléchir", required=False, help_text="Une question par ligne.")
    criticite = forms.ChoiceField(label="Criticité", choices=Criticality.choices)
    raison = Paragraphs(label="Pourquoi cette criticité", required=False, limit=TEXT_MAX, rows=2)
    poids = forms.TypedChoiceField(label="Poids", choices=[(n, str(n)) for n in (1, 2, 3)], coerce=int)
    non_concerne = forms.BooleanField(label="« Non concerné » est admis, avec une justification", required=False)
    condition = Paragraphs(
        label="À quelle condition",
        required=False,
        limit=TEXT_MAX,
        rows=2,
        help_text="Sans objet sur un critère bloquant.",
    )
    registres = forms.TypedMultipleChoiceField(
        label="Registres liés", required=False, coerce=int, widget=forms.CheckboxSelectMultiple
    )
    applicable = forms.TypedMultipleChoiceField(
        label="Seulement si l’un de ces registres est déclaré",
        required=False,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        help_text="Sans choix, le critère s’applique à tous.",
    )
    nature = forms.ChoiceField(label="Nature", choices=Nature.choices)
    confiance = forms.ChoiceField(label="Confiance", choices=Confidence.choices)
    sources = Lines(
        label="Sources publiques", required=False, limit=2000, help_text="Une adresse ou une référence par ligne."
    )
    fonctions = Lines(label="Fonctions interrogées", required=False, limit=100, help_text="Une par ligne.")

    def __init__(self, content: Content, criterion: CriterionContent, data: QueryDict | None = None):
        self.content, self.criterion = content, criterion
        source = flat(criterion, content) if data is None else data
        super().__init__(data, initial={name: _initial(source, name) for name in source}, auto_id="id_%s")
        registers = [(register.id, register.label) for register in content.registers]
        for name in ("registres", "applicable"):
            self.fields[name].choices = registers
        for level in content.levels:
            self.fields[f"niveau-{level.value}"] = Paragraphs(
                label=f"{level.value} {level.label}", required=False, limit=TEXT_MAX, rows=2
            )
        self.numbers = {group: indexes(source, group) for group in GROUPS}
        for group, numbers in self.numbers.items():
            for number in numbers:
                for name, field in self._row_fields(group):
                    self.fields[f"{group}-{number}-{name}"] = field
        for field in self.fields.values():
            if field.required:
                field.error_messages["required"] = "Remplissez ce champ."
        self.dress()

    def _row_fields(self, group: str):
        levels = [("", "Choisir"), *((level.value, f"{level.value} {level.label}") for level in self.content.levels)]
        yield from {
            EVIDENCE: (
                ("cle", forms.CharField(required=False, max_length=36, widget=forms.HiddenInput)),
                ("libelle", TitleLine(label="Preuve", required=False)),
                ("type", NameLine(label="Forme", required=False, limit=30)),
                ("obligatoire", forms.BooleanField(label="Obligatoire", required=False)),
                (
                    "validite",
                    forms.IntegerField(
                        label="Valable, en mois", required=False, min_value=1, max_value=600,
                        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
                        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), "Un nombre de mois, de 1 à 600."),
                    ),
                ),
            ),
            ACTIONS: (
                ("cle", forms.CharField(required=False, max_length=36, widget=forms.HiddenInput)),
                ("titre", TitleLine(label="Action", required=False)),
                ("detail", Paragraphs(label="Détail", required=False, limit=TEXT_MAX, rows=2)),
                ("charge", DaysField(label="Charge, en jours", required=False)),
                (
                    "vise",
                    forms.TypedChoiceField(
                        label="Niveau visé", required=False, choices=levels, coerce=int, empty_value=None,
                        error_messages={"invalid_choice": "Ce niveau n’est pas dans l’échelle."},
                    ),
                ),
            ),
            INTERVIEWS: (
                ("fonction", NameLine(label="À qui", required=False, limit=100)),
                ("question", Paragraphs(label="Question", required=False, limit=TEXT_MAX, rows=2)),
                ("attendu", Paragraphs(label="Ce qu’on s’attend à entendre", required=False, limit=TEXT_MAX, rows=2)),
            ),
        }[group]  # fmt: skip

    # --- For the template

    def rows(self, group: str) -> list[Row]:
        return [
            Row(number, {name: self[f"{group}-{number}-{name}"] for name in ROW_FIELDS[group]})
            for number in self.numbers[group]
        ]

    @property
    def top(self) -> int:
        """The highest level, for the balls."""
        return max(self.content.level_by_value, default=1)

    @property
    def evidence(self) -> list[Row]:
        return self.rows(EVIDENCE)

    @property
    def actions(self) -> list[Row]:
        return self.rows(ACTIONS)

    @property
    def interviews(self) -> list[Row]:
        return self.rows(INTERVIEWS)

    @property
    def descriptors(self) -> list:
        return [(level, self[f"niveau-{level.value}"]) for level in self.content.levels]

    # --- Checking

    def clean_code(self) -> str:
        code = self.cleaned_data["code"]
        if any(
            each.code.casefold() == code.casefold() and each.key != self.criterion.key for each in self.content.criteria
        ):
            raise forms.ValidationError("Un autre critère de cette édition porte déjà ce code.")
        return code

    def clean(self) -> dict:
        data = super().clean()
        if data.get("non_concerne"):
            if data.get("criticite") == Criticality.BLOCKING:
                self.add_error("non_concerne", "Un critère bloquant n’admet pas « non concerné ».")
            elif not data.get("condition"):
                self.add_error("condition", "Dites à quelle condition « non concerné » est admis.")
        needed = {
            EVIDENCE: {
                "libelle": "Nommez cette preuve, ou retirez la ligne.",
                "type": "Dites sa forme : document, observation…",
            },
            ACTIONS: {
                "titre": "Nommez cette action, ou retirez la ligne.",
                "charge": "Estimez la charge.",
                "vise": "Choisissez le niveau qu’elle vise.",
            },
            INTERVIEWS: {
                "fonction": "Dites à qui.",
                "question": "Écrivez la question, ou retirez la ligne.",
                "attendu": "Dites ce qu’on s’attend à entendre.",
            },
        }
        for group, fields in needed.items():
            for number in self.filled(group):
                for name, message in fields.items():
                    field = f"{group}-{number}-{name}"
                    if not self.errors.get(field) and data.get(field) in ("", None):
                        self.add_error(field, message)
        return data

    def filled(self, group: str) -> list[int]:
        """The lines where something was typed; an empty line is no line."""
        names = [name for name in ROW_FIELDS[group] if name not in ("cle", "obligatoire")]
        return [
            number
            for number in self.numbers[group]
            if any((self.data.get(f"{group}-{number}-{name}") or "").strip() for name in names)
        ]

    @property
    def values(self) -> dict:
        """What `writing.save_criterion` takes."""
        data = self.cleaned_data

        def line(group: str, number: int, **names: str) -> dict:
            return {field: data[f"{group}-{number}-{name}"] for field, name in names.items()}

        return {
            "code": data["code"],
            "title": data["titre"],
            "statement": data["enonce"],
            "guiding_questions": data["questions"],
            "criticality": data["criticite"],
            "criticality_reason": data["raison"],
            "weight": data["poids"],
            "nature": data["nature"],
            "confidence": data["confiance"],
            "sources": data["sources"],
            "na_allowed": data["non_concerne"],
            "na_condition": data["condition"],
            "interviewed_roles": data["fonctions"],
            "registers": data["registres"],
            "applicable_registers": data["applicable"],
            "descriptors": {level.value: data[f"niveau-{level.value}"] for level in self.content.levels},
            "expected_evidence": [
                line(
                    EVIDENCE,
                    n,
                    key="cle",
                    label="libelle",
                    kind="type",
                    required="obligatoire",
                    validity_months="validite",
                )
                for n in self.filled(EVIDENCE)
            ],
            "suggested_actions": [
                line(ACTIONS, n, key="cle", title="titre", detail="detail", effort_days="charge", target_level="vise")
                for n in self.filled(ACTIONS)
            ],
            "interview_questions": [
                line(INTERVIEWS, n, role="fonction", question="question", expected="attendu")
                for n in self.filled(INTERVIEWS)
            ],
        }


def _initial(source: QueryDict, name: str):
    return source.getlist(name) if name in ("registres", "applicable") else source.get(name)


def flat(criterion: CriterionContent, content: Content) -> QueryDict:
    """The stored criterion as its form would send it."""
    data = QueryDict(mutable=True)
    data.update(
        {
            "code": criterion.code,
            "titre": criterion.title,
            "enonce": criterion.statement,
            "questions": "\n".join(criterion.guiding_questions),
            "criticite": criterion.criticality,
            "raison": criterion.criticality_reason,
            "poids": str(criterion.weight),
            "condition": criterion.na_condition,
            "nature": criterion.nature,
            "confiance": criterion.confidence,
            "sources": "\n".join(criterion.sources),
            "fonctions": "\n".join(criterion.interviewed_roles),
        }
    )
    if criterion.na_allowed:
        data["non_concerne"] = "on"
    data.setlist("registres", [str(pk) for pk in criterion.register_ids])
    data.setlist("applicable", [str(pk) for pk in criterion.applicable_register_ids])
    for level in content.levels:
        data[f"niveau-{level.value}"] = criterion.descriptor(level.value)
    for number, expected in enumerate(criterion.expected_evidence):
        _put(data, f"{EVIDENCE}-{number}-", cle=expected.key, libelle=expected.label, type=expected.kind)
        if expected.required:
            data[f"{EVIDENCE}-{number}-obligatoire"] = "on"
        data[f"{EVIDENCE}-{number}-validite"] = str(expected.validity_months or "")
    for number, action in enumerate(criterion.suggested_actions):
        days = f"{action.effort_days.normalize():f}".replace(".", ",")
        _put(data, f"{ACTIONS}-{number}-", cle=action.key, titre=action.title, detail=action.detail, charge=days)
        data[f"{ACTIONS}-{number}-vise"] = str(action.target_level)
    for number, each in enumerate(criterion.interview_questions):
        _put(data, f"{INTERVIEWS}-{number}-", fonction=each.role, question=each.question, attendu=each.expected)
    return data


def _put(data: QueryDict, prefix: str, **values: str) -> None:
    for name, value in values.items():
        data[f"{prefix}{name}"] = value


def version_of(data: QueryDict) -> int | None:
    """The version the page was made from; None when the page is incomplete."""
    given = data.get("version", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) <= 9 else None
