"""Checking what a dossier covers: title, edition, audit, services of the perimeter, eligibility answers."""

from collections.abc import Iterable

from django import forms

from assessments.enums import AuditKind
from assessments.forms.fields import DayField
from certif.accounts.models import Service
from certif.fields import TextLine
from certif.limits import TITLE_MAX
from referentiel.content import Content
from referentiel.eligibility import EFFECTS
from referentiel.models import Edition

QUESTION = "eligibilite-"
FIRST_SITE_WITHOUT_SERVICE = "Nommez aussi le dispositif qui s’y trouve."
FIRST_SERVICE_WITHOUT_SITE = "Nommez aussi le site où il se trouve."


class ServicesField(forms.TypedMultipleChoiceField):
    """Services among those offered: identifiers typed by hand are compared, never looked up."""

    def __init__(self, **options):
        super().__init__(empty_value=[], widget=forms.CheckboxSelectMultiple, **options)

    def offer(self, services: Iterable[Service]) -> None:
        known = {str(service.pk): service for service in services}
        self.choices = [(pk, service.name) for pk, service in known.items()]
        self.coerce = known.__getitem__


class ScopeForm(forms.Form):
    """`services` are those that may be chosen; `eligibility`, the questionnaire of the edition, never has to be answered."""

    title = TextLine(
        label="Titre du dossier", limit=TITLE_MAX, error_messages={"required": "Donnez un titre au dossier."}
    )
    audit_kind = forms.ChoiceField(label="Audit préparé", choices=AuditKind.choices, initial=AuditKind.INITIAL)
    audit_on = DayField(
        label="Date de l’audit", required=False, help_text="Même approximative : elle sert au compte à rebours."
    )
    services = ServicesField(
        label="Dispositifs du périmètre",
        required=False,
        error_messages={"invalid_choice": "Un des dispositifs choisis n’appartient pas à votre structure."},
    )
    based_on = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(self, data=None, *, services: Iterable[Service], content: Content | None, **options):
        super().__init__(data, **options)
        self.fields["services"].offer(services)
        self._questions = content.eligibility.get("questions", ()) if content else ()
        for question in self._questions:
            self.fields[QUESTION + question["code"]] = forms.ChoiceField(
                label=question["question"],
                help_text=question.get("aide", ""),
                choices=[(choice["valeur"], choice["libelle"]) for choice in question["reponses"]],
                required=False,
                widget=forms.RadioSelect,
                error_messages={"invalid_choice": "Choisissez l’une des réponses proposées."},
            )

    @property
    def eligibility(self) -> dict[str, str]:
        """Question code → value, for the questions answered."""
        answers = {each["code"]: self.cleaned_data.get(QUESTION + each["code"]) for each in self._questions}
        return {code: value for code, value in answers.items() if value}

    @property
    def questions(self) -> list[dict]:
        """Each question with its choices, what each of them means, and the one chosen."""
        return [
            {
                "field": field,
                "aide": question.get("aide", ""),
                "chosen": field.value() or "",
                "choices": [
                    {**choice, "checked": field.value() == choice["valeur"], "said": EFFECTS[choice["effet"]]}
                    for choice in question["reponses"]
                ],
            }
            for question in self._questions
            for field in (self[QUESTION + question["code"]],)
        ]

    @property
    def answered(self) -> int:
        return sum(bool(question["chosen"]) for question in self.questions)

    @property
    def fields_of_scope(self) -> dict:
        """What the verbs of `assessments.dossiers` take."""
        names = ("title", "audit_kind", "audit_on", "services")
        return {name: self.cleaned_data[name] for name in names} | {"eligibility": self.eligibility}

    @property
    def chosen_services(self) -> set[str]:
        """Identifiers ticked on the page, valid or not."""
        return {str(getattr(each, "pk", each)) for each in self["services"].value() or ()}


class OpeningForm(ScopeForm):
    """A new dossier: also its edition and, where the structure has none, a first site and a first service."""

    edition = forms.ModelChoiceField(
        label="Édition de la norme", queryset=Edition.objects.none(), widget=forms.RadioSelect, empty_label=None,
        help_text="Le dossier la garde jusqu’au bout, même si une autre paraît.",
        error_messages={
            "required": "Choisissez une édition de la norme.",
            "invalid_choice": "Cette édition n’est pas publiée : choisissez-en une autre.",
        },
    )  # fmt: skip
    site_name = TextLine(label="Premier site", required=False, help_text="Un lieu d’où l’équipe travaille.")
    service_name = TextLine(label="Premier dispositif", required=False, help_text="Ce que l’équipe y fait.")

    def __init__(self, data=None, *, with_first_service: bool, **options):
        super().__init__(data, **options)
        self.fields["edition"].queryset = Edition.objects.published().order_by("-seal__in_force_on", "-pk")
        if not with_first_service:
            del self.fields["site_name"], self.fields["service_name"]

    def clean(self) -> dict:
        cleaned = super().clean()
        site, service = cleaned.get("site_name"), cleaned.get("service_name")
        if site and not service and "service_name" not in self.errors:
            self.add_error("service_name", FIRST_SITE_WITHOUT_SERVICE)
        if service and not site and "site_name" not in self.errors:
            self.add_error("site_name", FIRST_SERVICE_WITHOUT_SITE)
        return cleaned

    @property
    def first_service(self) -> tuple[str, str] | None:
        """Names of the first site and service, when they were given."""
        site, service = self.cleaned_data.get("site_name"), self.cleaned_data.get("service_name")
        return (site, service) if site and service else None


def initial_eligibility(answers: dict[str, str]) -> dict[str, str]:
    return {QUESTION + code: value for code, value in answers.items()}
