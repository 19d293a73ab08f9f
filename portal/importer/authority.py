"""Records of organizations that are run here, having a member or a live key: their own people decide, not the file."""

from sqlalchemy import Connection, Select, Subquery, exists, insert, literal, select, union, update

from portal.access.key_state import key_is_live
from portal.db.rowcount import touch
from portal.db.session import now
from portal.importer.imported_types import MANAGED, ImportedType
from portal.importer.problems import LEFT_ALONE, note
from portal.importer.problems import MANAGED as RUN_HERE
from portal.models import ApiKey, Membership


def find_managed(connection: Connection) -> bool:
    """Notes the organizations; False when there is none."""
    rows = select(literal("org"), organizations_run_here().c[0])
    return touch(connection, insert(MANAGED).from_select(["type", "id"], rows)) > 0


def others_are_managed(connection: Connection) -> bool:
    """Whether there is such an organization that wasn't one when the plan was made."""
    organization = organizations_run_here().c[0]
    return bool(connection.scalar(select(exists(select(organization).where(organization.not_in(managed_ids("org")))))))


def organizations_run_here() -> Subquery:
    """A disabled key is live: its organization can enable it."""
    keys = select(ApiKey.organization_id).where(key_is_live(now()))
    return union(select(Membership.organization_id), keys).subquery()


def leave_managed(connection: Connection, kind: ImportedType) -> None:
    """Skips the staged rows whose present or new owner is such an organization."""
    if kind.owner:
        parent = managed_ids(kind.owner.parent)
        stored = select(kind.table.c.id).where(kind.table.c[kind.owner.column].in_(parent))
        staged = select(kind.staged.c.id).where(kind.staged.c[kind.owner.column].in_(parent))
        ids = union(stored, staged).subquery()
        connection.execute(insert(MANAGED).from_select(["type", "id"], select(literal(kind.tag), ids.c[0])))
    left = kind.staged.c.skip.is_(None) & kind.staged.c.id.in_(managed_ids(kind.tag))
    note(connection, kind, RUN_HERE, LEFT_ALONE, select(kind.staged.c.id).where(left))
    connection.execute(update(kind.staged).where(left).values(skip=RUN_HERE))


def managed_ids(tag: str) -> Select[tuple[int]]:
    return select(MANAGED.c.id).where(MANAGED.c.type == tag)
