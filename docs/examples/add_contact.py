"""Adds a contact once, however often its request has to be sent: add_contact.py ASN ROLE EMAIL. Needs networks:read and contacts:create."""

import sys
import time
import uuid
from typing import Any

from portal_client import PortalError, ask, run

FIND = "query FindNetwork($asn: ASN!) { network(asn: $asn) { id } }"
ADD = """mutation AddContact($input: CreateContactInput!, $once: String!) {
  createContact(input: $input, idempotencyKey: $once) { changes { record } userErrors { message path } userWarnings { message } }
}"""
TRIES, SECONDS = 3, 2  # how often a request whose answer was lost is sent again, and the seconds between


def write_once(query: str, **given: object) -> Any:
    """Returns the payload. What was done under the same key within 24 hours isn't done twice. Raises PortalError."""
    once = str(uuid.uuid4())
    for tries_left in reversed(range(TRIES)):
        try:
            (payload,) = ask(query, {"input": given, "once": once}).values()
        except PortalError:
            if not tries_left:
                raise
            time.sleep(SECONDS)
        else:
            if payload["userErrors"]:
                raise PortalError("\n".join(f"{'.'.join(error['path'])}: {error['message']}" for error in payload["userErrors"]))
            return payload
    raise AssertionError("the last try returns or raises")


def main() -> None:
    asn, role, email = sys.argv[1:]
    network = ask(FIND, {"asn": asn})["network"]
    if network is None:
        raise PortalError(f"There is no network with {asn}.")
    payload = write_once(ADD, networkId=network["id"], role=role, email=email, visible="USERS")
    print(f"Added {email}.", *(warning["message"] for warning in payload["userWarnings"]))


if __name__ == "__main__":
    run(main)
