"""Form fields of a draft: long cleaned texts, lists of one line each, codes. Nothing typed is cut."""

import re

from django import forms

from certif.fields import TextLine
from certif.limits import NAME_MAX, NOTE_MAX, TITLE_MAX
from certif.text import TextTooLong, clean_text

LINES_MAX = 30
_BLANKS = re.compile(r"[ \t]+")
_CODE = re.compile(r"[^\W_](?:[\w.\-]*[^\W_])?")


class Paragraphs(forms.CharField):
    """Several lines of cleaned text."""

    def __init__(self, *, limit: int = NOTE_MAX, rows: int = 3, **options):
        self.limit = limit
        super().__init__(widget=forms.Textarea(attrs={"rows": rows}), **options)

    def to_python(self, value) -> str:
        return clean_text(value)

    def run_validators(self, value: str) -> None:
        super().run_validators(value)
        if len(value) > self.limit:
            raise forms.ValidationError(str(TextTooLong(value, self.limit)), code="max_length")


class Lines(forms.Field):
    """A list of short texts, one per line; empty lines do not count."""

    def __init__(self, *, limit: int = 500, rows: int = 3, **options):
        self.limit = limit
        super().__init__(widget=forms.Textarea(attrs={"rows": rows}), **options)

    def prepare_value(self, value):
        return value if isinstance(value, str) or value is None else "\n".join(value)

    def to_python(self, value) -> list[str]:
        # Spaces that do not break are part of the text.
        lines = [_BLANKS.sub(" ", line).strip() for line in clean_text(value or "").split("\n")]
        return [line for line in lines if line]

    def validate(self, value: list[str]) -> None:
        super().validate(value)
        if len(value) > LINES_MAX:
            raise forms.ValidationError(f"{LINES_MAX} lignes au plus.")
        for number, line in enumerate(value, 1):
            if len(line) > self.limit:
                raise forms.ValidationError(f"Ligne {number} : {self.limit} caractères au plus.")


class CodeField(TextLine):
    """A label such as « PER-01 » or « 1.10 »: always a text, fit for an address."""

    def __init__(self, *, limit: int = 20, **options):
        super().__init__(limit=limit, **options)

    def run_validators(self, value: str) -> None:
        super().run_validators(value)
        if value and not _CODE.fullmatch(value):
            raise forms.ValidationError("Des lettres, des chiffres, des points et des tirets, sans espace.")


class TitleLine(TextLine):
    def __init__(self, *, limit: int = TITLE_MAX, **options):
        super().__init__(limit=limit, **options)


class NameLine(TextLine):
    def __init__(self, *, limit: int = NAME_MAX, **options):
        super().__init__(limit=limit, **options)


class Dressed(forms.Form):
    """A form whose controls wear the classes of the design; labels and messages are the template’s business."""

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.dress()

    def dress(self) -> None:
        for field in self.fields.values():
            widget = field.widget
            if isinstance(widget, forms.CheckboxInput | forms.CheckboxSelectMultiple | forms.RadioSelect):
                css = "form-check-input"
            elif isinstance(widget, forms.Select):
                css = "form-select"
            else:
                css = "form-control"
            widget.attrs.setdefault("class", css)
            widget.attrs.setdefault("autocomplete", "off")
            widget.use_required_attribute = _never


def _never(_initial) -> bool:
    """Browsers’ own bubbles would come before our sentences, in their own words."""
    return False
