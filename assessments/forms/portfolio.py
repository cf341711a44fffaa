"""Naming the filters of a portfolio, to find them again."""

from django import forms

from certif.fields import TextLine
from certif.limits import NAME_MAX


class SavedViewForm(forms.Form):
    name = TextLine(
        label="Nom de la vue", limit=NAME_MAX, error_messages={"required": "Donnez un nom à cette vue."}
    )
