"""Runs the suites of others against a portal of its own, and prints their scores: `python -m tests.conformance` in the repository.

Those from npm are installed here once, in the versions of package-lock.json; after that nothing needs the network.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.conformance.portal import served_portal
from tests.conformance.suites import HERE, Score, audits, diff, fuzz, lint
from tests.demo import build
from tests.needs import conformance_suites


def main() -> int:
    """The exit code: 1 when a suite complains."""
    parser = argparse.ArgumentParser("python -m tests.conformance", description="Run the suites of others against the served portal.")
    parser.add_argument("--examples", type=int, default=300, metavar="N", help="documents for each root field (default: 300)")
    examples: int = parser.parse_args().examples
    if not conformance_suites():
        subprocess.run(["npm", "ci"], cwd=HERE, check=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        build(folder / "data")
        with served_portal(folder) as portal:
            scores = [
                print_score(audits(portal)),
                print_score(lint()),
                print_score(diff(portal)),
                print_score(fuzz(portal, examples, folder)),
            ]
    return 0 if all(score.whole for score in scores) else 1


def print_score(score: Score) -> Score:
    sys.stdout.write(f"{score}\n")
    sys.stdout.flush()
    return score


sys.exit(main())
