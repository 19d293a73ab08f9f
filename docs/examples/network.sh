#!/bin/sh
# One network with its ports and its contacts, in one request: network.sh AS64500
# Needs PEERING_PORTAL_KEY (a key with networks:read, exchanges:read and contacts:read); PEERING_PORTAL_URL is optional.
set -eu

url=${PEERING_PORTAL_URL:-http://127.0.0.1:8000}
curl --fail-with-body --silent --show-error --retry 5 "$url/graphql" \
  -H "Authorization: Bearer $PEERING_PORTAL_KEY" \
  -H 'Content-Type: application/json' \
  -d '{
    "query": "query Network($asn: ASN!) { network(asn: $asn) { name policyGeneral ports { nodes { exchange { name } ipaddr4 ipaddr6 speed } } contacts { nodes { role email } } } }",
    "variables": {"asn": "'"${1:-AS64500}"'"}
  }'
echo
