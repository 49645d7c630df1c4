import { spawn } from 'node:child_process'
import { findBrowser } from './browser.mjs'
import { build } from './build.mjs'
import { startEndToEnd } from './end-to-end.mjs'
import { dataFolder, inRoot, root } from './layout.mjs'
import { Lifecycle } from './lifecycle.mjs'
import { report, say, step } from './messages.mjs'
import { withSecondTry } from './second-try.mjs'
import { dropRun, ensureTestServices, stopTestServices } from './test-services.mjs'

/**
 * The parts of the suite in order. Each says whether it passed; one that fails does not keep the next from running.
 * @typedef {{ life: Lifecycle, args: string[], services: () => Promise<import('./test-services.mjs').TestServices>, browser: () => Promise<string> }} Suite
 * @type {Record<string, (suite: Suite) => Promise<boolean>>}
 */
const parts = {
  /** Formatting, types, structure, secrets, unit and policy tests. */
  check: ({ life }) => run(life, [inRoot('scripts', 'check.mjs')]),

  /** Use cases and endpoints on a real database and decision point, and random cases by the ten thousand. */
  integration: async ({ life, args, services }) => {
    await services()
    const projects = ['--project', 'integration', '--project', 'property']
    const vitest = [inRoot('node_modules', 'vitest', 'vitest.mjs'), 'run', ...projects]
    return withSecondTry((reporters) => run(life, [...vitest, ...reporters, ...args]), {
      results: dataFolder('test').at('integration.json'),
      again: (files) => run(life, [...vitest, '--no-file-parallelism', ...files]),
    })
  },

  /** Rotations and revocations on six real systems, while everything around them is killed, cut and started anew. */
  chaos: ({ life, args }) => run(life, [inRoot('scripts', 'chaos.mjs'), 'lifecycle', '--as-found', ...args]),

  /** The production build in a browser. */
  e2e: async ({ life, args, services, browser }) => {
    await build({ signal: life.signal })
    const { logs, at } = dataFolder('test')
    const results = at('e2e.json')
    const open = (/** @type {string} */ name) =>
      step('application for the browser tests up in', async () =>
        startEndToEnd({ life, services: await services(), logs, name }),
      )
    const runOn = async (/** @type {Awaited<ReturnType<typeof open>>} */ stage, /** @type {string[]} */ wanted) => {
      const env = { ...stage.env, E2E_BROWSER: await browser(), E2E_RESULTS: results }
      return run(life, [inRoot('node_modules', '@playwright', 'test', 'cli.js'), 'test', ...wanted], env)
    }
    const first = await open('e2e')
    return withSecondTry(() => runOn(first, args), {
      results,
      // On a stage as new: what the first try left behind would be found there otherwise.
      again: async (files) => {
        await first.stop()
        return runOn(await open('e2e_again'), ['--workers=1', '--output=test-results/second-try', ...files])
      },
    })
  },
}

/** @param {string[]} args a part's name and what its runner gets, or nothing for all parts */
export async function runSuite([only, ...args]) {
  const life = new Lifecycle()
  const names = Object.keys(parts).filter((name) => only === undefined || name === only)
  if (names.length === 0) {
    say(`There is no part "${only}": ${Object.keys(parts).join(', ')}.`)
    return life.end(1)
  }
  const suite = { life, args, services: once(() => openServices(life)), browser: once(findBrowser) }
  // The download of a browser, if there is one, goes on beside the first parts.
  if (names.includes('e2e')) suite.browser().catch(() => {})

  const results = []
  for (const name of names) {
    const began = performance.now()
    say(`\n── ${name}`)
    const passed = await parts[name]?.(suite).catch((error) => {
      if (!life.signal.aborted) report(error)
      return false
    })
    if (life.signal.aborted) return life.end(1)
    results.push({ name, passed, seconds: ((performance.now() - began) / 1000).toFixed(1) })
  }
  say('\n── result')
  for (const { name, passed, seconds } of results) say(`${passed ? 'passed' : 'FAILED'}  ${name} (${seconds} s)`)
  const failed = results.filter(({ passed }) => !passed).length
  say(`${results.length - failed} passed, ${failed} failed`)
  await life.stop()
  process.exit(failed === 0 ? 0 : 1)
}

/** @param {Lifecycle} life */
async function openServices(life) {
  const services = await step('PostgreSQL and Cerbos up in', ensureTestServices)
  if (!services.adopted) life.add('test services', { stop: stopTestServices })
  life.add('databases', { stop: () => dropRun(services.adminUrl, process.pid) })
  return services
}

/**
 * @template T
 * @param {() => Promise<T>} make
 * @returns {() => Promise<T>}
 */
function once(make) {
  /** @type {Promise<T> | undefined} */
  let made
  return () => {
    made ??= make()
    return made
  }
}

/** @param {Lifecycle} life @param {string[]} args @param {Record<string, string | undefined>} [env] @returns {Promise<boolean>} */
function run(life, args, env = process.env) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd: root,
      env,
      stdio: ['ignore', 'inherit', 'inherit'],
      signal: life.signal,
    })
    child.once('error', reject)
    child.once('exit', (code) => resolve(code === 0))
  })
}
