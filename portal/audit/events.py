"""What can happen, in the words that the activity page and the export show."""

from enum import StrEnum


class Event(StrEnum):
    """`noun.what_happened`."""

    API_KEY_ISSUED = "api_key.issued"
    API_KEY_EDITED = "api_key.edited"
    API_KEY_ROTATED = "api_key.rotated"
    API_KEY_RETIRED = "api_key.token_retired"
    API_KEY_DISABLED = "api_key.disabled"
    API_KEY_ENABLED = "api_key.enabled"
    API_KEY_REVOKED = "api_key.revoked"
    API_KEY_LEAKED = "api_key.leaked"
    API_KEY_ACTED_AS = "api_key.acted_as"
    ORGANIZATION_KEYS_FROZEN = "organization.keys_frozen"
    ORGANIZATION_KEYS_THAWED = "organization.keys_thawed"
    ORGANIZATION_KEY_POLICY_CHANGED = "organization.key_policy_changed"
    ORGANIZATION_KEY_LIMITS_CHANGED = "organization.key_limits_changed"
    NOTIFY_ADDRESS_CONFIRMED = "notify_address.confirmed"
    MEMBER_ADDED = "member.added"
    MEMBER_REMOVED = "member.removed"
    PERSON_CREATED = "person.created"
    PERSON_DELETED = "person.deleted"
    PERSON_PASSWORD_CHANGED = "person.password_changed"  # noqa: S105 - the name of an event
    PERSON_PASSWORD_RESET = "person.password_reset"  # noqa: S105 - the name of an event
    REGISTRY_IMPORTED = "registry.imported"
    REGISTRY_DEMO_BUILT = "registry.demo_built"
    REGISTRY_RESTORED = "registry.restored"
    REGISTRY_REPAIRED = "registry.repaired"
    RECORD_APPROVED = "record.approved"
    NETWORK_DECLARED = "network.declared"
    RECORD_REFUSED = "record.refused"
    RECORD_CREATED = "record.created"
    RECORD_UPDATED = "record.updated"
    RECORD_DELETED = "record.deleted"
    RECORD_KEPT = "record.kept_here"
    RECORD_FOLLOWS = "record.follows_import"
    RECORD_CONFIRMED = "record.confirmed"
    AUDIT_PRUNED = "audit.pruned"
    AUDIT_REKEYED = "audit.rekeyed"
