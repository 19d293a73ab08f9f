"""Editing records by hand: under the rules that keys have, with nothing lost that was typed, and nothing overwritten unseen."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.db.session import lock
from portal.extensions import db
from portal.pages.records.labels import LABELS, columns_of
from portal.registry.networks import NETWORK, Network
from portal.registry.types import TYPES
from portal.registry.write.update import update_record
from tests.browser import Browser, text
from tests.pages.forms import Values, form_of
from tests.people import People
from tests.registry import Records

Visit = Callable[[str], Browser]


@pytest.fixture
def page(people: People, records: Records) -> str:
    """Of AS64500."""
    return f"/organizations/{people.ours}/records/networks/{records['net']}"


def filled(browser: Browser, page: str, **typed: str | list[str]) -> Values:
    """The form as it stands, with some fields typed anew; an empty list leaves a field out, as a tick that is taken away."""
    form = form_of(browser.get(f"{page}/edit"))
    return form | {name: [value] if isinstance(value, str) else value for name, value in typed.items()}


def stored(app: Flask, records: Records, name: str = "net") -> Any:
    with app.app_context():
        row = db.session.get(Network, records[name])
        assert row
        db.session.expunge(row)
        return row


def change(app: Flask, people: People, records: Records, **values: Any) -> None:
    """By Alice, while somebody else has the form open."""
    with app.app_context():
        update_record(db.session(), people.principal("alice"), NETWORK, records["net"], values)
        db.session.commit()


def test_each_column_that_can_be_edited_has_its_words() -> None:
    references = {kind.tag: {c.name for c in kind.table.columns if c.foreign_keys} for kind in TYPES.values()}
    for kind in TYPES.values():
        assert set(columns_of(kind, new=True)) == set(kind.editable) - references[kind.tag]
    assert len(set(LABELS)) == len(LABELS)


def test_an_editor_changes_a_network(app: Flask, visit: Visit, records: Records, page: str) -> None:
    erin = visit("erin")
    ticked: dict[str, str | list[str]] = {"info_types": ["Content", "NSP"], "info_ipv6": "y", "info_unicast": []}
    typed: dict[str, str | list[str]] = {
        "info_prefixes4": "1,200",
        "policy_general": "Selective",
        "irr_as_set": "as-example",
        "website": "https://example.net",
    }
    form = filled(erin, page, **ticked, **typed, social_media="x  example\r\nmastodon https://social.example.net/@noc")
    answer = erin.client.post(f"{page}/edit", data=form, follow_redirects=True)
    for words in ("AS64500 Example Net is changed.", "AS-SETs: AS-EXAMPLE names no source"):
        assert words in text(answer)
    row = stored(app, records)
    assert (row.info_prefixes4, row.policy_general, row.irr_as_set, row.info_types) == (1200, "Selective", "AS-EXAMPLE", ["NSP", "Content"])
    assert (row.info_ipv6, row.info_unicast, row.version, row.notes_private) == (True, False, 2, "only ours")
    assert row.social_media == [
        {"service": "x", "identifier": "example"},
        {"service": "mastodon", "identifier": "https://social.example.net/@noc"},
    ]
    again = erin.client.post(f"{page}/edit", data=filled(erin, page), follow_redirects=True)
    assert "Nothing was changed in AS64500 Example Net." in text(again)
    assert stored(app, records).version == 2


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"name": " "}, "Name: This can't be empty."),
        ({"name": "Éxample Łabs"}, "has this name already"),
        ({"website": "example.net"}, 'Website: "example.net" isn\'t a URL.'),
        ({"info_prefixes4": "many"}, 'IPv4 prefix limit: "many" can\'t be used: it must be a whole number'),
        ({"social_media": "x"}, "Social media: This can't be empty."),
        ({"policy_general": "Nonsense"}, "Policy: This can't be chosen."),
        ({"version": "nonsense"}, "This form is incomplete."),
        ({"opened": "{"}, "This form is incomplete."),
    ],
)
def test_what_is_typed_wrong_is_told_at_its_field_and_kept(
    app: Flask, visit: Visit, records: Records, page: str, typed: dict[str, str], words: str
) -> None:
    erin = visit("erin")
    answer = erin.client.post(f"{page}/edit", data=filled(erin, page, **{"aka": "typed too", **typed}))
    assert answer.status_code == 400
    assert words in text(answer)
    assert text(answer).startswith("Error: Edit AS64500 Example Net")
    assert form_of(answer)["aka"] == ["typed too"]
    assert stored(app, records).version == 1


def test_an_old_value_that_breaks_a_rule_blocks_no_other_edit(app: Flask, visit: Visit, records: Records, page: str) -> None:
    with app.app_context():
        lock(db.session())
        old = {"website": "not a url", "policy_general": "Odd", "info_types": ["Odd", "NSP"]}
        db.session.execute(update(Network).where(Network.id == records["net"]).values(**old))
        db.session.commit()
    erin = visit("erin")
    answer = erin.client.post(f"{page}/edit", data=filled(erin, page, aka="other"), follow_redirects=True)
    assert "is changed" in text(answer)
    row = stored(app, records)
    assert (row.aka, {name: getattr(row, name) for name in old}) == ("other", old)


def test_what_someone_else_changed_meanwhile_is_chosen_field_by_field(
    app: Flask, visit: Visit, people: People, records: Records, page: str
) -> None:
    erin = visit("erin")
    form = filled(erin, page, aka="mine", info_prefixes4="20", notes="mine\r\ntoo")
    change(app, people, records, aka="theirs", info_prefixes4=30, website="https://theirs.example.net")
    answer = erin.client.post(f"{page}/edit", data=form)
    assert answer.status_code == 409
    said = text(answer)
    for words in ("Also known as Yours: mine Now: theirs", "IPv4 prefix limit Yours: 20 Now: 30", "Notes Yours: mine too Now: nothing"):
        assert words in said
    again = form_of(answer)
    assert {name: value for name, value in again.items() if name.startswith("keep-")} == {
        "keep-aka": ["mine"],
        "keep-info_prefixes4": ["mine"],
        "keep-notes": ["mine"],
        "keep-website": ["theirs"],
    }
    done = erin.client.post(f"{page}/edit", data=again | {"keep-info_prefixes4": ["theirs"]}, follow_redirects=True)
    assert "AS64500 Example Net is changed." in text(done)
    row = stored(app, records)
    assert (row.aka, row.info_prefixes4, row.website, row.notes) == ("mine", 30, "https://theirs.example.net", "mine\ntoo")


def test_after_a_conflict_an_error_shows_what_was_chosen(app: Flask, visit: Visit, people: People, records: Records, page: str) -> None:
    erin = visit("erin")
    form = filled(erin, page, aka="mine", website="nonsense")
    change(app, people, records, aka="theirs")
    conflict = form_of(erin.client.post(f"{page}/edit", data=form))
    answer = erin.client.post(f"{page}/edit", data=conflict | {"keep-aka": ["theirs"]})
    assert (answer.status_code, "isn't a URL" in text(answer)) == (400, True)
    last = form_of(answer)
    assert (last["aka"], last["website"]) == (["theirs"], ["nonsense"])
    erin.client.post(f"{page}/edit", data=last | {"website": ["https://mine.example.net"]})
    assert (stored(app, records).aka, stored(app, records).website) == ("theirs", "https://mine.example.net")


def follow_import(session: Session, network_id: int) -> None:
    lock(session)
    session.execute(update(Network).where(Network.id == network_id).values(source="import"))
    session.commit()


def test_what_follows_the_import_is_kept_here_first(app: Flask, visit: Visit, records: Records, page: str) -> None:
    erin = visit("erin")
    form = filled(erin, page, aka="too early")
    with app.app_context():
        follow_import(db.session(), records["net"])
    assert "AS64500 Example Net follows the import" in text(erin.get(f"{page}/edit"))
    assert erin.client.post(f"{page}/edit", data=form).status_code == 200
    assert stored(app, records).aka == ""
    assert "its ports, presences at facilities and contacts" in text(erin.get(f"{page}/keep"))
    answer = erin.submit(f"{page}/keep")
    assert "AS64500 Example Net is kept here from now on." in text(answer)
    assert stored(app, records).source == "here"
    erin.client.post(f"{page}/edit", data=filled(erin, page, aka="in time"))
    assert stored(app, records).aka == "in time"


def test_an_editor_leaves_the_organizations_own_details_to_admins(visit: Visit, people: People, page: str) -> None:
    own = f"/organizations/{people.ours}/records/organizations/{people.ours}"
    assert visit("erin").get(f"{own}/edit").status_code == 403
    alice = visit("alice")
    form = form_of(alice.get(f"{own}/edit")) | {"city": ["Zürich"], "latitude": ["47,37"]}
    assert "Example Org is changed." in text(alice.client.post(f"{own}/edit", data=form, follow_redirects=True))


def test_another_organizations_records_dont_exist(visit: Visit, people: People, records: Records) -> None:
    erin = visit("erin")
    for path in (f"networks/{records['other']}", f"networks/{records['gone']}", f"exchanges/{records['ix']}", "nonsense/1", "ports/1"):
        for view in ("", "/edit", "/keep"):
            assert erin.get(f"/organizations/{people.ours}/records/{path}{view}").status_code == 404, (path, view)
    assert erin.get(f"/organizations/{people.theirs}/records/networks/{records['other']}/edit").status_code == 404
