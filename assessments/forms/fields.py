"""Form fields of the dossier that clean what is typed before judging it (lines of text: `certif.fields`)."""

from datetime import date
from decimal import Decimal

from django import forms

from assessments.scoring import NBSP
from certif.limits import CALENDAR_YEARS
from certif.text import TextTooLong, clean_text


class LongText(forms.CharField):
    """Several lines of cleaned text. No `maxlength` attribute: a browser would cut what is pasted without saying so."""

    widget = forms.Textarea

    def __init__(self, *, limit: int, **options):
        self.limit = limit
        super().__init__(**options)

    def to_python(self, value) -> str:
        return clean_text(value)

    def run_validators(self, value: str) -> None:
        super().run_validators(value)
        if len(value) > self.limit:
            raise forms.ValidationError(str(TextTooLong(value, self.limit)), code="max_length")


class DayField(forms.DateField):
    """A day, from the browser’s picker or typed as « 31/12/2026 », within reason."""

    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    default_error_messages = {"invalid": f"Écrivez une date comme 31/12/2026{NBSP}: celle-ci n’existe pas."}

    def __init__(self, **options):
        super().__init__(input_formats=["%Y-%m-%d", "%d/%m/%Y"], **options)

    def clean(self, value) -> date | None:
        day = super().clean(value)
        first, last = CALENDAR_YEARS
        if day and not first <= day.year <= last:
            raise forms.ValidationError(f"Choisissez une date entre {first} et {last}.")
        return day


class DaysField(forms.DecimalField):
    """Working days, typed « 1,5 » or « 1.5 »."""

    widget = forms.TextInput(attrs={"inputmode": "decimal"})
    default_error_messages = {
        "invalid": "Écrivez un nombre de jours, par exemple 1,5.",
        "min_value": "La charge ne peut pas être négative.",
    }

    def __init__(self, **options):
        super().__init__(localize=True, **options)

    def prepare_value(self, value):
        return f"{value.normalize():f}".replace(".", ",") if isinstance(value, Decimal) else value
