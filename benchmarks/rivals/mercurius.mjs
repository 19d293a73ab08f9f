// mercurius with its JIT on better-sqlite3: our schema's names, statements by hand, loaders for relations. No key is checked.
import Database from "better-sqlite3";
import Fastify from "fastify";
import mercurius from "mercurius";

const [path, port] = process.argv.slice(2);
const db = new Database(path, { readonly: true });
const VISIBLE = "status = 'ok' AND visible IN ('Public', 'Users')";
const word = (text) => (text ? text.toUpperCase().replaceAll(/[^A-Z0-9]+/g, "_") : "NOT_DISCLOSED");

const schema = `
  scalar ASN
  scalar Cursor
  type Contact { role: String name: String! email: String! }
  type Contacts { nodes: [Contact!]! }
  type Network {
    asn: ASN! name: String! website: String! irrAsSet: String! infoPrefixes4: Int infoPrefixes6: Int infoScope: String infoIpv6: Boolean!
    policyGeneral: String policyUrl: String! updated: String! contacts: Contacts! ports: Ports!
  }
  type Networks { nodes: [Network!]! }
  type Exchange { name: String! city: String! country: String! ports(first: Int = 100): Ports! }
  type Port {
    databaseId: Int! asn: ASN! ipaddr4: String ipaddr6: String speed: Int! isRsPeer: Boolean! operational: Boolean! updated: String!
    network: Network! exchange: Exchange!
  }
  type PageInfo { hasNextPage: Boolean! endCursor: Cursor }
  type Ports { nodes: [Port!]! pageInfo: PageInfo }
  type Common { exchange: Exchange! }
  type Query {
    network(asn: ASN!): Network
    networks(first: Int = 100): Networks!
    exchange(id: ID!): Exchange
    exchangePorts(first: Int = 100, after: Cursor!): Ports!
    commonExchanges(asns: [ASN!]!): [Common!]!
  }`;

const NETWORK = `id, asn, name, website, irr_as_set irrAsSet, info_prefixes4 infoPrefixes4, info_prefixes6 infoPrefixes6,
  info_scope infoScope, info_ipv6 infoIpv6, policy_general policyGeneral, policy_url policyUrl, updated`;
const PORT = `id databaseId, asn, ipaddr4, ipaddr6, speed, is_rs_peer isRsPeer, operational, updated,
  network_id networkId, exchange_id exchangeId`;
const sql = {
  network: db.prepare(`SELECT ${NETWORK} FROM network WHERE asn = ? AND status = 'ok'`),
  networks: db.prepare(`SELECT ${NETWORK} FROM network WHERE status = 'ok' ORDER BY id LIMIT ?`),
  networksById: db.prepare(`SELECT ${NETWORK} FROM network WHERE id IN (SELECT value FROM json_each(?)) AND status = 'ok'`),
  exchange: db.prepare("SELECT id, name, city, country FROM exchange WHERE id = ? AND status = 'ok'"),
  exchangesById: db.prepare("SELECT id, name, city, country FROM exchange WHERE id IN (SELECT value FROM json_each(?)) AND status = 'ok'"),
  contacts: db.prepare(
    `SELECT network_id networkId, role, name, email FROM contact WHERE network_id IN (SELECT value FROM json_each(?)) AND ${VISIBLE} ORDER BY id`,
  ),
  portsOfNetwork: db.prepare(`SELECT ${PORT} FROM exchange_port WHERE network_id = ? AND status = 'ok' ORDER BY id LIMIT 100`),
  portsOfExchange: db.prepare(`SELECT ${PORT} FROM exchange_port WHERE exchange_id = ? AND status = 'ok' ORDER BY id LIMIT ?`),
  portsAfter: db.prepare(`SELECT ${PORT} FROM exchange_port WHERE id > ? AND status = 'ok' ORDER BY id LIMIT ?`),
  common: db.prepare(
    `SELECT id, name, city, country FROM exchange WHERE status = 'ok' AND id IN (SELECT exchange_id FROM exchange_port
      WHERE status = 'ok' AND asn IN (SELECT value FROM json_each(?)) GROUP BY exchange_id HAVING count(DISTINCT asn) = ?) ORDER BY id`,
  ),
};

const shownNetwork = (row) => {
  row.policyGeneral = word(row.policyGeneral);
  row.infoScope = word(row.infoScope);
  row.infoIpv6 = row.infoIpv6 === 1;
  return row;
};
const shownPort = (row) => {
  row.isRsPeer = row.isRsPeer === 1;
  row.operational = row.operational === 1;
  return row;
};
const byId = (statement, ids) => new Map(statement.all(JSON.stringify([...new Set(ids)])).map((row) => [row.id, row]));
const uncached = (loader) => ({ loader, opts: { cache: false } });

const resolvers = {
  Query: {
    network: (_, { asn }) => {
      const row = sql.network.get(asn);
      return row && shownNetwork(row);
    },
    networks: (_, { first }) => ({ nodes: sql.networks.all(first).map(shownNetwork) }),
    exchange: (_, { id }) => sql.exchange.get(Number(id.slice(3))),
    exchangePorts: (_, { first, after }) => {
      const [mark, begin] = JSON.parse(Buffer.from(after, "base64url"));
      const rows = sql.portsAfter.all(begin, first + 1);
      const nodes = rows.slice(0, first).map(shownPort);
      const endCursor = Buffer.from(JSON.stringify([mark, nodes.at(-1).databaseId])).toString("base64url");
      return { nodes, pageInfo: { hasNextPage: rows.length > first, endCursor } };
    },
    commonExchanges: (_, { asns }) => sql.common.all(JSON.stringify(asns), asns.length).map((exchange) => ({ exchange })),
  },
  Exchange: { ports: ({ id }, { first }) => ({ nodes: sql.portsOfExchange.all(id, first).map(shownPort) }) },
};

const loaders = {
  Network: {
    contacts: uncached(async (queries) => {
      const found = new Map(queries.map(({ obj }) => [obj.id, { nodes: [] }]));
      for (const row of sql.contacts.all(JSON.stringify([...found.keys()]))) {
        row.role = word(row.role);
        found.get(row.networkId).nodes.push(row);
      }
      return queries.map(({ obj }) => found.get(obj.id));
    }),
    ports: uncached(async (queries) => queries.map(({ obj }) => ({ nodes: sql.portsOfNetwork.all(obj.id).map(shownPort) }))),
  },
  Port: {
    network: uncached(async (queries) => {
      const found = byId(sql.networksById, queries.map(({ obj }) => obj.networkId));
      found.forEach(shownNetwork);
      return queries.map(({ obj }) => found.get(obj.networkId));
    }),
    exchange: uncached(async (queries) => {
      const found = byId(sql.exchangesById, queries.map(({ obj }) => obj.exchangeId));
      return queries.map(({ obj }) => found.get(obj.exchangeId));
    }),
  },
};

const app = Fastify();
app.register(mercurius, { schema, resolvers, loaders, jit: 1 });
await app.listen({ host: "127.0.0.1", port: Number(port) });
