import fs from 'node:fs'
import pg from 'pg'
import { CreateApiKeyInput } from '../lib/api-keys/schema'
import { createApiKey } from '../lib/api-keys/server/create-api-key'
import { UpdateDirectoryInput } from '../lib/decisions/schema'
import { updateDirectory } from '../lib/decisions/server/update-directory'
import { decisionPoint } from '../lib/platform/authz/client'
import { closePool } from '../lib/platform/db/pool'
import { contextOf, warmUp } from '../lib/platform/testing/context'
import { makeMember, makeOrganization } from '../prisma/factories/organization'

/** Makes an organization that told of a published scenario, and prints the API key by which it is asked about anybody. */
const [file = ''] = process.argv.slice(2)
const db = new pg.Client({ connectionString: process.env.BENCH_SUPERUSER_URL })
await db.connect()
const orgId = await makeOrganization(db, 'Scenario')
const admin = contextOf(orgId, await makeMember(db, orgId, 'admin', 'Ada'))
await warmUp(admin)
await updateDirectory(admin, UpdateDirectoryInput.parse(JSON.parse(fs.readFileSync(file, 'utf8'))))
const expiresAt = new Date(Date.now() + 86_400_000).toISOString()
const key = CreateApiKeyInput.parse({ name: 'vectors', scopes: ['decisions:ask_any'], expiresAt })
process.stdout.write(`${(await createApiKey(admin, key)).token}\n`)
await db.end()
decisionPoint().close()
await closePool()
// What was looked up on the way keeps connections of its own.
process.exit(0)
