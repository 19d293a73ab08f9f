"""Whether a request names the portal by one of its own names: another one may be a stranger's, who would have links and caches hold it."""

import re
from typing import Any

from flask import Flask, request

from portal.extensions import settings

HEALTH_PATHS = {"/healthz", "/readyz"}  # load balancers name whatever they like
HOST_AND_PORT = re.compile(r"(?:\[([0-9a-f:.]+)\]|([^\[\]:]+))(?::[0-9]{1,5})?", re.ASCII)


class UntrustedHost(Exception):
    """The request names the portal by a name that isn't its own; the text says what to do."""

    def __init__(self) -> None:
        cure = f"Use {settings().public_url}. An operator can add other names to PORTAL_TRUSTED_HOSTS."
        super().__init__(f"This portal doesn't answer to the host name of this request. {cure}")


def register(app: Flask) -> None:
    """For pages. Comes before what else would look at a request."""
    app.before_request(lambda: check_host(request.environ))


def check_host(environ: dict[str, Any]) -> None:
    """Raises UntrustedHost for a name, of whatever port, that is neither the public URL's nor set in PORTAL_TRUSTED_HOSTS nor loopback."""
    match = HOST_AND_PORT.fullmatch(environ.get("HTTP_HOST", "").lower())
    host = (match[1] or match[2].removesuffix(".")) if match else None
    if host not in settings().hosts and environ["PATH_INFO"] not in HEALTH_PATHS:
        raise UntrustedHost
