"""An organization's API keys: their list, each key, and one file for each thing that can be done to them."""

from portal.pages.api_keys import bulk, create, detail, edit, env_file, key_list, lookup, report, retire, revoke, rotate, suspend
from portal.pages.api_keys.blueprint import blueprint

__all__ = (
    "blueprint",
    "bulk",
    "create",
    "detail",
    "edit",
    "env_file",
    "key_list",
    "lookup",
    "report",
    "retire",
    "revoke",
    "rotate",
    "suspend",
)
