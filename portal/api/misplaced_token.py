"""Tokens that come in another place than the Authorization header, where other services take them.

They are refused, so that no one takes the answer to an anonymous caller for the key's.
"""

import re

from flask import Request

from portal.errors import MalformedCredential

TOKEN_SHAPED = re.compile(r"""\s*(?:[\w-]+\s+)?["']?pport_""")  # perhaps after a scheme
IN_COOKIE = re.compile(r"""=\s*["']?pport_""")
GRAPHQL_PARAMETERS = {"query", "variables", "operationName", "extensions"}
RIGHT_PLACE = "Send it in a header, as: Authorization: Bearer pport_…"


def check_place(request: Request) -> None:
    """Raises MalformedCredential for a token in the address, in a cookie or in another header, also beside the right one."""
    if request.query_string and any(is_token(name, value) for name, value in request.args.items(multi=True)):
        message = "A token in an address isn't accepted, because addresses are logged. Rotate the API key if others can read those logs."
        raise MalformedCredential(f"{message} {RIGHT_PLACE}")
    for name, value in request.environ.items():
        if name.startswith("HTTP_") and name != "HTTP_AUTHORIZATION" and "pport_" in value:
            check_header(name[len("HTTP_") :].replace("_", "-").title(), value)


def is_token(name: str, value: str) -> bool:
    """Whether a query parameter is one: its value or, without a value, its name."""
    return name.startswith("pport_") or (name not in GRAPHQL_PARAMETERS and TOKEN_SHAPED.match(value) is not None)


def check_header(name: str, value: str) -> None:
    shaped = IN_COOKIE.search(value) if name == "Cookie" else TOKEN_SHAPED.match(value)
    if shaped:
        raise MalformedCredential(f"A token in the header {name} isn't accepted. {RIGHT_PLACE}")
