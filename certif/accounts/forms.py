"""What people type about themselves, their structure and their team. The sign-in forms are in `login_forms`."""

from django import forms

from certif import limits
from certif.accounts import logos
from certif.accounts.models import Role, Service, Site, Structure, StructureKind, User
from certif.fields import TextLine
from certif.text import thousands

OPTIONAL = "(facultatif)"


class NameForm(forms.ModelForm):
    name = TextLine(label="Votre nom", help_text="Tel que vos collègues le lisent.")

    class Meta:
        model = User
        fields = ["name"]


class StructureForm(forms.ModelForm):
    name = TextLine(label="Nom de la structure")
    kind = forms.ChoiceField(label="Forme juridique", choices=[("", "Choisissez…"), *StructureKind.choices])
    city = TextLine(label=f"Commune {OPTIONAL}", required=False)
    mediator_count = forms.IntegerField(
        label=f"Nombre de médiateurs {OPTIONAL}",
        help_text="Postes de médiation sociale, toutes équipes confondues.",
        required=False,
        min_value=1,
        max_value=limits.MEDIATORS_MAX,
        error_messages={
            "min_value": "Indiquez au moins un médiateur.",
            "max_value": f"Indiquez au plus {thousands(limits.MEDIATORS_MAX)} médiateurs.",
        },
    )

    class Meta:
        model = Structure
        fields = ["name", "kind", "city", "mediator_count"]


class SiteForm(forms.ModelForm):
    name = TextLine(label="Nom du site")
    city = TextLine(label=f"Commune {OPTIONAL}", required=False)

    class Meta:
        model = Site
        fields = ["name", "city"]


class ServiceForm(forms.ModelForm):
    name = TextLine(label="Nom du dispositif")
    description = TextLine(label=f"En quelques mots {OPTIONAL}", required=False, limit=limits.TITLE_MAX)
    ended_on = forms.DateField(
        label=f"Arrêté le {OPTIONAL}",
        help_text="Un dispositif arrêté reste dans les dossiers passés et n’est plus proposé.",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "Indiquez une date, par exemple 31/12/2026."},
    )

    class Meta:
        model = Service
        fields = ["name", "description", "ended_on"]


class NewServiceForm(ServiceForm):
    ended_on = None

    class Meta(ServiceForm.Meta):
        fields = ["name", "description"]


class InvitationForm(forms.Form):
    email = forms.EmailField(
        label="Adresse électronique",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    role = forms.ChoiceField(
        label="Rôle",
        choices=Role.choices,
        initial=Role.CONTRIBUTOR,
        help_text="Responsable : tout, y compris l’équipe. Contributeur : répond, dépose, planifie. Lecteur : consulte.",
    )


class RoleForm(forms.Form):
    role = forms.ChoiceField(label="Rôle", choices=Role.choices)


class LogoForm(forms.Form):
    """`cleaned_data["logo"]` is the PNG to keep."""

    logo = forms.FileField(
        label="Image PNG ou JPEG",
        help_text="10 Mo au plus. Elle figure en tête de vos documents.",
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg"}),
        error_messages={"empty": logos.UNREADABLE, "missing": "Choisissez une image."},
    )

    def clean_logo(self) -> bytes:
        file = self.cleaned_data["logo"]
        if file.size > limits.LOGO_UPLOAD_BYTES:
            raise forms.ValidationError("Ce fichier dépasse 10 Mo.")
        return logos.reencode(file)
