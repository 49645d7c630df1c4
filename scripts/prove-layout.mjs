// npm run prove:layout: the layout of compose.yaml without containers. Copies what the image holds into an empty folder,
// migrates an empty database, starts two web and two worker processes on it, and shows that they are one installation:
// a session of one server holds on the other, an import whose worker is killed in the middle is finished by the other
// worker, and after one server is killed too the others go on.
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { startServer, startWorker } from './lib/application.mjs'
import { build } from './lib/build.mjs'
import { createDatabase, withClient } from './lib/database.mjs'
import { runSeed } from './lib/demo.mjs'
import { Browserless } from './lib/http-session.mjs'
import { dataFolder, inRoot, threadFiles } from './lib/layout.mjs'
import { Lifecycle } from './lib/lifecycle.mjs'
import { report, step } from './lib/messages.mjs'
import { startNode } from './lib/node-child.mjs'
import { freePort, until } from './lib/processes.mjs'
import { dropRun, ensureTestServices, onDatabase, prefixOf, stopTestServices } from './lib/test-services.mjs'

const life = new Lifecycle()
try {
  await prove()
  console.log('The layout holds.')
  await life.stop()
  process.exit(0)
} catch (error) {
  report(error)
  await life.end(1)
}

async function prove() {
  await build({ signal: life.signal })
  const services = await step('PostgreSQL and Cerbos up in', ensureTestServices)
  if (!services.adopted) life.add('services', { stop: stopTestServices })
  life.add('databases', { stop: () => dropRun(services.adminUrl, process.pid) })
  const name = `${prefixOf(process.pid)}layout`
  await withClient(services.adminUrl, (superuser) => createDatabase(superuser, name))

  const image = copyImage()
  const { logs } = dataFolder('test')
  const ports = [await freePort(), await freePort()]
  const env = {
    PATH: process.env.PATH,
    ...services.secrets,
    NODE_ENV: 'production',
    NEXTAUTH_SECRET: services.secrets.AUTH_SECRET,
    PUBLIC_URL: `http://localhost:${ports[0]}`,
    NEXTAUTH_URL: `http://localhost:${ports[0]}`,
    DATABASE_URL: onDatabase(services.appUrl, name),
    CERBOS_ADDRESS: services.cerbos,
    CHECKPOINT_DIR: path.join(image, 'checkpoints'),
    APP_ROOT: image,
    GRAPH_DIR: path.join(image, 'graphs'),
    ...threadFiles(path.join(image, 'dist')),
  }
  await step('an empty database migrated in', async () => {
    const owner = { ...env, MIGRATE_DATABASE_URL: onDatabase(services.ownerUrl, name) }
    const child = startNode({
      name: 'layout-migrate',
      script: path.join(image, 'dist', 'migrate.mjs'),
      env: owner,
      logs,
      print: true,
    })
    const failure = await child.failed
    if (failure && !/code 0/.test(failure.message)) throw failure
  })
  const { signIns } = JSON.parse(runSeed(env).trim().split('\n').at(-1) ?? '')

  const workers = ['layout-worker-1', 'layout-worker-2'].map((each) =>
    life.add(each, startWorker({ name: each, env, logs, folder: image })),
  )
  const first = life.add(
    'web 1',
    await startServer({ name: 'layout-web-1', env, logs, port: ports[0], folder: image, signal: life.signal }),
  )
  const second = life.add(
    'web 2',
    await startServer({ name: 'layout-web-2', env, logs, port: ports[1], folder: image, signal: life.signal }),
  )
  console.log(`Two servers answer, each for itself: ${first.url}, ${second.url}`)

  const admin = signIns.find((/** @type {any} */ each) => each.role === 'admin')
  const session = new Browserless(env.PUBLIC_URL)
  demand(
    (await session.get(second.url, '/api/v1/identities')).status === 401,
    'without a session the second server answers 401',
  )
  await session.signIn(first.url, admin)
  demand((await session.get(first.url, '/api/v1/identities')).status === 200, 'signed in on the first server')
  demand((await session.get(second.url, '/api/v1/identities')).status === 200, 'the session holds on the second server')
  await demandImport(
    session,
    first.url,
    second.url,
    'one.csv',
    'uploaded to the first server, applied by a worker, seen on the second',
  )

  await demandTakeover(session, first.url, workers, onDatabase(services.adminUrl, name))
  process.kill(first.pid, 'SIGKILL')
  demand(
    (await session.get(second.url, '/api/v1/identities')).status === 200,
    'the second server goes on without the first',
  )
  await demandImport(session, second.url, second.url, 'two.csv', 'the second worker goes on without the first')
}

/** What the Dockerfile copies, in a folder that holds nothing else. */
function copyImage() {
  const image = fs.mkdtempSync(path.join(os.tmpdir(), 'bailiwick-layout-'))
  life.add('image', { stop: () => fs.rmSync(image, { recursive: true, force: true }) })
  fs.cpSync(inRoot('.next', 'standalone'), image, { recursive: true, verbatimSymlinks: true })
  fs.cpSync(inRoot('dist'), path.join(image, 'dist'), { recursive: true })
  fs.cpSync(inRoot('prisma', 'migrations'), path.join(image, 'prisma', 'migrations'), { recursive: true })
  return image
}

/** @param {boolean} holds @param {string} claim */
function demand(holds, claim) {
  if (!holds) throw new Error(`Does not hold: ${claim}`)
  console.log(`  ${claim}`)
}

/**
 * Imports a small file through one server and waits on another until a worker has applied it.
 * @param {Browserless} session @param {string} upload @param {string} watch @param {string} file @param {string} claim
 */
async function demandImport(session, upload, watch, file, claim) {
  const id = await previewSmallFile(session, upload, file)
  await requestApply(session, upload, id)
  const done = await waitForEnd(session, watch, id, 60_000)
  demand(done === 'applied', `${claim} (${done ?? 'not within a minute'})`)
}

/**
 * Kills the worker that is in the middle of an import and waits until the other has finished it. The other sleeps until
 * then, so that there is no doubt who has it; a lock on the last table that is written keeps it in the middle.
 * @param {Browserless} session @param {string} url @param {{ pid: number }[]} workers @param {string} superuserUrl
 */
async function demandTakeover(session, url, [doomed, heir], superuserUrl) {
  if (!doomed || !heir) throw new Error('two workers are needed')
  const id = await previewSmallFile(session, url, 'taken-over.csv')
  process.kill(heir.pid, 'SIGSTOP')
  await withClient(superuserUrl, async (superuser) => {
    await superuser.query('BEGIN')
    await superuser.query('LOCK TABLE sighting IN SHARE MODE')
    await requestApply(session, url, id)
    const isHeld = async () =>
      (await superuser.query(`SELECT FROM pg_locks WHERE NOT granted AND relation = 'sighting'::regclass`)).rowCount
        ? true
        : undefined
    demand((await until(isHeld, { waitMs: 60_000, everyMs: 100 })) === true, 'a worker is in the middle of an import')
    process.kill(doomed.pid, 'SIGKILL')
    process.kill(heir.pid, 'SIGCONT')
    await superuser.query('ROLLBACK')
  })
  const started = performance.now()
  const done = await waitForEnd(session, url, id, 75_000)
  const seconds = Math.round((performance.now() - started) / 1000)
  demand(
    done === 'applied',
    `the other worker finishes what the killed one had begun (${done ?? 'not'}, after ${seconds} s)`,
  )
}

/** @param {Browserless} session @param {string} url @param {string} file @returns {Promise<string>} the import's id */
async function previewSmallFile(session, url, file) {
  const form = new FormData()
  form.set('files', new Blob([`name,kind,environment\nlayout-${file},service_account,production\n`]), file)
  form.set('instance', `Layout ${file}`)
  const preview = await session.post(url, '/api/v1/imports', form)
  if (preview.status !== 201) throw new Error(`Upload: ${preview.status} ${await preview.text()}`)
  return (await preview.json()).id
}

/** @param {Browserless} session @param {string} url @param {string} id */
async function requestApply(session, url, id) {
  const applied = await session.post(url, `/api/v1/imports/${id}/apply`, '{}')
  if (applied.status !== 202) throw new Error(`Apply: ${applied.status} ${await applied.text()}`)
}

/** @param {Browserless} session @param {string} url @param {string} id @param {number} waitMs */
function waitForEnd(session, url, id, waitMs) {
  return until(
    async () => {
      const { status } = await (await session.get(url, `/api/v1/imports/${id}`)).json()
      return ['applied', 'failed', 'refused'].includes(status) ? status : undefined
    },
    { waitMs, everyMs: 200 },
  )
}
