import { afterAll, beforeAll, expect, it } from 'vitest'
import { decisionPoint } from '@/lib/platform/authz/client'
import { closePool } from '@/lib/platform/db/pool'
import { type AccessWorld, makeAccessWorld } from '@/lib/platform/testing/access-world'
import { ExportQuery } from '../schema'
import { exportDecisions } from './export-decisions'
import { flushDecisions } from './record-decisions'

let world: AccessWorld

beforeAll(async () => {
  world = await makeAccessWorld()
  await world.ask('evaluation', world.question())
  await world.ask(
    'evaluation',
    world.question({ action: { name: 'secret.retrieve' }, context: { password: 'hunter2' } }),
  )
  await flushDecisions()
})

afterAll(async () => {
  decisionPoint().close()
  await world.db.end()
  await closePool()
})

const linesOf = async (query: Record<string, unknown>) => {
  const response = await exportDecisions(world.org.as.admin, ExportQuery.parse(query))
  const text = await response.text()
  expect([response.headers.get('content-type'), text.includes('hunter2')]).toEqual(['application/x-ndjson', false])
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
}

it('gives every answer in both forms, and the trail says in which', async () => {
  const plain = await linesOf({})
  const events = await linesOf({ format: 'ocsf' })
  expect(events.map(({ metadata }) => metadata.uid)).toEqual(plain.map(({ id }) => id))
  expect(events).toMatchObject([
    { class_uid: 6003, action_id: 2, status_detail: 'no_rule', api: { operation: 'secret.retrieve' } },
    {
      class_uid: 6003,
      action_id: 1,
      type_uid: 600302,
      authorizations: [{ decision: 'Allow', policy: { name: plain[1].rule } }],
    },
  ])
  expect(await linesOf({ format: 'ocsf', outcome: 'denied' })).toHaveLength(1)
  const { rows } = await world.db.query(
    `SELECT after FROM audit_event WHERE org_id = $1 AND action = 'decision.export' ORDER BY seq`,
    [world.org.orgId],
  )
  expect(rows.map(({ after }) => after.format)).toEqual(['ndjson', 'ocsf', 'ocsf'])
})

it('is refused to who may not read the log', async () => {
  await expect(exportDecisions(world.org.as.member, ExportQuery.parse({ format: 'ocsf' }))).rejects.toMatchObject({
    code: 'forbidden',
  })
})
