"""The floor's statements, in SQLite's words with what store.py puts into PostgreSQL's."""

NETWORK = """SELECT id, asn, name, website, irr_as_set, info_prefixes4, info_prefixes6, policy_general, policy_url, TIME(updated)
FROM network WHERE asn = ? AND status = 'ok'"""
CONTACTS = """SELECT role, name, email FROM contact
WHERE network_id = ? AND status = 'ok' AND visible IN ('Public', 'Users') ORDER BY id LIMIT 100"""
PORTS = """SELECT port.ipaddr4, port.ipaddr6, port.speed, port.is_rs_peer, exchange.name
FROM exchange_port port JOIN exchange ON exchange.id = port.exchange_id
WHERE port.network_id = ? AND port.status = 'ok' ORDER BY port.id LIMIT 100"""
NETWORKS = """SELECT asn, name, website, irr_as_set, info_prefixes4, info_prefixes6, info_scope, info_ipv6, policy_general, TIME(updated)
FROM network WHERE status = 'ok' ORDER BY id LIMIT ?"""
EXCHANGE = "SELECT name FROM exchange WHERE id = ? AND status = 'ok'"
PORTS_THERE = "SELECT ipaddr4, ipaddr6, speed, network_id FROM exchange_port WHERE exchange_id = ? AND status = 'ok' ORDER BY id LIMIT ?"
NETWORKS_THERE = "SELECT id, asn, name, policy_general FROM network WHERE id AMONG ? AND status = 'ok'"
CONTACTS_THERE = """SELECT network_id, role, email FROM contact
WHERE network_id AMONG ? AND status = 'ok' AND visible IN ('Public', 'Users') ORDER BY id"""
NEXT_PORTS = """SELECT id, asn, ipaddr4, ipaddr6, speed, is_rs_peer, operational, TIME(updated)
FROM exchange_port WHERE id > ? AND status = 'ok' ORDER BY id LIMIT 1001"""
COMMON = """SELECT name, city, country FROM exchange WHERE status = 'ok' AND id IN (
  SELECT exchange_id FROM exchange_port WHERE status = 'ok' AND asn AMONG ? GROUP BY exchange_id HAVING count(DISTINCT asn) = ?
) ORDER BY id"""

# Two ports meet that are live and operational at one LAN with a family in common.
MEETING = """FROM exchange_port our
JOIN exchange_port their ON their.peering_lan_id = our.peering_lan_id AND their.network_id != our.network_id
  AND (our.ipaddr4 IS NOT NULL AND their.ipaddr4 IS NOT NULL OR our.ipaddr6 IS NOT NULL AND their.ipaddr6 IS NOT NULL)
JOIN network ON network.id = their.network_id
WHERE our.asn = ? AND our.status = 'ok' AND our.operational AND their.status = 'ok' AND their.operational
  AND network.status = 'ok' AND network.policy_general = 'Open'
  AND network.info_types NOT LIKE '%"Route Server"%' AND network.info_types NOT LIKE '%"Route Collector"%'"""
PEERS = f"""SELECT network.id, network.asn, network.name, network.policy_general {MEETING}
GROUP BY network.id ORDER BY count(DISTINCT their.peering_lan_id) DESC, network.id LIMIT 5000"""
MEETINGS = f"SELECT DISTINCT their.network_id, their.exchange_id, their.peering_lan_id {MEETING} ORDER BY 1, 2, 3"
EXCHANGES = "SELECT id, name FROM exchange WHERE id AMONG ? AND status = 'ok'"
