import pg from 'pg'
import { Mendable } from './messages.mjs'

/**
 * The three logins of the embedded server. `owner` migrates and owns the tables; `app` is what web and worker processes
 * use: it owns nothing and is only a member of the role `bailiwick_app`, which the migrations create.
 */
export const logins = { superuser: 'postgres', owner: 'bailiwick_owner', app: 'bailiwick_login' }

/**
 * Runs work on one connection and closes it.
 * @template T
 * @param {string} url
 * @param {(client: pg.Client) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withClient(url, work) {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 })
  // A connection that dies between queries raises an event that would end this process.
  client.on('error', () => {})
  try {
    await client.connect()
  } catch (error) {
    throw connectionProblem(url, error)
  }
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

/** What a connection string is wrong about, without its password. @param {string} url @param {unknown} error */
function connectionProblem(url, error) {
  const { host, username, pathname } = new URL(url)
  const said =
    error instanceof Error ? error.message || String(/** @type {NodeJS.ErrnoException} */ (error).code) : String(error)
  return new Mendable(
    `No connection to the database ${pathname.slice(1)} on ${host} as ${username}: ${said}.`,
    'Check that the server is up and that DATABASE_URL (and MIGRATE_DATABASE_URL) name it.',
    { cause: error },
  )
}

/**
 * Creates the logins, or gives them the passwords that are kept in the secrets file.
 * @param {pg.Client} superuser
 * @param {{ owner: string, app: string }} passwords
 */
export async function ensureLogins(superuser, passwords) {
  // CREATEROLE: the migrations create the roles that the policies name, as they would on a hosted server.
  await ensureLogin(superuser, logins.owner, passwords.owner, 'CREATEROLE')
  await ensureLogin(superuser, logins.app, passwords.app, 'NOCREATEROLE')
}

/** @param {pg.Client} superuser @param {string} name @param {string} password @param {string} extra */
async function ensureLogin(superuser, name, password, extra) {
  const { rowCount } = await superuser.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [name])
  const verb = rowCount ? 'ALTER' : 'CREATE'
  const secret = pg.escapeLiteral(password)
  await superuser.query(`${verb} ROLE ${name} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB ${extra} PASSWORD ${secret}`)
}

/** @param {pg.Client} client @param {string} name */
export async function databaseExists(client, name) {
  return Boolean((await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name])).rowCount)
}

/**
 * @param {pg.Client} superuser
 * @param {string} name
 * @param {string} [template] a database that nobody is connected to
 */
export async function createDatabase(superuser, name, template = 'template0') {
  const quote = pg.escapeIdentifier
  await superuser.query(`CREATE DATABASE ${quote(name)} OWNER ${logins.owner} TEMPLATE ${quote(template)}`)
}

/** @param {pg.Client} superuser @param {string} name */
export async function dropDatabase(superuser, name) {
  await superuser.query(`DROP DATABASE IF EXISTS ${pg.escapeIdentifier(name)} WITH (FORCE)`)
}

/**
 * Lets the application's login act as `bailiwick_app`. After the migrations: they create that role, and whoever created
 * a role may grant it.
 * @param {pg.Client} owner
 * @param {string} [app]
 */
export async function admitApp(owner, app = logins.app) {
  const { rows } = await owner.query(
    `SELECT current_user = $1 OR pg_has_role($1, oid, 'SET') AS admitted FROM pg_roles WHERE rolname = 'bailiwick_app'`,
    [app],
  )
  if (rows[0] && !rows[0].admitted) await owner.query(`GRANT bailiwick_app TO ${pg.escapeIdentifier(app)}`)
}
