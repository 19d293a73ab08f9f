"""The one tree of errors that rules raise and every door (page, GraphQL, command) shows in its own way."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import ClassVar


class PortalError(Exception):
    """Something the caller can understand and mend.

    `code` is the word for machines, `status` the HTTP status, `field` the input that was wrong (None: the whole request), `retry_after`
    the seconds after which the same request may be answered (None: it never will, or no one knows).
    """

    code: ClassVar[str] = "BAD_REQUEST"
    status: ClassVar[int] = 400
    retry_after: int | None = None

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class Invalid(PortalError):
    """The input breaks a rule."""

    code = "BAD_USER_INPUT"


@contextmanager
def inside(part: str) -> Iterator[None]:
    """Puts a part of the input in front of the field that an Invalid raised inside it names, as `where` before `and[3].name`."""
    try:
        yield
    except Invalid as error:
        error.field = f"{part}{'' if not error.field or error.field.startswith('[') else '.'}{error.field or ''}"
        raise


class Unauthenticated(PortalError):
    """The credential that was sent can't be used; `challenge` is the error word of RFC 6750 §3.1."""

    code = "UNAUTHENTICATED"
    status = 401
    challenge: ClassVar[str | None] = "invalid_token"


class CredentialMissing(Unauthenticated):
    """Nothing was sent where a credential is needed (RFC 6750 §3.1: no error word then)."""

    challenge = None


class MalformedCredential(PortalError):
    """The Authorization header has another form than one `Bearer` token."""

    challenge: ClassVar[str] = "invalid_request"


class Forbidden(PortalError):
    """The caller is known and may not do this; `required` names the scopes of which one would do."""

    code = "FORBIDDEN"
    status = 403

    def __init__(self, message: str, field: str | None = None, required: Sequence[str] = ()) -> None:
        super().__init__(message, field)
        self.required = tuple(required)


class NotFound(PortalError):
    """It doesn't exist, or the caller may not know that it does."""

    code = "NOT_FOUND"
    status = 404


class Conflict(PortalError):
    """Somebody else changed it meanwhile, or the name is taken."""

    code = "CONFLICT"
    status = 409


class Limited(PortalError):
    """Too much for now; try again after `retry_after` seconds (at least 1)."""

    code = "RATE_LIMITED"
    status = 429
    retry_after: int

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = max(1, retry_after)


class TooSlow(PortalError):
    """A statement ran too long and was stopped: it asks for too much, or the database is too busy."""

    code = "COST_LIMIT_EXCEEDED"
    status = 503


class Unavailable(PortalError):
    """What was asked for is there, and can't be read or done just now."""

    code = "SERVICE_UNAVAILABLE"
    status = 503
    retry_after: int | None = 2


class DatabaseUnavailable(Unavailable):
    """The database can't be reached or used. Nothing was done."""


class OutcomeUnknown(DatabaseUnavailable):
    """The connection was lost while a transaction was being committed, so it may have been done. No one should repeat it unseen."""

    retry_after = None


class ConfigurationError(Exception):
    """The portal can't start like this; the message names what is missing and how to mend it."""
