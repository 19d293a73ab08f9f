#!/bin/sh
# `portal` as the service's user, with the service's settings: docs/deploy.md says where to put it.
exec runuser -u peering-portal -- sh -c '
    set -a
    . /etc/peering-portal.env
    HOME=/var/lib/peering-portal
    PORTAL_DATA=/var/lib/peering-portal
    exec /opt/peering-portal/bin/portal "$@"' portal "$@"
