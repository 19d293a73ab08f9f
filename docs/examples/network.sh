#!/bin/sh
# One network with its ports and its contacts, in one request.
# Needs PEERING_PORTAL_KEY (a key with networks:read, exchanges:read and contacts:read); PEERING_PORTAL_URL and the ASN are optional.
set -eu
url=${PEERING_PORTAL_URL:-http://127.0.0.1:8000}
asn=${1:-64500}

curl --fail-with-body --silent --show-error "$url/graphql" \
  -H "Authorization: Bearer $PEERING_PORTAL_KEY" \
  -H 'Content-Type: application/json' \
  -d '{
    "query": "query Network($asn: ASN!) { network(asn: $asn) { name policyGeneral ports { nodes { exchange { name } ipaddr4 ipaddr6 speed } } contacts { nodes { role email } } } }",
    "variables": {"asn": '"$asn"'}
  }'
echo
