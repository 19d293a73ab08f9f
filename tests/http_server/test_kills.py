"""What was acknowledged outlives a kill: tests/stress/kills.py tries the same at length, on both engines."""

from pathlib import Path

import pytest

from tests.commands import local
from tests.demo import NORTHLIGHT, Demo
from tests.people import PASSWORD
from tests.stress.kills import Trial
from tests.stress.member import Member
from tests.stress.portals import HERE, Portal
from tests.stress.victims import everything

EMAIL = "trial@example.net"


@pytest.fixture
def trial(built_demo: Demo, tmp_path: Path) -> Trial:
    portal = local(tmp_path)
    built_demo.copy(portal.data)
    portal.ok("create-admin", "--organization", NORTHLIGHT, "--email", EMAIL, "--password-stdin", stdin=PASSWORD)
    members = [Member("", NORTHLIGHT, EMAIL, PASSWORD) for _ in range(3)]
    return Trial(Portal(HERE, portal.environ), members, users=1)


def test_a_killed_portal_has_lost_nothing_that_it_acknowledged_and_did_nothing_by_half(trial: Trial) -> None:
    trial.kill(everything)
    assert trial.ledger.problems == []
    assert trial.ledger.acknowledged > 0
    assert trial.ledger.lost == 0
