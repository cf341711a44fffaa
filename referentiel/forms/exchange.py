"""A file that holds an edition, and the name to give it."""

from django import forms

from certif import limits
from certif.text import NBSP
from referentiel.document import wrong_edition_code
from referentiel.forms.fields import Dressed, NameLine, TitleLine

EXTENSIONS = (".yaml", ".yml", ".json", ".xlsx")
TOO_HEAVY = f"Ce fichier est trop lourd{NBSP}: la limite est de {limits.NORM_IMPORT_BYTES // limits.MIB}{NBSP}Mo."


class ImportForm(Dressed):
    file = forms.FileField(
        label="Fichier",
        help_text=f"YAML, JSON ou tableur XLSX, {limits.NORM_IMPORT_BYTES // limits.MIB}{NBSP}Mo au plus.",
        widget=forms.FileInput(attrs={"accept": ",".join(EXTENSIONS)}),
        error_messages=dict.fromkeys(("required", "missing", "empty", "invalid"), "Choisissez un fichier qui ne soit pas vide."),
    )  # fmt: skip
    code = NameLine(
        label="Code de l’édition",
        required=False,
        limit=60,
        help_text="Vide, c’est celui du fichier. Une édition publiée ne change plus : donnez-en un autre pour préparer la suivante.",
    )
    label = TitleLine(label="Libellé de l’édition", required=False, help_text="Vide, c’est celui du fichier.")

    def __init__(self, data=None, files=None, *, oversized: frozenset[str] = frozenset()):
        super().__init__(data, files)
        self.oversized = "file" in oversized
        if self.oversized:
            self.fields["file"].error_messages["required"] = TOO_HEAVY

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > limits.NORM_IMPORT_BYTES:
            raise forms.ValidationError(TOO_HEAVY, code="too_heavy")
        return file

    def clean_code(self) -> str:
        code = self.cleaned_data["code"]
        if code and (wrong := wrong_edition_code(code)):
            raise forms.ValidationError(wrong[0].upper() + wrong[1:], code="invalid")
        return code
