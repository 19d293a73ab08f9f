"""Records by hand, in a browser: kept here, edited over an error, a warning and a conflict, by keyboard and without JavaScript; and axe."""

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import update

from portal.db.session import lock
from portal.extensions import db
from portal.registry.networks import Network
from tests.chromium import Look
from tests.e2e.conftest import Portal
from tests.e2e.journeys import visit
from tests.e2e.keyboard import fill, follow, reach

pytestmark = [pytest.mark.needs("chromium")]
ORGANIZATION = 1_000_000_000


def store(portal: Portal, asn: int, **values: Any) -> None:
    """As someone else would, while a page is open."""
    with portal.app.app_context():
        lock(db.session())
        db.session.execute(update(Network).where(Network.asn == asn).values(version=Network.version + 1, **values))
        db.session.commit()


@pytest.mark.parametrize("page", [False], indirect=True, ids=["without JavaScript"])
def test_a_network_is_kept_here_and_edited_by_keyboard_alone(page: Page, portal: Portal) -> None:
    store(portal, 64501, source="import")
    visit(page, portal)
    main = page.get_by_role("main")
    page.goto(portal.url)
    follow(page, main.get_by_role("link", name="Records of Northlight Networks"))
    follow(page, main.get_by_role("link", name="Keep records here AS64501 Northlight Access"))
    expect(main).to_contain_text("Imports leave it alone.")
    follow(page, main.get_by_role("button", name="Keep AS64501 Northlight Access here"))
    expect(page.get_by_role("status")).to_contain_text("is kept here from now on")

    follow(page, main.get_by_role("link", name="Edit", exact=True))
    fill(page, page.get_by_label("AS-SETs"), "AS-ACCESS")
    fill(page, page.get_by_label("Website"), "northlight")
    follow(page, save_button(page))
    assert page.title().startswith("Error: Edit AS64501 Northlight Access")
    problem = page.get_by_role("alert").get_by_role("link", name="Website")
    assert problem.get_attribute("href") == f"#{page.get_by_label('Website').get_attribute('id')}"

    fill(page, page.get_by_label("IPv4 prefix limit"), "20")
    fill(page, page.get_by_label("Website"), "https://access.northlight.example.net")
    store(portal, 64501, info_prefixes4=30, aka="theirs")
    follow(page, save_button(page))
    expect(page.get_by_role("heading", level=1)).to_have_text("AS64501 Northlight Access was changed in the meantime")
    expect(page.get_by_role("group", name="Also known as").get_by_label("Now: theirs")).to_be_checked()
    limits = page.get_by_role("group", name="IPv4 prefix limit")
    expect(limits.get_by_label("Yours: 20")).to_be_checked()
    reach(page, limits.get_by_label("Yours: 20"))
    page.keyboard.press("ArrowDown")
    follow(page, save_button(page))

    expect(page.get_by_role("status").first).to_have_text("AS64501 Northlight Access is changed.")
    expect(page.get_by_role("status").last).to_contain_text("AS-SETs: AS-ACCESS names no source")
    history = page.get_by_role("table", name="History of AS64501 Northlight Access")
    expect(history).to_contain_text("→ AS-ACCESS")
    follow(page, main.get_by_role("link", name="Edit", exact=True))
    values = [page.get_by_label(label).input_value() for label in ("IPv4 prefix limit", "Also known as", "AS-SETs")]
    assert values == ["30", "theirs", "AS-ACCESS"]


def save_button(page: Page) -> Locator:
    return page.get_by_role("main").get_by_role("button", name="Save AS64501 Northlight Access")


def test_the_pages_of_records(wide: Page, portal: Portal, look: Look) -> None:
    visit(wide, portal)
    records = f"{portal.url}/organizations/{ORGANIZATION}/records"
    wide.goto(records)
    wrong = look(wide, "records")
    network, exchange = (
        wide.get_by_role("link", name=name, exact=True).get_attribute("href") for name in ("AS64500 Northlight", "Polder-IX")
    )
    below = str(network).rpartition("/")[2]
    places = [f"{network}{view}" for view in ("", "/edit", "/delete")]
    for place in (*places, str(exchange), f"/organizations/{ORGANIZATION}/records/ports/new?below={below}"):
        wide.goto(portal.url + place)
        wrong += look(wide, place)
    wide.goto(f"{records}/networks/new")
    wide.get_by_role("button", name="Add this network").click()
    assert wide.title().startswith("Error: ")
    wrong += look(wide, "new network, refused")
    wide.goto(f"{portal.url}{network}/edit")
    store(portal, 64500, aka="Changed meanwhile")
    wide.get_by_label("Also known as").fill("Mine")
    wide.get_by_role("button", name="Save").click()
    wrong += look(wide, "conflict")
    store(portal, 64500, source="import")
    for view in ("", "/edit", "/keep"):
        wide.goto(f"{portal.url}{network}{view}")
        wrong += look(wide, f"follows the import{view}")
    store(portal, 64500, source="here")
    assert wrong == []
