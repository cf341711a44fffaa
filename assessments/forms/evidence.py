"""Checking a piece of evidence: its file or address, its label, its dates, and what it is among the expected pieces."""

from collections.abc import Mapping

from django import forms
from django.core.validators import URLValidator

from assessments.evidence import Description
from assessments.filetypes import ALLOWED, FileRefused, Upload, examine
from assessments.forms.fields import DayField
from assessments.models import Evidence
from assessments.scoring import NBSP
from certif import limits
from certif.fields import TextLine
from certif.text import clean_text
from referentiel.content import CriterionContent

TOO_HEAVY = f"Ce fichier dépasse {limits.EVIDENCE_BYTES // limits.MIB}{NBSP}Mo. Choisissez un fichier plus léger, ou partagez un lien."
OTHER_PIECE = "Une autre pièce"


class PieceForm(forms.Form):
    """What people say of a piece: label and dates."""

    label = TextLine(
        label="Libellé", limit=limits.TITLE_MAX, help_text="Le nom que vos collègues et l’auditeur liront.",
        error_messages={"required": "Donnez un nom à cette preuve."},
    )  # fmt: skip
    effective_on = DayField(label="Datée du", required=False, help_text="Signature, mise à jour ou réunion.")
    expires_on = DayField(label="Expire le", required=False, help_text="Si la pièce le dit elle-même.")

    def clean(self) -> dict:
        cleaned = super().clean()
        begins, ends = cleaned.get("effective_on"), cleaned.get("expires_on")
        if begins and ends and ends < begins:
            self.add_error("expires_on", "La date d’expiration précède la date de la preuve.")
        return cleaned

    @property
    def described(self) -> Description:
        cleaned = self.cleaned_data
        return Description(cleaned["label"], cleaned["effective_on"], cleaned["expires_on"])


class ExpectedForm(forms.Form):
    """Which of the pieces expected by a criterion this one is."""

    expected = forms.ChoiceField(
        label="Cette pièce est",
        required=False,
        help_text=f"Choisissez-la dans la liste si elle y figure{NBSP}: c’est ainsi qu’une pièce obligatoire est réunie.",
        error_messages={"invalid_choice": "Cette pièce n’est pas attendue par ce critère."},
    )

    def __init__(self, data=None, *, criterion: CriterionContent | None = None, **options):
        super().__init__(data, **options)
        self._ids = {expected.key: expected.id for expected in criterion.expected_evidence} if criterion else {}
        if self._ids:
            pieces = [(each.key, each.label) for each in criterion.expected_evidence]
            self.fields["expected"].choices = [*pieces, ("", OTHER_PIECE)]
        else:
            del self.fields["expected"]

    @property
    def expected_id(self) -> int | None:
        return self._ids.get(self.cleaned_data.get("expected"))


class FileForm(PieceForm, ExpectedForm):
    """A piece from a file; without a label, the name of the file is its label. `oversized` files never arrived."""

    file = forms.FileField(
        label="Fichier",
        help_text=f"{ALLOWED}{NBSP}; {limits.EVIDENCE_BYTES // limits.MIB}{NBSP}Mo au plus.",
        widget=forms.FileInput(attrs={"accept": ",".join(f".{each}" for each in limits.EVIDENCE_EXTENSIONS)}),
        error_messages={"required": "Choisissez un fichier.", "empty": "Ce fichier est vide.", "missing": "Choisissez un fichier."},
    )  # fmt: skip
    field_order = ("file", "label", "expected", "effective_on", "expires_on")

    def __init__(self, data=None, files=None, *, oversized: frozenset[str] = frozenset(), **options):
        super().__init__(data, files=files, **options)
        self.oversized = "file" in oversized
        self.fields["label"].required = False
        self.fields["label"].help_text = "Laissé vide, c’est le nom du fichier."
        if self.oversized:
            self.fields["file"].error_messages["required"] = TOO_HEAVY

    def clean_file(self) -> Upload:
        try:
            return examine(self.cleaned_data["file"])
        except FileRefused as refusal:
            raise forms.ValidationError(str(refusal), code="refused") from refusal

    def clean(self) -> dict:
        cleaned = super().clean()
        if not cleaned.get("label") and "label" not in self.errors and "file" in cleaned:
            cleaned["label"] = cleaned["file"].name.rpartition(".")[0]
        return cleaned


class WebAddress(forms.CharField):
    """An address of the web, kept as text and never visited."""

    widget = forms.URLInput
    default_error_messages = {"invalid": "Collez une adresse complète, qui commence par https:// ou http://."}
    _validate = URLValidator(schemes=["http", "https"])

    def to_python(self, value) -> str:
        return clean_text(value)

    def run_validators(self, value: str) -> None:
        super().run_validators(value)
        try:
            self._validate(value)
        except forms.ValidationError as error:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from error
        if "@" in value.partition("://")[2].partition("/")[0]:
            raise forms.ValidationError(
                "Retirez le nom d’utilisateur et le mot de passe de cette adresse.", code="secret"
            )


class LinkForm(PieceForm, ExpectedForm):
    """A piece from an address."""

    url = WebAddress(
        label="Adresse", max_length=2000, help_text="Vérifiez que l’auditeur pourra l’ouvrir.",
        error_messages={"required": "Collez une adresse.", "max_length": "Cette adresse est trop longue."},
    )  # fmt: skip
    field_order = ("url", "label", "expected", "effective_on", "expires_on")


def initial_of(piece: Evidence) -> Mapping:
    return {"label": piece.label, "effective_on": piece.effective_on, "expires_on": piece.expires_on}
