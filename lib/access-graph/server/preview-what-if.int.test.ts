import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Context } from '@/lib/platform/context'
import { closePool } from '@/lib/platform/db/pool'
import { contextOf, warmUp } from '@/lib/platform/testing/context'
import { testDatabase } from '@/lib/platform/testing/database'
import { makeMember } from '../../../prisma/factories/organization'
import { makeSmallGraph, type SmallGraph } from '../../../prisma/factories/small-graph'
import { previewWhatIf } from './preview-what-if'
import { closeGraphs } from './serve-graph'

let db: pg.Client
let graph: SmallGraph
let other: SmallGraph
let security: Context
let stranger: Context

beforeAll(async () => {
  db = new pg.Client({ connectionString: (await testDatabase()).superuserUrl })
  await db.connect()
  graph = await makeSmallGraph(db)
  other = await makeSmallGraph(db)
  security = contextOf(graph.orgId, await makeMember(db, graph.orgId, 'security', 'Sam'))
  stranger = contextOf(graph.orgId, await makeMember(db, graph.orgId, 'member', 'Nia'))
  await warmUp(security)
})

afterAll(async () => {
  await closeGraphs()
  await db.end()
  await closePool()
})

type Changes = Omit<Parameters<typeof previewWhatIf>[1], 'id'>
const ask = (changes: Changes, ctx = security, id = graph.identities.deployer) => previewWhatIf(ctx, { ...changes, id })
const lost = (answer: Awaited<ReturnType<typeof ask>>) =>
  answer.lost.map(({ resource, before, after }) => [resource.name, before, after])
const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString()

describe('what if', () => {
  it('changes nothing where nothing is changed', async () => {
    const { before, after, ...rest } = await ask({})
    expect(after).toEqual(before)
    expect(rest).toMatchObject({ lost: [], lostTotal: 0, losers: [], losersTotal: 0 })
  })

  it('leaves what another edge of the same two rows gives', async () => {
    const { write, read } = graph.edges
    const one = await ask({ cutEdges: [write] })
    expect(lost(one)).toEqual([['artifacts', 'write', 'read']])
    expect(one.after.resources).toBe(4)
    expect(one.after.score).toBeLessThan(one.before.score)
    expect((await ask({ cutEdges: [read] })).after).toEqual(one.before)
    const both = await ask({ cutEdges: [write, read] })
    expect(lost(both)).toEqual([['artifacts', 'write', null]])
    expect(both.after.resources).toBe(3)
    expect(both.losers.map(({ node }) => node.name)).toEqual(['builder'])
  })

  it('leads through a stored secret as long as another one of the same identity lies there', async () => {
    const { stored, storedToo } = graph.credentials
    const one = await ask({ cutCredentials: [stored] })
    expect(lost(one)).toEqual([])
    expect(one.before.persistence).toEqual({ hours: 8760, isUnbounded: true, credential: null })
    // Its own longest credential decides now.
    expect(one.after.persistence).toMatchObject({ isUnbounded: false, credential: { name: 'later' } })
    expect(one.after.persistence.hours).toBeCloseTo(90 * 24, -1)
    const both = await ask({ cutCredentials: [stored, storedToo] })
    expect(lost(both)).toEqual([['orders', 'admin', null]])
    expect(both.after.identities).toBe(1)
    expect(both.losers.map(({ node }) => node.name)).toEqual(['auditor', 'builder'])
    expect(both.losers[0]?.lastUsedAt).not.toBeNull()
    const mixed = await ask({ cutCredentials: [stored], cutEdges: [graph.edges.storesToo] })
    expect(lost(mixed)).toEqual([['orders', 'admin', null]])
    const ended = await ask({ cutCredentials: [stored], shorten: [{ credentialId: storedToo, expiresAt: inDays(-1) }] })
    expect(lost(ended)).toEqual([['orders', 'admin', null]])
  })

  it('shortens lives', async () => {
    const { stored, storedToo, soon, later } = graph.credentials
    const answer = await ask({
      cutCredentials: [stored, soon],
      shorten: [
        { credentialId: later, expiresAt: inDays(2) },
        { credentialId: storedToo, expiresAt: inDays(4) },
      ],
    })
    expect(answer.after.persistence.isUnbounded).toBe(false)
    // Whom it can become is `builder` for 20 days.
    expect(answer.after.persistence.hours).toBeLessThanOrEqual(20 * 24)
    expect(answer.after.score).toBeLessThan(answer.before.score)
  })

  it('lowers privileges', async () => {
    const answer = await ask({ lower: [{ edgeId: graph.edges.secrets, privilege: 'read' }] })
    expect(lost(answer)).toEqual([
      ['orders', 'admin', null],
      ['vault', 'secret_read', 'read'],
    ])
    expect(answer.lost[1]?.lastUsedAt).not.toBeNull()
  })

  it('names what was changed, wherever it lies', async () => {
    const { stored, soon } = graph.credentials
    const { write, secrets, stores } = graph.edges
    const { changed } = await ask({
      cutEdges: [write, stores],
      lower: [{ edgeId: secrets, privilege: 'read' }],
      cutCredentials: [stored],
      shorten: [{ credentialId: soon, expiresAt: inDays(1) }],
    })
    expect(changed.edges.map(({ edgeId, kind, level, to }) => [edgeId, kind, level, to.name])).toEqual([
      [write, 'grants', 'write', 'artifacts'],
      [stores, 'stores', null, expect.any(String)],
      [secrets, 'grants', 'secret_read', 'vault'],
    ])
    expect(changed.credentials.map(({ node, holder }) => [node.id, holder?.name])).toEqual([
      [stored, 'database'],
      [soon, 'deployer'],
    ])
    const from = await ask({ cutEdges: [write] }, security, graph.identities.auditor)
    expect(from.changed.edges[0]).toMatchObject({ edgeId: write, from: { name: expect.any(String) } })
  })

  it('says which change is none', async () => {
    const { secrets, become, stores } = graph.edges
    const lower = (edgeId: string, privilege: 'read' | 'admin' | 'secret_read') =>
      ask({ lower: [{ edgeId, privilege }] })
    await expect(lower(secrets, 'admin')).rejects.toMatchObject({
      code: 'invalid_input',
      fields: { 'lower.0.privilege': 'Choose less than secret read, which it grants now.' },
    })
    await expect(lower(secrets, 'secret_read')).rejects.toMatchObject({ code: 'invalid_input' })
    await expect(lower(become, 'read')).rejects.toMatchObject({ fields: { 'lower.0.edgeId': expect.any(String) } })
    const shorten = (credentialId: string, expiresAt: string) => ask({ shorten: [{ credentialId, expiresAt }] })
    await expect(shorten(graph.credentials.soon, inDays(20))).rejects.toMatchObject({
      fields: { 'shorten.0.expiresAt': expect.stringContaining('Choose a moment before') },
    })
    await expect(ask({ cutEdges: [stores, other.edges.write] })).rejects.toMatchObject({
      code: 'not_found',
      fields: { 'cutEdges.1': expect.any(String) },
    })
    await expect(ask({ cutCredentials: [other.credentials.soon] })).rejects.toMatchObject({ code: 'not_found' })
    await expect(ask({}, security, other.identities.deployer)).rejects.toMatchObject({ code: 'not_found' })
    await expect(ask({}, stranger)).rejects.toMatchObject({ code: 'forbidden' })
  })
})
