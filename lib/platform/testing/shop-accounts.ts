import pg from 'pg'
import { createConnection } from '../../connections/server/create-connection'
import { requestSync } from '../../connections/server/request-sync'
import { syncConnection } from '../../connections/server/sync-connection'
import { makeSecret } from '../../connectors/secret'
import { testDatabase } from './database'
import type { TestOrganization } from './organization'
import { systemsUnderTest } from './servers/systems'

/** Accounts of a PostgreSQL server of their own, which a live connection of the organization has read. */
export interface ShopAccounts {
  /** A connection to the product's database that row-level security does not bind. */
  db: pg.Client
  /** Ids of the identities, and what they sign in with, by name. */
  ids: Map<string, string>
  passwords: Map<string, string>
  /** From outside: a plain login. */
  login: (user: string, password: string) => Promise<boolean>
  /** From outside, signed in as it: false when the server refuses for want of a right, and for nothing else. */
  may: (user: string, password: string, statement: string) => Promise<boolean>
  /** As the server's administrator. */
  onServer: (statement: string) => Promise<void>
  stop: () => Promise<void>
}

/** Starts the server, makes the accounts and has the source read once. */
export async function startShopAccounts(org: TestOrganization, names: readonly string[]): Promise<ShopAccounts> {
  const system = await systemsUnderTest.find(({ connector }) => connector === 'postgresql')?.start()
  if (!system || 'skipped' in system) throw new Error('the embedded PostgreSQL did not start')
  const { config } = system
  const db = new pg.Client({ connectionString: (await testDatabase()).superuserUrl })
  await db.connect()
  const [ids, passwords] = [new Map<string, string>(), new Map<string, string>()]
  for (const name of names) {
    const secret = makeSecret()
    await system.createAccount(name, secret)
    passwords.set(name, secret.reveal())
  }
  const { id: liveId } = await createConnection(org.as.admin, {
    ...{ connector: 'postgresql', instance: 'shop', name: 'Shop', intervalMinutes: null },
    config: config as Parameters<typeof createConnection>[1]['config'],
  })
  const queued = await db.query(`SELECT id FROM sync_run WHERE live_connection_id = $1 AND status = 'queued'`, [liveId])
  await syncConnection(org.job, { id: queued.rows[0]?.id ?? (await requestSync(org.as.admin, { id: liveId })).id })
  for (const name of names) {
    const { rows } = await db.query(`SELECT id FROM identity WHERE org_id = $1 AND external_id = $2`, [
      org.orgId,
      `role:${name}`,
    ])
    ids.set(name, rows[0].id)
  }
  const connect = async (user: string, password: string) => {
    const { port } = config as { port: number }
    const client = new pg.Client({ host: '127.0.0.1', port: Number(port), database: 'postgres', user, password })
    client.on('error', () => {})
    await client.connect()
    return client
  }
  return {
    ...{ db, ids, passwords },
    login: (user, password) =>
      connect(user, password).then(
        (client) => client.end().then(() => true),
        () => false,
      ),
    may: async (user, password, statement) => {
      const client = await connect(user, password)
      try {
        await client.query(statement)
        return true
      } catch (error) {
        if ((error as { code?: string }).code !== '42501') throw error
        return false
      } finally {
        await client.end()
      }
    },
    onServer: async (statement) => {
      const client = await connect('postgres', 'admin-of-the-tests')
      await client.query(statement)
      await client.end()
    },
    stop: async () => {
      await db.end()
      await system.stop()
    },
  }
}
