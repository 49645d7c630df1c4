import { verifyChainOf } from '../lib/audit/server/verify-chain'
import { listOrganizations } from '../lib/platform/auth/resolve-organization'
import { closePool } from '../lib/platform/db/pool'

/** Recomputes every organization's chain. Exit 0: all intact; 1: one is not, and its first bad event is named; 2: could not tell. */
async function main(): Promise<number> {
  const organizations = await listOrganizations()
  let events = 0
  let broken = 0
  for (const { id, slug } of organizations) {
    const report = await verifyChainOf(id)
    events += report.events
    if (!report.firstBad) continue
    broken += 1
    const { seq, id: eventId, problem, detail } = report.firstBad
    console.log(`${slug}: event ${seq}${eventId ? ` (${eventId})` : ''} is ${problem.replace('_', ' ')}: ${detail}`)
  }
  console.log(`${events} events of ${organizations.length} organizations verified, ${broken} chains broken`)
  return broken === 0 ? 0 : 1
}

void main()
  .catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error))
    return 2
  })
  .then(async (code) => {
    await closePool()
    process.exit(code)
  })
