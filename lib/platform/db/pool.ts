import pg from 'pg'
import { env } from '@/lib/platform/env'

interface ScopedClient extends pg.PoolClient {
  /** The organization that this connection is set to; absent until its first use. */
  scopedTo?: string
}

const kept = globalThis as typeof globalThis & { bailiwickPool?: pg.Pool }

/** The one pool of the process. Nobody takes a connection from it but `OrgPool`, so that each carries an organization. */
function sharedPool(): pg.Pool {
  if (!kept.bailiwickPool) {
    const pool = new pg.Pool({
      connectionString: env().DATABASE_URL,
      max: 10,
      idleTimeoutMillis: 30_000,
    })
    // A connection that dies while idle raises 'error' on the pool and would end the process; the pool replaces it.
    pool.on('error', () => {})
    // One that dies in use fails what runs on it, and is not used again; unheard, it would end the process too.
    pool.on('connect', (client) => client.on('error', () => {}))
    kept.bailiwickPool = pool
  }
  return kept.bailiwickPool
}

/**
 * Takes a connection as the application's role, with row-level security set to one organization ('' sees nothing).
 * The caller must release it.
 */
export async function takeConnection(orgId: string): Promise<pg.PoolClient> {
  const client: ScopedClient = await sharedPool().connect()
  if (client.scopedTo === orgId) return client
  try {
    // Compiling takes longer than any statement of a page runs; and what is asked for often is in memory.
    await client.query(
      `SELECT set_config('role', 'bailiwick_app', false), set_config('app.current_org', $1, false), set_config('jit', 'off', false),
         set_config('random_page_cost', '1.1', false)`,
      [orgId],
    )
    client.scopedTo = orgId
    return client
  } catch (error) {
    client.release(true)
    throw error
  }
}

/**
 * A view of the shared pool in which every connection is set to one organization at checkout. Prisma batches the calls
 * of one tick for each client, so a tenant kept in async-local storage leaks; a client for each organization cannot.
 */
export class OrgPool extends pg.Pool {
  constructor(private readonly orgId: string) {
    super({})
  }

  override connect = (() => takeConnection(this.orgId)) as unknown as pg.Pool['connect']

  override query = (async (...args: Parameters<pg.PoolClient['query']>) => {
    const client = await takeConnection(this.orgId)
    try {
      return await client.query(...args)
    } finally {
      client.release()
    }
  }) as unknown as pg.Pool['query']

  override end = (async () => {}) as unknown as pg.Pool['end']
}

/** Closes every connection; for an orderly end of the process and for tests. */
export async function closePool(): Promise<void> {
  const pool = kept.bailiwickPool
  delete kept.bailiwickPool
  await pool?.end()
}
