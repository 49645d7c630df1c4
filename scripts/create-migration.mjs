// npm run migration -- <name>: writes the SQL between the migrations and prisma/schema into a new migration.
// Read it before you commit it; policies for row-level security, grants and functions are yours to add.
import fs from 'node:fs'
import { inRoot } from './lib/layout.mjs'
import { Mendable, report } from './lib/messages.mjs'
import { diffSchema } from './lib/schema-engine.mjs'
import { ensureTestServices } from './lib/test-services.mjs'

try {
  const name = process.argv[2]?.toLowerCase().replaceAll(/[^a-z0-9]+/g, '_')
  if (!name) throw new Mendable('A migration needs a name.', 'npm run migration -- add_team_colour')
  const sql = await diffSchema(await ensureTestServices())
  if (sql === '') {
    process.stdout.write('The migrations and prisma/schema agree: nothing to write.\n')
  } else {
    const time = new Date().toISOString().replaceAll(/\D/g, '').slice(0, 14)
    const folder = inRoot('prisma', 'migrations', `${time}_${name}`)
    fs.mkdirSync(folder, { recursive: true })
    fs.writeFileSync(`${folder}/migration.sql`, sql)
    process.stdout.write(`prisma/migrations/${time}_${name}/migration.sql\n`)
  }
} catch (error) {
  report(error)
  process.exitCode = 1
}
