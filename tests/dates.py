"""Dates that tests name."""

from datetime import date, timedelta

from portal.db.session import now


def in_days(days: int) -> date:
    return now().date() + timedelta(days=days)
