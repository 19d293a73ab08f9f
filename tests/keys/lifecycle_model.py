"""The small model of a key's life that the rules are compared with. Plain Python; times are its own, in UTC."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

LONGEST = timedelta(days=30)
OVERLAPS = {"1h": timedelta(hours=1), "24h": timedelta(days=1), "7d": timedelta(days=7), "now": timedelta(0)}


@dataclass
class HeldToken:
    """A token that somebody holds. `grace`: how long it works after its successor's first use. `maker`: by whose request it was made."""

    text: str
    created: datetime
    maker: "HeldToken | None" = None
    used: bool = False
    leaked: bool = False
    ends: datetime | None = None
    grace: timedelta | None = None

    def works(self, at: datetime) -> bool:
        return not self.leaked and (self.ends is None or at <= self.ends)


@dataclass
class Life:
    """One key; its tokens are the oldest first."""

    key_id: str
    ends: datetime
    disabled: bool = False
    revoked: bool = False
    tokens: list[HeldToken] = field(default_factory=list)

    def works(self, token: HeldToken, at: datetime, *, frozen: bool) -> bool:
        return not (self.revoked or self.disabled or frozen) and at <= self.ends and token.works(at)

    def near(self, at: datetime) -> bool:
        """Too near to an end to say on which side of it another clock is."""
        ends = [self.ends, *(token.ends for token in self.tokens if token.ends)]
        return any(abs(at - end) < timedelta(minutes=1) for end in ends)

    def use(self, token: HeldToken, at: datetime) -> None:
        newest = token is self.tokens[-1]
        if newest and not token.used:
            for older in self.tokens[:-1]:
                if older.grace is not None and older.ends is not None:
                    older.ends = min(older.ends, at + older.grace)
        token.used = True

    def rotate(self, text: str, overlap: str, at: datetime) -> None:
        """The newest one leaves; of one that nobody used, or that leaked, its predecessor leaves instead, and it ends at once."""
        over = at - timedelta(minutes=2)
        newest, working = self.tokens[-1], [token for token in self.tokens[:-1] if token.works(at)]
        lost = bool(working) and (not newest.used or newest.leaked)
        leaving = working[-1] if lost else newest
        for token in [newest, *working]:
            if token is not leaving:
                token.ends = over
        ends = over if overlap == "now" else min(at + LONGEST, self.ends)
        leaving.ends, leaving.grace = min(ends, leaving.ends or ends), OVERLAPS[overlap]
        self.tokens.append(HeldToken(text, at))

    def may_rotate_itself(self, calling: HeldToken, at: datetime) -> bool:
        """With its newest token, or within ten minutes with the one whose answer was lost; six times an hour."""
        newest, children = self.tokens[-1], [token.created for token in self.tokens if token.maker is calling]
        lost = newest.maker is calling and not newest.used and not newest.leaked and at - min(children) <= timedelta(minutes=10)
        lately = [token for token in self.tokens if token.maker and at - token.created < timedelta(hours=1)]
        return (calling is newest or lost) and len(lately) < 6

    def rotate_itself(self, calling: HeldToken, text: str, overlap: str, at: datetime) -> None:
        """The calling token has some time, never more than it had; any other ends at once."""
        for token in self.tokens:
            if token is not calling and (token is self.tokens[-1] or token.works(at)):
                token.ends = at - timedelta(minutes=2)
        calling.used, ends = True, min(at + LONGEST, self.ends)
        calling.ends, calling.grace = min(ends, calling.ends or ends), min(OVERLAPS[overlap], calling.grace or OVERLAPS[overlap])
        self.tokens.append(HeldToken(text, at, calling))

    def pass_time(self, by: timedelta) -> None:
        """Time goes on when all that lies in it moves back."""
        self.ends -= by
        for token in self.tokens:
            token.ends = token.ends - by if token.ends else None
            token.created -= by
