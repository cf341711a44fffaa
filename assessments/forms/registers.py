"""Checking the declaration of a register."""

from collections.abc import Iterable

from django import forms

from assessments.forms.scope import ServicesField
from assessments.registers import OUT_OF_PERIMETER
from certif.accounts.models import Service


class RegisterForm(forms.Form):
    """By which services of the perimeter the register is deployed."""

    services = ServicesField(
        label="Par quels dispositifs", required=False, error_messages={"invalid_choice": OUT_OF_PERIMETER}
    )

    def __init__(self, data=None, *, services: Iterable[Service], **options):
        super().__init__(data, **options)
        self.fields["services"].offer(services)
