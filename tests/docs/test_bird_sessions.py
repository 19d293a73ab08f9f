"""What docs/examples/router_config.py writes is taken by BIRD 2, and named so that a new peer renames no other session."""

import argparse
import re
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from portal.limits.memory import Spending
from tests.docs.blocks import ROOT
from tests.importer.dumps import TIMES
from tests.importer.registry import Registry, Rows
from tests.needs import bird

EXAMPLES = ROOT / "docs" / "examples"
PEERS = 145  # a session of each family with each
OPTIONS = argparse.Namespace(limit4=1000, limit6=200, headroom=1.5)
OURS = 1
STATED = 2  # every second network says how many prefixes to expect
OTHER_ASN = 3  # every third peers with another ASN than its own
Peer = dict[str, Any]


@pytest.fixture
def example(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The script as a module, beside the client that it shares."""
    monkeypatch.syspath_prepend(str(EXAMPLES))
    yield import_module("router_config")
    for name in ("router_config", "portal_client"):
        sys.modules.pop(name, None)


def networks_at_one_exchange(count: int) -> Rows:
    """Ours and so many peers, each with a port of both families, names that would break a configuration included."""
    numbers = range(1, count + 2)
    nets: list[Peer] = [
        {
            "id": number,
            "org_id": 1,
            "asn": 4_200_000_000 + number,
            "name": f'Net {number} "; }} # Ünïcode \n',
            "policy_general": "Open",
            "info_prefixes4": 100 if number % STATED == 0 else None,
        }
        for number in numbers
    ]
    ports: list[Peer] = [
        {
            "id": number,
            "net_id": number,
            "ix_id": 1,
            "ixlan_id": 1,
            "asn": 4_200_000_000 + number + (10_000 if number % OTHER_ASN == 0 else 0),
            "ipaddr4": f"10.0.0.{number}",
            "ipaddr6": f"2001:db8::{number:x}",
            "speed": 10_000,
            "bfd_support": number % 2 == 1,
        }
        for number in numbers
    ]
    rows: Rows = {
        "org": [{"id": 1, "name": "Example Org"}],
        "ix": [{"id": 1, "org_id": 1, "name": "EX-IX"}],
        "ixlan": [{"id": 1, "ix_id": 1}],
        "ixpfx": [
            {"id": 1, "ixlan_id": 1, "protocol": "IPv4", "prefix": "10.0.0.0/24"},
            {"id": 2, "ixlan_id": 1, "protocol": "IPv6", "prefix": "2001:db8::/64"},
        ],
        "net": nets,
        "netixlan": ports,
    }
    return {tag: [TIMES | row for row in table] for tag, table in rows.items()}


def ask(app: Flask, example: Any, where: Peer | None = None) -> Any:
    app.extensions["portal spending"] = Spending()
    request = {"query": example.QUERY, "variables": {"asn": 4_200_000_001, "where": where}}
    answer: Any = app.test_client().post("/graphql", json=request).json
    assert "errors" not in answer
    return answer["data"]


def configuration(app: Flask, example: Any, peers: int) -> str:
    """Of all peers of a registry that has so many."""
    assert Registry(app).take(networks_at_one_exchange(peers)).outcome.clean
    return "\n".join(example.configuration(ask(app, example), OPTIONS)) + "\n"


def names(text: str) -> list[str]:
    return re.findall(r"^protocol bgp (\w+) \{$", text, flags=re.M)


@pytest.mark.needs("bird")
def test_bird_takes_all_sessions_of_a_large_network(app: Flask, example: Any, tmp_path: Path) -> None:
    text = configuration(app, example, PEERS)
    shutil.copy(EXAMPLES / "bird.conf", tmp_path)
    (tmp_path / "peers.conf").write_text(text)
    checked = subprocess.run([str(bird()), "-p", "-c", tmp_path / "bird.conf"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, "")
    assert len(set(names(text))) == len(names(text)) == 2 * PEERS


def test_each_session_has_a_limit_and_the_ports_own_asn(app: Flask, example: Any) -> None:
    text = configuration(app, example, 5)
    found = re.findall(r"neighbor (\S+) as (\d+);\n  ipv(\d) \{ receive limit (\d+) action restart;", text)
    for number in range(2, 7):
        asn = str(4_200_000_000 + number + (10_000 if number % OTHER_ASN == 0 else 0))
        stated = "150" if number % STATED == 0 else "1000"
        assert (f"10.0.0.{number}", asn, "4", stated) in found
        assert (f"2001:db8::{number:x}", asn, "6", "200") in found
    assert len(found) == 10


def test_a_new_peer_changes_no_other_session(app: Flask, example: Any) -> None:
    before, after = configuration(app, example, 5), configuration(app, example, 6)
    assert set(names(before)) < set(names(after))
    assert set(before.splitlines()) <= set(after.splitlines())


def test_only_who_agreed_is_configured(app: Flask, example: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where they are more than one filter takes."""
    assert Registry(app).take(networks_at_one_exchange(5)).outcome.clean
    monkeypatch.setattr(example, "ASNS_AT_ONCE", 2)
    monkeypatch.setattr(example, "ask", lambda _, variables: ask(app, example, variables["where"]))
    agreed = example.read_asns("AS4200000003 # since May\n\n64500\n4200000005\n")
    text = "\n".join(example.configuration(example.ask_for("AS4200000001", agreed), OPTIONS))
    assert [name.split("_")[0] for name in names(text)] == ["AS4200000003"] * 2 + ["AS4200000005"] * 2
    assert list(example.configuration(example.ask_for("AS4200000001", set()), OPTIONS)) == [text.splitlines()[0]]
    with pytest.raises(example.PortalError, match="isn't an ASN"):
        example.read_asns("Example Net")
