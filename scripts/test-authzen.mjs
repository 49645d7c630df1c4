// npm run -s test:authzen -- FILE…: asks a running server what published AuthZEN vectors ask, on the fixture of their scenario (todo,
// gateway, search, identity provider, certification). Each file is JSON with "request" and "expected". The last line is
// {"passed":n,"failed":n}; the exit code is 1 when one failed.
import { spawn } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { isExpected, readVectors, scenarioOf } from './lib/authzen-vectors.mjs'
import { demandNode, ensureInstalled } from './lib/install.mjs'
import { Mendable, report } from './lib/messages.mjs'

/** @typedef {import('./lib/authzen-vectors.mjs').Vector & { file: string, no: number }} NumberedVector */

try {
  demandNode()
  await ensureInstalled()
  const files = process.argv.slice(2)
  if (files.length === 0) throw new Mendable('There are no vectors to ask.', 'npm run -s test:authzen -- FILE…')
  const scenarios = new Map()
  for (const file of files) {
    const vectors = readFile(file)
    const name = scenarioOf(vectors)
    scenarios.set(name, [...(scenarios.get(name) ?? []), ...vectors.map((each, at) => ({ ...each, file, no: at + 1 }))])
  }
  const { build } = await import('./lib/build.mjs')
  const { withTrial } = await import('./lib/trial.mjs')
  await build()
  const tally = { passed: 0, failed: 0 }
  const options = { folder: 'test-authzen', bundles: [] }
  await withTrial(options, async (env) => {
    for (const [name, vectors] of scenarios) await runScenario(name, vectors, env, tally)
    return 0
  })
  process.stdout.write(`${JSON.stringify(tally)}\n`)
  process.exitCode = tally.failed === 0 && tally.passed > 0 ? 0 : 1
} catch (error) {
  report(error)
  process.exitCode = 1
}

/** @param {string} file */
function readFile(file) {
  try {
    return readVectors(JSON.parse(fs.readFileSync(file, 'utf8')))
  } catch (error) {
    throw new Mendable(`${file}: ${/** @type {Error} */ (error).message}.`, 'Give files of published AuthZEN vectors.')
  }
}

/**
 * Brings up policies, organization and server of one scenario, and asks.
 * @param {string} name @param {NumberedVector[]} vectors @param {Record<string, string | undefined>} trial @param {{ passed: number, failed: number }} tally
 */
async function runScenario(name, vectors, trial, tally) {
  const { startServer } = await import('./lib/application.mjs')
  const { startCerbos } = await import('./lib/cerbos.mjs')
  const { dataFolder, inRoot } = await import('./lib/layout.mjs')
  const fixture = inRoot('lib', 'platform', 'testing', 'fixtures', 'authzen', name)
  const policies = fs.mkdtempSync(path.join(os.tmpdir(), 'authzen-'))
  const started = []
  try {
    fs.cpSync(inRoot('policies'), policies, { recursive: true })
    for (const file of fs.readdirSync(path.join(fixture, 'policies')))
      fs.copyFileSync(path.join(fixture, 'policies', file), path.join(policies, 'runtime', `scenario_${file}`))
    const { logs } = dataFolder('test-authzen')
    const cerbos = await startCerbos({ logs, policies })
    started.push(cerbos)
    const env = { ...trial, CERBOS_ADDRESS: cerbos.address, POLICY_DIR: policies }
    const token = await load(path.join(fixture, 'directory.json'), env)
    const server = await startServer({ env: { ...env, DECISION_TIMEOUT_MS: '800' }, logs, name: `authzen-${name}` })
    started.push(server)
    for (const vector of vectors) {
      const problem = await tryVector(server.url, token, vector)
      if (problem === undefined) tally.passed += 1
      else {
        tally.failed += 1
        process.stdout.write(`FAILED ${vector.file} ${vector.no}: ${JSON.stringify(vector.request)}\n  ${problem}\n`)
      }
    }
  } finally {
    for (const each of started.reverse()) await each.stop()
    fs.rmSync(policies, { recursive: true, force: true })
  }
}

/** What is wrong with the answer; undefined for the expected one. @param {string} url @param {string} token @param {NumberedVector} vector */
async function tryVector(url, token, { path: where, request, expected }) {
  /** @type {unknown[]} */
  const results = []
  /** @type {any} */
  let page = request.page
  while (true) {
    const response = await fetch(`${url}${where}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify(page ? { ...request, page } : request),
    })
    const text = await response.text()
    if (response.status !== 200) return `answered ${response.status}: ${text.slice(0, 300)}`
    const answer = JSON.parse(text)
    if (Array.isArray(answer.results)) results.push(...answer.results)
    if (answer.page?.next_token) {
      page = { token: answer.page.next_token }
      continue
    }
    const whole = Array.isArray(answer.results) ? { ...answer, results } : answer
    return isExpected(expected, whole)
      ? undefined
      : `expected ${JSON.stringify(expected).slice(0, 300)}, answered ${JSON.stringify(whole).slice(0, 300)}`
  }
}

/** Runs the loader in a process of its own. @param {string} file @param {Record<string, string | undefined>} env @returns {Promise<string>} the API key */
async function load(file, env) {
  const { inRoot } = await import('./lib/layout.mjs')
  const program = ['--conditions=react-server', '--import', 'tsx', inRoot('bench', 'decisions-scenario.ts'), file]
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, program, { cwd: inRoot(), env, stdio: ['ignore', 'pipe', 'inherit'] })
    let said = ''
    child.stdout.on('data', (chunk) => (said += chunk))
    child.once('error', reject)
    child.once('close', (code) =>
      code === 0 ? resolve(said.trim()) : reject(new Error('The scenario could not be loaded.')),
    )
  })
}
