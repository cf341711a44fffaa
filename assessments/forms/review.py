"""Checking what an advisor types: an opinion (what it must be is the verb’s business), a request, the message of a step."""

from django import forms

from assessments.forms.answer import AnswerForm
from assessments.forms.fields import DayField, LongText
from assessments.models import RequestKind, ReviewRequest
from assessments.reviews import kind_of
from certif.fields import TextLine
from certif.limits import NOTE_MAX, TEXT_MAX, TITLE_MAX
from referentiel.content import CriterionContent


class OpinionForm(AnswerForm):
    """Reads the review form: the entry form’s hidden fields and level, without « non concerné »."""

    justification = None
    remarque = forms.Field(required=False)
    note = forms.Field(required=False)

    def clean_niveau(self) -> int | None:
        given = super().clean_niveau()
        if given["not_applicable"]:
            raise forms.ValidationError("Ce niveau n’existe pas dans cette édition de la norme.")
        return given["level"]

    def clean_remarque(self) -> str:
        return self.cleaned_data["remarque"] or ""

    def clean_note(self) -> str:
        return self.cleaned_data["note"] or ""


class RequestForm(forms.Form):
    """What the structure is asked: an expected piece of the criterion or not, in words, for a day if need be.

    Its fields stand in the review form beside the opinion’s: each name says whose it is.
    """

    nature = forms.ChoiceField(
        label="Ce que vous demandez", choices=RequestKind.choices, initial=RequestKind.EVIDENCE, widget=forms.RadioSelect
    )
    attendue = forms.ChoiceField(label="Preuve attendue", required=False)
    demande = LongText(
        label="Votre demande",
        limit=TEXT_MAX,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Écrivez ce que vous demandez, en une phrase."},
    )
    echeance = DayField(label="Pour le", required=False)

    def __init__(self, *args, criterion: CriterionContent, **kwargs):
        super().__init__(*args, **kwargs)
        expected = [(str(each.key), each.label) for each in criterion.expected_evidence]
        self.fields["attendue"].choices = [("", "Une autre pièce, ou aucune"), *expected]
        self._expected_ids = {str(each.key): each.id for each in criterion.expected_evidence}

    @property
    def said(self) -> dict:
        """As the verbs take it."""
        expected = self._expected_ids.get(self.cleaned_data["attendue"])
        return {
            "kind": kind_of(expected, self.cleaned_data["nature"]),
            "expected": expected,
            "text": self.cleaned_data["demande"],
            "due_on": self.cleaned_data["echeance"],
        }


def initial_of(request: ReviewRequest, criterion: CriterionContent) -> dict:
    """What the form shows of a stored request."""
    expected = next((str(each.key) for each in criterion.expected_evidence if each.id == request.expected_id), "")
    return {"nature": request.kind, "attendue": expected, "demande": request.text, "echeance": request.due_on}


class MessageForm(forms.Form):
    """What is said to the structure with the list, or why a dossier is opened again."""

    reason = LongText(
        limit=NOTE_MAX,
        widget=forms.Textarea(attrs={"rows": 4, "class": "form-short"}),
        error_messages={"required": "Dites pourquoi, en une phrase au moins."},
    )

    def __init__(self, *args, label: str, help_text: str = "", **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = label
        self.fields["reason"].help_text = help_text


class StockRemarkForm(forms.Form):
    titre = TextLine(
        label="Titre", limit=TITLE_MAX, help_text="Pour la retrouver ; la structure ne le voit pas.",
        error_messages={"required": "Donnez-lui un titre, pour la retrouver."},
    )  # fmt: skip
    texte = LongText(
        label="Texte", limit=TEXT_MAX, widget=forms.Textarea(attrs={"rows": 4, "class": "form-short"}),
        error_messages={"required": "Écrivez le texte de la remarque."},
    )  # fmt: skip
