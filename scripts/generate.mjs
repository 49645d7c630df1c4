// npm run generate -- --identities 1000000 --orgs 200 --seed 7: a large, skewed, realistic inventory by the product's own bulk
// path, into DATABASE_URL or a database of its own on the bundled server under .data/generated. May be run again: what is
// there already is left, what was interrupted is finished.
import { parseArgs } from 'node:util'
import { demandNode, ensureInstalled } from './lib/install.mjs'
import { report } from './lib/messages.mjs'

try {
  demandNode()
  await ensureInstalled()
  const { fleetOptions, generateInto, withGenerated } = await import('./lib/generated.mjs')
  const { values } = parseArgs({
    options: { identities: { type: 'string' }, orgs: { type: 'string' }, seed: { type: 'string' } },
  })
  const fleet = fleetOptions(values)
  await withGenerated(fleet, (services) => generateInto(fleet, services))
} catch (error) {
  report(error)
  process.exitCode = 1
}
