"""The periods that usage is shown for."""

from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from portal.db.session import now


class Period(StrEnum):
    """Days that end with today (UTC)."""

    MONTH = "30"
    WEEK = "7"
    QUARTER = "90"

    @property
    def days(self) -> int:
        return int(self.value)

    @property
    def first(self) -> date:
        return now().date() - timedelta(days=self.days - 1)

    @property
    def begins(self) -> datetime:
        return datetime.combine(self.first, time.min, UTC)
