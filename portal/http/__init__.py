"""What pages and the API share of HTTP: the session cookie, unread bodies, compression, and taking a leak report."""
