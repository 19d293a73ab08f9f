"""The account of use: counted in memory, written every few seconds, so that no request pays for it and a crash loses one flush at most."""

from portal.api_keys.usage.account import Account
from portal.api_keys.usage.counts import OUTCOMES
from portal.api_keys.usage.first_use import lock_tokens, note_first_use

__all__ = ["OUTCOMES", "Account", "lock_tokens", "note_first_use"]
