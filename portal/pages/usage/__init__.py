"""How an organization's API keys are used."""

from portal.pages.usage.routes import blueprint

__all__ = ("blueprint",)
