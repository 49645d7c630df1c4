// Who imports whom, by the rules of .dependency-cruiser.cjs. `node scripts/check-imports.mjs [root]`
import fs from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'

const require = createRequire(import.meta.url)

/** TypeScript 7 has no parser for other tools, so dependency-cruiser reads with swc, which has to be told of JSX. */
function readJsxToo() {
  const swc = require('@swc/core')
  const parse = swc.parseFileSync
  swc.parseFileSync = (/** @type {string} */ file, /** @type {object} */ options) =>
    parse(file, { ...options, tsx: file.endsWith('x') })
}

readJsxToo()
const { cruise } = await import('dependency-cruiser')
const baseDir = path.resolve(process.argv[2] ?? '.')
const { options, ...ruleSet } = require('../.dependency-cruiser.cjs')
const roots = ['app', 'components', 'lib', 'prisma', 'e2e', 'bench', 'worker.ts']
const present = roots.filter((entry) => fs.existsSync(path.join(baseDir, entry)))
process.chdir(baseDir)
const { output } = await cruise(present, { ...options, baseDir, ruleSet, validate: true })
if (typeof output === 'string') throw new Error(output)

const { violations, totalCruised } = output.summary
for (const { rule, from, to, cycle } of violations) {
  const way = cycle ? cycle.map(({ name }) => name).join(' -> ') : to
  process.stderr.write(`${rule.name}: ${from} -> ${way}\n`)
}
process.stdout.write(`imports: ${totalCruised} modules, ${violations.length} violations\n`)
process.exitCode = violations.length > 0 ? 1 : 0
