"""Checking one action of the roadmap."""

from django import forms

from assessments.enums import ActionStatus
from assessments.forms.fields import DayField, DaysField, LongText
from assessments.models import Action, Assessment
from assessments.scoring import NBSP
from certif.accounts.models import User
from certif.fields import TextLine
from certif.limits import ACTION_EUROS, NOTE_MAX, TITLE_MAX
from referentiel.content import Content, CriterionContent, SuggestedActionContent


class ActionForm(forms.Form):
    """Everything an action says. `criteria` takes codes of the dossier’s own edition, `owner` a member of its structure."""

    title = TextLine(
        label="Que faut-il faire\u202f?", limit=TITLE_MAX, error_messages={"required": "Donnez un intitulé à l’action."}
    )
    detail = LongText(
        label="Comment", limit=NOTE_MAX, required=False, widget=forms.Textarea(attrs={"rows": 4, "class": "form-short"})
    )
    cause = LongText(
        label="Pourquoi l’écart existe", limit=NOTE_MAX, required=False, help_text="La cause, pas le symptôme.",
        widget=forms.Textarea(attrs={"rows": 3, "class": "form-short"}),
    )  # fmt: skip
    criteria = forms.MultipleChoiceField(
        label="Critères concernés", required=False,
        error_messages={"invalid_choice": f"Le critère «{NBSP}%(value)s{NBSP}» n’existe pas dans l’édition de ce dossier."},
    )  # fmt: skip
    owner = forms.ModelChoiceField(
        label="Qui la pilote", queryset=User.objects.none(), required=False, empty_label="Personne pour l’instant",
        error_messages={"invalid_choice": "Cette personne ne fait pas partie de votre structure."},
    )  # fmt: skip
    starts_on = DayField(label="Début", required=False)
    due_on = DayField(label="Échéance", required=False, help_text="Jour compris.")
    effort_days = DaysField(label="Charge, en jours", min_value=0, max_digits=6, decimal_places=2, required=False)
    cost_euros = forms.IntegerField(
        label="Coût, en euros", min_value=0, max_value=ACTION_EUROS, required=False, widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages={"invalid": "Écrivez un montant en euros, par exemple 1200.", "min_value": "Le coût ne peut pas être négatif."},
    )  # fmt: skip
    target_level = forms.TypedChoiceField(
        label="Niveau visé", coerce=int, empty_value=None, required=False,
        error_messages={"invalid_choice": "Ce niveau n’existe pas dans l’édition de ce dossier."},
    )  # fmt: skip
    status = forms.ChoiceField(
        label="État", choices=ActionStatus.choices, initial=ActionStatus.TODO,
        error_messages={"invalid_choice": "Choisissez l’un des états proposés.", "required": "Choisissez un état."},
    )  # fmt: skip
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    submission = forms.UUIDField(required=False, widget=forms.HiddenInput)
    suggestion = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data=None, *, assessment: Assessment, content: Content, **kwargs):
        super().__init__(data, **kwargs)
        self.content = content
        members = User.objects.filter(memberships__structure=assessment.structure_id).order_by("name", "pk")
        self.fields["owner"].queryset = members
        self.fields["criteria"].choices = [(criterion.code, criterion.title) for criterion in content.criteria]
        self.fields["target_level"].choices = [
            ("", "Non précisé"),
            *((level.value, f"{level.value} {level.label}") for level in content.levels),
        ]

    def clean(self):
        cleaned = super().clean()
        starts_on, due_on = cleaned.get("starts_on"), cleaned.get("due_on")
        if starts_on and due_on and due_on < starts_on:
            self.add_error("due_on", "L’échéance précède le début.")
        return cleaned

    @property
    def action_fields(self) -> dict:
        """What the verbs of `assessments.roadmap` write."""
        beside = {"criteria", "version", "submission", "suggestion"}
        return {name: value for name, value in self.cleaned_data.items() if name not in beside}

    @property
    def criterion_ids(self) -> list[int]:
        return [self.content.criterion_by_code[code].id for code in self.cleaned_data["criteria"]]

    @property
    def suggested(self) -> SuggestedActionContent | None:
        """What the norm suggests, when the action began with it."""
        return self.content.action_by_key.get(self.cleaned_data["suggestion"])

    @property
    def chosen(self) -> set[str]:
        """Codes ticked on the page, valid or not."""
        return set(self["criteria"].value() or ())


def initial_of(action: Action) -> dict:
    """What the form shows of an action. Needs its criteria."""
    names = (
        "title",
        "detail",
        "cause",
        "owner",
        "starts_on",
        "due_on",
        "effort_days",
        "cost_euros",
        "target_level",
        "status",
        "version",
    )
    return {name: getattr(action, name) for name in names} | {
        "criteria": [criterion.code for criterion in action.criteria.all()]
    }


def initial_from(criterion: CriterionContent | None, suggested: SuggestedActionContent | None) -> dict:
    """A new action, begun from a criterion or from what the norm suggests for it."""
    initial: dict = {"criteria": [criterion.code]} if criterion else {}
    if suggested:
        initial |= {
            "suggestion": suggested.key,
            "title": suggested.title,
            "detail": suggested.detail,
            "effort_days": suggested.effort_days,
            "target_level": suggested.target_level,
        }
    return initial


class StatusForm(forms.Form):
    """Moving an action on the board."""

    status = forms.ChoiceField(choices=ActionStatus.choices)
    version = forms.IntegerField(min_value=1)


class ReasonForm(forms.Form):
    """Why a step is taken."""

    reason = LongText(
        label="Pourquoi rouvrir ce dossier\u202f?", limit=NOTE_MAX, widget=forms.Textarea(attrs={"rows": 3, "class": "form-short"}),
        help_text="Le motif reste au journal du dossier.",
        error_messages={"required": "Dites pourquoi, en une phrase au moins."},
    )  # fmt: skip
