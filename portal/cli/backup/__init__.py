"""`portal backup` and `portal restore`: a whole registry in one file, by SQLite's own means or PostgreSQL's.

The secrets are left out on purpose. Without the peppers no one can guess at the tokens whose digests a backup holds, and without the
audit key no one can forge its audit; in one file with them, it would be worth as much as the server. So `backup` says what to keep apart.
"""

from portal.cli.backup.restore import restore
from portal.cli.backup.write import backup

commands = (backup, restore)
