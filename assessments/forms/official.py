"""What is typed of an official wording."""

from django import forms

from assessments.forms.fields import LongText
from certif.fields import TextLine
from certif.limits import NORM_IMPORT_BYTES, NOTE_MAX

VERSION_MAX = 2_147_483_647
FILE_REFUSED = "Ce fichier n’est pas un texte en UTF-8 : enregistrez-le en CSV UTF-8, puis recommencez."


class OfficialTextForm(forms.Form):
    reference = TextLine(label="Article", required=False)
    text = LongText(label="Texte officiel", limit=NOTE_MAX, required=False)
    version = forms.IntegerField(min_value=0, max_value=VERSION_MAX, widget=forms.HiddenInput)


class OfficialImportForm(forms.Form):
    """Pasted lines or a CSV file; `cleaned_data["lignes"]` is whichever was given."""

    lignes = LongText(label="Lignes collées", limit=NORM_IMPORT_BYTES, required=False)
    fichier = forms.FileField(label="Ou un fichier CSV", required=False)

    def clean_fichier(self) -> str:
        given = self.cleaned_data["fichier"]
        if not given:
            return ""
        if given.size > NORM_IMPORT_BYTES:
            raise forms.ValidationError("Ce fichier dépasse 1 Mio.")
        try:
            return given.read().decode("utf-8-sig")
        except UnicodeDecodeError:
            raise forms.ValidationError(FILE_REFUSED) from None

    def clean(self) -> dict:
        data = super().clean()
        data["lignes"] = data.get("fichier") or data.get("lignes", "")
        if not data["lignes"] and not self.errors:
            self.add_error("lignes", "Collez des lignes, ou choisissez un fichier.")
        return data
