"""How pages write moments, speeds and large numbers; FILTERS are their names in templates."""

from datetime import UTC, datetime

from portal.db.session import now

DAY = 86_400
STEPS = ((365 * DAY, 365 * DAY, "year"), (60 * DAY, 30 * DAY, "month"), (DAY, DAY, "day"), (3600, 3600, "hour"), (60, 60, "minute"))
UNITS = ((1_000_000, "T"), (1_000, "G"), (1, "M"))


def iso_time(value: datetime) -> str:
    """An aware moment for a `datetime` attribute, to the second: "2026-04-16T09:30:00Z"."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def utc_time(value: datetime) -> str:
    """An aware moment to the minute: "2026-04-16 09:30 UTC"."""
    return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def relative_time(value: datetime, at: datetime | None = None) -> str:
    """An aware moment as seen from another (now): "3 hours ago", "in 12 days", rounded down; days up to 60, then months."""
    seconds = (value - (at or now())).total_seconds()
    for least, size, word in STEPS:
        if abs(seconds) >= least:
            count = int(abs(seconds) // size)
            words = f"{count} {word}" if count == 1 else f"{count} {word}s"
            return f"in {words}" if seconds > 0 else f"{words} ago"
    return "just now"


def speed(mbits: int) -> str:
    """A speed in Mbit/s as engineers say it: 100000 is "100G", 2500 is "2.5G", 1600000 is "1.6T"."""
    size, unit = next((step for step in UNITS if mbits >= step[0]), UNITS[-1])
    return f"{mbits / size:.12g}{unit}"


def number(value: int) -> str:
    """With separators of thousands: "12,345"."""
    return f"{value:,}"


FILTERS = {"iso_time": iso_time, "utc_time": utc_time, "relative_time": relative_time, "speed": speed, "number": number}
