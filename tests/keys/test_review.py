"""The review of a key: its counts are those that the key gets once it exists, and its sentences say what it can do and what not."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from portal.access.permissions import GRANTABLE, P
from portal.api_keys.grants import Grants
from portal.api_keys.lifecycle.draft import Draft
from portal.api_keys.review.dry_run import dry_run
from portal.api_keys.review.review import Review, fingerprint, review
from portal.db.session import now, snapshot
from portal.errors import Forbidden, NotFound, PortalError
from portal.extensions import db
from tests.people import People, Robot
from tests.registry import Records

MakeRobot = Callable[..., Robot]
LISTS = {
    "org": "organizations",
    "net": "networks",
    "ix": "exchanges",
    "ixlan": "peeringLans",
    "ixpfx": "prefixes",
    "netixlan": "exchangePorts",
    "fac": "facilities",
    "netfac": "networkFacilities",
    "ixfac": "exchangeFacilities",
    "carrier": "carriers",
    "carrierfac": "carrierFacilities",
    "campus": "campuses",
    "poc": "contacts",
}
READS = (P.NETWORKS_READ, P.EXCHANGES_READ, P.FACILITIES_READ, P.CONTACTS_READ)
GRANTS = {
    "nothing but networks": (P.NETWORKS_READ,),
    "the directory": READS,
    "contacts alone": (P.CONTACTS_READ,),
    "private contacts alone": (P.CONTACTS_READ_PRIVATE,),
    "all contacts": (P.CONTACTS_READ, P.CONTACTS_READ_PRIVATE, P.NETWORKS_READ),
    "everything": GRANTABLE,
}


def total(client: FlaskClient, key: Robot, arguments: str) -> int | None:
    """totalCount, asked with the key; None where it may not ask."""
    answer: Any = client.post("/graphql", json={"query": f"{{ {arguments} {{ totalCount }} }}"}, headers=key.headers).json
    if answer.get("errors"):
        assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN", answer
        return None
    counted: int = next(iter(answer["data"].values()))["totalCount"]
    return counted


def reviewed(app: Flask, people: People, grants: Grants, who: str = "alice") -> Review:
    with app.app_context(), snapshot(db.engine) as connection:
        return review(connection, people.principal(who), people.ours, grants)


@pytest.mark.parametrize("granted", GRANTS.values(), ids=GRANTS)
def test_the_counts_are_those_that_the_key_gets_once_it_exists(
    app: Flask, client: FlaskClient, people: People, records: Records, robot: MakeRobot, granted: tuple[P, ...]
) -> None:
    with app.app_context(), snapshot(db.engine) as connection:
        counts = dry_run(connection, people.principal("alice"), people.ours, dict.fromkeys(granted))
    key = robot(*granted)
    for tag, field in LISTS.items():
        assert (total(client, key, field) or 0) == counts.seen[tag], tag
    private = total(client, key, "contacts(where: {visible: {eq: PRIVATE}})") or 0
    assert private == counts.private[P.CONTACTS_READ_PRIVATE]


def test_private_contacts_of_chosen_networks_are_counted_as_the_key_sees_them(
    app: Flask, client: FlaskClient, people: People, records: Records, robot: MakeRobot
) -> None:
    grants = {P.CONTACTS_READ_PRIVATE: frozenset({records["net"]})}
    with app.app_context(), snapshot(db.engine) as connection:
        counts = dry_run(connection, people.principal("alice"), people.ours, grants)
    key = robot(objects={"contacts:read_private": grants[P.CONTACTS_READ_PRIVATE]})
    assert total(client, key, "contacts") == counts.seen["poc"] == counts.private[P.CONTACTS_READ_PRIVATE] == 1


def test_a_key_is_reviewed_in_sentences(app: Flask, people: People, records: Records) -> None:
    grants = dict.fromkeys(READS) | {
        P.CONTACTS_READ_PRIVATE: None,
        P.NETWORKS_READ_PRIVATE: frozenset({records["net"]}),
        P.NETWORKS_UPDATE: frozenset({records["net"], records["second"]}),
        P.CONTACTS_UPDATE: None,
        P.USAGE_READ: None,
    }
    review = reviewed(app, people, grants)
    assert list(review.can) == [
        "Read every organization's records: 4 networks (3 ours), 1 exchange and 1 facility",
        "Read 6 contacts marked Public or Users (4 ours)",
        "Read the private notes of 1 network of ours, among AS64500 Example Net",
        "Read 2 private contacts of ours",
        "Update only AS64500 Example Net and AS64501 Éxample Łabs",
        "Update all our contacts: 6 now, and any added later",
        "Read how our keys are used",
    ]
    assert list(review.cannot) == [
        "Read carriers or campuses",
        "Read private member lists",
        "Create or delete anything",
        "Update exchanges, facilities, carriers or campuses",
        "Update our organization's own details",
        "Read our activity",
        "Rotate itself: get a new token without an admin",
        "Manage API keys, members or policy: no key ever can",
    ]
    assert review.warnings == []


def test_grants_that_come_to_nothing_are_warned_of(app: Flask, people: People, records: Records) -> None:
    review = reviewed(app, people, {P.NETWORKS_READ_PRIVATE: None, P.CONTACTS_UPDATE: None, P.CONTACTS_DELETE: None})
    assert review.can[0] == "Read the private notes of 0 networks of ours"
    assert list(review.warnings) == [
        "networks:read_private shows nothing without networks:read.",
        "It may update or delete contacts, but not read them: that needs contacts:read.",
    ]


def test_a_key_that_may_do_everything_lacks_only_what_no_key_can(app: Flask, people: People, records: Records) -> None:
    review = reviewed(app, people, dict.fromkeys(GRANTABLE))
    assert list(review.cannot) == ["Manage API keys, members or policy: no key ever can"]
    assert review.warnings == []


def test_another_organizations_object_is_never_named(app: Flask, people: People, records: Records) -> None:
    review = reviewed(app, people, {P.NETWORKS_UPDATE: frozenset({records["other"], records["gone"]})})
    numbers = " and ".join(f"number {number}" for number in sorted((records["other"], records["gone"])))
    assert review.can[0] == f"Update only {numbers}"


@pytest.mark.parametrize(("name", "refusal"), [("erin", Forbidden), ("bob", Forbidden), ("charlie", NotFound), ("dave", NotFound)])
def test_only_an_admin_reviews_a_key(app: Flask, people: People, records: Records, name: str, refusal: type[PortalError]) -> None:
    with pytest.raises(refusal):
        reviewed(app, people, {P.NETWORKS_READ: None}, name)


def test_a_review_of_everything_takes_five_statements(app: Flask, people: People, records: Records) -> None:
    """Four counts, and one for each resource whose objects are listed."""
    seen: list[Any] = []
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", lambda _c, _u, statement, *_: seen.append(statement))
        reviewed_grants = dict.fromkeys(GRANTABLE) | {P.NETWORKS_UPDATE: frozenset({records["net"]})}
        with snapshot(db.engine) as connection:
            review(connection, people.principal("alice"), people.ours, reviewed_grants)
    assert len([statement for statement in seen if statement.startswith("SELECT")]) == 5


def test_a_fingerprint_is_equal_for_equal_drafts_alone() -> None:
    day = now().date() + timedelta(days=90)
    draft = Draft("a", "noc@example.net", day, "two\nlines", {P.NETWORKS_UPDATE: frozenset({2, 1})}, ["198.51.100.0/24"], 5)
    same = Draft("a", "noc@example.net", day, "two\r\nlines", {P.NETWORKS_UPDATE: frozenset({1, 2})}, ["198.51.100.0/24"], 5)
    assert fingerprint(draft) == fingerprint(same)
    others = [
        Draft("b", "noc@example.net", day, "two\nlines", draft.grants, draft.addresses, 5),
        Draft("a", "noc@example.org", day, "two\nlines", draft.grants, draft.addresses, 5),
        Draft("a", "noc@example.net", None, "two\nlines", draft.grants, draft.addresses, 5),
        Draft("a", "noc@example.net", day, "two", draft.grants, draft.addresses, 5),
        Draft("a", "noc@example.net", day, "two\nlines", {P.NETWORKS_UPDATE: None}, draft.addresses, 5),
        Draft("a", "noc@example.net", day, "two\nlines", draft.grants, [], 5),
        Draft("a", "noc@example.net", day, "two\nlines", draft.grants, draft.addresses, None),
    ]
    assert len({fingerprint(variant) for variant in (draft, *others)}) == 8
