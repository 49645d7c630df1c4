import crypto from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { withClient } from './database.mjs'
import { inRoot } from './layout.mjs'
import { Mendable } from './messages.mjs'

/** Any number; the same in every process that migrates, so that they wait for each other. */
const LOCK = 7_301_846_021

/** The table that Prisma's own engine makes, column for column: its tools can read what this runner wrote. */
const TABLE = `CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id varchar(36) PRIMARY KEY NOT NULL,
  checksum varchar(64) NOT NULL,
  finished_at timestamptz,
  migration_name varchar(255) NOT NULL,
  logs text,
  rolled_back_at timestamptz,
  started_at timestamptz NOT NULL DEFAULT now(),
  applied_steps_count integer NOT NULL DEFAULT 0
)`

/** @typedef {{ name: string, sql: string, checksum: string }} Migration */

/** The migrations of this build, oldest first. @param {string} [folder] @returns {Migration[]} */
export function readMigrations(folder = inRoot('prisma', 'migrations')) {
  if (!fs.existsSync(folder)) return []
  return fs
    .readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && fs.existsSync(path.join(folder, entry.name, 'migration.sql')))
    .map((entry) => entry.name)
    .sort()
    .map((name) => {
      const sql = fs.readFileSync(path.join(folder, name, 'migration.sql'), 'utf8')
      return { name, sql, checksum: crypto.createHash('sha256').update(sql).digest('hex') }
    })
}

/**
 * Applies what the database does not have yet, each migration in a transaction of its own. Own code because Prisma's
 * migrate commands need an engine that they download; a migration can therefore not hold CREATE INDEX CONCURRENTLY.
 * @param {string} url a login that owns the database
 * @param {Migration[]} [migrations]
 * @returns {Promise<string[]>} the names of those applied now
 */
export function migrate(url, migrations = readMigrations()) {
  return withClient(url, async (client) => {
    await demandServer(client)
    await client.query('SELECT pg_advisory_lock($1)', [LOCK])
    await client.query('SET client_min_messages = warning')
    await client.query(TABLE)
    const { rows } = await client.query(
      'SELECT migration_name, checksum FROM _prisma_migrations WHERE rolled_back_at IS NULL',
    )
    const applied = new Map(rows.map((row) => [row.migration_name, row.checksum]))
    demandKnown([...applied.keys()], migrations)

    const done = []
    for (const migration of migrations) {
      const checksum = applied.get(migration.name)
      if (checksum === undefined) {
        await apply(client, migration)
        done.push(migration.name)
      } else if (checksum !== migration.checksum) {
        throw new Mendable(
          `Migration ${migration.name} was changed after it had been applied to this database.`,
          'Restore that file and put the change into a new migration (npm run migration -- <name>).',
        )
      }
    }
    return done
  })
}

/** The tables use uuidv7(), which came with PostgreSQL 18. @param {import('pg').Client} client */
async function demandServer(client) {
  const { rows } = await client.query(
    "SELECT current_setting('server_version') AS text, current_setting('server_version_num')::int AS number",
  )
  const [version] = rows
  if (version.number >= 180_000) return
  throw new Mendable(
    `The database server is PostgreSQL ${version.text}; 18 or newer is needed.`,
    'Upgrade it, or leave DATABASE_URL out to use the bundled one.',
  )
}

/** @param {string[]} applied @param {Migration[]} migrations */
function demandKnown(applied, migrations) {
  const known = new Set(migrations.map(({ name }) => name))
  const unknown = applied.filter((name) => !known.has(name))
  if (unknown.length === 0) return
  throw new Mendable(
    `The database is of a newer version than this build: it has the migration ${unknown.sort().at(-1)}.`,
    'Start the version that made it (git pull), or use another database (DATABASE_URL, or DATA_DIR for the embedded one).',
  )
}

/** @param {import('pg').Client} client @param {Migration} migration */
async function apply(client, { name, sql, checksum }) {
  await client.query('BEGIN')
  try {
    // The file goes over whole: splitting at semicolons would break function bodies.
    await client.query(sql)
    await client.query(
      `INSERT INTO _prisma_migrations (id, checksum, finished_at, migration_name, applied_steps_count)
       VALUES ($1, $2, now(), $3, 1)`,
      [crypto.randomUUID(), checksum, name],
    )
    await client.query('COMMIT')
  } catch (error) {
    await client.query('ROLLBACK')
    const position = Number(/** @type {any} */ (error).position)
    const line = position ? `:${sql.slice(0, position).split('\n').length}` : ''
    throw new Error(`prisma/migrations/${name}/migration.sql${line}: ${/** @type {Error} */ (error).message}`, {
      cause: error,
    })
  }
}
