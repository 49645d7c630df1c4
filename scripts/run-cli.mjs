// npm run import, npm run audit:verify, npm run review:verify, npm run keys:rotate: a use case at the command line. Uses the services of a running `npm start`, else
// brings them up for the moment. Standard output is the command's own; everything said here goes to standard error.
import { spawn } from 'node:child_process'
import fs from 'node:fs'
import { demandNode, ensureInstalled } from './lib/install.mjs'
import { Mendable, report } from './lib/messages.mjs'

const [name = '', ...args] = process.argv.slice(2)

try {
  demandNode()
  await ensureInstalled()
  process.exitCode = await main()
} catch (error) {
  report(error)
  process.exitCode = 1
}

/** @returns {Promise<number>} the command's exit code */
async function main() {
  const { dataFolder, inRoot, threadFiles } = await import('./lib/layout.mjs')
  const { withLock } = await import('./lib/lock.mjs')
  const { readRun } = await import('./lib/run-file.mjs')
  const { loadSecrets, renewEncryptionKey } = await import('./lib/secrets.mjs')
  const services = await import('./lib/services.mjs')
  if (!/^[a-z-]+$/.test(name) || !fs.existsSync(inRoot('scripts', `${name}.ts`)))
    throw new Mendable(`There is no command "${name}".`, 'See the scripts in package.json.')

  // What the product knows by itself needs no services, nor does what a report says of itself.
  if ((name === 'import' && args.includes('--formats')) || ['review-verify', 'mcp-gateway'].includes(name))
    return execute({ ...process.env })

  const folder = dataFolder('start')
  const renews = name === 'keys-rotate' && !process.env.ENCRYPTION_KEY
  const instance = { ...folder, secrets: loadSecrets(folder.at('secrets.json')) }
  const stop = async () => {}
  const run = readRun(folder.at('run.json'))
  if (run?.cerbos && renews)
    throw new Mendable('npm start is running with the present key.', 'Stop it, run this again, and start it anew.')
  if (run?.cerbos) {
    const { databaseUrl, ownerUrl, cerbos, url } = run
    return execute(
      services.applicationEnv({
        instance,
        database: { databaseUrl, ownerUrl, stop },
        cerbos: { address: cerbos },
        publicUrl: url,
      }),
    )
  }
  // `npm start` waits for this lock, and the next command does: nobody takes over a server that is about to be stopped.
  return withLock(folder.at('claim.lock'), async () => {
    const started = []
    if (renews) instance.secrets = renewEncryptionKey(folder.at('secrets.json'))
    try {
      const database = await services.openDatabase(instance)
      started.push(database)
      const cerbos = await services.openDecisionPoint(instance)
      started.push(cerbos)
      await services.prepareDatabase(database)
      const env = services.applicationEnv({ instance, database, cerbos, publicUrl: 'http://localhost:3000' })
      const { seedOnce } = await import('./lib/demo.mjs')
      const { buildThreads } = await import('./lib/build.mjs')
      const { generatePrismaClient } = await import('./lib/prisma-client.mjs')
      generatePrismaClient()
      await seedOnce({ database, env: { ...env, ...threadFiles(await buildThreads()) }, at: folder.at })
      return await execute(env)
    } finally {
      for (const service of started.reverse()) await service.stop()
    }
  })
}

/** @param {Record<string, string | undefined>} env @returns {Promise<number>} */
async function execute(env) {
  const { inRoot, threadFiles } = await import('./lib/layout.mjs')
  const { buildThreads, isBuilt } = await import('./lib/build.mjs')
  const { generatePrismaClient } = await import('./lib/prisma-client.mjs')
  const bundle = inRoot('dist', `${name}.mjs`)
  let program = [bundle]
  let threads = inRoot('dist')
  if (!fs.existsSync(bundle) || !isBuilt()) {
    generatePrismaClient()
    threads = await buildThreads()
    // `server-only` is an empty module to a React server and an error to everything else.
    program = ['--conditions=react-server', '--import', import.meta.resolve('tsx'), inRoot('scripts', `${name}.ts`)]
  }
  // npm runs scripts in the repository's folder; file names are relative to where the user stands.
  const child = spawn(process.execPath, [...program, ...args], {
    cwd: process.env.INIT_CWD || process.cwd(),
    // Nobody waits at a screen: a busy machine may take its time to decide.
    env: {
      LOG_LEVEL: 'warn',
      DECISION_TIMEOUT_MS: '5000',
      ...env,
      ...threadFiles(threads),
      TSX_TSCONFIG_PATH: inRoot('tsconfig.json'),
    },
    stdio: 'inherit',
  })
  // The terminal sends Ctrl-C to both; this process stays to stop the services.
  process.on('SIGINT', () => {})
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => resolve(code ?? 1))
  })
}
