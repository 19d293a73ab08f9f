"""One record of the organization that an address names, for who may do there what the page does."""

from dataclasses import dataclass
from typing import Any

from flask import url_for

from portal.access.permissions import Permission
from portal.access.require import require
from portal.db.base import FIRST_LOCAL_ID
from portal.errors import NotFound
from portal.extensions import db
from portal.pages.identity import current_principal, organization_name
from portal.pages.records.nouns import NOUN_OF_PATH, NOUN_OF_TAG, Noun, name_part
from portal.registry.contacts import CONTACT
from portal.registry.description import RecordType
from portal.registry.facilities import Facility
from portal.registry.organizations import ORGANIZATION
from portal.registry.records import FROM_IMPORT
from portal.registry.write.names import name_of
from portal.registry.write.place import Place, find_row, permission_for, place_of

READ = "read"


@dataclass(frozen=True)
class Record:
    """`place` is the object that the record belongs to: for a port its network, for a network itself."""

    noun: Noun
    row: Any
    place: Place

    @property
    def kind(self) -> RecordType:
        return self.noun.kind

    @property
    def name(self) -> str:
        """As in "AS64500 Northlight", "port 192.0.2.1", "presence at Polder 1"."""
        if self.stands_alone or self.kind is CONTACT:
            return name_of(self.kind, self.row)
        at = db.session.get_one(Facility, self.row.facility_id).name if "facility_id" in self.kind.editable else ""
        return name_part(self.kind, at or name_of(self.kind, self.row))

    @property
    def place_noun(self) -> Noun:
        return NOUN_OF_TAG[self.place.kind.tag]

    @property
    def place_name(self) -> str:
        return name_of(self.place.kind, self.place.row)

    @property
    def stands_alone(self) -> bool:
        return self.place.row is self.row

    @property
    def follows_import(self) -> bool:
        return bool(self.place.row.source == FROM_IMPORT)

    @property
    def can_follow(self) -> bool:
        """Whether it came from an import, and is kept here."""
        return self.stands_alone and not self.follows_import and bool(self.row.id < FIRST_LOCAL_ID)

    @property
    def page(self) -> str:
        """The address of the page of the object, at the part of it that this record is in."""
        anchor = None if self.stands_alone else self.noun.path
        return self.url("show", self.place_noun, self.place.row.id, _anchor=anchor)

    def url(self, view: str, noun: Noun | None = None, record_id: int | None = None, **values: Any) -> str:
        """The address of a page about this record, or about another one of the organization."""
        address: dict[str, Any] = {
            "organization_id": self.place.organization_id,
            "path": (noun or self.noun).path,
            "record_id": record_id or self.row.id,
        }
        return url_for(f"records.{view}", **address, **values)

    def new_url(self, noun: Noun, below: int) -> str:
        """The address of the form for a new record of a type that belongs to this one, or to a LAN of it."""
        return url_for("records.new", organization_id=self.place.organization_id, path=noun.path, below=below)

    @property
    def way(self) -> list[tuple[str, str]]:
        """The way down to this record's pages, for breadcrumbs."""
        organization_id = self.place.organization_id
        records = (f"Records of {organization_name(organization_id)}", url_for("records.index", organization_id=organization_id))
        return [records, (self.place_name, self.page)]

    def may(self, action: str) -> bool:
        return current_principal().may(permission_for(self.kind, action), self.place.organization_id, self.place.object_id)


def load_record(organization_id: int, path: str, record_id: int, action: str, acted_on: RecordType | None = None) -> Record:
    """Returns the record for one of `read`, `update`, `delete`, or for what is done below it to another type.

    Raises NotFound for another organization's, and Forbidden.
    """
    require(current_principal(), Permission.NETWORKS_READ_PRIVATE, organization_id)
    noun = noun_of(path)
    row = find_row(db.session(), noun.kind, record_id)
    record = Record(noun, row, place_of(db.session(), noun.kind, row))
    if record.place.organization_id != organization_id:
        raise NotFound(f"There is no {noun.one} with this number in this organization.")
    if action != READ:
        require(current_principal(), permission_for(acted_on or noun.kind, action), organization_id, record.place.object_id)
    return record


def load_object(organization_id: int, path: str, record_id: int, action: str) -> Record:
    """The same, of a record that stands for itself. Raises NotFound for one that goes with another."""
    record = load_record(organization_id, path, record_id, action)
    if not (record.kind.is_object or record.kind is ORGANIZATION):
        raise NotFound(f"A {record.noun.one} has no page of its own.")
    return record


def noun_of(path: str) -> Noun:
    if path not in NOUN_OF_PATH:
        raise NotFound("There is nothing here.")
    return NOUN_OF_PATH[path]
