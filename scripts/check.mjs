// npm run check: everything that needs neither server nor browser, side by side. Ends with 1 when anything fails.
// `npm run check -- biome imports` runs only the checks named.
import { spawn } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import { cerbosProgram } from './lib/cerbos.mjs'
import { inRoot } from './lib/layout.mjs'

const bin = (/** @type {string} */ name) => inRoot('node_modules', '.bin', name)
const node = process.execPath

/**
 * The longest first, so that the short ones fill the gaps. Types by one checker: each further one repeats part of the
 * work of the others, and the cores have the other checks to do.
 * @type {Record<string, string[]>}
 */
const checks = {
  unit: [bin('vitest'), 'run', '--project', 'unit', '--reporter', 'dot'],
  secretlint: [node, '--import', './scripts/lib/without-marks.mjs', bin('secretlint'), '**/*'],
  biome: [bin('biome'), 'check', '--diagnostic-level=error', '.'],
  knip: [bin('knip'), '--no-progress', '--cache', '--cache-location', inRoot('.data', 'knip')],
  types: [bin('tsc'), '--noEmit', '-p', 'tsconfig.check.json', '--checkers', '1'],
  imports: [node, 'scripts/check-imports.mjs'],
  structure: [bin('tsx'), 'scripts/check-structure.ts'],
  policies: [cerbosProgram(), 'compile', 'policies'],
}

/** Runs one check. @param {string} name @param {string[]} command @returns {Promise<boolean>} */
function run(name, [program = '', ...args]) {
  const started = performance.now()
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: inRoot(),
      // The type checker is written in Go, and spent a third of its time collecting garbage.
      env: { ...process.env, GOGC: '400', NO_COLOR: '1', CERBOS_NO_TELEMETRY: '1' },
    })
    let output = ''
    const keep = (/** @type {Buffer} */ chunk) => {
      output += chunk
    }
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    child.once('error', (error) => keep(Buffer.from(error.message)))
    child.once('close', (code) => {
      const seconds = ((performance.now() - started) / 1000).toFixed(1)
      console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`)
      if (code !== 0) console.log(output.trimEnd())
      resolve(code === 0)
    })
  })
}

if (!fs.existsSync(inRoot('lib', 'platform', 'db', 'generated', 'client.ts'))) {
  if (!(await run('client', [node, 'scripts/client.mjs']))) process.exit(1)
}
const wanted = process.argv.slice(2)
const queue = Object.entries(checks).filter(([name]) => wanted.length === 0 || wanted.includes(name))
const results = /** @type {boolean[]} */ ([])
const lanes = Math.max(2, Math.min(4, os.availableParallelism()))
await Promise.all(
  Array.from({ length: lanes }, async () => {
    for (let next = queue.shift(); next; next = queue.shift()) results.push(await run(...next))
  }),
)
process.exitCode = results.every(Boolean) ? 0 : 1
