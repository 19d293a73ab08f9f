"""`python -m tests.stress.kills`: kills a served portal again and again while members change keys and programs ask with them.

After each kill everything that was acknowledged must be there, `portal audit verify` and `portal check` must have nothing to say, and what
was in flight must have happened as a whole or not at all. Nothing leaves this machine.
"""

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.client import HTTPException
from itertools import cycle
from pathlib import Path
from random import Random
from threading import Event
from traceback import format_exception
from urllib.error import HTTPError

from tests.server import children_of, is_running
from tests.stress.key_work import AWAY, WORD, KeyAdmin, KeyUser
from tests.stress.ledger import Ledger
from tests.stress.member import Member
from tests.stress.portals import HERE, Portal, new_admin, on_engine
from tests.stress.stored_keys import connected, half_noted_uses, read_requests, read_states
from tests.stress.victims import KILLS, Kill, kills_of
from tests.threads import in_background
from tests.waits import until

BEHIND_PROXY = {"PORTAL_PROXY_HOPS": "1"}  # which stands before it in production, and not here
DURABLE = "fsync=on", "full_page_writes=on", "synchronous_commit=on"
ADMINS, USERS, WORKERS = 4, 2, 2
SECONDS_BEFORE, SECONDS_AFTER = (0.3, 2.0), 0.5


@dataclass
class Trial:
    """Members and programs at work on a portal, and what they know of it."""

    portal: Portal
    members: Sequence[Member]
    users: int = USERS
    random: Random = field(default_factory=Random)
    ledger: Ledger = field(default_factory=Ledger)

    def __post_init__(self) -> None:
        self.admins = [KeyAdmin(member, self.ledger, number) for number, member in enumerate(self.members)]
        self.callers: list[KeyAdmin | KeyUser] = [*self.admins, *(KeyUser(self.ledger, number) for number in range(self.users))]

    def kill(self, kill: Kill) -> None:
        """Serves the portal, kills some of it while all are at work, and compares what is left."""
        with self.portal.served(WORKERS):
            assert self.portal.process
            for caller in self.callers:
                caller.enter(self.portal)
            self.check_tokens()
            before = self.ledger.acknowledged
            with at_work([caller.act for caller in self.callers], self.ledger.problems):
                until(lambda: self.ledger.acknowledged > before or bool(self.ledger.problems))
                time.sleep(self.random.uniform(*SECONDS_BEFORE))
                pids = children_of(self.portal.process.pid)
                kill(self.portal, self.random)
                if self.portal.process.poll() is None:
                    time.sleep(SECONDS_AFTER)  # those that are left go on
        until(lambda: not any(is_running(pid) for pid in pids))
        self.compare()

    def compare(self) -> None:
        for command in (("audit", "verify"), ("check",)):
            try:
                self.portal.run(*command, settings=BEHIND_PROXY if "PORTAL_PROXY_HOPS" in self.portal.environ else {})
            except RuntimeError as error:
                self.ledger.problems.append(str(error))
        with connected(self.portal.environ) as connection:
            self.ledger.compare(read_states(connection, WORD), read_requests(connection, WORD))
            self.ledger.problems += [f"The first use of {name}'s token is noted by half" for name in half_noted_uses(connection, WORD)]

    def check_tokens(self) -> None:
        """Of all keys, on a portal that is served again."""
        for admin in self.admins:
            for key in admin.keys:
                admin.check(key)

    def finish(self) -> None:
        """Without a kill: what is asked now is in the account after the portal has stopped."""
        with self.portal.served(WORKERS):
            for caller in self.callers:
                caller.enter(self.portal)
            self.check_tokens()
        self.compare()


@contextmanager
def at_work(acts: Sequence[Callable[[], None]], problems: list[str]) -> Iterator[None]:
    """Each again and again in a thread of its own, until the end of the block. A portal that is gone is no problem; a wrong answer is."""

    def work(act: Callable[[], None], over: Event) -> None:
        while not over.is_set():
            try:
                act()
            except HTTPError as error:
                if error.code != AWAY:
                    problems.append(f"{error.url} was answered with {error.code}")
                over.wait(0.05)
            except (OSError, HTTPException):
                over.wait(0.02)
            except Exception as error:  # whatever it is, it is told
                problems.append("".join(format_exception(error)))

    with in_background(*(partial(work, act) for act in acts)):
        yield


def main() -> None:
    options = parse()
    with ExitStack() as stack:
        folder = options.keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="kills")))
        portal, server = on_engine(options.engine, HERE, folder, stack, *DURABLE)
        trial = Trial(portal, [new_admin(portal, f"kills{number}@example.net") for number in range(ADMINS)])
        stack.callback(lambda: say("\n".join(trial.ledger.problems) or "Nothing was wrong."))
        kills, counts = KILLS | (kills_of(server) if server else {}), Counter[str]()
        for number, (name, kill) in zip(range(1, options.times + 1), cycle(kills.items()), strict=False):
            trial.kill(kill)
            counts[name] += 1
            say(f"{number:3}  {name:23}  {described(trial.ledger)}")
        trial.finish()
        say(f"Killed: {', '.join(f'{name} {number} times' for name, number in counts.items())}. {described(trial.ledger)}.")
    sys.exit(bool(trial.ledger.problems))


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.stress.kills", description=__doc__)
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--times", type=int, default=50, help="how many kills")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="a new folder, where the portal's data and its log stay")
    return parser.parse_args()


def described(ledger: Ledger) -> str:
    return (
        f"{ledger.acknowledged} acts acknowledged, {ledger.lost} lost; {ledger.in_flight} in flight, of which {ledger.happened} happened; "
        f"{ledger.answers} requests with keys answered; {len(ledger.problems)} problems"
    )


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
