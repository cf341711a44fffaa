"""The covers of a draft: how it starts, its name, its chapters, new criteria, its registers, its publication."""

from datetime import date

from django import forms

from certif import dates
from certif.limits import NOTE_MAX, TEXT_MAX
from referentiel.document import RESERVED
from referentiel.forms.fields import CodeField, Dressed, Lines, NameLine, Paragraphs, TitleLine
from referentiel.models import Confidence, Edition, Standard

LEVELS_MIN, LEVELS_MAX = 2, 10


class EditionCode(CodeField):
    def __init__(self, **options):
        super().__init__(
            limit=60,
            label="Code de l’édition",
            help_text="Il sera dans les adresses et sur les documents, par exemple NF-X60-600-1.",
            **options,
        )


def _check_edition_code(code: str, edition: Edition | None = None) -> str:
    if code.casefold() in RESERVED:
        raise forms.ValidationError("Ce mot est déjà une adresse de Certif : choisissez un autre code.")
    others = Edition.objects.exclude(pk=edition.pk) if edition else Edition.objects.all()
    if others.filter(code__iexact=code).exists():
        raise forms.ValidationError("Une autre édition porte déjà ce code.")
    return code


class StartForm(Dressed):
    """A draft from an existing edition, or empty: then of which norm, and with how many levels."""

    source = forms.ModelChoiceField(
        Edition.objects.none(), label="Partir de", required=False, empty_label="Rien : une édition vide",
        help_text="Tout son contenu est copié ; les clés stables sont gardées, pour que les réponses puissent suivre.",
    )  # fmt: skip
    code = EditionCode()
    label = TitleLine(
        label="Libellé", help_text="Ce que les structures liront, par exemple « NF X60-600, grille n° 1 »."
    )
    standard = forms.ModelChoiceField(
        Standard.objects.none(), label="Norme", required=False, empty_label="La même que l’édition de départ"
    )
    levels = forms.IntegerField(
        label="Nombre de niveaux", required=False, min_value=LEVELS_MIN, max_value=LEVELS_MAX, initial=5,
        help_text=f"Pour une édition vide : de {LEVELS_MIN} à {LEVELS_MAX}, le premier vaut 0.",
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"), f"Un nombre de niveaux, de {LEVELS_MIN} à {LEVELS_MAX}."
        ),
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["source"].queryset = Edition.objects.order_by("code")
        self.fields["standard"].queryset = Standard.objects.order_by("code")

    def clean_code(self) -> str:
        return _check_edition_code(self.cleaned_data["code"])

    def clean(self) -> dict:
        data = super().clean()
        if not data.get("source") and "source" not in self.errors:
            if not data.get("standard"):
                self.add_error("standard", "Choisissez de quelle norme cette édition est une version.")
            if not data.get("levels") and "levels" not in self.errors:
                self.add_error("levels", "Dites combien de niveaux aura l’échelle.")
        return data


class StandardForm(Dressed):
    code = CodeField(limit=40, label="Code de la norme", help_text="Par exemple X60-600.")
    title = TitleLine(label="Titre")
    publisher = TitleLine(label="Qui la publie")

    def clean_code(self) -> str:
        code = self.cleaned_data["code"]
        if Standard.objects.filter(code__iexact=code).exists():
            raise forms.ValidationError("Cette norme est déjà là.")
        return code


class CoverForm(Dressed):
    code = EditionCode()
    label = TitleLine(label="Libellé")
    notice = Paragraphs(
        label="Avertissement", required=False, rows=6,
        help_text="D’où vient ce texte et ce qu’il vaut. Une ligne vide sépare deux paragraphes.",
    )  # fmt: skip

    def __init__(self, *args, edition: Edition, **kwargs):
        self.edition = edition
        super().__init__(*args, **kwargs)

    def clean_code(self) -> str:
        return _check_edition_code(self.cleaned_data["code"], self.edition)


class ChapterForm(Dressed):
    code = CodeField(label="Code", help_text="Court : « PER ».")
    title = TitleLine(label="Titre")
    short_title = NameLine(label="Titre court", limit=60, help_text="Pour les tableaux et les graphiques.")
    block = NameLine(label="Bloc de la norme", required=False)
    introduction = Paragraphs(label="Présentation", required=False, limit=TEXT_MAX)


class NewCriterionForm(Dressed):
    code = CodeField(label="Code du nouveau critère")
    title = TitleLine(label="Titre")


class CopyForm(Dressed):
    code = CodeField(label="Code de la copie")


class RegisterForm(Dressed):
    code = CodeField(label="Code")
    label = TitleLine(label="Libellé")
    definition = Paragraphs(label="Définition", limit=TEXT_MAX)
    label_confidence = forms.ChoiceField(label="Confiance dans le libellé", choices=Confidence.choices)
    label_status = TitleLine(label="D’où vient le libellé")
    questions = Lines(label="Questions", required=False, help_text="Une par ligne.")
    expected_evidence = Lines(label="Preuves possibles", required=False, help_text="Une par ligne.")
    sources = Lines(label="Sources", required=False, limit=2000, help_text="Une par ligne.")


class DayField(forms.DateField):
    def __init__(self, **options):
        super().__init__(
            widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
            input_formats=["%Y-%m-%d", "%d/%m/%Y"],
            error_messages={"invalid": "Écrivez une date comme 31/12/2026 : celle-ci n’existe pas."},
            **options,
        )

    def clean(self, value) -> date | None:
        day = super().clean(value)
        if day and not 2000 <= day.year <= 2100:
            raise forms.ValidationError("Choisissez une date entre 2000 et 2100.")
        return day


class PublishForm(Dressed):
    change_note = Paragraphs(
        label="Ce que cette édition change", limit=NOTE_MAX, rows=4,
        help_text="Les structures liront cette note avant de décider de passer à cette édition.",
    )  # fmt: skip
    announced_on = DayField(label="Annoncée le")
    in_force_on = DayField(label="En vigueur le")

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("initial", {"announced_on": dates.today()})
        super().__init__(*args, **kwargs)

    def clean(self) -> dict:
        data = super().clean()
        announced, in_force = data.get("announced_on"), data.get("in_force_on")
        if announced and in_force and in_force < announced:
            self.add_error("in_force_on", "L’entrée en vigueur ne peut pas précéder l’annonce.")
        return data
