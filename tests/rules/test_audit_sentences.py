"""How the activity says a row's details, and which actions its filter offers."""

from types import SimpleNamespace
from typing import Any

import pytest

from portal.audit import Event
from portal.audit.sentences import events_of_organizations, name_event, say_details


@pytest.mark.parametrize(
    ("event", "details", "words"),
    [
        (Event.API_KEY_EDITED, {"grants": [["networks:read"], ["facilities:read"]]}, {"permissions": "+ facilities:read, − networks:read"}),
        (
            Event.API_KEY_EDITED,
            {"grants": [["networks:update 20"], ["networks:update 20,26", "campuses:update 9"]]},
            {"permissions": "+ networks:update (AS64500, number 26), + campuses:update (number 9), − networks:update (AS64500)"},
        ),
        (Event.API_KEY_EDITED, {"points": [None, 40]}, {"points": "nothing → 40"}),
        (Event.API_KEY_ISSUED, {"notify_email": "given"}, {"notify e-mail": "set"}),
        (Event.API_KEY_EDITED, {"notify_email": ["changed"]}, {"notify e-mail": "changed"}),
        (Event.API_KEY_ROTATED, {"overlap": "24h"}, {"old token": "valid for 24 hours"}),
    ],
)
def test_details_are_said_in_words(event: Event, details: dict[str, Any], words: dict[str, str]) -> None:
    assert say_details(SimpleNamespace(event=event, details=details), {"networks": {20: "AS64500"}}) == words


def test_a_filter_offers_only_what_can_happen_in_an_organization() -> None:
    offered = events_of_organizations()
    assert Event.API_KEY_REVOKED in offered
    assert not {Event.REGISTRY_IMPORTED, Event.REGISTRY_DEMO_BUILT, Event.AUDIT_PRUNED} & offered.keys()
    assert name_event(Event.API_KEY_ACTED_AS) == "API key: used in playground"
