"""An organization's policy for its API keys."""

from portal.pages.api_key_policy.routes import blueprint

__all__ = ("blueprint",)
