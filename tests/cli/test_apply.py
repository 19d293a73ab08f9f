"""`portal apply FILE`: networks as a file declares them, planned with --dry-run and done whole."""

from pathlib import Path

import pytest

from tests.commands import CommandLine

WRONG = {
    "networks: [": "This isn't YAML",
    "[]": "needs a list named networks",
    "networks: [{asn: x}]": "networks[0].asn: Give the network's ASN",
    "networks: [{asn: 64500, port: []}]": "port isn't a known name",
    "networks: [{asn: 64500, ports: }]": "networks[0].ports: This must be a list",
    "networks: [{asn: 64500, ports: [{ipaddr4: 10:30}]}]": "isn't an IPv4 address",
    "networks: [{asn: 64500, ports: [{ipaddr4: 198.51.100.2, speed: NO}]}]": "must be a whole number",
    "networks: [{asn: 64500, ports: [{ipaddr4: [a], net_side_id: x}]}]": "Give an id, such as fac:20.",
    "networks: [{asn: 64999, ports: []}]": "no network with AS64999",
    "networks: [{asn: 64500, ports: []}]": "would delete 6 records",
}


@pytest.mark.parametrize("text", WRONG)
def test_a_file_that_can_not_be_applied_is_refused_with_its_place(demo: CommandLine, text: str) -> None:
    said = demo("apply", "-", stdin=text)
    assert (said.code, WRONG[text] in said.err) == (1, True), said


def test_a_plan_is_shown_then_applied_then_empty(demo: CommandLine) -> None:
    text = (Path(__file__).parents[2] / "docs/examples/networks.yaml").read_text()
    shown = demo.ok("apply", "-", "--dry-run", stdin=text).out
    assert "AS64500 ~ 198.51.100.2: speed" in shown
    assert demo.ok("apply", "-", stdin=text).out == shown
    assert demo.ok("apply", "-", stdin=text).out == ""
