import { PgBoss } from 'pg-boss'
import { withClient } from './database.mjs'

/**
 * Makes and migrates the job queue's schema as the owner, then lets the application use it. pg-boss would run CREATE
 * SCHEMA itself even where the schema is there, which needs a right on the database that the application does not have;
 * so the application's processes start it with `createSchema: false, migrate: false`.
 * @param {string} url a login that owns the database
 */
export async function migrateJobs(url) {
  await withClient(url, (client) => client.query('CREATE SCHEMA IF NOT EXISTS pgboss'))
  const boss = new PgBoss({
    connectionString: url,
    schema: 'pgboss',
    createSchema: false,
    supervise: false,
    schedule: false,
    max: 1,
  })
  boss.on('error', () => {})
  await boss.start()
  await boss.stop({ graceful: false })
  await withClient(url, async (client) => {
    const { rowCount } = await client.query("SELECT 1 FROM pg_roles WHERE rolname = 'bailiwick_app'")
    if (rowCount) await client.query(GRANTS)
  })
}

const GRANTS = `
GRANT USAGE ON SCHEMA pgboss TO bailiwick_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA pgboss TO bailiwick_app;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA pgboss TO bailiwick_app;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA pgboss TO bailiwick_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA pgboss GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO bailiwick_app;
`
