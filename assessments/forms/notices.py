"""How often one wants each kind of notice by e-mail."""

from django import forms

from assessments.models import Cadence, NoticeKind


class PreferencesForm(forms.Form):
    """One choice for each kind."""

    def __init__(self, *args, chosen: dict[NoticeKind, Cadence], **kwargs):
        super().__init__(*args, **kwargs)
        for kind in NoticeKind:
            self.fields[kind.value] = forms.ChoiceField(
                label=kind.label,
                choices=Cadence.choices,
                initial=chosen[kind].value,
                widget=forms.Select(attrs={"class": "form-select form-select-sm"}),
                error_messages=dict.fromkeys(("required", "invalid_choice"), "Choisissez dans la liste."),
            )

    @property
    def cadences(self) -> dict[NoticeKind, Cadence]:
        return {NoticeKind(name): Cadence(value) for name, value in self.cleaned_data.items()}
