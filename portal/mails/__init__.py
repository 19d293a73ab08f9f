"""Mails: put into the outbox with what they tell of, in its own transaction, and sent after it."""
