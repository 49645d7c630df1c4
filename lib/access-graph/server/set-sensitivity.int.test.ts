import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Context } from '@/lib/platform/context'
import { closePool } from '@/lib/platform/db/pool'
import { contextOf, warmUp } from '@/lib/platform/testing/context'
import { testDatabase } from '@/lib/platform/testing/database'
import { makeMember } from '../../../prisma/factories/organization'
import { makeSmallGraph, type SmallGraph } from '../../../prisma/factories/small-graph'
import type { SensitivityRuleInput } from '../worth'
import { createSensitivityRule } from './create-sensitivity-rule'
import { deleteSensitivityRule } from './delete-sensitivity-rule'
import { getSensitivityHistory } from './get-sensitivity-history'
import { listSensitivityRules } from './list-sensitivity-rules'
import { previewSensitivityRule } from './preview-sensitivity-rule'
import { setSensitivity } from './set-sensitivity'
import { updateSensitivityRule } from './update-sensitivity-rule'

let db: pg.Client
let graph: SmallGraph
let other: SmallGraph
let security: Context
let reviewer: Context
let member: Context

beforeAll(async () => {
  db = new pg.Client({ connectionString: (await testDatabase()).superuserUrl })
  await db.connect()
  graph = await makeSmallGraph(db)
  other = await makeSmallGraph(db)
  security = contextOf(graph.orgId, await makeMember(db, graph.orgId, 'security', 'Sam'))
  reviewer = contextOf(graph.orgId, await makeMember(db, graph.orgId, 'reviewer', 'Rae'))
  member = contextOf(graph.orgId, graph.owner)
  await warmUp(security)
})

afterAll(async () => {
  await db.end()
  await closePool()
})

const history = (id: string, ctx = security) => getSensitivityHistory(ctx, { id })

async function lastEvent() {
  const { rows } = await db.query(
    `SELECT action, target_id, reason, before, after FROM audit_event WHERE org_id = $1 ORDER BY seq DESC LIMIT 1`,
    [graph.orgId],
  )
  return rows[0]
}

const rule = (given: Partial<SensitivityRuleInput>): SensitivityRuleInput => ({
  name: 'Rule',
  system: null,
  kind: null,
  environment: null,
  pattern: null,
  sensitivity: 'restricted',
  position: 0,
  ...given,
})

describe('the sensitivity of a resource', () => {
  it('is what its source says until somebody says otherwise, with every change and its reason', async () => {
    const { logs, artifacts } = graph.resources
    expect(await history(logs)).toEqual({ current: 'internal', by: 'source', changes: [], can: { set: true } })
    expect(await history(artifacts)).toMatchObject({ current: null, by: 'nobody' })
    const set = await setSensitivity(security, {
      id: logs,
      sensitivity: 'restricted',
      reason: 'Has tokens',
      seen: 'internal',
    })
    expect(set).toMatchObject({
      current: 'restricted',
      by: 'hand',
      changes: [{ before: 'internal', after: 'restricted', by: 'hand', who: 'Sam', reason: 'Has tokens' }],
    })
    expect(await lastEvent()).toMatchObject({
      action: 'resource.sensitivity.set',
      target_id: logs,
      reason: 'Has tokens',
      before: { sensitivity: 'internal', byHand: null },
      after: { byHand: 'restricted' },
    })
    const back = await setSensitivity(security, { id: logs, sensitivity: null, reason: 'They are gone' })
    expect(back).toMatchObject({ current: 'internal', by: 'source' })
    expect(back.changes).toHaveLength(2)
  })

  it('is not set over what the caller has not seen, and leaves no trace where nothing changes', async () => {
    const { vault } = graph.resources
    const set = (sensitivity: 'internal' | 'restricted', seen: 'public' | 'confidential' | undefined) =>
      setSensitivity(security, { id: vault, sensitivity, reason: 'r', ...(seen ? { seen } : {}) })
    await expect(set('internal', 'public')).rejects.toMatchObject({ code: 'conflict' })
    await set('restricted', 'confidential')
    const before = await lastEvent()
    expect((await set('restricted', undefined)).changes).toHaveLength(1)
    expect(await lastEvent()).toEqual(before)
  })

  it('is for who may classify', async () => {
    const input = { id: graph.resources.old, sensitivity: 'public' as const, reason: 'r' }
    for (const ctx of [reviewer, member])
      await expect(setSensitivity(ctx, input)).rejects.toMatchObject({ code: 'forbidden' })
    expect((await history(graph.resources.old, reviewer)).can).toEqual({ set: false })
    await expect(history(graph.resources.old, member)).rejects.toMatchObject({ code: 'forbidden' })
    await expect(setSensitivity(security, { ...input, id: other.resources.old })).rejects.toMatchObject({
      code: 'not_found',
    })
  })
})

describe('rules of sensitivity', () => {
  it('decide in their order what nobody has decided by hand', async () => {
    const { archive, artifacts, vault } = graph.resources
    const buckets = await createSensitivityRule(
      security,
      rule({ name: 'Buckets', kind: 'bucket', sensitivity: 'internal' }),
    )
    expect(buckets).toMatchObject({ resources: 4, version: 1, position: 0 })
    expect(await history(archive)).toMatchObject({ current: 'internal', by: 'rule', changes: [{ who: 'Buckets' }] })
    const preview = await previewSensitivityRule(security, { sensitivity: 'restricted', pattern: 'AR*', position: 0 })
    expect(preview).toMatchObject({ matches: 2, decides: 2, changes: 2 })
    expect(preview.samples.map(({ name }) => name)).toEqual(['archive', 'artifacts'])
    const behind = await previewSensitivityRule(security, { sensitivity: 'restricted', pattern: 'AR*', position: 1 })
    expect(behind).toMatchObject({ matches: 2, decides: 0, changes: 0, samples: [] })
    const named = await createSensitivityRule(security, rule({ name: 'Named', pattern: 'ar*' }))
    const { items, can } = await listSensitivityRules(security)
    expect(items.map(({ name, position, resources }) => [name, position, resources])).toEqual([
      ['Named', 0, 2],
      ['Buckets', 1, 2],
    ])
    expect(can).toEqual({ change: true })
    expect(await history(artifacts)).toMatchObject({ current: 'restricted', by: 'rule' })
    expect(await history(vault)).toMatchObject({ by: 'hand' })
    await deleteSensitivityRule(security, { id: named.id })
    expect(await lastEvent()).toMatchObject({
      action: 'sensitivity_rule.delete',
      before: { name: 'Named', pattern: 'ar*' },
      after: { resourcesChanged: 2 },
    })
    expect(await history(artifacts)).toMatchObject({ current: 'internal', by: 'rule' })
  })

  it('are not changed over what the caller has not seen', async () => {
    const [first] = (await listSensitivityRules(security)).items
    if (!first) throw new Error('there is no rule')
    const { resources: _resources, ...seen } = first
    const updated = await updateSensitivityRule(security, { ...seen, system: '', sensitivity: 'confidential' })
    expect(updated).toMatchObject({ version: 2, system: null, sensitivity: 'confidential' })
    expect(await history(graph.resources.old)).toMatchObject({ current: 'confidential', by: 'rule' })
    await expect(updateSensitivityRule(security, seen)).rejects.toMatchObject({ code: 'conflict' })
  })

  it('are for who may change them', async () => {
    const [first] = (await listSensitivityRules(reviewer)).items
    if (!first) throw new Error('there is no rule')
    expect((await listSensitivityRules(reviewer)).can).toEqual({ change: false })
    await expect(createSensitivityRule(reviewer, rule({}))).rejects.toMatchObject({ code: 'forbidden' })
    await expect(deleteSensitivityRule(reviewer, { id: first.id })).rejects.toMatchObject({ code: 'forbidden' })
    await expect(listSensitivityRules(member)).rejects.toMatchObject({ code: 'forbidden' })
    const foreign = contextOf(other.orgId, await makeMember(db, other.orgId, 'admin', 'Zed'))
    await expect(deleteSensitivityRule(foreign, { id: first.id })).rejects.toMatchObject({ code: 'not_found' })
  })
})
