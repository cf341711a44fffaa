"""The names of all the addresses of the product, administration apart."""

from collections.abc import Iterator

from django.urls import get_resolver
from django.urls.resolvers import URLResolver


def names() -> set[str]:
    return set(_walk(get_resolver("certif.urls").url_patterns))


def _walk(patterns) -> Iterator[str]:
    for pattern in patterns:
        if not isinstance(pattern, URLResolver):
            yield pattern.name
        elif pattern.app_name != "admin":
            yield from _walk(pattern.url_patterns)
