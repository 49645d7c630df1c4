// npm run generate -- --identities 1000000 --orgs 200 --seed 7: a large, skewed, realistic inventory by the product's own bulk
// path, into DATABASE_URL or a database of its own on the bundled server under .data/generated. May be run again: what is
// there already is left, what was interrupted is finished.
import { spawn } from 'node:child_process'
import { parseArgs } from 'node:util'
import { demandNode, ensureInstalled } from './lib/install.mjs'
import { report } from './lib/messages.mjs'

try {
  demandNode()
  await ensureInstalled()
  const { fleetOptions, withGenerated } = await import('./lib/generated.mjs')
  const { values } = parseArgs({
    options: { identities: { type: 'string' }, orgs: { type: 'string' }, seed: { type: 'string' } },
  })
  const fleet = fleetOptions(values)
  process.exitCode = await withGenerated(fleet, (services) => generate(fleet, services))
} catch (error) {
  report(error)
  process.exitCode = 1
}

/**
 * @param {import('./lib/generated.mjs').FleetOptions} fleet
 * @param {{ env: Record<string, string | undefined>, database: import('./lib/services.mjs').Database }} services
 * @returns {Promise<number>}
 */
async function generate(fleet, { env, database }) {
  const { inRoot } = await import('./lib/layout.mjs')
  const { withoutSearchIndexes } = await import('./lib/search-indexes.mjs')
  const args = Object.entries(fleet).flatMap(([name, value]) => [`--${name}`, String(value)])
  return withoutSearchIndexes(
    database.ownerUrl,
    () =>
      new Promise((resolve, reject) => {
        const program = ['--conditions=react-server', '--import', 'tsx', inRoot('scripts', 'generate-inventory.ts')]
        const child = spawn(process.execPath, [...program, ...args], { cwd: inRoot(), env, stdio: 'inherit' })
        process.on('SIGINT', () => {})
        process.on('SIGTERM', () => child.kill('SIGTERM'))
        child.once('error', reject)
        child.once('exit', (code) =>
          code === 0 ? resolve(0) : reject(new Error(`stopped with ${code ?? 'a signal'}; run it again to go on`)),
        )
      }),
  )
}
