"""The tables, one noun per file. `RECORDS` names the 13 PeeringDB types by PeeringDB's tag, parents before children."""

from portal.models.api_key_policies import ApiKeyPolicy
from portal.models.api_key_use import ApiKeyMinute, ApiKeyMissingScope, ApiKeyOperation, ApiKeySource, Refusal
from portal.models.api_keys import ApiKey, ApiKeyDay, ApiKeyGrant, ApiKeyGrantObject, ApiKeyToken, PepperCheck
from portal.models.audit import AuditRow, ImportRun
from portal.models.campuses import Campus
from portal.models.carriers import Carrier, CarrierFacility
from portal.models.contacts import Contact
from portal.models.exchanges import Exchange, PeeringLan, Prefix
from portal.models.facilities import ExchangeFacility, Facility, NetworkFacility
from portal.models.mails import Mail, NotifyAddress
from portal.models.networks import Network
from portal.models.organizations import Organization
from portal.models.people import FailedSignIn, Membership, Person, PersonSession
from portal.models.ports import ExchangePort
from portal.models.records import Record, find_pending
from portal.models.sorting import index_sorting

RECORDS: dict[str, type[Record]] = {
    "org": Organization,
    "campus": Campus,
    "fac": Facility,
    "net": Network,
    "ix": Exchange,
    "ixlan": PeeringLan,
    "ixpfx": Prefix,
    "carrier": Carrier,
    "netixlan": ExchangePort,
    "netfac": NetworkFacility,
    "ixfac": ExchangeFacility,
    "carrierfac": CarrierFacility,
    "poc": Contact,
}

for tag, model in RECORDS.items():
    find_pending(model)
    index_sorting(tag, model)

__all__ = [
    "RECORDS",
    "ApiKey",
    "ApiKeyDay",
    "ApiKeyGrant",
    "ApiKeyGrantObject",
    "ApiKeyMinute",
    "ApiKeyMissingScope",
    "ApiKeyOperation",
    "ApiKeyPolicy",
    "ApiKeySource",
    "ApiKeyToken",
    "AuditRow",
    "Campus",
    "Carrier",
    "CarrierFacility",
    "Contact",
    "Exchange",
    "ExchangeFacility",
    "ExchangePort",
    "Facility",
    "FailedSignIn",
    "ImportRun",
    "Mail",
    "Membership",
    "Network",
    "NetworkFacility",
    "NotifyAddress",
    "Organization",
    "PeeringLan",
    "PepperCheck",
    "Person",
    "PersonSession",
    "Prefix",
    "Record",
    "Refusal",
]
