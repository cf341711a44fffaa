"""The product exactly as it is served, and two addresses that do nothing: the floors of the measures."""

from certif.settings import *  # noqa: F403

ROOT_URLCONF = "tests.bench.urls"
