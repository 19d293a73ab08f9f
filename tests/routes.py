"""Every route: those of the pages, and those of the API, which Flask knows nothing of; each with an address of what Example Org has."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask, url_for

from portal.api.wsgi import ROUTES
from portal.api_keys.notices.notify_addresses import sign
from portal.extensions import db
from tests.people import People, Robot
from tests.registry import Records

API_RULES = {f"api.{rule.endpoint.__name__}": rule for rule in ROUTES.iter_rules()}


def routes(app: Flask) -> Iterator[tuple[str, str]]:
    """(endpoint, method) of each."""
    rules = [(rule.endpoint, rule) for rule in app.url_map.iter_rules()] + list(API_RULES.items())
    for endpoint, rule in rules:
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            yield endpoint, method


@pytest.fixture
def subject(robot: Callable[..., Robot], records: Records) -> Robot:
    """The key that the addresses name."""
    return robot("networks:read", name="subject")


@pytest.fixture
def addresses(app: Flask, people: People, subject: Robot, records: Records) -> Callable[..., str]:
    """Endpoint → its address; keywords put other values into it."""
    values: dict[str, Any] = {"organization_id": people.ours, "key_id": subject.key_id, "filename": "portal.css", "tag": "net"}
    values |= {"path": "networks", "record_id": records["net"]}
    with app.app_context():
        values["value"] = sign(db.session(), people.ours, "noc@example.net")

    def address(endpoint: str, **other: Any) -> str:
        if endpoint in API_RULES:
            rule = API_RULES[endpoint]
            return ROUTES.bind("").build(rule.endpoint, {name: values[name] for name in rule.arguments})
        with app.test_request_context():
            rule = next(app.url_map.iter_rules(endpoint))
            return url_for(endpoint, **{name: values[name] for name in rule.arguments} | other)

    return address
