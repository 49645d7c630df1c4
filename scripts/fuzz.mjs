// npm run -s fuzz -- import [--inputs N] [--seed S] [--previews N] [--threads N] [--only NO,…]: damages the fixtures of every
// import format and reads them, some through previews on a database of its own. Prints one JSON object last. Exit 0: nothing
// was found; 1: something was, told on standard error, its inputs kept in .data/fuzz-findings; 2: it could not run.
import { spawn } from 'node:child_process'
import { demandNode, ensureInstalled } from './lib/install.mjs'
import { Mendable, report } from './lib/messages.mjs'

try {
  demandNode()
  await ensureInstalled()
  const [name = '', ...args] = process.argv.slice(2)
  if (name !== 'import') throw new Mendable(`There is nothing called "${name}" to fuzz.`, 'There is: import.')
  process.exitCode = await fuzz(args)
} catch (error) {
  report(error)
  process.exitCode = 2
}

/** @param {string[]} args @returns {Promise<number>} the exit code */
async function fuzz(args) {
  const { dataFolder, inRoot, root, threadFiles } = await import('./lib/layout.mjs')
  const { withLock } = await import('./lib/lock.mjs')
  const { loadSecrets } = await import('./lib/secrets.mjs')
  const { dropDatabase, withClient } = await import('./lib/database.mjs')
  const { generatePrismaClient } = await import('./lib/prisma-client.mjs')
  const services = await import('./lib/services.mjs')
  const folder = dataFolder('fuzz')
  const instance = { ...folder, secrets: loadSecrets(folder.at('secrets.json')) }
  return withLock(folder.at('claim.lock'), async () => {
    const started = []
    const name = `fuzz_${process.pid}`
    let drop = async () => {}
    try {
      generatePrismaClient()
      const bundles = inRoot('.data', 'fuzz-bundles')
      const bundle = [
        inRoot('scripts', 'lib', 'bundle.mjs'),
        bundles,
        'fuzz-import',
        'fuzz-thread',
        'parse-thread',
        'graph-thread',
      ]
      if ((await run(bundle)) !== 0) throw new Error('The build failed.')
      /** @param {import('./lib/services.mjs').Database} database @param {string} address */
      const tryOut = (database, address) => {
        const env = services.applicationEnv({
          instance,
          database,
          cerbos: { address },
          publicUrl: 'http://localhost:3000',
        })
        return run([`${bundles}/fuzz-import.mjs`, ...args], {
          LOG_LEVEL: 'silent',
          DECISION_TIMEOUT_MS: '10000',
          ...env,
          ...threadFiles(bundles),
          FUZZ_THREAD: `${bundles}/fuzz-thread.mjs`,
          FUZZ_ROOT: root,
          FUZZ_FINDINGS: inRoot('.data', 'fuzz-findings'),
          BENCH_SUPERUSER_URL: database.superuserUrl,
        })
      }
      // Reading alone needs no services, and their addresses are never asked.
      const none = 'postgresql://nobody@localhost:1/none'
      if (/--previews[= ]0( |$)|--only/.test(args.join(' ')))
        return await tryOut({ databaseUrl: none, ownerUrl: none, stop: async () => {} }, 'localhost:1')
      const database = await services.openDatabase({ ...instance, name })
      started.push(database)
      const { superuserUrl } = database
      if (!superuserUrl) throw new Mendable('Fuzzing needs the bundled database.', 'Run it without DATABASE_URL.')
      const server = new URL(superuserUrl)
      server.pathname = '/postgres'
      drop = () => withClient(server.href, (superuser) => dropDatabase(superuser, name))
      const cerbos = await services.openDecisionPoint(instance)
      started.push(cerbos)
      await services.prepareDatabase(database)
      const add = `INSERT INTO organization (name, slug) VALUES ('Fuzz', 'fuzz') ON CONFLICT DO NOTHING`
      await withClient(superuserUrl, (superuser) => superuser.query(add))
      return await tryOut(database, cerbos.address)
    } finally {
      await drop()
      for (const service of started.reverse()) await service.stop()
    }
  })
}

/** @param {string[]} program @param {Record<string, string | undefined>} [env] @returns {Promise<number>} the exit code */
function run(program, env) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, program, { env: env ?? process.env, stdio: 'inherit' })
    process.on('SIGINT', () => {})
    process.on('SIGTERM', () => child.kill('SIGTERM'))
    child.once('error', reject)
    child.once('exit', (code) => resolve(code ?? 2))
  })
}
