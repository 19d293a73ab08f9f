"""What an act was done to, as its audit row names it. The row outlives the object, so it keeps the name of that time."""

from datetime import date
from typing import NamedTuple, Self

from portal.access.principal import Principal
from portal.models import ApiKey, Person
from portal.registry.organizations import Organization


class Subject(NamedTuple):
    """`type` is a noun of the portal or a record type's tag, as in `net`."""

    type: str
    id: str
    name: str

    @classmethod
    def of_api_key(cls, key: ApiKey | Principal) -> Self:
        """The key as its row, or as the caller that it is."""
        return cls("api_key", key.id, key.name)

    @classmethod
    def of_organization(cls, organization: Organization) -> Self:
        return cls("organization", str(organization.id), organization.name)

    @classmethod
    def of_person(cls, person: Person) -> Self:
        return cls("person", str(person.id), person.name)

    @classmethod
    def of_record(cls, tag: str, record_id: int | str, name: str) -> Self:
        return cls(tag, str(record_id), name)

    @classmethod
    def of_registry(cls, name: str, import_id: str = "") -> Self:
        """The registry as a whole, by the name of what it was filled from."""
        return cls("registry", import_id, name)

    @classmethod
    def of_audit(cls) -> Self:
        return cls("audit", "", "the audit")

    @classmethod
    def of_audit_before(cls, day: date) -> Self:
        """The audit's rows from before a day."""
        return cls("audit", "", f"before {day}")
