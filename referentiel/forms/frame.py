"""The eligibility questionnaire and the certification cycle as forms: what is stored and what is sent have one flat shape."""

import re
import unicodedata
from datetime import date, timedelta

from django import forms
from django.http import QueryDict

from certif.dates import SAME_DAY, UNITS, add_duration, spoken
from certif.limits import NORM_SOURCE, TEXT_MAX
from referentiel.content import Content
from referentiel.eligibility import EFFECTS
from referentiel.forms.fields import CodeField, Dressed, Lines, Paragraphs, TitleLine
from referentiel.forms.rows import indexes

ANSWERS = "reponses"
GROUPS = {ANSWERS: "libelle"}
ANCHORS = "ancres"
STATUSES = [("sourcé", "Sourcé"), ("proposition", "Proposition de Certif")]
# The audits of a cycle a dossier may be preparing, for an edition that has none yet.
USUAL_ANCHORS = (
    {"code": "audit_initial", "libelle": "Audit initial", "definition": "", "par_defaut": None},
    {
        "code": "audit_intermediaire",
        "libelle": "Audit à deux ans",
        "definition": "",
        "par_defaut": {"ancre": "audit_initial", "decalage": "+P2Y"},
    },
    {
        "code": "renouvellement",
        "libelle": "Audit de renouvellement",
        "definition": "",
        "par_defaut": {"ancre": "audit_initial", "decalage": "+P4Y"},
    },
)

_SAID = re.compile(
    r"\s*(?:et\s+)?".join(rf"(?:(\d{{1,4}})\s*(?:{one}|{many}))?" for _unit, one, many in UNITS) + r"\s*(avant|après)"
)
SOME_DAY, A_CENTURY = date(2026, 1, 1), timedelta(days=36_525)


class DelayField(forms.CharField):
    """A time before or after an audit, typed in words: « 13 mois avant ». Kept as an ISO duration: « -P13M »."""

    def to_python(self, value) -> str:
        text = " ".join(super().to_python(value).lower().split())
        if not text or text == SAME_DAY:
            return "+P0D" if text else ""
        match = _SAID.fullmatch(text)
        if match is None or not any(match.groups()[:-1]):
            raise forms.ValidationError(
                "Écrivez par exemple « 13 mois avant », « 15 jours après » ou « le jour même »."
            )
        *numbers, direction = match.groups()
        written = "".join(f"{int(number)}{letter}" for number, letter in zip(numbers, "YMWD", strict=True) if number)
        duration = f"{'-' if direction == 'avant' else '+'}P{written}"
        try:
            far = abs(add_duration(SOME_DAY, duration) - SOME_DAY) > A_CENTURY
        except (ValueError, OverflowError):
            far = True
        if far:
            raise forms.ValidationError("Moins d’un siècle.")
        return duration


class FrameForm(Dressed):
    """A form whose stored values and sent values have the same names."""

    def __init__(self, stored: QueryDict, data: QueryDict | None = None):
        source = stored if data is None else data
        self.stored = stored
        super().__init__(data, initial={name: source.get(name) for name in source}, auto_id="id_%s")

    def finish(self) -> None:
        for field in self.fields.values():
            if field.required:
                field.error_messages["required"] = "Remplissez ce champ."
        self.dress()

    @property
    def current(self) -> list[tuple]:
        """What is stored, field by field, to be read beside what is typed."""
        return [(self[name], self.stored.get(name, "")) for name in self.fields if name in self.data]


class EligibilityCoverForm(FrameForm):
    titre = TitleLine(label="Titre")
    avertissement = Paragraphs(label="Avertissement", required=False, limit=TEXT_MAX)
    regle_conclusion = Paragraphs(
        label="Comment on conclut", required=False, limit=TEXT_MAX,
        help_text="Expliqué aux structures ; le calcul, lui, retient toujours la réponse la plus défavorable.",
    )  # fmt: skip

    def __init__(self, stored: dict, data: QueryDict | None = None):
        super().__init__(_flat({name: stored.get(name, "") for name in self.base_fields}), data)
        self.finish()

    @property
    def values(self) -> dict:
        return {name: self.cleaned_data[name] for name in self.base_fields}


class QuestionForm(FrameForm):
    code = CodeField(label="Code", help_text="Par exemple ELI-01.")
    question = Paragraphs(label="Question", limit=TEXT_MAX, rows=2)
    aide = Paragraphs(label="Aide", required=False, limit=TEXT_MAX)
    statut = forms.ChoiceField(label="Ce que vaut cette question", choices=STATUSES)
    source = Paragraphs(label="Source", required=False, limit=NORM_SOURCE, rows=2)
    criteres = Lines(label="Critères concernés", required=False, rows=2, help_text="Un code de critère par ligne.")

    def __init__(self, content: Content, stored: dict | None = None, data: QueryDict | None = None):
        self.content = content
        flat = _question(stored) if stored else _flat({f"{ANSWERS}-{n}-libelle": "" for n in (0, 1)})
        super().__init__(flat, data)
        if stored and stored["statut"] not in dict(STATUSES):
            self.fields["statut"].choices = [*STATUSES, (stored["statut"], stored["statut"] or "Non précisé")]
        self.numbers = indexes(flat if data is None else data, ANSWERS)
        for number in self.numbers:
            self.fields[f"{ANSWERS}-{number}-valeur"] = forms.CharField(
                required=False, max_length=100, widget=forms.HiddenInput
            )
            self.fields[f"{ANSWERS}-{number}-libelle"] = TitleLine(label="Réponse", required=False)
            self.fields[f"{ANSWERS}-{number}-effet"] = forms.ChoiceField(
                label="Effet", choices=[("", "Choisir"), *EFFECTS.items()], required=False
            )
            self.fields[f"{ANSWERS}-{number}-message"] = Paragraphs(
                label="Ce qu’on en dit", required=False, limit=TEXT_MAX, rows=2
            )
        self.finish()

    @property
    def main(self) -> list:
        return [self[name] for name in self.base_fields]

    @property
    def answers(self) -> list[dict]:
        names = ("valeur", "libelle", "effet", "message")
        return [
            {"number": number, "fields": {name: self[f"{ANSWERS}-{number}-{name}"] for name in names}}
            for number in self.numbers
        ]

    @property
    def filled(self) -> list[int]:
        """The answers where something was typed; an empty line is no line."""
        return [
            number
            for number in self.numbers
            if any(
                (self.data.get(f"{ANSWERS}-{number}-{name}") or "").strip() for name in ("libelle", "effet", "message")
            )
        ]

    def clean_criteres(self) -> list[str]:
        codes = self.cleaned_data["criteres"]
        unknown = [code for code in codes if code not in self.content.criterion_by_code]
        if unknown:
            raise forms.ValidationError(f"Aucun critère ne porte ce code : {', '.join(unknown)}.")
        return codes

    def clean(self) -> dict:
        data = super().clean()
        if not self.filled:
            self.add_error(None, "Une question propose au moins une réponse.")
        for number in self.filled:
            for name, message in (
                ("libelle", "Écrivez la réponse, ou retirez la ligne."),
                ("effet", "Choisissez son effet."),
            ):
                field = f"{ANSWERS}-{number}-{name}"
                if not self.errors.get(field) and not data.get(field):
                    self.add_error(field, message)
        return data

    @property
    def values(self) -> dict:
        """The question as the edition keeps it. A new answer is named after its words; an old one keeps its name."""
        data, taken, answers = self.cleaned_data, set(), []
        kept = {self.stored.get(name) for name in self.stored if name.endswith("-valeur")}
        for number in self.filled:
            given = {name: data[f"{ANSWERS}-{number}-{name}"] for name in ("valeur", "libelle", "effet", "message")}
            name = given["valeur"] if given["valeur"] in kept - taken else _named(given["libelle"], kept | taken)
            taken.add(name)
            answers.append(given | {"valeur": name})
        return {name: data[name] for name in self.base_fields} | {ANSWERS: answers}


class CycleCoverForm(FrameForm):
    titre = TitleLine(label="Titre")
    avertissement = Paragraphs(label="Avertissement", required=False, limit=TEXT_MAX)

    def __init__(self, stored: dict, data: QueryDict | None = None):
        self.kept = stored.get(ANCHORS) or list(USUAL_ANCHORS)
        flat = _flat({name: stored.get(name, "") for name in self.base_fields})
        for number, anchor in enumerate(self.kept):
            after = anchor["par_defaut"]
            _put(flat, f"{ANCHORS}-{number}-", libelle=anchor["libelle"], definition=anchor["definition"])
            if after:
                _put(flat, f"{ANCHORS}-{number}-", decalage=spoken(after["decalage"]))
        super().__init__(flat, data)
        names = {anchor["code"]: anchor["libelle"] for anchor in self.kept}
        for number, anchor in enumerate(self.kept):
            prefix = f"{ANCHORS}-{number}-"
            self.fields[f"{prefix}libelle"] = TitleLine(label="Nom de l’audit")
            self.fields[f"{prefix}definition"] = Paragraphs(
                label="Ce que c’est", required=False, limit=TEXT_MAX, rows=2
            )
            if anchor["par_defaut"]:
                origin = names.get(anchor["par_defaut"]["ancre"], anchor["par_defaut"]["ancre"])
                self.fields[f"{prefix}decalage"] = DelayField(
                    label=f"Quand, par rapport à : {origin}", help_text="Par exemple « 2 ans après »."
                )
        self.finish()

    @property
    def main(self) -> list:
        return [self[name] for name in self.base_fields]

    @property
    def anchors(self) -> list[tuple[str, list]]:
        return [
            (anchor["libelle"], [self[name] for name in self.fields if name.startswith(f"{ANCHORS}-{number}-")])
            for number, anchor in enumerate(self.kept)
        ]

    @property
    def values(self) -> dict:
        data = self.cleaned_data
        anchors = [
            anchor
            | {
                "libelle": data[f"{ANCHORS}-{number}-libelle"],
                "definition": data[f"{ANCHORS}-{number}-definition"],
                "par_defaut": anchor["par_defaut"]
                and anchor["par_defaut"] | {"decalage": data[f"{ANCHORS}-{number}-decalage"]},
            }
            for number, anchor in enumerate(self.kept)
        ]
        return {name: data[name] for name in self.base_fields} | {ANCHORS: anchors}


class MilestoneForm(FrameForm):
    code = CodeField(label="Code", help_text="Par exemple JAL-01.")
    titre = TitleLine(label="Ce qu’il faut avoir fait")
    description = Paragraphs(label="Comment s’y prendre", required=False, limit=TEXT_MAX)
    ancre = forms.ChoiceField(label="Par rapport à")
    decalage = DelayField(
        label="Quand", help_text="Par exemple « 13 mois avant », « 15 jours après », « le jour même »."
    )
    responsable = TitleLine(label="Qui s’en charge", required=False)
    statut = forms.ChoiceField(label="Ce que vaut ce jalon", choices=STATUSES)
    lien = Lines(
        label="Liens", required=False, rows=2, help_text="Un code de critère, ou le nom d’un document, par ligne."
    )

    def __init__(self, anchors: list[dict], stored: dict | None = None, data: QueryDict | None = None):
        flat = {**stored, "lien": "\n".join(stored["lien"]), "decalage": spoken(stored["decalage"])} if stored else {}
        super().__init__(_flat(flat), data)
        self.fields["ancre"].choices = [(anchor["code"], anchor["libelle"]) for anchor in anchors]
        if stored and stored["statut"] not in dict(STATUSES):
            self.fields["statut"].choices = [*STATUSES, (stored["statut"], stored["statut"] or "Non précisé")]
        self.finish()

    @property
    def values(self) -> dict:
        return {name: self.cleaned_data[name] for name in self.base_fields}


def _question(stored: dict) -> QueryDict:
    flat = _flat({name: stored.get(name, "") for name in QuestionForm.base_fields})
    flat["criteres"] = "\n".join(stored.get("criteres", ()))
    for number, answer in enumerate(stored[ANSWERS]):
        _put(flat, f"{ANSWERS}-{number}-", **answer)
    return flat


def _named(label: str, taken: set) -> str:
    """« entite_en_creation » for « Entité en création », and a number when it is taken."""
    plain = "".join(each for each in unicodedata.normalize("NFKD", label.lower()) if not unicodedata.combining(each))
    name = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:60] or "reponse"
    return next(each for each in (name, *(f"{name}_{n}" for n in range(2, 100))) if each not in taken)


def _flat(values: dict) -> QueryDict:
    data = QueryDict(mutable=True)
    data.update(values)
    return data


def _put(data: QueryDict, prefix: str, **values: str) -> None:
    for name, value in values.items():
        data[f"{prefix}{name}"] = value
