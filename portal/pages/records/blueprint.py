"""The blueprint of records' pages, and what these pages share."""

from typing import Any

from portal.access.permissions import Permission
from portal.pages.blueprint import Needs, PageBlueprint
from portal.pages.identity import current_principal, organization_name
from portal.pages.records.nouns import NOUN_OF_TAG, label

blueprint = PageBlueprint("records", __name__, needs=Needs.SIGN_IN, url_prefix="/organizations/<int:organization_id>/records")


def common_values(organization_id: int) -> dict[str, Any]:
    """Returns what every page of records shows: the organization, and what the member may do in it."""
    principal = current_principal()
    return {
        "organization_id": organization_id,
        "organization": organization_name(organization_id),
        "edits": principal.may(Permission.NETWORKS_UPDATE, organization_id),
        "edits_organization": principal.may(Permission.ORGANIZATION_UPDATE, organization_id),
        "nouns": NOUN_OF_TAG,
        "label": label,
    }
