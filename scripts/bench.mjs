// npm run -s bench -- inventory [--identities N] [--orgs N] [--seed N] [--n N] [--only list,facets,…] [--json]: measures on a
// generated inventory (made or reused) and the built application, prints tables and one JSON object as the last line.
// `inventory-ui` drives the list in a browser, `blast-radius` measures the graph engine. `import-memory [--megabytes N]
// [--only FORMAT,…] [--reading]` previews large files, or reads them alone. `sync [--roles N]` reads a PostgreSQL server with many roles. `lifecycle [--n N] [--planned N]`
// cuts accounts off while another organization's rotations wait. `decisions` asks two web processes. `reviews [--items N]` measures one large campaign. `--json`: the tables go to standard error, so that only the object is left.
import { spawn } from 'node:child_process'
import { parseArgs } from 'node:util'
import { demandNode, ensureInstalled } from './lib/install.mjs'
import { Mendable, report } from './lib/messages.mjs'

try {
  demandNode()
  await ensureInstalled()
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      identities: { type: 'string' },
      orgs: { type: 'string' },
      seed: { type: 'string' },
      n: { type: 'string' },
      only: { type: 'string' },
      megabytes: { type: 'string' },
      reading: { type: 'boolean' },
      roles: { type: 'string' },
      planned: { type: 'string' },
      items: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  })
  const [name = ''] = positionals
  const names = [
    'inventory',
    'inventory-ui',
    'blast-radius',
    'import-memory',
    'sync',
    'lifecycle',
    'reviews',
    'decisions',
  ]
  if (!names.includes(name)) throw new Mendable(`There is no benchmark "${name}".`, `There are: ${names.join(', ')}.`)
  const trials = { 'import-memory': importMemory, sync: syncs, lifecycle, reviews, decisions }
  process.exitCode = await (Object.hasOwn(trials, name)
    ? trials[/** @type {'sync'} */ (name)](values)
    : bench(name, values))
} catch (error) {
  report(error)
  process.exitCode = 1
}

/** @param {Record<string, string | boolean | undefined>} values @returns {Promise<number>} */
async function importMemory(values) {
  const { root } = await import('./lib/layout.mjs')
  const { withTrial } = await import('./lib/trial.mjs')
  const args = ['megabytes', 'only'].flatMap((key) => (values[key] ? [`--${key}`, String(values[key])] : []))
  if (values.reading) args.push('--reading')
  const options = { folder: 'import-memory', bundles: ['import-memory'], needsServices: !values.reading }
  return withTrial(options, (env, bundle) =>
    run([bundle('import-memory'), ...args], values.json === true, { ...env, BENCH_ROOT: root }),
  )
}

/** @param {Record<string, string | boolean | undefined>} values @returns {Promise<number>} */
async function syncs(values) {
  const fs = await import('node:fs')
  const { dataFolder } = await import('./lib/layout.mjs')
  const { startPostgres } = await import('./lib/postgres.mjs')
  const { withTrial } = await import('./lib/trial.mjs')
  const source = dataFolder(`bench-source-${process.pid}`)
  const server = await startPostgres({ ...source, password: 'measured', throwaway: true })
  try {
    return await withTrial({ folder: 'bench-sync', bundles: ['bench-sync'] }, (env, bundle) =>
      run([bundle('bench-sync'), ...(values.roles ? ['--roles', String(values.roles)] : [])], values.json === true, {
        ...env,
        BENCH_SOURCE_URL: server.url('postgres', 'measured', 'postgres'),
      }),
    )
  } finally {
    await server.stop()
    fs.rmSync(source.folder, { recursive: true, force: true })
  }
}

/** @param {Record<string, string | boolean | undefined>} values @returns {Promise<number>} */
async function lifecycle(values) {
  const { inRoot } = await import('./lib/layout.mjs')
  const { withTrial } = await import('./lib/trial.mjs')
  const args = ['n', 'planned'].flatMap((key) => (values[key] ? [`--${key}`, String(values[key])] : []))
  return withTrial({ folder: 'bench-lifecycle', bundles: ['worker'] }, (env, bundle) =>
    run(
      ['--conditions=react-server', '--import', 'tsx', inRoot('bench', 'lifecycle.ts'), ...args],
      values.json === true,
      {
        ...env,
        OUTBOUND_LOOPBACK: 'true',
        BENCH_WORKER: bundle('worker'),
      },
    ),
  )
}

/** @param {Record<string, string | boolean | undefined>} values @returns {Promise<number>} */
async function reviews(values) {
  const { startServer } = await import('./lib/application.mjs')
  const { build } = await import('./lib/build.mjs')
  const { settings } = await import('./lib/generated.mjs')
  const { dataFolder, inRoot } = await import('./lib/layout.mjs')
  const { freePort } = await import('./lib/processes.mjs')
  const { withTrial } = await import('./lib/trial.mjs')
  const args = ['n', 'items'].flatMap((key) => (values[key] ? [`--${key}`, String(values[key])] : []))
  await build()
  return withTrial({ folder: 'bench-reviews', bundles: [], settings }, async (env) => {
    const port = await freePort()
    const url = `http://localhost:${port}`
    const serverEnv = { ...env, PUBLIC_URL: url, NEXTAUTH_URL: url, DECISION_TIMEOUT_MS: '5000' }
    const { logs } = dataFolder('bench-reviews')
    const server = await startServer({ env: serverEnv, logs, name: 'bench-server', port })
    try {
      const program = ['--conditions=react-server', '--import', 'tsx', inRoot('bench', 'reviews.ts'), ...args]
      const own = { ...serverEnv, BENCH_URL: url, BENCH_SERVER_PID: String(server.pid) }
      return await run(program, values.json === true, own)
    } finally {
      await server.stop()
    }
  })
}

/** @param {Record<string, string | boolean | undefined>} values @returns {Promise<number>} */
async function decisions(values) {
  const { fleetOptions, generateInto, withGenerated } = await import('./lib/generated.mjs')
  const { build } = await import('./lib/build.mjs')
  const { startServer } = await import('./lib/application.mjs')
  const { inRoot } = await import('./lib/layout.mjs')
  const fleet = fleetOptions(values)
  return withGenerated(fleet, async ({ env, database, logs }) => {
    if (!database.superuserUrl)
      throw new Mendable('The benchmark needs the bundled database.', 'Run it without DATABASE_URL.')
    await generateInto(fleet, { env, database })
    await build()
    const serverEnv = { ...env, DECISION_TIMEOUT_MS: '800', LOG_LEVEL: 'warn' }
    const servers = []
    try {
      for (const name of ['decisions-1', 'decisions-2']) servers.push(await startServer({ env: serverEnv, logs, name }))
      const args = values.n ? ['--n', String(values.n)] : []
      const program = ['--conditions=react-server', '--import', 'tsx', inRoot('bench', 'decisions.ts'), ...args]
      return await run(program, values.json === true, {
        ...serverEnv,
        DECISION_TIMEOUT_MS: '5000',
        BENCH_URLS: servers.map(({ url }) => url).join(','),
        BENCH_SERVER_PIDS: servers.map(({ pid }) => pid).join(','),
        BENCH_SUPERUSER_URL: database.superuserUrl,
      })
    } finally {
      for (const server of servers) await server.stop()
    }
  })
}

/** @param {string} name @param {Record<string, string | boolean | undefined>} values @returns {Promise<number>} */
async function bench(name, values) {
  const { fleetOptions, generateInto, withGenerated } = await import('./lib/generated.mjs')
  const { build } = await import('./lib/build.mjs')
  const { freePort } = await import('./lib/processes.mjs')
  const { startServer } = await import('./lib/application.mjs')
  const { findBrowser } = await import('./lib/browser.mjs')
  const { inRoot } = await import('./lib/layout.mjs')
  const fleet = fleetOptions(values)
  return withGenerated(fleet, async ({ env, database, logs }) => {
    if (!database.superuserUrl)
      throw new Mendable('The benchmark needs the bundled database.', 'Run it without DATABASE_URL.')
    await generateInto(fleet, { env, database })
    const only = String(values.only ?? 'api,export').split(',')
    const needsServer = name === 'inventory-ui' || only.some((part) => part === 'api' || part === 'export')
    const port = await freePort()
    const url = `http://localhost:${port}`
    // Decisions as in production, addresses of this run.
    const serverEnv = { ...env, PUBLIC_URL: url, NEXTAUTH_URL: url, DECISION_TIMEOUT_MS: '2000' }
    if (needsServer) await build()
    const server = needsServer ? await startServer({ env: serverEnv, logs, name: 'bench-server', port }) : undefined
    try {
      const args = Object.entries(fleet).flatMap(([key, value]) => [`--${key}`, String(value)])
      for (const key of ['n', 'only']) if (values[key]) args.push(`--${key}`, String(values[key]))
      // Only the library that the engine is measured against needs so much.
      const heap = name === 'blast-radius' ? ['--max-old-space-size=8192'] : []
      const program = [...heap, '--conditions=react-server', '--import', 'tsx', inRoot('bench', `${name}.ts`), ...args]
      const browser = name === 'inventory-ui' ? { BENCH_BROWSER: await findBrowser() } : {}
      return await run(program, values.json === true, {
        ...serverEnv,
        ...browser,
        BENCH_URL: url,
        BENCH_SERVER_PID: String(server?.pid ?? ''),
        BENCH_SUPERUSER_URL: database.superuserUrl,
      })
    } finally {
      await server?.stop()
    }
  })
}

/** @param {string[]} program @param {boolean} isBare @param {Record<string, string | undefined>} env @returns {Promise<number>} */
function run(program, isBare, env) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, program, { env, stdio: ['ignore', isBare ? 'pipe' : 'inherit', 'inherit'] })
    let said = ''
    child.stdout?.on('data', (chunk) => (said += chunk))
    process.on('SIGINT', () => {})
    process.on('SIGTERM', () => child.kill('SIGTERM'))
    child.once('error', reject)
    child.once('close', (code) => {
      const lines = said.trimEnd().split('\n')
      const last = lines.pop() ?? ''
      if (isBare) {
        process.stderr.write(`${lines.join('\n')}\n`)
        process.stdout.write(`${last}\n`)
      }
      resolve(code ?? 1)
    })
  })
}
