"""Measures how long a revocation waits while a dump of full size is imported into an empty registry: the longest wait, and how many failed.

`python benchmarks/import_waits.py`, or with PORTAL_DATABASE_URL naming an empty PostgreSQL database.
"""

import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from statistics import median

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from benchmarks.import_dump import HERE, PORTAL, environment
from portal.access.principal import COMMAND_LINE
from portal.api_keys.lifecycle.create import issue
from portal.api_keys.lifecycle.draft import Draft
from portal.api_keys.lifecycle.stop import revoke
from portal.api_keys.templates import TEMPLATES
from portal.app import create_app
from portal.db.session import lock, next_id, now
from portal.extensions import db
from portal.registry.organizations import Organization
from portal.settings import read

KEYS = 3_000
SECONDS_BETWEEN = 0.1


def issue_keys(session: Session) -> tuple[int, list[str]]:
    """An organization that was made here, and its keys."""
    lock(session)
    organization = Organization(id=next_id(session), name="Made here", latitude=None, longitude=None)
    session.add(organization)
    session.flush()
    ends, grants = now().date() + timedelta(days=365), dict.fromkeys(TEMPLATES["find-peers"].permissions)
    drafts = [Draft(f"benchmark {number}", "noc@example.net", ends, grants=grants) for number in range(KEYS)]
    keys = [issue(session, COMMAND_LINE, organization.id, draft)[0].id for draft in drafts]
    session.commit()
    return organization.id, keys


def measure(session: Session, importing: "subprocess.Popen[bytes]", organization: int, keys: list[str]) -> tuple[list[float], int]:
    """Revokes key after key until the import ends: seconds each, and how many were refused."""
    waits, refused = [], 0
    while importing.poll() is None:
        if not keys:
            raise SystemExit("All keys are revoked, but the import goes on: issue more.")
        began = time.perf_counter()
        try:
            revoke(session, COMMAND_LINE, organization, keys.pop(), reason="")
            session.commit()
        except OperationalError as error:
            session.rollback()
            refused += 1
            sys.stdout.write(f"refused after {time.perf_counter() - began:.1f} s: {error.orig}\n")
        waits.append(time.perf_counter() - began)
        time.sleep(SECONDS_BETWEEN)
    return waits, refused


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder, dump = Path(name), Path(name) / "dump.json"
        subprocess.run([sys.executable, HERE / "generate.py", dump], check=True)
        environ = environment(folder)
        subprocess.run([*PORTAL, "migrate"], env=environ, check=True, stdout=subprocess.DEVNULL)
        with create_app(read(environ)).app_context():
            organization, keys = issue_keys(db.session())
            began = time.perf_counter()
            with subprocess.Popen([*PORTAL, "import", str(dump)], env=environ, stdout=subprocess.DEVNULL) as importing:
                waits, refused = measure(db.session(), importing, organization, keys)
            took = time.perf_counter() - began
            db.engine.dispose()
    longest = ", ".join(f"{wait:.2f}" for wait in sorted(waits)[-5:])
    sys.stdout.write(
        f"import {took:.1f} s; {len(waits)} revocations, {refused} refused; median {median(waits):.3f} s, longest {longest} s\n"
    )


if __name__ == "__main__":
    main()
