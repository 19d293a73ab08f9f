"""Makes networks as a YAML file declares them: apply_networks.py FILE [--dry-run]. Ends with 1 where nothing was done.

In a pipeline: with --dry-run on a pull request, without it on the merge. Needs PyYAML, and a key with networks:update and, for contacts,
contacts:read, contacts:create, contacts:update and contacts:delete.
"""

import sys
from pathlib import Path
from typing import Any

import yaml
from portal_client import PortalError, ask, run

APPLY = """mutation ApplyNetworks($networks: [ApplyNetworkInput!]!, $dryRun: Boolean) {
  applyNetworks(input: $networks, dryRun: $dryRun) {
    plan { action asn type name fields { field before after } }
    userErrors { message path } userWarnings { message path }
  }
}"""
NUMBERS = {"speed", "localAsn"}
FLAGS = {"true": True, "false": False}


def typed(name: str, value: Any) -> Any:
    """Returns a value as the API takes it. In the file every scalar is a text, so that NO is Norway."""
    if isinstance(value, list):
        return [typed("", part) for part in value]
    if isinstance(value, dict):
        return {part: typed(part, inner) for part, inner in value.items()}
    if value in ("", "~", "null"):
        return None
    return int(value) if name in NUMBERS else FLAGS.get(value, value)


def main() -> None:
    file, *options = sys.argv[1:]
    networks = yaml.load(Path(file).read_text(), Loader=yaml.BaseLoader)["networks"]  # noqa: S506 - it makes texts alone
    answer = ask(APPLY, {"networks": typed("", networks), "dryRun": "--dry-run" in options})["applyNetworks"]
    if answer["userErrors"]:
        raise PortalError("\n".join(f"{'.'.join(error['path'])}: {error['message']}" for error in answer["userErrors"]))
    for change in answer["plan"]:
        fields = ", ".join(f"{field['field']} {field['before']} → {field['after']}" for field in change["fields"])
        print(f"AS{change['asn']} {change['action']} {change['type']} {change['name']} {fields}".rstrip())
    for warning in answer["userWarnings"]:
        print(f"{'.'.join(warning['path'])}: {warning['message']}", file=sys.stderr)
    print("Nothing differs." if not answer["plan"] else "Not applied: a dry run." if options else "Applied.", file=sys.stderr)


if __name__ == "__main__":
    run(main)
