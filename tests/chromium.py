"""Debian's Chromium, started once by each process that runs tests, and axe's look at a page in it.

A page is seen in one form, other pages in others; with `--axe=all`, or where CI is true, in all: light and dark, wide and at 320 px.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Literal
from zlib import crc32

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Playwright

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
VIOLATIONS = "axe.run({resultTypes: ['violations']}).then(results => results.violations)"
SCROLLS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
Look = Callable[["Page", str], list[str]]


@dataclass(frozen=True)
class Form:
    """How somebody may see a page."""

    scheme: Literal["light", "dark"]
    width: int

    def __str__(self) -> str:
        return f"{self.scheme} {self.width}"


SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
WIDTHS = (1280, 320)
FORMS = [Form(scheme, width) for scheme, width in product(SCHEMES, WIDTHS)]


def pytest_addoption(parser: pytest.Parser) -> None:
    default = "all" if os.environ.get("CI") == "true" else "one"
    parser.addoption("--axe", choices=("one", "all"), default=default, help="in how many forms axe looks at each page (CI: all)")


def forms_of(place: str, wish: str) -> list[Form]:
    """All, or the one that this place always gets."""
    return FORMS if wish == "all" else [FORMS[crc32(place.encode()) % len(FORMS)]]


@pytest.fixture(scope="session")
def playwright() -> Iterator["Playwright"]:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - a quarter of a second, which only tests of pages need pay

    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def chromium(playwright: "Playwright") -> Iterator["Browser"]:
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
    yield browser
    browser.close()


@pytest.fixture
def wide(chromium: "Browser") -> Iterator["Page"]:
    """A page to look at: axe works by script, so it has it, and nothing moves."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    yield context.new_page()
    context.close()


@pytest.fixture(scope="session")
def look(pytestconfig: pytest.Config) -> Look:
    """`look(page, place)`: what is wrong with the page as it stands."""
    from axe_playwright_python.base import AXE_SCRIPT  # noqa: PLC0415 - half a megabyte

    def wrong_with(page: "Page", place: str) -> list[str]:
        wrong = []
        page.evaluate(AXE_SCRIPT)
        for form in forms_of(place, pytestconfig.getoption("--axe")):
            page.emulate_media(color_scheme=form.scheme)
            page.set_viewport_size({"width": form.width, "height": 900})
            wrong += [f"{place} {form}: {rule['id']} {rule['nodes'][0]['target']}" for rule in page.evaluate(VIOLATIONS)]
            if page.evaluate(SCROLLS):
                wrong.append(f"{place} {form}: scrolls sideways")
        heading = page.locator("h1").inner_text()
        if heading not in page.title():
            wrong.append(f"{place}: the title {page.title()!r} isn't the heading {heading!r}")
        return wrong

    return wrong_with
