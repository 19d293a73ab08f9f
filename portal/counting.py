"""What the running app counts with: one account of use, and one count of points and failures."""

from typing import cast

from flask import current_app

from portal.api_keys.usage import Account
from portal.extensions import db, settings
from portal.limits import Spending
from portal.settings import Settings


def account() -> Account:
    """The app's one account of use."""
    extensions = current_app.extensions
    if "portal usage" not in extensions:
        extensions.setdefault("portal usage", Account(db.engine))
    return cast(Account, extensions["portal usage"])


def spending() -> Spending:
    """The app's one count of points and failures."""
    extensions = current_app.extensions
    if "portal spending" not in extensions:
        extensions.setdefault("portal spending", new_spending(settings()))
    return cast(Spending, extensions["portal spending"])


def new_spending(found: Settings) -> Spending:
    """In Redis where there is one."""
    if found.redis_url is None:
        return Spending()
    from portal.shared_limits import SharedSpending  # noqa: PLC0415 - 30 ms and 5 MB, which a portal without Redis needn't pay

    return SharedSpending(url=found.redis_url, secret=found.secret_key.encode(), workers=found.workers)
