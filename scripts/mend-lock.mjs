// npm run lock: run after every change of package-lock.json.
import fs from 'node:fs'
import { inRoot } from './lib/layout.mjs'
import { missingEntries, withMissingEntries } from './lib/lockfile.mjs'

const file = inRoot('package-lock.json')
const lock = JSON.parse(fs.readFileSync(file, 'utf8'))
const missing = missingEntries(lock)
if (missing.length > 0) fs.writeFileSync(file, `${JSON.stringify(withMissingEntries(lock), null, 2)}\n`)
process.stdout.write(
  missing.length > 0 ? `Put back: ${missing.map(({ name }) => name).join(', ')}\n` : 'Nothing is missing.\n',
)
