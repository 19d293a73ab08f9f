"""Addresses that get mails about API keys, and agree to it."""

from portal.pages.notify_addresses.routes import blueprint

__all__ = ("blueprint",)
