import pg from 'pg'

const database = 'bailiwick_demo_shop'
/** A service that lost its session comes again after this long. */
const againMs = 15_000

/**
 * Keeps a session open for each service, as services do: one that is ended is opened again, until the login is refused.
 * @param {{ user: string, password: string, application: string }[]} services
 * @param {number} port
 */
export async function keepSessions(services, port) {
  /** @type {Map<string, pg.Client>} */
  const open = new Map()
  /** @type {Set<NodeJS.Timeout>} */
  const waiting = new Set()
  let isStopped = false

  /** @param {typeof services[number]} service */
  const signIn = async (service) => {
    const { user, password, application } = service
    const place = { host: '127.0.0.1', port, database, application_name: application, keepAlive: true }
    const client = new pg.Client({ ...place, user, password, connectionTimeoutMillis: 5000 })
    client.on('error', () => {})
    client.on('end', () => {
      if (open.delete(user) && !isStopped) comeAgain(service)
    })
    try {
      await client.connect()
      open.set(user, client)
      if (isStopped) await client.end()
    } catch {
      // Its password was changed, or it may not sign in any more: that is what somebody wanted.
    }
  }
  /** @param {typeof services[number]} service */
  const comeAgain = (service) => {
    const timer = setTimeout(() => {
      waiting.delete(timer)
      void signIn(service)
    }, againMs)
    waiting.add(timer)
  }
  await Promise.all(services.map(signIn))
  return {
    stop: async () => {
      isStopped = true
      for (const timer of waiting) clearTimeout(timer)
      await Promise.allSettled([...open.values()].map((client) => client.end()))
    },
  }
}
