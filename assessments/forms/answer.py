"""Checking what is typed on the entry screen. What an answer must be is the verb’s business: `assessments.answers`."""

from django import forms

from certif.accounts.models import Role, User

NOT_APPLICABLE = "nc"
VERSION_MAX = 2_147_483_647


def niveau_of(level: int | None, not_applicable: bool) -> str:
    """The value of the form’s `niveau` that says this answer."""
    if not_applicable:
        return NOT_APPLICABLE
    return "" if level is None else str(level)


class AnswerForm(forms.Form):
    """Reads the entry form: a level by its value, « nc » for « non concerné », or nothing.

    The text is taken as it comes: the verb cleans it, and gives it back whole when it refuses it.
    """

    version = forms.IntegerField(
        min_value=0,
        max_value=VERSION_MAX,
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"),
            "Cette page est incomplète. Copiez votre texte, rechargez la page, puis collez-le.",
        ),
    )
    auteur = forms.IntegerField(required=False)
    edition = forms.IntegerField(required=False)
    niveau = forms.Field(required=False)
    justification = forms.Field(required=False)

    def __init__(self, *args, user: User, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_auteur(self) -> None:
        """The page was written under this account, and not under one that signed in since on the same device."""
        author = self.cleaned_data["auteur"]
        if author is not None and author != self.user.pk:
            raise forms.ValidationError(
                f"Cette page a été ouverte sous un autre compte que celui de {self.user}. Rien n’a été enregistré."
            )

    def clean_niveau(self) -> dict:
        """`level` and `not_applicable`, as the verb takes them."""
        if self.data.get("retirer"):
            return {"level": None, "not_applicable": False}
        given = {value for value in self.data.getlist("niveau") if value}
        levels = given - {NOT_APPLICABLE}
        if not all(value.isascii() and value.isdigit() and len(value) < 4 for value in levels) or len(levels) > 1:
            raise forms.ValidationError("Ce niveau n’existe pas dans cette édition de la norme.")
        return {"level": int(levels.pop()) if levels else None, "not_applicable": NOT_APPLICABLE in given}

    def clean_justification(self) -> str:
        return self.cleaned_data["justification"] or ""


class AssignForm(forms.Form):
    """Who takes the criterion on: someone who may write in the structure (its identifier), or nobody."""

    personne = forms.ModelChoiceField(
        User.objects.none(),
        required=False,
        error_messages={"invalid_choice": "Cette personne n’écrit pas dans les dossiers de la structure."},
    )

    def __init__(self, *args, structure: int, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["personne"].queryset = User.objects.filter(
            memberships__structure=structure, memberships__role__in=(Role.OWNER, Role.CONTRIBUTOR), is_active=True
        )
