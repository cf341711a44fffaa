"""A real browser: Debian’s Chromium, people already signed in, and no error tolerated in its console."""

import os
import shutil

import pytest
from django.conf import settings
from playwright.sync_api import expect, sync_playwright

from tests.browser.site import site
from tests.people import client_of

__all__ = ["site"]

# Playwright keeps an event loop in this thread; the tests still read the database the ordinary way.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


# A loaded machine takes its time: what is expected comes at last, or never.
expect.set_options(timeout=20_000)


@pytest.fixture(scope="session")
def chromium():
    """One browser for the whole run; each test opens contexts of its own."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium") or "/usr/bin/chromium", args=["--no-sandbox"]
        )
        yield browser
        browser.close()


@pytest.fixture
def sign_in(live_server):
    """Puts the session of a person in a browser context, as if they had just logged in."""

    def put(context, user) -> None:
        session = client_of(user).cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])

    return put


@pytest.fixture
def visit(chromium, live_server, sign_in):
    """Opens a page of the product for a person; what its console says wrong is in `page.complaints`."""
    contexts = []

    def go(user, path: str, **options):
        context = chromium.new_context(viewport={"width": 1280, "height": 900}, locale="fr-FR", **options)
        contexts.append(context)
        context.set_default_timeout(10_000)
        if user:
            sign_in(context, user)
        page = context.new_page()
        page.complaints = []
        page.on("console", lambda message: message.type == "error" and page.complaints.append(message.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.goto(live_server.url + path)
        return page

    yield go
    for context in contexts:
        context.close()
