"""Reports of leaked tokens."""

from portal.pages.leaked_keys.routes import blueprint

__all__ = ("blueprint",)
