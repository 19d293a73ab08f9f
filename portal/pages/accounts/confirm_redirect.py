"""The way to "confirm who you are" and back."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue


def ask_to_confirm() -> ResponseReturnValue:
    """Sends to the confirmation, which leads back to the page that asked (a form's own page, when a POST asked)."""
    return redirect(url_for("accounts.confirm", next=request.full_path.rstrip("?")))
