import crypto from 'node:crypto'
import { demandHealth } from './application.mjs'
import { demoEnv, openShop, printSignIns, seedOnce } from './demo.mjs'
import { dataFolder, threadFiles } from './layout.mjs'
import { Lifecycle } from './lifecycle.mjs'
import { withLock } from './lock.mjs'
import { report, say, step } from './messages.mjs'
import { startNode } from './node-child.mjs'
import { demandFreePort } from './processes.mjs'
import { claimRun } from './run-file.mjs'
import { loadSecrets } from './secrets.mjs'
import { applicationEnv, openDatabase, openDecisionPoint, openVersionPoint, prepareDatabase } from './services.mjs'

/**
 * Brings up a whole installation and keeps it up until it is asked to stop.
 * @param {{ profile: 'start' | 'dev', mark: string, launch: Launch }} options `mark`: a part of this process's command line
 * @typedef {{ env: Record<string, string | undefined>, logs: string, signal: AbortSignal }} Application
 * @typedef {{ build?: (signal: AbortSignal) => Promise<void>, threads: () => Promise<string>, children: (app: Application) => import('./node-child.mjs').NodeChildOptions[] }} Launch
 */
export async function serve({ profile, mark, launch }) {
  const life = new Lifecycle()
  try {
    await bringUp(life, profile, mark, launch)
  } catch (error) {
    if (!life.signal.aborted) report(error)
    await life.end(life.signal.aborted ? 0 : 1)
  }
}

/** @param {Lifecycle} life @param {'start' | 'dev'} profile @param {string} mark @param {Launch} launch */
async function bringUp(life, profile, mark, launch) {
  const began = performance.now()
  const port = Number(process.env.PORT || 3000)
  // The demo's passwords are printed: nobody else on the network is let in unless HOST says so.
  const host = process.env.HOST || '127.0.0.1'
  const { folder, logs, at } = dataFolder(profile)
  // A command that uses the services for a moment (npm run import) holds this lock meanwhile.
  const run = await withLock(at('claim.lock'), () => claimRun(at('run.json'), mark))
  life.add('run file', { stop: run.release })
  await demandFreePort(port, host)
  const instance = { folder, logs, at, secrets: loadSecrets(at('secrets.json')) }

  const database = life.add('PostgreSQL', await step('PostgreSQL up in', () => openDatabase(instance)))
  const cerbos = life.add('Cerbos', await step('Cerbos up in', () => openDecisionPoint(instance)))
  const versions = await openVersionPoint(instance)
  if (versions) life.add('Cerbos of versions', versions)
  const publicUrl = `http://localhost:${port}`
  run.note({ url: publicUrl, databaseUrl: database.databaseUrl, ownerUrl: database.ownerUrl, cerbos: cerbos.address })
  for (const each of [cerbos, versions]) if (each?.pid) run.noteChild({ pid: each.pid, mark: 'cerbos' })

  await step('database ready in', () => prepareDatabase(database))
  const env = {
    ...applicationEnv({ instance, database, cerbos, versions, publicUrl }),
    INSTANCE_ID: crypto.randomUUID(),
    ...threadFiles(await launch.threads()),
    PORT: String(port),
    HOSTNAME: host,
  }
  await launch.build?.(life.signal)
  // After the build: importing the demo's files uses the parsing thread, and scoring the graph's.
  await seedOnce({ database, env, at })
  life.add('services of the demo', await openShop({ database, env, at }))

  // A database of somebody else's has no demo, whatever this folder remembers.
  const signIns = database.superuserUrl ? at('demo.json') : ''
  Object.assign(env, demoEnv(signIns, [host, new URL(env.PUBLIC_URL ?? publicUrl).hostname]))
  for (const options of launch.children({ env, logs, signal: life.signal })) {
    const child = life.add(options.name, startNode(options))
    run.noteChild(child)
    void child.failed.then((error) => {
      if (!error) return
      report(error)
      void life.end(1)
    })
  }
  const healthy = await demandHealth(
    `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    env.INSTANCE_ID,
    life.signal,
  )
  if (healthy instanceof Error) throw healthy
  say(`\nBailiwick is ready on ${env.PUBLIC_URL} (${((performance.now() - began) / 1000).toFixed(1)} s)`)
  printSignIns(signIns)
  say(`Logs: ${logs}   Stop: Ctrl-C`)
}
