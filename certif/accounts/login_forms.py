"""The forms of the sign-in pages: allauth’s, with our words and without placeholders."""

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django import forms

from certif import limits
from certif.accounts import demonstration
from certif.fields import TextLine

PASSWORD_HELP = (
    f"Au moins {limits.PASSWORD_LENGTH} caractères : une phrase que vous seul connaissez convient très bien. "
    "Les mots de passe trop courants sont refusés."
)


class OurWords:
    """Gives each field its label and its help, and removes placeholders, which vanish as one types."""

    WORDS: dict[str, tuple[str, str]] = {}

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            if name in self.WORDS:
                field.label, field.help_text = self.WORDS[name]


EMAIL = ("Adresse électronique", "")
PASSWORD = ("Mot de passe", "")
NEW_PASSWORD = ("Nouveau mot de passe", PASSWORD_HELP)
AGAIN = ("Nouveau mot de passe, encore une fois", "")


class LoginForm(OurWords, account.LoginForm):
    WORDS = {"login": EMAIL, "password": PASSWORD}


class SignupForm(OurWords, account.SignupForm):
    WORDS = {"email": EMAIL, "password1": ("Mot de passe", PASSWORD_HELP)}
    field_order = ["name", "email", "password1"]

    name = TextLine(
        label="Votre nom",
        help_text="Tel que vos collègues le lisent.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )


class AddEmailForm(OurWords, account.AddEmailForm):
    WORDS = {"email": ("Nouvelle adresse électronique", "")}


class ChangePasswordForm(OurWords, account.ChangePasswordForm):
    WORDS = {"oldpassword": ("Mot de passe actuel", ""), "password1": NEW_PASSWORD, "password2": AGAIN}


class SetPasswordForm(OurWords, account.SetPasswordForm):
    WORDS = {"password1": NEW_PASSWORD, "password2": AGAIN}


class ResetPasswordForm(OurWords, account.ResetPasswordForm):
    WORDS = {"email": EMAIL}


class ResetPasswordKeyForm(OurWords, account.ResetPasswordKeyForm):
    WORDS = {"password1": NEW_PASSWORD, "password2": AGAIN}


class ReauthenticateForm(OurWords, account.ReauthenticateForm):
    WORDS = {"password": PASSWORD}


class AuthenticateForm(OurWords, mfa.AuthenticateForm):
    WORDS = {"code": ("Code", "Les six chiffres de votre application, ou un code de secours.")}

    @property
    def demonstration_code(self) -> str:
        return demonstration.code_now(self.user)


class ReauthenticateCodeForm(OurWords, mfa.ReauthenticateForm):
    WORDS = AuthenticateForm.WORDS


class ActivateTOTPForm(OurWords, totp.ActivateTOTPForm):
    WORDS = {"code": ("Code affiché par l’application", "")}


KEY_NAME = ("Nom de la clé", "Pour la reconnaître : « Téléphone », « Clé du bureau ».")


class AddWebAuthnForm(OurWords, webauthn.AddWebAuthnForm):
    WORDS = {
        "name": KEY_NAME,
        "passwordless": (
            "Se connecter avec cette seule clé",
            "Sans mot de passe ; la clé demande alors votre empreinte, votre visage ou un code.",
        ),
    }

    name = TextLine(required=False, limit=100)


class EditWebAuthnForm(OurWords, webauthn.EditWebAuthnForm):
    WORDS = {"name": KEY_NAME}

    name = TextLine(limit=100)
