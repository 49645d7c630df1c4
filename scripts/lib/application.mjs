import crypto from 'node:crypto'
import path from 'node:path'
import { inRoot, threadFiles } from './layout.mjs'
import { startNode } from './node-child.mjs'
import { freePort, until } from './processes.mjs'

/**
 * The built application's processes, as `npm start` and a container run them.
 * @typedef {{ env: Record<string, string | undefined>, logs: string, name?: string, folder?: string }} Options
 *   `folder`: laid out like the container image; the built repository when left out
 */

/** @param {Options} options */
export function startWorker({ env, logs, name = 'worker', folder }) {
  return startNode({
    name,
    script: path.join(folder ?? inRoot(), 'dist', 'worker.mjs'),
    flags: ['--enable-source-maps'],
    env: built(env),
    logs,
  })
}

/**
 * Starts a web server and waits until it answers itself: another server on the port would tell another instance id.
 * @param {Options & { port?: number, host?: string, signal?: AbortSignal }} options `port`: a free one when left out
 */
export async function startServer({ env, logs, name = 'server', port, host = '127.0.0.1', folder, signal }) {
  const instance = crypto.randomUUID()
  const address = { PORT: String(port ?? (await freePort())), HOSTNAME: host, INSTANCE_ID: instance }
  const script = path.join(folder ?? inRoot('.next', 'standalone'), 'server.js')
  const child = startNode({ name, script, env: { ...built(env), ...address }, logs })
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${address.PORT}`
  const failed = child.failed.then((error) => error ?? new Error('stopped'))
  const healthy = await Promise.race([failed, demandHealth(url, instance, signal)])
  if (healthy instanceof Error) {
    await child.stop()
    throw healthy
  }
  return { ...child, url }
}

/** @param {Record<string, string | undefined>} env */
const built = (env) => ({ ...threadFiles(inRoot('dist')), ...env })

/**
 * @param {string} url
 * @param {string} instance
 * @param {AbortSignal} [signal]
 * @returns {Promise<true | Error>}
 */
export async function demandHealth(url, instance, signal) {
  const ask = async () => (signal?.aborted ? null : (await readInstance(url)) === instance || undefined)
  return (
    (await until(ask, { waitMs: 60_000, everyMs: 50 })) ?? new Error(`The server does not answer on ${url}/api/health.`)
  )
}

/** @param {string} url @returns {Promise<string | undefined>} the id of the server process that answers there */
export async function readInstance(url) {
  try {
    const response = await fetch(`${url}/api/health`, { signal: AbortSignal.timeout(10_000) })
    return (await response.json()).instance
  } catch {
    return undefined
  }
}
