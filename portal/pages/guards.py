"""What a page asks before it does anything: is somebody signed in, and have they lately confirmed who they are?"""

from flask import request
from flask.typing import ResponseReturnValue

from portal.errors import Invalid
from portal.extensions import login_manager
from portal.pages.accounts.confirm_redirect import ask_to_confirm
from portal.pages.identity import SignedIn, current_principal, signed_in


def only_text() -> None:
    """For `before_request`: nobody types a NUL, and PostgreSQL can't store one. Raises Invalid."""
    if any("\0" in text for text in (request.path, *request.args.values(), *(text for _, text in request.form.items(multi=True)))):
        raise Invalid("This holds a character that isn't text.")


def only_signed_in() -> ResponseReturnValue | None:
    """For `before_request`: sends to the sign-in page and back."""
    answer: ResponseReturnValue | None = None if signed_in() else login_manager.unauthorized()
    return answer


def only_fresh() -> ResponseReturnValue | None:
    """Before a form that needs confirming is filled in: sends to the confirmation and back."""
    return None if current_principal().confirmed_lately else ask_to_confirm()


def myself() -> SignedIn:
    """Who is signed in, on pages that only_signed_in guards."""
    person = signed_in()
    assert person
    return person
