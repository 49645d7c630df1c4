import { Client, escapeIdentifier, escapeLiteral } from 'pg'

/** Where the demo's source is, and what its roles sign in with. */
export interface ShopServer {
  host: string
  port: number
  database: string
  /** The role of the connection, with the rights that docs/connectors.md names for discovering, rotating and revoking. */
  user: string
  password: string
  /** Services that keep a session open, as services do. Empty when the server was there already. */
  services: { user: string; password: string; application: string }[]
}

const database = 'bailiwick_demo_shop'
const connector = 'bailiwick_demo'
const mark = 'bailiwick: the demo’s shop'

const groups = ['shop_owner', 'shop_writers', 'shop_readers']

interface Service {
  name: string
  in: string[]
  comment: string
  /** Days from now at which its password ends; less than 0 = it has ended; absent = never. */
  endsIn?: number
  options?: string
  application?: string
}

/** What a shop of some years has: most of it in order, some forgotten. */
const accounts: Service[] = [
  {
    name: 'checkout_api',
    in: ['shop_writers'],
    comment: 'Checkout of the shop. Owner: Payments',
    endsIn: 64,
    application: 'checkout-api',
  },
  {
    name: 'order_worker',
    in: ['shop_writers'],
    comment: 'Ships orders. Owner: Payments',
    application: 'order-worker',
  },
  { name: 'reporting_bi', in: ['shop_readers'], comment: 'Dashboards. Owner: Data', endsIn: 9 },
  { name: 'nightly_export', in: ['shop_readers'], comment: 'Export to the warehouse. Owner: Data', endsIn: -12 },
  { name: 'schema_migrations', in: ['shop_owner'], comment: 'Deployment. Owner: Platform', endsIn: 30 },
  { name: 'metrics_exporter', in: ['pg_monitor'], comment: 'Monitoring of this server. Owner: Platform' },
  { name: 'backup_agent', in: ['pg_read_all_data'], comment: 'Backups every night', endsIn: 120 },
  { name: 'legacy_etl', in: ['shop_owner', 'shop_writers'], comment: 'Before the warehouse', options: 'CREATEDB' },
  { name: 'partner_feed', in: [], comment: 'Stock for a partner', options: 'CONNECTION LIMIT 2', endsIn: 200 },
  { name: 'retired_importer', in: ['shop_writers'], comment: 'Until 2024', options: 'NOLOGIN CONNECTION LIMIT 0' },
  { name: 'noor_haddad', in: ['shop_readers'], comment: 'person: analyst' },
]

const contents = `
  CREATE SCHEMA sales AUTHORIZATION shop_owner;
  CREATE SCHEMA billing AUTHORIZATION shop_owner;
  SET ROLE shop_owner;
  CREATE TABLE sales.customers (id int PRIMARY KEY, name text NOT NULL, email text NOT NULL);
  CREATE TABLE sales.orders (id int PRIMARY KEY, customer_id int REFERENCES sales.customers, total numeric NOT NULL);
  CREATE TABLE sales.stock (article text PRIMARY KEY, amount int NOT NULL);
  CREATE TABLE billing.payments (id int PRIMARY KEY, order_id int REFERENCES sales.orders, paid_at timestamptz);
  CREATE TABLE billing.card_tokens (customer_id int REFERENCES sales.customers, token text NOT NULL);
  INSERT INTO sales.customers SELECT n, 'Customer ' || n, 'customer' || n || '@example.com' FROM generate_series(1, 40) n;
  INSERT INTO sales.orders SELECT n, 1 + n % 40, 10 + n FROM generate_series(1, 120) n;
  INSERT INTO sales.stock SELECT 'article ' || n, n * 3 FROM generate_series(1, 20) n;
  INSERT INTO billing.payments SELECT n, n, now() - n * interval '1 hour' FROM generate_series(1, 100) n;
  GRANT USAGE ON SCHEMA sales, billing TO shop_readers, shop_writers;
  GRANT SELECT ON ALL TABLES IN SCHEMA sales TO shop_readers;
  GRANT SELECT ON billing.payments TO shop_readers;
  GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA sales TO shop_writers;
  GRANT SELECT, INSERT ON billing.payments, billing.card_tokens TO shop_writers;
  GRANT SELECT ON billing.card_tokens TO reporting_bi;
  GRANT USAGE ON SCHEMA sales TO partner_feed;
  GRANT SELECT ON sales.stock TO partner_feed WITH GRANT OPTION;
  RESET ROLE;`

/**
 * Makes a database with the roles of a shop on a server, if it is not there, and gives the connection's role a new password.
 * What was made before stays as people have changed it since.
 * @param makePassword for roles that may log in
 * @throws the server's error when the login may not do all that
 */
export async function ensureShop(url: string, makePassword: () => string): Promise<ShopServer> {
  const place = new URL(url)
  const password = makePassword()
  const services = await within(url, async (client) => {
    const { rows } = await client.query<{ comment: string | null }>(
      `SELECT shobj_description(oid, 'pg_database') AS comment FROM pg_database WHERE datname = $1`,
      [database],
    )
    if (rows[0] && rows[0].comment !== mark) throw new Error(`there is another database ${database} already`)
    const made = rows[0] ? [] : await makeRoles(client, makePassword)
    if (!rows[0]) {
      await client.query(`CREATE DATABASE ${database}`)
      await fill(place, client)
    }
    await client.query(`ALTER ROLE ${connector} PASSWORD ${escapeLiteral(password)}`)
    return made
  })
  return { host: place.hostname, port: Number(place.port || 5432), database, user: connector, password, services }
}

async function makeRoles(client: Client, makePassword: () => string): Promise<ShopServer['services']> {
  const names = [connector, ...groups, ...accounts.map(({ name }) => name)]
  const { rows } = await client.query<{ name: string }>(
    `SELECT rolname AS name FROM pg_roles WHERE rolname = ANY ($1)`,
    [names],
  )
  if (rows[0]) throw new Error(`there is another role ${rows[0].name} already`)
  const passwords = new Map(accounts.map(({ name }) => [name, makePassword()]))
  await client.query('BEGIN')
  await client.query(`CREATE ROLE ${connector} LOGIN CREATEROLE`)
  await client.query(`COMMENT ON ROLE ${connector} IS 'Bailiwick reads this server with it. Owner: Platform'`)
  await client.query(`GRANT pg_monitor, pg_signal_backend TO ${connector}`)
  for (const group of groups) await client.query(`CREATE ROLE ${group} NOLOGIN`)
  for (const { name, options = '', endsIn, comment, in: memberships } of accounts) {
    const until = endsIn === undefined ? '' : `VALID UNTIL ${escapeLiteral(dayFromNow(endsIn))}`
    const secret = escapeLiteral(passwords.get(name) ?? '')
    await client.query(
      `CREATE ROLE ${name} ${options.includes('NOLOGIN') ? '' : 'LOGIN'} PASSWORD ${secret} ${until} ${options}`,
    )
    await client.query(`COMMENT ON ROLE ${name} IS ${escapeLiteral(comment)}`)
    for (const group of memberships) await client.query(`GRANT ${group} TO ${name}`)
  }
  const version = await client.query<{ number: number }>(`SELECT current_setting('server_version_num')::int AS number`)
  if ((version.rows[0]?.number ?? 0) >= 160_000)
    for (const name of [...groups, ...accounts.map(({ name }) => name)])
      await client.query(`GRANT ${name} TO ${connector} WITH ADMIN OPTION, INHERIT FALSE, SET FALSE`)
  await client.query('COMMIT')
  return accounts.flatMap(({ name, application }) =>
    application ? [{ user: name, password: passwords.get(name) ?? '', application }] : [],
  )
}

async function fill(server: URL, admin: Client): Promise<void> {
  const inside = new URL(server)
  inside.pathname = `/${database}`
  await within(inside.href, (client) => client.query(contents))
  const everybody = [connector, ...groups, 'partner_feed', 'backup_agent', 'metrics_exporter'].join(', ')
  await admin.query(`REVOKE ALL ON DATABASE ${database} FROM PUBLIC`)
  await admin.query(`GRANT CONNECT ON DATABASE ${database} TO ${everybody}`)
  await admin.query(`COMMENT ON DATABASE ${database} IS ${escapeLiteral(mark)}`)
}

/** Takes everything away again, for a server on which it could be made and then not be used. */
export async function dropShop(url: string): Promise<void> {
  await within(url, async (client) => {
    await client.query(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`)
    for (const name of [...accounts.map((account) => account.name), ...groups, connector])
      await client.query(`DROP ROLE IF EXISTS ${escapeIdentifier(name)}`)
  })
}

async function within<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 10_000 })
  client.on('error', () => {})
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

const dayFromNow = (days: number) =>
  `${new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)} 06:00:00+00`
