import crypto from 'node:crypto'
import fs from 'node:fs'
import { startServer, startWorker } from './application.mjs'
import { createDatabase, withClient } from './database.mjs'
import { runSeed } from './demo.mjs'
import { inRoot, threadFiles } from './layout.mjs'
import { startNode } from './node-child.mjs'
import { freePort, until } from './processes.mjs'
import { checkpointsOf, onDatabase, prefixOf } from './test-services.mjs'

/**
 * The stage of the browser tests: the built application on a fresh demo database (E2E_URL), a second one on an empty
 * database (E2E_EMPTY_URL), and an OpenID Connect provider when e2e/identity-provider.ts is there. The tests get the
 * application's own environment as well, so that a fixture can look into the database.
 * @param {{ life: import('./lifecycle.mjs').Lifecycle, services: import('./test-services.mjs').TestServices, logs: string, name?: string }} options
 *   `name`: of its databases and logs, another one for each stage of a run
 */
export async function startEndToEnd({ life, services, logs, name = 'e2e' }) {
  /** @type {(() => unknown)[]} */
  const stops = []
  /** @type {<T extends { stop: () => unknown }>(what: string, thing: T) => T} */
  const keep = (what, thing) => {
    stops.unshift(() => thing.stop())
    return life.add(what, thing)
  }
  const port = await freePort()
  const url = `http://localhost:${port}`
  const idp = await startIdentityProvider({ keep, logs, url, name })
  const env = { ...(await freshDatabase(services, name, url)), ...idp }
  const signIns = fs.existsSync(inRoot('prisma', 'seed.ts'))
    ? lastLine(runSeed({ ...env, DEMO_SERVER_URL: services.adminUrl }))
    : '{}'
  keep('worker', startWorker({ name: `${name}-worker`, env, logs }))
  keep('server', await startServer({ name: `${name}-server`, env, logs, port, signal: life.signal }))

  const emptyPort = await freePort()
  const emptyUrl = `http://localhost:${emptyPort}`
  const emptyEnv = await freshDatabase(services, `${name}_empty`, emptyUrl)
  keep(
    'empty server',
    await startServer({ name: `${name}-empty`, env: emptyEnv, logs, port: emptyPort, signal: life.signal }),
  )

  const superuser = onDatabase(services.adminUrl, databaseName(name))
  return {
    env: { ...env, E2E_URL: url, E2E_EMPTY_URL: emptyUrl, E2E_DEMO: signIns, E2E_SUPERUSER_URL: superuser },
    stop: async () => {
      for (const stop of stops) await stop()
    },
  }
}

/** @param {string} name */
const databaseName = (name) => `${prefixOf(process.pid)}${name}`

/** @param {import('./test-services.mjs').TestServices} services @param {string} name @param {string} url */
async function freshDatabase(services, name, url) {
  const database = databaseName(name)
  await withClient(services.adminUrl, (superuser) => createDatabase(superuser, database, services.template))
  const { AUTH_SECRET } = services.secrets
  return {
    ...process.env,
    ...services.secrets,
    NODE_ENV: 'production',
    NEXT_TELEMETRY_DISABLED: '1',
    LOG_LEVEL: process.env.LOG_LEVEL ?? 'info',
    NEXTAUTH_SECRET: AUTH_SECRET,
    NEXTAUTH_URL: url,
    PUBLIC_URL: url,
    DATABASE_URL: onDatabase(services.appUrl, database),
    MIGRATE_DATABASE_URL: onDatabase(services.ownerUrl, database),
    CERBOS_ADDRESS: services.cerbos,
    // The browser tests share the machine with the browser; what they test is not speed.
    DECISION_TIMEOUT_MS: '5000',
    CHECKPOINT_DIR: `${checkpointsOf(process.pid)}/${name}`,
    GRAPH_DIR: `${checkpointsOf(process.pid)}/${name}/graphs`,
    ...threadFiles(inRoot('dist')),
  }
}

/**
 * @param {{ keep: <T extends { stop: () => unknown }>(what: string, thing: T) => T, logs: string, url: string, name: string }} options
 *   `url`: of the application that people sign in to
 * @returns {Promise<Record<string, string>>} what the application must know about the provider
 */
async function startIdentityProvider({ keep, logs, url, name }) {
  const script = inRoot('e2e', 'identity-provider.ts')
  if (!fs.existsSync(script)) return {}
  const port = await freePort()
  const issuer = `http://localhost:${port}`
  const client = {
    OIDC_ISSUER: issuer,
    OIDC_CLIENT_ID: 'bailiwick',
    OIDC_CLIENT_SECRET: crypto.randomBytes(24).toString('hex'),
  }
  const env = { ...process.env, ...client, PORT: String(port), CALLBACK_URL: `${url}/api/auth/callback/oidc` }
  const idp = keep(
    'identity provider',
    startNode({ name: `${name}-identity-provider`, script, flags: ['--import', 'tsx'], env, logs }),
  )
  const up = await until(
    () =>
      fetch(`${issuer}/.well-known/openid-configuration`).then(
        (response) => response.ok || undefined,
        () => undefined,
      ),
    { waitMs: 20_000, everyMs: 50 },
  )
  if (!up)
    throw (
      (await Promise.race([idp.failed, undefined])) ?? new Error('The identity provider of the tests did not start.')
    )
  return client
}

/** @param {string} text */
const lastLine = (text) => text.trim().split('\n').at(-1) ?? ''
