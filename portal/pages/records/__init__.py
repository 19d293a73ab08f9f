"""An organization's records: what its members see of them, and how its editors keep them current."""

from portal.pages.records import deletion, edit, follow, keep, new_record, record_list, record_page
from portal.pages.records.blueprint import blueprint

__all__ = ("blueprint", "deletion", "edit", "follow", "keep", "new_record", "record_list", "record_page")
