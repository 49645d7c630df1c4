// npm run migrate: brings a database up to this build and ends. With DATABASE_URL (and MIGRATE_DATABASE_URL, the owner's
// login) it works on that one; `npm start` migrates the bundled one by itself.
import { Mendable, report, say } from './lib/messages.mjs'
import { prepareDatabase } from './lib/services.mjs'

try {
  const databaseUrl = process.env.DATABASE_URL
  if (!databaseUrl)
    throw new Mendable(
      'DATABASE_URL is missing.',
      'Name the database to migrate; `npm start` migrates the bundled one by itself.',
    )
  await prepareDatabase({ databaseUrl, ownerUrl: process.env.MIGRATE_DATABASE_URL || databaseUrl })
  say('The database is of this version.')
} catch (error) {
  report(error)
  process.exitCode = 1
}
