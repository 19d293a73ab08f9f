"""What every part of the demo builds with: the session, the seeded choices, the moment that is "now", and ids by short names."""

import tomllib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy.orm import Session

from portal.api_keys.token import Token
from portal.db.session import next_id, now

HERE = Path(__file__).parent
SEED = 64496
Row = dict[str, Any]


def read(name: str) -> dict[str, list[Row]]:
    """The tables of one of the demo's TOML files."""
    return tomllib.loads((HERE / f"{name}.toml").read_text(encoding="utf-8"))


@dataclass
class Builder:
    """`ids`: of organizations, facilities and so on by their key in the TOML files, of networks by `AS64500`, of people by e-mail.

    `leaking`: tokens that will be reported, by the name of their key.
    """

    session: Session
    at: datetime = field(default_factory=now)
    random: Random = field(default_factory=lambda: Random(SEED))  # noqa: S311 - chooses ports and speeds, never a credential
    ids: dict[str, int] = field(default_factory=dict)
    leaking: dict[str, Token] = field(default_factory=dict)

    def add(self, model: type[Any], key: str | None = None, **values: Any) -> int:
        """Adds a record and returns its id: some years old, or, while it waits for approval, some days."""
        identity = next_id(self.session)
        waits = values.get("status") == "pending"
        created = self.days_ago(self.random.randint(1, 12) if waits else self.random.randint(400, 3000))
        updated = created + (self.at - created) * self.random.random()
        self.session.add(model(id=identity, created=created, updated=updated, **values))
        self.session.flush()
        if key is not None:
            self.ids[key] = identity
        return identity

    def days_ago(self, days: float) -> datetime:
        """That many days before now, at some hour of the working day (UTC)."""
        return (self.at - timedelta(days=days)).replace(hour=self.random.randint(7, 16), minute=self.random.randint(0, 59))
