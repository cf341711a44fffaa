"""Form fields that clean what is typed before judging it."""

import unicodedata

from django import forms
from django.core.exceptions import ValidationError

from certif import limits
from certif.text import TextTooLong, clean_text


class TextLine(forms.CharField):
    """One line of cleaned text. Blanks and invisible characters alone count as nothing.

    No `maxlength` attribute: a browser would cut what is pasted without saying so; the refusal keeps it whole.
    """

    def __init__(self, *, limit: int = limits.NAME_MAX, **options):
        self.limit = limit
        super().__init__(**options)

    def to_python(self, value) -> str:
        text = clean_text(value).replace("\n", " ").replace("\t", " ")
        return text if any(unicodedata.category(character)[0] in "LNPS" for character in text) else ""

    def run_validators(self, value: str) -> None:
        super().run_validators(value)
        if len(value) > self.limit:
            raise ValidationError(str(TextTooLong(value, self.limit)), code="max_length")
