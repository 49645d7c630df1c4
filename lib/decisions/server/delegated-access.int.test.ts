import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decisionPoint } from '@/lib/platform/authz/client'
import { closePool } from '@/lib/platform/db/pool'
import { type AccessWorld, makeAccessWorld } from '@/lib/platform/testing/access-world'
import { testOrganization } from '@/lib/platform/testing/organization'
import { makeEdge, makeIdentity, makeOwnership, makeResource } from '@/prisma/factories/inventory'
import { makeSource } from '@/prisma/factories/organization'
import { flushDecisions } from './record-decisions'

let world: AccessWorld
/** A person who answers for an agent; it hands over to a tool, and that to the service which may write into the bucket. */
let person: string
let agent: string
let tool: string

beforeAll(async () => {
  world = await makeAccessWorld()
  const { db, org, place, service, bucket, grant } = world
  person = org.users.member.email
  agent = await newAgent('agent-of-orders')
  await makeOwnership(db, org.orgId, agent, {
    ...{ owner_key: `user:${org.users.member.userId}`, label: 'Member', state: 'confirmed' },
  })
  tool = await makeResource(db, place, 'order-tools', { environment: 'production', sensitivity: 'internal' })
  await db.query(`UPDATE resource SET kind = 'tool', external_id = 'order-tools' WHERE id = $1`, [tool])
  await grant(agent, tool, 'write')
  await grant(agent, bucket, 'write')
  await link('delegates_to', ['resource', tool], ['identity', service])
})

afterAll(async () => {
  await flushDecisions()
  decisionPoint().close()
  await world.db.end()
  await closePool()
})

const newAgent = (name: string, more: Record<string, unknown> = {}) =>
  makeIdentity(world.db, world.place, { external_id: name, kind: 'ai_agent', environment: 'production', ...more })

type End = readonly [type: 'identity' | 'resource', id: string]

const link = (kind: string, [fromType, from]: End, [toType, to]: End) =>
  makeEdge(world.db, world.place, {
    ...{ kind, from: { type: fromType, id: from }, to: { type: toType, id: to }, basis: 'declared' },
  })

async function answer(context: Record<string, unknown>, over: Record<string, unknown> = {}) {
  const { body } = await world.ask('evaluation', world.question({ action: { name: 'write' }, context, ...over }))
  return [body.decision, body.context.reason]
}

const yes = [true, 'entitled']
const inLine = () => [person, agent, { type: 'tool', id: 'order-tools' }]

describe('who acts for whom', () => {
  it('is looked at from the person to the identity that is used, and written down', async () => {
    expect(await answer({ delegation: inLine() })).toEqual(yes)
    const { body } = await world.ask(
      'evaluation',
      world.question({ action: { name: 'write' }, context: { delegation: inLine() } }),
    )
    await flushDecisions()
    const { rows } = await world.db.query('SELECT facts FROM decision WHERE org_id = $1 AND id = $2', [
      world.org.orgId,
      body.context.id,
    ])
    expect(rows[0].facts.resource.chain).toMatchObject([
      { type: 'user', id: person, known: true, isLet: true, isEnough: 'unknown' },
      { type: 'identity', id: agent, known: true, isLet: true, isEnough: 'yes' },
      { type: 'tool', id: 'order-tools', known: true, isLet: true, isEnough: 'unknown' },
      { isSubject: true, known: true, isLet: true },
    ])
  })

  it('is no right of its own: whoever acts for another holds by itself what is asked for', async () => {
    const weak = await newAgent('agent-without-rights')
    await makeOwnership(world.db, world.org.orgId, weak, {
      ...{ owner_key: `user:${world.org.users.member.userId}`, label: 'Member', state: 'confirmed' },
    })
    await link('delegates_to', ['identity', weak], ['identity', world.service])
    expect(await answer({ delegation: [person, weak] })).toEqual([false, 'delegate_not_entitled'])
    await world.grant(weak, world.bucket, 'write')
    expect(await answer({ delegation: [person, weak] })).toEqual(yes)
    // The claim `act` nests from the one who acts now.
    expect(await answer({ actors: [weak] })).toEqual(yes)
    await world.db.query(`UPDATE identity SET status = 'disabled' WHERE id = $1`, [weak])
    expect(await answer({ actors: [weak] })).toEqual([false, 'delegate_not_in_order'])
  })

  it('takes a link that the inventory knows, and that has not ended', async () => {
    const stranger = world.org.users.auditor.email
    expect(await answer({ delegation: [stranger, agent, { type: 'tool', id: 'order-tools' }] })).toEqual([
      ...[false, 'not_delegated'],
    ])
    // Somebody is left out.
    expect(await answer({ delegation: [person, { type: 'tool', id: 'order-tools' }] })).toEqual([
      false,
      'not_delegated',
    ])
    await world.db.query(
      `UPDATE entitlement SET expires_at = now() - interval '1 second' WHERE org_id = $1 AND from_id = $2`,
      [world.org.orgId, tool],
    )
    expect(await answer({ delegation: inLine() })).toEqual([false, 'not_delegated'])
    await world.db.query(`UPDATE entitlement SET expires_at = NULL WHERE org_id = $1 AND from_id = $2`, [
      world.org.orgId,
      tool,
    ])
    expect(await answer({ delegation: inLine() })).toEqual(yes)
  })

  it.each([
    ['nobody whom the inventory knows', { actors: ['rogue'] }, 'delegate_unknown'],
    ['something that is no name', { actors: [{ sub: 'x' }] }, 'delegate_unknown'],
    ['a number', { actors: 7 }, 'delegate_unknown'],
    ['a list in a list', { delegation: [['x']] }, 'delegate_unknown'],
    ['more than anybody could follow', { actors: Array.from({ length: 40 }, () => 'rogue') }, 'delegation_too_long'],
  ])('says no to %s', async (_title, context, reason) => {
    expect(await answer(context)).toEqual([false, reason])
  })

  it('is nothing where the subject acts for itself, whatever its client is called', async () => {
    expect(await answer({ agent: 'client-7', actors: [] })).toEqual(yes)
  })

  it('counts the client that holds a person’s token as one who acts', async () => {
    const subject = { type: 'user', id: person }
    for (const type of ['user', 'identity'])
      expect(await answer({ agent: 'rogue-client' }, { subject: { type, id: person } })).toEqual([
        false,
        'delegate_unknown',
      ])
    // The person holds nothing by the inventory; the chain is whole.
    expect(await answer({ agent: 'agent-of-orders' }, { subject })).toEqual([false, 'no_rule'])
  })

  it('knows nobody of another organization', async () => {
    const other = await testOrganization()
    const place = { orgId: other.orgId, sourceId: await makeSource(world.db, other.orgId) }
    await makeIdentity(world.db, place, { external_id: 'agent-elsewhere', kind: 'ai_agent' })
    expect(await answer({ actors: ['agent-elsewhere'] })).toEqual([false, 'delegate_unknown'])
    expect(await answer({ delegation: [other.users.member.email, agent] })).toEqual([false, 'delegate_unknown'])
  })

  it('is judged for each question of a batch by itself', async () => {
    const { body } = await world.ask('evaluations', {
      evaluations: [{ delegation: inLine() }, { actors: ['rogue'] }, {}].map((context) =>
        world.question({ action: { name: 'write' }, context }),
      ),
    })
    expect(body.evaluations.map(({ decision }: { decision: boolean }) => decision)).toEqual([true, false, true])
  })
})
