"""Rotates the API key whose token a secret store holds, once that token is older than some days: rotate_key.py DAYS READ WRITE.

READ is a command that prints the token; WRITE is one that stores what it reads. The key needs keys:rotate_self. If this fails, run it again
within 10 minutes: whatever was lost on the way is replaced. Let only one of it run at a time.
"""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

from portal_client import PortalError, ask, fetch, run

USE = "query FirstUseAfterRotation { viewer { key { name expiresAt } } }"


def read_token(command: str) -> str:
    """Returns what the command prints. Raises PortalError where it fails."""
    ended = subprocess.run(command, shell=True, stdout=subprocess.PIPE, text=True)  # noqa: S602 - whoever starts this wrote it
    if ended.returncode:
        raise PortalError(f"The token can't be read: {command} ended with {ended.returncode}.")
    return ended.stdout.strip()


def write_token(command: str, token: str) -> None:
    """Gives the token to the command. No other program sees it: it is neither an argument nor a variable. Raises PortalError."""
    ended = subprocess.run(command, shell=True, input=token, text=True)  # noqa: S602 - whoever starts this wrote it
    if ended.returncode:
        raise PortalError(f"The new token can't be stored: {command} ended with {ended.returncode}. Run this again within 10 minutes.")


def main() -> None:
    days, read, write = sys.argv[1:]
    os.environ["PEERING_PORTAL_KEY"] = read_token(read)
    key = json.loads(fetch("/api/whoami"))["key"]
    age = datetime.now(UTC) - datetime.fromisoformat(key["token"]["created"])
    if age < timedelta(days=int(days)):
        print(f"{key['name']}: the token is {age.days} days old, so it stays.")  # also where a step runs twice
        return
    new = str(json.loads(fetch("/api/rotate", b""))["token"])
    write_token(write, new)
    if read_token(read) != new:
        raise PortalError("The secret store gives another token than the one that was stored.")
    os.environ["PEERING_PORTAL_KEY"] = new
    ask(USE, {})  # from here on the old token ends in 24 hours, and can't rotate the key again
    print(f"{key['name']}: the new token is stored. The key expires on {key['expiresAt'] or 'no date'}.")


if __name__ == "__main__":
    run(main)
