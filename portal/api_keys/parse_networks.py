"""Networks as an admin pastes them, "AS64500, 64501": resolved among the organization's own, instead of choosing in a thousand rows."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from portal.access.permissions import Permission
from portal.access.principal import Principal
from portal.access.require import require
from portal.errors import Invalid
from portal.registry.read.owned_objects import OwnObject, own_objects

MAX_NETWORKS = 10_000
BLANKS = re.compile(r"[\s,;]+")
NETWORK_FORM = re.compile(r"((?P<id>net:)|(?P<asn>ASN?))?(?P<number>[0-9]{1,18})", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True)
class PastedNetworks:
    """The organization's networks that were named, and the words that name none of them: unknown ones and other organizations' alike."""

    networks: Sequence[OwnObject]
    unknown: Sequence[str]


def read_networks(connection: Connection, principal: Principal, organization_id: int, text: str) -> PastedNetworks:
    """What ASNs (`AS64500`, `64500`) and ids (`net:1000000012`, or the bare number, where no network of ours has it as its ASN) mean."""
    require(principal, Permission.KEYS_SEE, organization_id)
    words = {word: NETWORK_FORM.fullmatch(word) for word in BLANKS.split(text) if word}
    if len(words) > MAX_NETWORKS:
        raise Invalid(f"Paste at most {MAX_NETWORKS:,} networks at once.", "asns")
    numbers = {int(match["number"]) for match in words.values() if match}
    ours = own_objects(connection, principal, "networks", organization_id, ids=numbers, asns=numbers)
    by_asn, by_id = {network.asn: network for network in ours}, {network.id: network for network in ours}
    meant = {word: None if match is None else choose(match, by_asn, by_id) for word, match in words.items()}
    networks = dict.fromkeys(network for network in meant.values() if network)
    return PastedNetworks(list(networks), [word for word, network in meant.items() if network is None])


def choose(match: re.Match[str], by_asn: dict[int | None, OwnObject], by_id: dict[int, OwnObject]) -> OwnObject | None:
    number = int(match["number"])
    named = None if match["id"] else by_asn.get(number)
    return named if named or match["asn"] else by_id.get(number)
