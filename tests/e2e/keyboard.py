"""A page worked by the keyboard alone: Tab to what is wanted, then type, Space or Enter."""

from playwright.sync_api import Locator, Page

MOST_STOPS = 400
LOOK = "getComputedStyle(element).outlineStyle + getComputedStyle(element).boxShadow"
FOCUS = f"element => element === document.activeElement ? {LOOK} : null"  # how the focus on it shows, if it has it


def reach(page: Page, target: Locator) -> None:
    """Tabs on until it has the focus; fails for what the keyboard can't reach, or that shows no sign of its focus."""
    element = target.element_handle()
    for _ in range(MOST_STOPS):
        sign = element.evaluate(FOCUS)
        if sign:
            assert sign != "nonenone", f"the focus on {target} can't be seen"
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard doesn't reach {target}")


def follow(page: Page, target: Locator) -> None:
    """A link or a button."""
    reach(page, target)
    enter(page)


def enter(page: Page) -> None:
    with page.expect_navigation():
        page.keyboard.press("Enter")


def fill(page: Page, target: Locator, text: str) -> None:
    reach(page, target)
    page.keyboard.type(text)


def tick(page: Page, target: Locator) -> None:
    reach(page, target)
    page.keyboard.press("Space")
