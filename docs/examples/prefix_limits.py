"""Changes a network's recommended maximum prefixes: prefix_limits.py ASN IPV4 IPV6. Needs networks:read and networks:update."""

import sys

from portal_client import PortalError, ask, run

READ = "query PrefixLimits($asn: ASN!) { network(asn: $asn) { id version source infoPrefixes4 infoPrefixes6 } }"
UPDATE = """mutation UpdatePrefixLimits($input: UpdateNetworkInput!) {
  updateNetwork(input: $input) { network { infoPrefixes4 infoPrefixes6 version } userErrors { code message path } }
}"""


def main() -> None:
    asn, ipv4, ipv6 = sys.argv[1:]
    network = ask(READ, {"asn": asn})["network"]
    if network is None:
        raise PortalError(f"There is no network with {asn}.")
    given = {"id": network["id"], "ifVersion": network["version"], "infoPrefixes4": int(ipv4), "infoPrefixes6": int(ipv6)}
    answer = ask(UPDATE, {"input": given})["updateNetwork"]
    if answer["userErrors"]:
        raise PortalError("\n".join(error["message"] for error in answer["userErrors"]))
    print(f"AS{asn.upper().removeprefix('AS')}: IPv4 {answer['network']['infoPrefixes4']}, IPv6 {answer['network']['infoPrefixes6']}")


if __name__ == "__main__":
    run(main)
