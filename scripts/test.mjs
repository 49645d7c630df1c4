// npm test: everything, from a fresh clone. `npm test -- check`, `-- integration [path]`, `-- chaos [options]`, `-- e2e [path]` run
// one part.
import { demandNode, demandPlatform, ensureInstalled } from './lib/install.mjs'
import { report } from './lib/messages.mjs'

try {
  demandNode()
  demandPlatform()
  await ensureInstalled()
} catch (error) {
  report(error)
  process.exit(1)
}

const { runSuite } = await import('./lib/suite.mjs')
await runSuite(process.argv.slice(2))
