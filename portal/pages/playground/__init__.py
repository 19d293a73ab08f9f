"""The playground page: GraphiQL, its examples, and running a query in the browser's session."""

from portal.pages.playground.routes import blueprint

__all__ = ("blueprint",)
