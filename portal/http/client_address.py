"""The client's address in one normal form, made once for each request before the API and the pages see it.

The server's own word for it, or what the portal's proxies have added to X-Forwarded-For: with a port, in brackets or quotes, IPv4 written
as IPv6. Limits, lists of allowed addresses and the audit compare texts, so that another form of one address would be another caller.
"""

import logging
import re
from collections.abc import Iterable
from functools import lru_cache
from ipaddress import ip_address
from itertools import count
from typing import Any

UNKNOWN = "unknown"  # what has no address: all these requests count as one caller
MAX_CHARACTERS = 80  # of an address with its zone and its port; nothing longer is looked at, or remembered
FORM = re.compile(
    r"""\s*("?)(?:
        \[([0-9a-f:.]+)(?:%[^]"]*)?\](?::[0-9]{1,5})?
        |([0-9.]+)(?::[0-9]{1,5})?
        |([0-9a-f:.]+)(?:%[^]"]*)?
    )\1\s*""",
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)
SCHEMES = {"http", "https"}
log = logging.getLogger(__name__)


class ClientAddress:
    """WSGI middleware behind `hops` proxies of ours: each adds to the right of X-Forwarded-For and of X-Forwarded-Proto."""

    def __init__(self, application: Any, hops: int) -> None:
        self.application, self.hops = application, hops
        self.unknown = count()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        peer, forwarded = environ.get("REMOTE_ADDR") or "", environ.get("HTTP_X_FORWARDED_FOR")
        if self.hops and (scheme := from_right(environ.get("HTTP_X_FORWARDED_PROTO", ""), self.hops).strip().lower()) in SCHEMES:
            environ["wsgi.url_scheme"] = scheme
        environ["REMOTE_ADDR"] = address = client_address(peer, forwarded, self.hops)
        if address == UNKNOWN and not next(self.unknown):
            self.tell(forwarded or "" if self.hops else peer)
        response: Iterable[bytes] = self.application(environ, start_response)
        return response

    def tell(self, text: str) -> None:
        """Once in a process."""
        cure = (
            "Check PORTAL_PROXY_HOPS, and that your proxy sends X-Forwarded-For." if self.hops else "Behind a proxy, set PORTAL_PROXY_HOPS."
        )
        log.warning(
            "No client's address can be read from %a. All requests without one count as one caller. %s", text[-MAX_CHARACTERS:], cure
        )


def client_address(peer: str, forwarded: str | None, hops: int) -> str:
    """Returns the address or UNKNOWN. `peer` is empty on a Unix socket; `forwarded`: X-Forwarded-For, which counts behind our proxies."""
    return normal_address(from_right(forwarded, hops) if hops and forwarded is not None else peer)


def from_right(values: str, number: int) -> str:
    """Returns the value that the outermost of our proxies has added, or nothing where fewer have added one.

    Quotes mean nothing here: a client could open one, and the proxy's own value would be inside it.
    """
    parts = values.rsplit(",", number)
    return parts[-number] if len(parts) >= number else ""


def normal_address(text: str) -> str:
    """Returns the address alone, IPv4 never as IPv6, or UNKNOWN."""
    return read_address(text) if len(text) <= MAX_CHARACTERS else UNKNOWN


@lru_cache(maxsize=4096)
def read_address(text: str) -> str:
    match = FORM.fullmatch(text)
    try:
        address = ip_address(match[2] or match[3] or match[4]) if match else None
    except ValueError:
        address = None
    return str(getattr(address, "ipv4_mapped", None) or address or UNKNOWN)
