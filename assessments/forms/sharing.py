"""Checking with whom a dossier is shared, and whether its files are."""

from django import forms

from assessments.models import Assessment
from assessments.scoring import NBSP
from certif.accounts.models import Network

WITH_FILES, WITHOUT_FILES = "avec", "sans"
UNSAID = f"Choisissez ce que vous partagez{NBSP}: avec ou sans les fichiers de preuve."


class FilesForm(forms.Form):
    """Whether the files of evidence are shared too."""

    files = forms.ChoiceField(
        choices=[(WITH_FILES, "Tout le dossier, fichiers de preuve compris"), (WITHOUT_FILES, "Sans les fichiers de preuve")],
        error_messages={
            "required": UNSAID,
            "invalid_choice": UNSAID,
        },
    )

    @property
    def with_files(self) -> bool:
        return self.cleaned_data["files"] == WITH_FILES


class ShareForm(FilesForm):
    """One of the networks of the structure, and what it is shown."""

    network = forms.ModelChoiceField(
        queryset=Network.objects.none(),
        error_messages={
            "required": "Choisissez le réseau avec lequel partager.",
            "invalid_choice": "Votre structure ne fait pas partie de ce réseau.",
        },
    )

    def __init__(self, data=None, *, assessment: Assessment, **options):
        super().__init__(data, **options)
        networks = Network.objects.filter(affiliations__structure=assessment.structure_id)
        self.fields["network"].queryset = networks.order_by("name", "pk")
