"""Reading what is typed: form fields that clean it before judging it, and numbers that came by hand."""

import unicodedata

from django import forms
from django.core.exceptions import ValidationError

from certif import limits
from certif.text import TextTooLong, clean_text

NUMBER_MAX = 2**63 - 1


def whole_number(text: str) -> int | None:
    """A number as an address or a hidden field carries it, within what a database stores; None for anything else.

    « ² » is a digit that `int` refuses, and so are five thousand nines.
    """
    if not (text.isascii() and text.isdigit() and len(text) < 20):
        return None
    number = int(text)
    return number if number <= NUMBER_MAX else None


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
