"""An organization's activity."""

from portal.pages.activity.routes import blueprint

__all__ = ("blueprint",)
