"""The HTTP server: WSGI on uvloop and llhttp. It is our own because no other has all of these at once.

An event loop reads requests whole and writes answers whole, so that slow clients hold no thread. Threads run the application. Heads, bodies
and idle connections have clocks of their own, what no one reads is bounded, and pages never keep the API waiting.
"""
