"""Why a whole dump is refused."""

from portal.errors import Invalid


class Refused(Invalid):
    """The file can't be taken as it is, and nothing was changed; the message says where and why."""
