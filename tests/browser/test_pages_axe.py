"""Every page in every state: nothing axe finds, nothing the console says, nothing wider than the screen."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.urls import resolve
from playwright.sync_api import Page

from certif.limits import LOGIN_FAILURES_PER_ACCOUNT
from tests.addresses import names
from tests.browser.screens import BROKEN, NOT_PAGES, SCREENS, TOO_OFTEN, send
from tests.browser.site import settle

pytestmark = pytest.mark.browser

AXE = Path(__file__).parent.parent / "vendor" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDTHS = (1280, 360)
NARROW = (320, 640, 768)  # 640 is 1 280 pixels seen at 200 %


def test_every_address_is_looked_at_or_is_no_page():
    shown = {screen.name for screen in SCREENS if screen.name}
    assert shown | NOT_PAGES.keys() == names()
    assert shown & NOT_PAGES.keys() == set()


def fit(page: Page, width: int) -> None:
    """A window of that width, as tall as the page: what is below the fold counts as much."""
    page.set_viewport_size({"width": width, "height": 900})
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": width, "height": min(max(height, 900), 16_000)})


def violations(page: Page) -> list[tuple]:
    return page.evaluate(
        """rules => axe.run({runOnly: {type: "tag", values: rules}, resultTypes: ["violations"], preload: false}).then(
            result => result.violations.map(each => [each.id, each.nodes.map(node => node.html.slice(0, 300))]))""",
        RULES,
    )


def overflow(page: Page) -> list[str]:
    """What is wider than the window, when the page scrolls sideways."""
    return page.evaluate(
        """() => {
            const width = document.documentElement.clientWidth;
            if (document.documentElement.scrollWidth <= width) return [];
            return [...document.querySelectorAll("body *")]
                .filter(each => each.getBoundingClientRect().right > width + 1)
                .map(each => each.outerHTML.slice(0, 160)).slice(0, 5);
        }"""
    )


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.label)
def test_a_page(site, screen):
    page = site.visit(screen.who)
    status = page.goto(site.url + screen.path(site)).status
    if screen.state == TOO_OFTEN:
        for _ in range(LOGIN_FAILURES_PER_ACCOUNT + 1):
            status = after(page, send("main form", login="obstinee@essais.fr", password="x" * 16))
    elif screen.act:
        status = after(page, screen.act)
    arrived = resolve(urlsplit(page.url).path).url_name if screen.name else ""
    wrong = look(page)
    assert (status, arrived) == (screen.status, screen.lands or screen.name)
    assert wrong == {}


@pytest.mark.parametrize("screen", BROKEN, ids=lambda screen: screen.label)
def test_a_page_of_what_went_wrong(site, settings, screen):
    settings.ROOT_URLCONF = "tests.broken_urls"
    page = site.visit()
    status = page.goto(site.url + screen.path(site)).status
    wrong = look(page)
    assert (status, wrong) == (screen.status, {})


def after(page: Page, act) -> int:
    with page.expect_navigation() as sent:
        act(page)
    return sent.value.status


def look(page: Page) -> dict[str, list]:
    """What is wrong with a page, by how it was found; closes it."""
    settle(page)
    page.evaluate(AXE.read_text("utf-8"))
    wrong = {}
    for width in WIDTHS:
        fit(page, width)
        wrong[f"axe à {width}"] = violations(page)
        wrong[f"débord à {width}"] = overflow(page)
    for width in NARROW:
        page.set_viewport_size({"width": width, "height": 900})
        wrong[f"débord à {width}"] = overflow(page)
    wrong["console"] = list(page.complaints)
    page.close()
    return {what: each for what, each in wrong.items() if each}
