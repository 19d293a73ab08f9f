"""What the server itself refuses, before the application has seen it or because it can't take more."""

from dataclasses import dataclass
from http import HTTPStatus
from json import dumps

from portal.logs.request_id import HEADER


@dataclass(frozen=True)
class Refusal:
    """What is wrong and what to do. `retry_after`: seconds."""

    status: HTTPStatus
    code: str
    message: str
    retry_after: int = 0


MALFORMED = Refusal(
    HTTPStatus.BAD_REQUEST, "BAD_REQUEST", "This isn't a request in HTTP/1.1. Check the request line, Host and Content-Length."
)
PIPELINED = Refusal(HTTPStatus.BAD_REQUEST, "BAD_REQUEST", "Too many requests were sent before the first was answered.")
HEAD_TOO_SLOW = Refusal(HTTPStatus.REQUEST_TIMEOUT, "REQUEST_TIMEOUT", "The request's head took too long to arrive. Send it at once.")
BODY_TOO_SLOW = Refusal(HTTPStatus.REQUEST_TIMEOUT, "REQUEST_TIMEOUT", "The request's body took too long to arrive. Send it at once.")
TOO_LARGE = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
HEAD_TOO_LARGE = Refusal(TOO_LARGE, "HEADERS_TOO_LARGE", "The request's head has more than 64 kB. Send a POST with a body.")
UNAVAILABLE = HTTPStatus.SERVICE_UNAVAILABLE
BUSY = Refusal(UNAVAILABLE, "SERVICE_UNAVAILABLE", "Too many requests wait. Try again in a second.", retry_after=1)
OVERFULL = Refusal(UNAVAILABLE, "SERVICE_UNAVAILABLE", "Too many large requests arrive. Try again in a second.", retry_after=1)
FAILED = Refusal(HTTPStatus.INTERNAL_SERVER_ERROR, "INTERNAL_SERVER_ERROR", "The server failed to answer this request. It is in its log.")


class RequestRefused(Exception):
    """A request that can't be read to its end; `refusal` is what its client gets to know."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.message)
        self.refusal = refusal


def header_too_large(name: bytes) -> Refusal:
    shown = name[:40].decode("latin-1")
    return Refusal(TOO_LARGE, "HEADERS_TOO_LARGE", f"The header {shown} has more than 8 kB. Send a shorter one.")


def answer_of(refusal: Refusal, number: str, *, in_json: bool) -> tuple[str, list[tuple[str, str]], bytes]:
    """Returns status, headers and body: an error as GraphQL's for automation, else the sentence alone. `number`: the request's id."""
    if in_json:
        media, error = "application/json", {"message": refusal.message, "extensions": {"code": refusal.code}}
        body = dumps({"errors": [error]}).encode()
    else:
        media, body = "text/plain; charset=utf-8", f"{refusal.message}\n".encode()
    headers = [("Content-Type", media), ("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff"), (HEADER, number)]
    if refusal.retry_after:
        headers.append(("Retry-After", str(refusal.retry_after)))
    return f"{refusal.status.value} {refusal.status.phrase}", headers, body
