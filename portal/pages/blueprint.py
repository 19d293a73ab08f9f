"""PageBlueprint: a group of pages that says what its visitors need, and the guards that ask for it before a page does anything."""

from collections.abc import Callable
from contextlib import suppress
from enum import Enum
from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.access.permissions import Permission
from portal.access.require import ConfirmationNeeded, require
from portal.errors import Invalid
from portal.pages.identity import current_principal, signed_in

FORM_METHODS = ("GET", "POST")


class Needs(Enum):
    """What a visitor needs to open a page."""

    NOTHING = "nothing"
    SIGN_IN = "sign in"
    KEYS_ADMIN = "admin of the organization"


class PageBlueprint(Blueprint):
    """A blueprint whose pages have the guard that `needs` names. A route that says `needs=` itself has that one instead."""

    def __init__(self, name: str, import_name: str, *, needs: Needs, **options: Any) -> None:
        super().__init__(name, import_name, **options)
        self.needs = needs
        self.needs_of_view: dict[str, Needs] = {}
        self.before_request(only_text)
        self.before_request(self.guard)

    def add_url_rule(
        self,
        rule: str,
        endpoint: str | None = None,
        view_func: Callable[..., Any] | None = None,
        *args: Any,
        needs: Needs | None = None,
        **options: Any,
    ) -> None:
        view = endpoint or (view_func.__name__ if view_func else "")
        self.needs_of_view[view] = needs or self.needs
        super().add_url_rule(rule, endpoint, view_func, *args, **options)

    def guard(self) -> ResponseReturnValue | None:
        """Returns where the visitor has to go first, or None. Raises NotFound and Forbidden."""
        view = (request.endpoint or "").rpartition(".")[2]
        return GUARDS[self.needs_of_view[view]]()


def only_text() -> None:
    """Raises Invalid for a file, which no form of ours asks for and no view reads, and for a NUL, which PostgreSQL can't store."""
    if request.files:
        raise Invalid("No form here takes a file. Type or paste its text instead.")
    if any("\0" in text for text in (request.path, *request.args.values(), *(text for _, text in request.form.items(multi=True)))):
        raise Invalid("This holds a character that isn't text.")


def only_signed_in() -> ResponseReturnValue | None:
    return None if signed_in() else ask_to_sign_in()


def only_keys_admin() -> ResponseReturnValue | None:
    """Refuses who isn't an admin. Who opens a form confirms first; who sends one is asked by the rule, so that nothing typed is lost."""
    if answer := only_signed_in():
        return answer
    organization_id = (request.view_args or {})["organization_id"]
    with suppress(ConfirmationNeeded):
        require(current_principal(), Permission.KEYS_MANAGE, organization_id)
    if request.method == "POST" or current_principal().confirmed_lately:
        return None
    return ask_to_confirm()


GUARDS: dict[Needs, Callable[[], ResponseReturnValue | None]] = {
    Needs.NOTHING: lambda: None,
    Needs.SIGN_IN: only_signed_in,
    Needs.KEYS_ADMIN: only_keys_admin,
}


def ask_to_sign_in() -> ResponseReturnValue:
    """To the sign-in page, and afterwards back to the page that was wanted; a form that was sent starts anew."""
    page = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("accounts.login", next=page))


def ask_to_confirm() -> ResponseReturnValue:
    """To the confirmation, and afterwards back to this page (a form's own page, when a POST needs it)."""
    return redirect(url_for("accounts.confirm", next=request.full_path.rstrip("?")))
