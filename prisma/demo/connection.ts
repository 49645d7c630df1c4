import type { Connection } from '../../lib/connections/live'
import { createConnection } from '../../lib/connections/server/create-connection'
import { listConnections } from '../../lib/connections/server/list-connections'
import { requestSync } from '../../lib/connections/server/request-sync'
import { syncConnection } from '../../lib/connections/server/sync-connection'
import { updateConnection } from '../../lib/connections/server/update-connection'
import { verifyNewConnection } from '../../lib/connections/server/verify-connection'
import { makeSecret } from '../../lib/connectors/secret'
import type { Context } from '../../lib/platform/context'
import { dropShop, ensureShop, type ShopServer } from './shop-server'

const connector = 'postgresql'
const instance = 'demo shop'

const configOf = ({ host, port, database, user, password }: ShopServer) => ({
  ...{ host, port, database, user, password, databases: database },
  tls: isHere(host) ? 'off' : 'verify',
})
const isHere = (host: string) => ['127.0.0.1', '::1', '[::1]', 'localhost'].includes(host)

const findShop = async (ctx: Context): Promise<Connection | undefined> =>
  (await listConnections(ctx)).items.find((each) => each.connector === connector && each.instance === instance)

const passwordOf = () => makeSecret().reveal()

/**
 * Gives the organization a live connection to a database of a shop on a server, with its first sync done.
 * @param url of a login of that server that may make roles and databases
 * @returns why there is none, as a sentence; and which services keep sessions open
 */
export async function ensureConnection(
  contexts: { admin: Context; job: Context },
  { url, ownerKey }: { url: string; ownerKey: string },
): Promise<{ leftOut?: string; services: ShopServer['services'] }> {
  const { admin, job } = contexts
  if (await findShop(admin)) return { services: [] }
  let shop: ShopServer
  try {
    shop = await ensureShop(url, passwordOf)
  } catch (error) {
    return { services: [], leftOut: error instanceof Error ? error.message : String(error) }
  }
  const config = configOf(shop)
  const tried = await verifyNewConnection(admin, { connector, instance, config })
  if (!tried.ok) {
    await dropShop(url)
    return { services: [], leftOut: tried.problem?.message ?? 'the test failed' }
  }
  const made = await createConnection(admin, {
    ...{ connector, instance, config, ownerKey, name: 'Demo shop', environment: 'production', intervalMinutes: 60 },
  })
  const { id } = await requestSync(admin, { id: made.id })
  await syncConnection(job, { id })
  return { services: shop.services }
}

/** Follows the server to another port. Does nothing when somebody removed the connection. */
export async function moveConnection(ctx: Context, url: string): Promise<boolean> {
  const found = await findShop(ctx)
  if (!found || found.config.port === Number(new URL(url).port)) return false
  const { host, port, password } = await ensureShop(url, passwordOf)
  await updateConnection(ctx, { id: found.id, config: { host, port, password } })
  return true
}
