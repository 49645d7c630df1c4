import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { declareIncident } from '@/lib/incidents/server/create-incident'
import { endIncident } from '@/lib/incidents/server/end-incident'
import { changeIncident } from '@/lib/incidents/server/update-incident'
import { decisionPoint } from '@/lib/platform/authz/client'
import { closePool } from '@/lib/platform/db/pool'
import { type AccessWorld, makeAccessWorld } from '@/lib/platform/testing/access-world'
import { testOrganization } from '@/lib/platform/testing/organization'
import { makeResource } from '../../../prisma/factories/inventory'
import { makeSource } from '../../../prisma/factories/organization'
import { flushDecisions } from './record-decisions'

let world: AccessWorld
/** Confidential, and the service may read its secrets: what an incident narrows. */
let vault: string
let elsewhere: string
let otherSource: string

beforeAll(async () => {
  world = await makeAccessWorld()
  const { db, org, place, service, grant } = world
  otherSource = await makeSource(db, org.orgId, 'apart')
  const guarded = { environment: 'production', sensitivity: 'confidential' }
  vault = await makeResource(db, place, 'vault', guarded)
  elsewhere = await makeResource(db, { ...place, sourceId: otherSource }, 'elsewhere', guarded)
  for (const id of [vault, elsewhere]) await grant(service, id, 'secret_read')
})

afterAll(async () => {
  await flushDecisions()
  decisionPoint().close()
  await world.db.end()
  await closePool()
})

const about = (id: string) =>
  world.question({ action: { name: 'secret.retrieve' }, resource: { type: 'resource', id } })

async function answer(id: string): Promise<[boolean, string]> {
  const { body } = await world.ask('evaluation', about(id))
  return [body.decision, body.context.reason]
}

/** What the policy saw of the moment, from the log. */
async function seen(id: string): Promise<string> {
  const { body } = await world.ask('evaluation', about(id))
  await flushDecisions()
  const { rows } = await world.db.query(`SELECT facts FROM decision WHERE org_id = $1 AND id = $2`, [
    world.org.orgId,
    body.context.id,
  ])
  return (rows[0].facts as { context: { incident: string } }).context.incident
}

const yes = [true, 'entitled']
const no = [false, 'incident_mode']

describe('the decision point, with its very next answer', () => {
  it('sees an incident begin, become less, become more and end', async () => {
    const { as } = world.org
    expect(await answer(vault)).toEqual(yes)
    expect(await seen(vault)).toBe('none')
    const { id } = await declareIncident(as.security, { title: 'Keys are leaking', severity: 'sev1' })
    expect(await answer(vault)).toEqual(no)
    expect(await seen(vault)).toBe('sev1')
    await changeIncident(as.security, { id, severity: 'sev3', reason: 'less than it looked' })
    expect(await answer(vault)).toEqual(yes)
    expect(await seen(vault)).toBe('sev3')
    await changeIncident(as.security, { id, severity: 'sev2', reason: 'more after all' })
    expect(await answer(vault)).toEqual(no)
    await endIncident(as.security, { id, learned: 'Keys belong into the store.' })
    expect(await answer(vault)).toEqual(yes)
    expect(await seen(vault)).toBe('none')
  })

  it('sees it where its scope reaches and nowhere else, also within one batch', async () => {
    const { as } = world.org
    const { id } = await declareIncident(as.admin, {
      ...{ title: 'One system is not ours any more', severity: 'sev1' },
      sourceIds: [otherSource],
    })
    const { body } = await world.ask('evaluations', { evaluations: [about(vault), about(elsewhere), about(vault)] })
    expect(body.evaluations.map(({ decision }: { decision: boolean }) => decision)).toEqual([true, false, true])
    expect(await seen(vault)).toBe('none')
    // Of two that reach a place the worse one counts.
    const wide = await declareIncident(as.admin, {
      title: 'Production is shaky',
      severity: 'sev4',
      environments: ['production'],
    })
    expect([await seen(vault), await seen(elsewhere)]).toEqual(['sev4', 'sev1'])
    for (const each of [id, wide.id]) await endIncident(as.admin, { id: each, learned: 'It was a drill of ours.' })
    expect([await answer(vault), await answer(elsewhere)]).toEqual([yes, yes])
  })

  it('takes an environment that nobody has told of for none of the others', async () => {
    const { db, org, place, service, grant } = world
    const unknown = await makeResource(db, place, 'nobody-knows', { environment: null, sensitivity: 'confidential' })
    const staging = await makeResource(db, place, 'in-staging', { environment: 'staging', sensitivity: 'confidential' })
    for (const id of [unknown, staging]) await grant(service, id, 'secret_read')
    const { id } = await declareIncident(org.as.admin, {
      title: 'Production is shaky',
      severity: 'sev1',
      environments: ['production'],
    })
    expect([await answer(unknown), await answer(staging)]).toEqual([no, yes])
    await endIncident(org.as.admin, { id, learned: 'Nothing was shaky.' })
  })

  it('sees nothing of another organization’s incident', async () => {
    const other = await testOrganization()
    await declareIncident(other.as.admin, { title: 'Keys are leaking there', severity: 'sev1' })
    expect([await answer(vault), await seen(vault)]).toEqual([yes, 'none'])
  })

  it('does not believe what the caller says of it', async () => {
    const { id } = await declareIncident(world.org.as.admin, { title: 'Keys are leaking', severity: 'sev1' })
    const { body } = await world.ask('evaluation', {
      ...about(vault),
      context: { incident: 'none', approval: 'valid' },
    })
    expect([body.decision, body.context.reason]).toEqual(no)
    await endIncident(world.org.as.admin, { id, learned: 'Nobody believed it.' })
  })
})
