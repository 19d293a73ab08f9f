"""Access in words."""

import pytest

from portal.access.permissions import P
from portal.api_keys.wording import Access, count_objects, say_access


@pytest.mark.parametrize(
    ("access", "words"),
    [
        ({}, "Nothing"),
        ({P.CONTACTS_READ: None}, "Reads contacts"),
        ({P.CONTACTS_READ: None, P.NETWORKS_READ: None, P.EXCHANGES_READ: None}, "Reads networks, exchanges and contacts"),
        ({P.CONTACTS_READ: None, P.NETWORKS_UPDATE: 3}, "Reads contacts; updates 3 networks"),
        ({P.FACILITIES_DELETE: 1, P.CAMPUSES_UPDATE: None}, "Updates all our campuses; deletes 1 facility"),
        ({P.CONTACTS_UPDATE: 1, P.CONTACTS_READ_PRIVATE: None}, "Reads our private contacts; updates contacts of 1 network"),
        ({P.CONTACTS_READ_PRIVATE: 2}, "Reads our private contacts of 2 networks"),
        (
            {P.NETWORKS_READ_PRIVATE: None, P.EXCHANGES_READ_PRIVATE: None},
            "Reads our private notes of networks and member lists of exchanges",
        ),
        (
            {P.USAGE_READ: None, P.AUDIT_READ: None, P.ORGANIZATION_UPDATE: None},
            "Reads usage and activity; updates our organization details",
        ),
        ({P.NETWORKS_CREATE: None}, "Creates networks"),
        ({P.NETWORKS_READ: None, P.KEYS_ROTATE_SELF: None}, "Reads networks; rotates itself"),
    ],
)
def test_access_is_said_in_words(access: Access, words: str) -> None:
    assert say_access(access) == words


def test_chosen_objects_are_counted() -> None:
    assert count_objects({P.NETWORKS_READ: None, P.NETWORKS_UPDATE: frozenset({1, 2})}) == {P.NETWORKS_READ: None, P.NETWORKS_UPDATE: 2}
