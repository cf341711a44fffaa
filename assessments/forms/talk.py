"""Checking what is typed in a thread."""

from django import forms

from assessments import talk
from assessments.forms.fields import LongText
from assessments.threads import Circle, Talk
from certif.fields import whole_number
from certif.limits import TEXT_MAX


class TalkForm(forms.Form):
    """A remark in the threads of one circle, and somebody called, picked in a list or named in the text.

    `cleaned_data["body"]` names whoever was picked; `called` are the identifiers of all those called.
    """

    body = LongText(
        label="Votre message",
        limit=TEXT_MAX,
        error_messages={"required": "Écrivez votre message avant de l’envoyer."},
    )
    personne = forms.Field(required=False)

    def __init__(self, *args, circle: Circle, talk: Talk, **kwargs):
        super().__init__(*args, **kwargs)
        self.circle = circle
        self.talk = talk
        self.called: set[int] = set()

    def clean_body(self) -> str:
        body = self.cleaned_data["body"]
        strangers = self.talk.strangers_to(self.circle)
        unseeing = talk.called_in(body, strangers)
        for person in strangers:
            if person.id in unseeing:
                raise forms.ValidationError(f"{person.name} ne voit pas ce fil. Retirez son nom, ou écrivez ailleurs.")
        return body

    def clean_personne(self) -> int | None:
        given = self.cleaned_data["personne"]
        if not given:
            return None
        if whole_number(given) not in {person.id for person in self.circle.people}:
            raise forms.ValidationError("Cette personne ne voit pas ce fil : choisissez-en une autre.")
        return int(given)

    def clean(self) -> dict:
        cleaned = super().clean()
        body, picked = cleaned.get("body"), cleaned.get("personne")
        if not body or self.errors:
            return cleaned
        self.called = talk.called_in(body, self.circle.people)
        if picked and picked not in self.called:
            name = next(person.name for person in self.circle.people if person.id == picked)
            cleaned["body"] = f"@{name} {body}"
            self.called.add(picked)
        return cleaned
