"""Checking what a coordinator asks in a campaign, and what a structure answers with."""

from collections.abc import Iterable

from django import forms

from assessments.forms.fields import DayField, LongText
from assessments.models import Assessment
from certif.accounts.models import Structure
from certif.fields import TextLine
from certif.limits import TEXT_MAX, TITLE_MAX
from referentiel.models import Edition

EVERYONE, CHOSEN = "toutes", "choisies"
NEW = "nouveau"


class EditionChoice(forms.ModelChoiceField):
    def label_from_instance(self, edition: Edition) -> str:
        return edition.label


class MemberChoice(forms.ModelMultipleChoiceField):
    def label_from_instance(self, structure: Structure) -> str:
        return structure.name


class CampaignForm(forms.Form):
    title = TextLine(
        label="Titre", limit=TITLE_MAX, error_messages={"required": "Donnez un titre à la campagne."}
    )
    message = LongText(label="Message aux structures", limit=TEXT_MAX, required=False)
    edition = EditionChoice(
        label="Édition de la norme",
        queryset=Edition.objects.none(),
        empty_label=None,
        error_messages={"required": "Choisissez une édition publiée.", "invalid_choice": "Choisissez une édition publiée."},
    )
    opens_on = DayField(label="Ouverture", error_messages={"required": "Indiquez le jour de l’ouverture."})
    due_on = DayField(label="Échéance", error_messages={"required": "Indiquez le jour de l’échéance."})
    who = forms.ChoiceField(
        label="Structures",
        choices=[(EVERYONE, "Toutes les structures membres"), (CHOSEN, "Celles que je choisis")],
        widget=forms.RadioSelect,
        initial=EVERYONE,
    )
    members = MemberChoice(
        label="Structures choisies",
        queryset=Structure.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Une des structures choisies n’est pas membre du réseau."},
    )

    def __init__(self, data=None, *, structures, **options):
        super().__init__(data, **options)
        self.fields["edition"].queryset = Edition.objects.published().order_by("-pk")
        self.fields["members"].queryset = structures

    def clean(self) -> dict:
        cleaned = super().clean()
        opens_on, due_on = cleaned.get("opens_on"), cleaned.get("due_on")
        if opens_on and due_on and due_on < opens_on:
            self.add_error("due_on", "L’échéance précède l’ouverture.")
        if cleaned.get("who") == CHOSEN and "members" in cleaned and not cleaned["members"]:
            self.add_error("members", "Choisissez au moins une structure.")
        if cleaned.get("who") == EVERYONE and not self.fields["members"].queryset.exists():
            self.add_error("who", "Le réseau n’a encore aucune structure membre.")
        return cleaned

    @property
    def structures(self):
        chosen = self.cleaned_data["who"] == CHOSEN
        return self.cleaned_data["members"] if chosen else self.fields["members"].queryset


class AnswerForm(forms.Form):
    """With which dossier: one of those offered, compared and never looked up, or a new one."""

    dossier = forms.ChoiceField(
        label="Répondre avec",
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choisissez un dossier, ou d’en ouvrir un nouveau.",
            "invalid_choice": "Ce dossier n’est pas de votre structure, ou pas dans cette édition.",
        },
    )

    def __init__(self, data=None, *, offered: Iterable[Assessment], **options):
        super().__init__(data, **options)
        self.offered = {str(dossier.pk): dossier for dossier in offered}
        self.fields["dossier"].choices = [
            *((pk, dossier.title) for pk, dossier in self.offered.items()),
            (NEW, "Un nouveau dossier"),
        ]

    @property
    def chosen(self) -> Assessment | None:
        """None for a new one."""
        return self.offered.get(self.cleaned_data["dossier"])
