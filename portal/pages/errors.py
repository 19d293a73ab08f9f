"""Every refusal and failure as a page that says what is wrong and what to do."""

import logging

from flask import Flask, make_response, render_template
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from portal.access.require import ConfirmationNeeded
from portal.errors import DatabaseUnavailable, OutcomeUnknown, PortalError
from portal.extensions import db
from portal.http.trusted_hosts import UntrustedHost
from portal.logs.request_id import request_id
from portal.pages.blueprint import ask_to_confirm
from portal.pages.identity import forget_person

log = logging.getLogger(__name__)

TITLES_AND_CURES = {
    400: ("This request can't be understood", "Go back, reload the page and try again."),
    401: ("Sign in first", "Sign in and try again."),
    403: ("You don't have access to this page", "Ask an admin of the organization, or sign in with another account."),
    404: ("There is nothing here", "Check the address, or start from the home page."),
    405: ("This page can't be used this way", "Open it by a link or send its form."),
    409: ("Someone else changed this meanwhile", "Go back, check the newest state, then try again."),
    413: ("This is too large", "Go back and send less at once."),
    429: ("Too many tries", "Wait a little, then try again."),
    503: ("This is unavailable just now", "Try again in a moment."),
    500: ("Something went wrong here", "It isn't your fault, and it was logged. Try again in a moment."),
}

OTHER_HOST = ("This portal has another address", "If you came here by a link, tell the site that has it.")
OUTCOME_UNKNOWN = ("This may or may not have been saved", "Go to the page that would show it, once the portal answers again.")
FORM_EXPIRED = ("This form has expired", "Go back, reload the page and try again.")


def register(app: Flask) -> None:
    app.register_error_handler(ConfirmationNeeded, lambda _: ask_to_confirm())
    app.register_error_handler(CSRFError, show_csrf)
    app.register_error_handler(UntrustedHost, show_untrusted_host)
    app.register_error_handler(PortalError, show_refusal)
    app.register_error_handler(HTTPException, show_http)
    app.register_error_handler(Exception, show_failure)


def show_refusal(error: PortalError) -> ResponseReturnValue:
    db.session.rollback()
    if isinstance(error, DatabaseUnavailable):
        forget_person()
    title_and_cure = OUTCOME_UNKNOWN if isinstance(error, OutcomeUnknown) else title_and_cure_of(error.status)
    response = make_response(error_page(error.status, title_and_cure, error.message), error.status)
    if error.retry_after is not None:
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def show_csrf(error: CSRFError) -> ResponseReturnValue:
    return error_page(400, FORM_EXPIRED, "The form is too old, or didn't come from this site."), 400


def show_untrusted_host(error: UntrustedHost) -> ResponseReturnValue:
    forget_person()
    return error_page(400, OTHER_HOST, str(error)), 400


def show_http(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if error.response is not None or status < 400:
        return error.get_response()
    response = make_response(page(status, ""), status)
    for name, value in error.get_headers():
        if name not in {"Content-Type", "Content-Length"}:
            response.headers[name] = value
    return response


def show_failure(error: Exception) -> ResponseReturnValue:
    log.error("request %s failed", request_id(), exc_info=error)
    if isinstance(error, SQLAlchemyError):
        forget_person()
    return page(500, ""), 500


def page(status: int, message: str) -> str:
    return error_page(status, title_and_cure_of(status), message)


def title_and_cure_of(status: int) -> tuple[str, str]:
    return TITLES_AND_CURES.get(status, (f"Error {status}", "Go back and try again."))


def error_page(status: int, title_and_cure: tuple[str, str], message: str) -> str:
    title, cure = title_and_cure
    number = request_id() if status == 500 else ""
    return render_template("errors/page.html", status=status, title=title, message=message, cure=cure, request_id=number)
