"""Reads requests out of a connection's bytes. llhttp parses (httptools); what it lets pass and a server mustn't is refused here."""

from collections.abc import Callable
from enum import Enum

from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser

from portal.server.limits import Limits
from portal.server.refusals import HEAD_TOO_LARGE, MALFORMED, Refusal, RequestRefused, header_too_large
from portal.server.request import Request, origin_form

MAX_BYTES_PER_BODY_BYTE = 8  # a chunk of one byte takes six; what is beyond it is in trailers, which no one needs
H2C = {b"upgrade", b"connection", b"http2-settings"}


class Stage(Enum):
    """How far the next request has come."""

    IDLE = 0
    HEAD = 1
    BODY = 2


class RequestReader:
    """Calls `take` with each whole request, and `go_on` where a client waits for a word before it sends the body."""

    def __init__(self, limits: Limits, take: Callable[[Request], None], go_on: Callable[[], None]) -> None:
        self.limits, self.take, self.go_on = limits, take, go_on
        self.parser = HttpRequestParser(self)
        self.request = Request()
        self.stage = Stage.IDLE
        self.head_bytes = 0  # of headers that are complete
        self.raw_bytes = 0  # read of a request that isn't complete, with what frames its body
        self.body_bytes = 0  # read of a body, also where it is thrown away
        self.begun = 0  # requests, in what was read last
        self.length = 0  # of the body, as its head says
        self.upgrades = False
        self.refusal: Refusal | None = None

    def feed(self, data: bytes) -> None:
        """Raises RequestRefused."""
        self.begun, was_idle = 0, self.stage is Stage.IDLE
        try:
            self.parser.feed_data(data)
        except HttpParserUpgrade as upgrade:
            self.stay(data[upgrade.args[0] :])
        except HttpParserError:
            raise RequestRefused(self.refusal or MALFORMED) from None
        if self.refusal:
            raise RequestRefused(self.refusal)
        if self.stage is not Stage.IDLE and self.begun == was_idle:  # else most of the data may be requests before it
            self.raw_bytes += len(data)
            if self.raw_bytes > self.limits.max_head_bytes + MAX_BYTES_PER_BODY_BYTE * self.body_bytes:
                raise RequestRefused(HEAD_TOO_LARGE)

    def stay(self, rest: bytes) -> None:
        """Goes on in HTTP/1.1 with a client that offered another protocol: its head is read again without the offer."""
        request = self.request
        lines = [b"%s %s HTTP/1.1" % (request.method.encode(), request.target)]
        lines += [b"%s: %s" % header for header in request.headers if header[0].lower() not in H2C]
        self.parser = HttpRequestParser(self)
        self.feed(b"\r\n".join((*lines, b"", rest)))

    # What llhttp calls, in this order.

    def on_message_begin(self) -> None:
        self.request = Request()
        self.stage = Stage.HEAD
        self.begun += 1
        self.head_bytes = self.raw_bytes = self.body_bytes = 0
        self.upgrades = False

    def on_url(self, url: bytes) -> None:
        self.request.method = self.parser.get_method().decode("latin-1")
        self.request.target += url
        self.grow(len(url))

    def on_header(self, name: bytes, value: bytes) -> None:
        if self.stage is not Stage.HEAD:
            return  # a trailer
        if len(value) > self.limits.max_header_bytes or len(name) > self.limits.max_header_bytes:
            self.refusal = self.refusal or header_too_large(name)
            return
        self.request.headers.append((name, value))
        self.grow(len(name) + len(value) + 4)

    def grow(self, more: int) -> None:
        self.head_bytes += more
        if self.head_bytes > self.limits.max_head_bytes:
            self.refusal = self.refusal or HEAD_TOO_LARGE

    def on_headers_complete(self) -> None:
        request, parser = self.request, self.parser
        request.version = parser.get_http_version()
        request.keeps_alive = parser.should_keep_alive()
        self.upgrades = parser.should_upgrade() and request.method != "CONNECT"
        self.stage = Stage.BODY
        self.read_target()
        names = [name.lower() for name, _ in request.headers]
        if names.count(b"host") != 1 and (request.version != "1.0" or b"host" in names):
            self.refusal = self.refusal or MALFORMED
        length = request.header(b"content-length") or b"0"
        self.length = int(length) if length.isdigit() else 0
        if self.refusal or self.upgrades:
            return
        expects_word = request.version == "1.1" and (request.header(b"expect") or b"").lower() == b"100-continue"
        if self.length > self.limits.max_discarded_bytes or (expects_word and self.length > self.limits.max_body_bytes):
            self.cut()
        elif expects_word:
            self.go_on()

    def read_target(self) -> None:
        if not self.request.target.startswith(b"/"):
            try:
                self.request.target = origin_form(self.request.target)
            except ValueError:
                self.refusal = self.refusal or MALFORMED

    def on_body(self, body: bytes) -> None:
        """Throws away what is too long, so that a client that sends on gets the whole answer, with which the application refuses it."""
        request = self.request
        if request.cut or self.refusal:
            return
        self.body_bytes += len(body)
        if self.body_bytes > self.limits.max_discarded_bytes:
            self.cut()
        elif self.length <= self.limits.max_body_bytes and len(request.body) <= self.limits.max_body_bytes:
            request.body += body

    def on_message_complete(self) -> None:
        if not (self.request.cut or self.refusal or self.upgrades):
            self.end()

    def cut(self) -> None:
        """Hands a request on before its body has ended. The connection ends after it."""
        self.request.cut, self.request.keeps_alive = True, False
        self.end()

    def end(self) -> None:
        self.stage = Stage.IDLE
        self.take(self.request)
