// npm run test:connectors: every live connector against its real server; a table of what is proved, and figures as JSON.

import { spawn } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { connectorsSummary, connectorsTable } from './lib/connectors-table.mjs'
import { demandNode, demandPlatform, ensureInstalled } from './lib/install.mjs'
import { inRoot, root } from './lib/layout.mjs'
import { report } from './lib/messages.mjs'

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'bailiwick-connectors-'))
const place = path.join(folder, 'report.json')
try {
  demandNode()
  demandPlatform()
  await ensureInstalled()
  // A run of its own: the servers of these tests are no services of the suite.
  const args = [inRoot('node_modules', 'vitest', 'vitest.mjs'), 'run', '--project', 'integration', '--reporter=dot']
  const code = await new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...args, 'lib/connectors/conformance'], {
      cwd: root,
      env: { ...process.env, CONNECTORS_REPORT: place },
      // What the runner says goes beside the table, which is all that this command answers with.
      stdio: ['ignore', process.stderr, process.stderr],
    })
    child.once('error', reject)
    child.once('exit', resolve)
  })
  // Systems that can be changed, and those that can be looked at only.
  const results = [place, `${place}.discovery`].flatMap((file) => {
    if (!fs.existsSync(file)) throw new Error('The conformance run ended without a report.')
    return JSON.parse(fs.readFileSync(file, 'utf8'))
  })
  const summary = connectorsSummary(results)
  process.stdout.write(`${connectorsTable(results)}\n`)
  for (const { system, skipped } of results) if (skipped) process.stdout.write(`skipped: ${system}: ${skipped}\n`)
  process.stdout.write(`${JSON.stringify(summary)}\n`)
  process.exitCode = code === 0 && summary.failed.length === 0 ? 0 : 1
} catch (error) {
  report(error)
  process.exitCode = 1
} finally {
  fs.rmSync(folder, { recursive: true, force: true })
}
