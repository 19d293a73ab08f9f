"""People: signing in and out, and their own account."""

from portal.pages.accounts.routes import blueprint

__all__ = ("blueprint",)
