"""What people type about themselves, their structure and their team. The sign-in forms are in `login_forms`."""

from django import forms

from assessments.forms.fields import LongText
from certif import limits
from certif.accounts import logos
from certif.accounts.models import (
    AS_STRUCTURE,
    Network,
    NetworkRole,
    Role,
    Service,
    Site,
    Structure,
    StructureKind,
    User,
)
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


class NetworkForm(forms.ModelForm):
    name = TextLine(label="Nom du réseau", error_messages={"unique": "Un autre réseau porte déjà ce nom."})
    description = TextLine(
        label=f"En quelques mots {OPTIONAL}",
        help_text="Ce que lit une structure avant de demander à rejoindre le réseau.",
        required=False,
        limit=limits.TITLE_MAX,
    )
    accepts_requests = forms.BooleanField(
        label="Les structures peuvent demander à rejoindre le réseau",
        help_text="Sinon, seules celles que vous invitez entrent.",
        required=False,
    )

    class Meta:
        model = Network
        fields = ["name", "description", "accepts_requests"]


class AdvisorInvitationForm(InvitationForm):
    """Invites a person to work for a network."""

    role = forms.ChoiceField(
        label="Rôle",
        choices=NetworkRole.choices,
        initial=NetworkRole.ADVISOR,
        help_text="Conseiller : lit et relit les dossiers partagés. Coordinateur : invite aussi, et accueille les structures.",
    )


class MemberInvitationForm(InvitationForm):
    """Invites the person responsible for a structure to make it a member of a network."""

    role = forms.ChoiceField(
        choices=[(AS_STRUCTURE, "Structure membre")], initial=AS_STRUCTURE, widget=forms.HiddenInput
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = "Adresse de la personne responsable"
        self.fields["email"].help_text = "Elle choisira laquelle de ses structures rejoint le réseau, ou en créera une."


class NetworkRoleForm(forms.Form):
    role = forms.ChoiceField(label="Rôle", choices=NetworkRole.choices)


class JoinRequestForm(forms.Form):
    """`networks` are those the structure may ask."""

    network = forms.ModelChoiceField(
        Network.objects.none(),
        label="Réseau",
        empty_label="Choisissez…",
        error_messages={"invalid_choice": "Choisissez un réseau de la liste."},
    )
    message = LongText(
        label=f"Message {OPTIONAL}",
        help_text="Qui vous êtes, ce que vous attendez du réseau.",
        required=False,
        limit=limits.TEXT_MAX,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args, networks, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["network"].queryset = networks


class JoiningForm(forms.Form):
    """Which of the structures one owns joins the network; `structures` are those that may."""

    structure = forms.ModelChoiceField(
        Structure.objects.none(),
        label="Structure",
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez une structure.", "invalid_choice": "Choisissez une structure de la liste."},
    )

    def __init__(self, *args, structures, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["structure"].queryset = structures


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
