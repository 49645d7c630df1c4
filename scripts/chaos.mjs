// npm run -s chaos -- lifecycle [--runs N] [--systems a,b] [--seed N]: rotates and revokes accounts of real servers while the worker
// is killed at random, and prints one JSON object as the last line.
import { parseArgs } from 'node:util'
import { demandNode, ensureInstalled } from './lib/install.mjs'
import { Mendable, report } from './lib/messages.mjs'

try {
  demandNode()
  await ensureInstalled()
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { runs: { type: 'string' }, systems: { type: 'string' }, seed: { type: 'string' } },
  })
  const [name = ''] = positionals
  if (name !== 'lifecycle') throw new Mendable(`There is no chaos "${name}".`, 'There is: lifecycle.')
  const { inRoot } = await import('./lib/layout.mjs')
  const { runNode, withTrial } = await import('./lib/trial.mjs')
  const args = Object.entries(values).flatMap(([key, value]) => [`--${key}`, String(value)])
  process.exitCode = await withTrial({ folder: 'chaos-lifecycle', bundles: ['worker'] }, (env, bundle) =>
    runNode(['--conditions=react-server', '--import', 'tsx', inRoot('bench', 'chaos-lifecycle.ts'), ...args], {
      ...process.env,
      ...env,
      OUTBOUND_LOOPBACK: 'true',
      CHAOS_WORKER: bundle('worker'),
    }),
  )
} catch (error) {
  report(error)
  process.exitCode = 1
}
