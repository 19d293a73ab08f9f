"""The tables beside the registry's records: people, API keys and their use, audit, mails. (portal.registry has the 13 record types.)"""

from portal.models.api_key_policies import ApiKeyPolicy
from portal.models.api_key_use import ApiKeyMinute, ApiKeyMissingScope, ApiKeyOperation, ApiKeySource, Refusal
from portal.models.api_keys import ApiKey, ApiKeyDay, ApiKeyGrant, ApiKeyGrantObject, ApiKeyToken, PepperCheck
from portal.models.audit import AuditKeyCheck, AuditRow, ImportRun
from portal.models.idempotent_acts import IdempotentAct
from portal.models.import_differences import ImportDifference
from portal.models.mails import Mail, NotifyAddress
from portal.models.people import FailedSignIn, Membership, Person, PersonSession
from portal.models.record_changes import RecordChange

__all__ = [
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
    "AuditKeyCheck",
    "AuditRow",
    "FailedSignIn",
    "IdempotentAct",
    "ImportDifference",
    "ImportRun",
    "Mail",
    "Membership",
    "NotifyAddress",
    "PepperCheck",
    "Person",
    "PersonSession",
    "RecordChange",
    "Refusal",
]
