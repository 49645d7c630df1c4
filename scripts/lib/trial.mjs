import { spawn } from 'node:child_process'
import { dropDatabase, withClient } from './database.mjs'
import { dataFolder, inRoot, threadFiles } from './layout.mjs'
import { withLock } from './lock.mjs'
import { Mendable } from './messages.mjs'
import { generatePrismaClient } from './prisma-client.mjs'
import { loadSecrets } from './secrets.mjs'
import * as services from './services.mjs'

/** Nothing answers there: for programs that ask neither a database nor the decision point. */
const nowhere = 'postgresql://nobody@localhost:1/none'

/**
 * Bundles programs and runs work with the environment of the product, on a database of its own with one organization `trial`,
 * which is dropped afterwards. `needsServices: false`: addresses at which nothing answers instead.
 * @param {{ folder: string, bundles: string[], needsServices?: boolean, settings?: Record<string, string> }} options `folder`: below
 *   DATA_DIR, one command at a time; `settings`: of PostgreSQL
 * @param {(env: Record<string, string | undefined>, bundle: (name: string) => string) => Promise<number>} work
 * @returns {Promise<number>} the exit code
 */
export async function withTrial({ folder: name, bundles, needsServices = true, settings = {} }, work) {
  const folder = dataFolder(name)
  const instance = { ...folder, settings, secrets: loadSecrets(folder.at('secrets.json')) }
  const bundled = inRoot('.data', `${name}-bundles`)
  const bundle = (/** @type {string} */ each) => `${bundled}/${each}.mjs`
  return withLock(folder.at('claim.lock'), async () => {
    /** @type {{ stop: () => Promise<void> }[]} */
    const started = []
    const databaseName = `${name.replaceAll('-', '_')}_${process.pid}`
    let drop = async () => {}
    /** @param {import('./services.mjs').Database} database @param {string} address */
    const environment = (database, address) => ({
      LOG_LEVEL: 'silent',
      DECISION_TIMEOUT_MS: '10000',
      ...services.applicationEnv({ instance, database, cerbos: { address }, publicUrl: 'http://localhost:3000' }),
      ...threadFiles(bundled),
      BENCH_SUPERUSER_URL: database.superuserUrl,
    })
    try {
      generatePrismaClient()
      const program = [inRoot('scripts', 'lib', 'bundle.mjs'), bundled, ...bundles, 'parse-thread', 'graph-thread']
      if ((await runNode(program)) !== 0) throw new Error('The build failed.')
      if (!needsServices)
        return await work(
          environment({ databaseUrl: nowhere, ownerUrl: nowhere, stop: async () => {} }, 'localhost:1'),
          bundle,
        )
      const database = await services.openDatabase({ ...instance, name: databaseName })
      started.push(database)
      const { superuserUrl } = database
      if (!superuserUrl) throw new Mendable('This needs the bundled database.', 'Run it without DATABASE_URL.')
      const server = new URL(superuserUrl)
      server.pathname = '/postgres'
      drop = () => withClient(server.href, (superuser) => dropDatabase(superuser, databaseName))
      const cerbos = await services.openDecisionPoint(instance)
      started.push(cerbos)
      await services.prepareDatabase(database)
      const add = `INSERT INTO organization (name, slug) VALUES ('Trial', 'trial') ON CONFLICT DO NOTHING`
      await withClient(superuserUrl, (superuser) => superuser.query(add))
      return await work(environment(database, cerbos.address), bundle)
    } finally {
      await drop()
      for (const service of started.reverse()) await service.stop()
    }
  })
}

/**
 * Runs a program of Node in a process of its own, which Ctrl-C reaches too.
 * @param {string[]} program @param {Record<string, string | undefined>} [env] @returns {Promise<number>} the exit code
 */
export function runNode(program, env) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, program, { env: env ?? process.env, stdio: 'inherit' })
    process.on('SIGINT', () => {})
    process.on('SIGTERM', () => child.kill('SIGTERM'))
    child.once('error', reject)
    child.once('exit', (code) => resolve(code ?? 2))
  })
}
