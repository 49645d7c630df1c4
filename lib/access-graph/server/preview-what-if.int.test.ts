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

  it('says when the last live credential goes or ends earlier, with its last use', async () => {
    const { soon, later } = graph.credentials
    const own = async (changes: Changes, id = graph.identities.deployer) =>
      (await ask(changes, security, id)).lastCredential
    expect(await own({})).toBeNull()
    // Another one lives longer, or the other one does.
    expect(await own({ cutCredentials: [soon] })).toBeNull()
    expect(await own({ shorten: [{ credentialId: soon, expiresAt: inDays(2) }] })).toBeNull()
    expect(await own({ cutCredentials: [graph.credentials.stored] })).toBeNull()
    const both = await ask({ cutCredentials: [soon, later] })
    expect(both).toMatchObject({ lastCredential: { endsAt: null, lastUsedAt: null }, lostTotal: 0 })
    const used = new Date(Date.now() - 86_400_000).toISOString()
    await db.query('UPDATE credential SET last_used_at = $2 WHERE id = $1', [later, used])
    expect(await own({ cutCredentials: [soon, later] })).toEqual({ endsAt: null, lastUsedAt: used })
    const end = inDays(2)
    const shorten = [{ credentialId: later, expiresAt: end }]
    expect(await own({ cutCredentials: [soon], shorten })).toEqual({ endsAt: end, lastUsedAt: used })
    // What is left ends in ten days, whatever becomes of the other.
    expect((await own({ cutCredentials: [later] }))?.endsAt?.slice(0, 10)).toBe(inDays(10).slice(0, 10))
    expect(await own({ cutCredentials: [soon] }, graph.identities.idle)).toBeNull()
  })

  it('lowers privileges', async () => {
    const answer = await ask({ lower: [{ edgeId: graph.edges.secrets, privilege: 'read' }] })
    expect(lost(answer)).toEqual([
      ['orders', 'admin', null],
      ['vault', 'secret_read', 'read'],
    ])
    expect(answer.lost[1]?.lastUsedAt).not.toBeNull()
  })

  it('tells what the changes are about, and what is left between the rows of the picture', async () => {
    const { write, read, secrets } = graph.edges
    const one = await ask({ cutEdges: [read], cutCredentials: [graph.credentials.stored] })
    expect(one.steps).toMatchObject([
      { edgeId: read, kind: 'grants', level: 'read', from: { name: 'builder' }, to: { name: 'artifacts' } },
    ])
    expect(one.credentials).toMatchObject([
      {
        id: graph.credentials.stored,
        name: 'stored',
        holder: 'database',
        identityId: graph.identities.database,
        source: { system: 'kubernetes' },
      },
    ])
    // Another grant gives more, and another secret of the same identity lies there.
    expect(one.ways).toEqual([])
    const two = await ask({ cutEdges: [read, write], lower: [{ edgeId: secrets, privilege: 'read' }] })
    expect(two.ways.map(({ from, to, kind, level }) => [from.id, to.id, kind, level])).toEqual(
      expect.arrayContaining([
        [graph.identities.builder, graph.resources.artifacts, 'grants', null],
        [graph.identities.deployer, graph.resources.vault, 'grants', 'read'],
      ]),
    )
    expect(two.ways.map(({ to }) => to.group)).toContain('group:resource:aws:secret_store')
    expect(two.gone).toEqual([])
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

  it('tells what the sources no longer tell of, which is done', async () => {
    const gone = await makeSmallGraph(db)
    const member = contextOf(gone.orgId, await makeMember(db, gone.orgId, 'security', 'Sue'))
    const changes = { cutEdges: [gone.edges.become], cutCredentials: [gone.credentials.soon] }
    const before = await ask(changes, member, gone.identities.deployer)
    expect(before.gone).toEqual([])
    expect(before.after.identities).toBe(before.before.identities - 1)
    await db.query('UPDATE entitlement SET deleted_at = now() WHERE id = $1', [gone.edges.become])
    await db.query(`UPDATE credential SET deleted_at = now() WHERE id = $1`, [gone.credentials.soon])
    const after = await ask(changes, member, gone.identities.deployer)
    expect(after.gone).toEqual([gone.edges.become, gone.credentials.soon])
    expect(after.steps).toMatchObject([{ from: { name: 'deployer' }, to: { name: 'builder' } }])
    expect(after.credentials).toMatchObject([{ name: 'soon', holder: 'deployer' }])
    expect(after.after).toEqual(after.before)
    expect(after.ways).toEqual([])
  })
})
