"""A draft to write in, and what its forms would send."""

import pytest
from django.http import QueryDict

from referentiel.content import read_content
from referentiel.forms.criterion import flat
from referentiel.models import Criterion, Edition
from tests.factories import make_edition


@pytest.fixture
def draft(db) -> Edition:
    return make_edition("BROUILLON", sealed=False)


def criterion(edition: Edition, code: str) -> Criterion:
    return Criterion.objects.get(edition=edition, code=code)


def typed(edition: Edition, code: str, /, **changes) -> QueryDict:
    """The form of a criterion as it stands, with some fields changed; None takes a field away."""
    content = read_content(edition.pk)
    item = content.criterion_by_code[code]
    data = flat(item, content)
    data["version"] = str(Criterion.objects.get(edition=edition, code=code).version)
    for name, value in changes.items():
        name = name.replace("__", "-")
        if value is None:
            data.pop(name, None)
        elif isinstance(value, list):
            data.setlist(name, value)
        else:
            data[name] = value
    return data


def sent(data: QueryDict) -> dict:
    return dict(data.lists())
