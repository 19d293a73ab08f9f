"""For WSGI servers: `wsgi:app`."""

from portal.app import create_app

app = create_app()
