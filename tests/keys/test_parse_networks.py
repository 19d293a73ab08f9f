"""Networks pasted by ASN or id: the organization's own are pasted, everything else is named and not told apart."""

import pytest
from flask import Flask

from portal.api_keys.parse_networks import MAX_NETWORKS, PastedNetworks, read_networks
from portal.db.session import snapshot
from portal.errors import Invalid, NotFound
from portal.extensions import db
from tests.people import People
from tests.registry import Records


def paste(app: Flask, people: People, text: str, who: str = "alice") -> PastedNetworks:
    with app.app_context(), snapshot(db.engine) as connection:
        return read_networks(connection, people.principal(who), people.ours, text)


def test_asns_and_ids_are_found_once_each_however_they_are_written(app: Flask, people: People, records: Records) -> None:
    typed = f"AS64500, 64500;asn64501\n net:{records['second']} {records['waiting']}"
    pasted = paste(app, people, typed)
    assert [network.label for network in pasted.networks] == ["AS64500 Example Net", "AS64501 Éxample Łabs", "AS64502 Waiting Net"]
    assert pasted.unknown == []


def test_unknown_and_other_organizations_networks_are_named_alike(app: Flask, people: People, records: Records) -> None:
    """AS64510 is Other Org's, AS64503 is deleted, AS64511 is nobody's."""
    strangers = ["AS64510", "64503", "AS64511", f"net:{records['other']}", "AS٦٤٥٠٠", "example", "net:", "9" * 30, f"AS{records['net']}"]
    pasted = paste(app, people, " ".join(["AS64500", *strangers]))
    assert [network.id for network in pasted.networks] == [records["net"]]
    assert pasted.unknown == strangers


def test_too_much_at_once_is_refused_not_cut(app: Flask, people: People, records: Records) -> None:
    with pytest.raises(Invalid, match="at most 10,000"):
        paste(app, people, " ".join(str(number) for number in range(MAX_NETWORKS + 1)))


def test_nobody_asks_about_another_organizations_networks(app: Flask, people: People, records: Records) -> None:
    with pytest.raises(NotFound):
        paste(app, people, "AS64500", "charlie")
