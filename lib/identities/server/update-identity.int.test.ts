import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { mergeBatch } from '@/lib/connections/server/merge-records'
import type { IdentityRecord } from '@/lib/connectors/contract'
import type { Context } from '@/lib/platform/context'
import { closePool } from '@/lib/platform/db/pool'
import { handlerOf } from '@/lib/platform/http/handle'
import { contextOf, warmUp } from '@/lib/platform/testing/context'
import { testDatabase } from '@/lib/platform/testing/database'
import {
  makeCredential,
  makeEdge,
  makeIdentity,
  makeOwnership,
  makeResource,
} from '../../../prisma/factories/inventory'
import { type MadeMember, makeMember, makeOrganization, makeSource } from '../../../prisma/factories/organization'
import type { HistoryField } from '../history'
import { getIdentity } from './get-identity'
import { listCredentials } from './list-credentials'
import { listIdentities } from './list-identities'
import { listIdentityCredentials } from './list-identity-credentials'
import { listIdentityHistory } from './list-identity-history'
import { refreshListing } from './refresh-listing'
import { updateIdentity } from './update-identity'

let db: pg.Client
let place: { orgId: string; sourceId: string }
let admin: Context
let security: Context
let auditor: Context
let mia: MadeMember
let stranger: Context

beforeAll(async () => {
  db = new pg.Client({ connectionString: (await testDatabase()).superuserUrl })
  await db.connect()
  const orgId = await makeOrganization(db)
  place = { orgId, sourceId: await makeSource(db, orgId) }
  admin = contextOf(orgId, await makeMember(db, orgId, 'admin', 'Ada'))
  security = contextOf(orgId, await makeMember(db, orgId, 'security', 'Sam'))
  auditor = contextOf(orgId, await makeMember(db, orgId, 'auditor', 'Aud'))
  mia = await makeMember(db, orgId, 'member', 'Mia')
  await warmUp(security)
  const other = await makeOrganization(db, 'Other')
  stranger = contextOf(other, await makeMember(db, other, 'admin', 'Olga'))
})

afterAll(async () => {
  await db.end()
  await closePool()
})

const said = { description: 'Deploys', environment: 'staging', tags: { team: 'web', cost: '7' } }
const identity = (columns = {}) => makeIdentity(db, place, { ...said, ...columns })
const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString()

async function eventsOf(id: string) {
  const { rows } = await db.query(
    `SELECT action, before, after, reason FROM audit_event WHERE org_id = $1 AND target_id = $2 ORDER BY seq`,
    [place.orgId, id],
  )
  return rows
}

/** Imports one identity from a source of its own, as its file would; gives back its id. */
async function importAs(instance: string, record: Omit<IdentityRecord, 'type' | 'kind' | 'externalId'>) {
  const permit = await admin.authorize('apply', { kind: 'import', id: 'x', label: 'x', attr: { createdBy: 'x' } })
  const change = { action: 'import.apply', target: { kind: 'import', id: 'x', label: 'x' } }
  const { rows: runs } = await db.query(
    `INSERT INTO sync_run (org_id, status, created_by, created_by_label, finished_at)
     VALUES ($1, 'applied', $2, 'Ada', now()) RETURNING id`,
    [place.orgId, randomUUID()],
  )
  const runId: string = runs[0].id
  const at = { system: 'aws', instance, instanceName: instance, connector: 'csv', part: '' }
  const { connectionId } = await admin.commitBulk(permit, change, async (bulk) => {
    const records = [{ type: 'identity' as const, kind: 'bot' as const, externalId: instance, ...record }]
    const merged = await mergeBatch(bulk, { ...at, complete: true, records, runId })
    await refreshListing(bulk, 'all')
    return merged
  })
  await db.query(
    `INSERT INTO sync_file (org_id, run_id, no, name, bytes, sha256, connection_id) VALUES ($1, $2, 0, $3, 1, 'x', $4)`,
    [place.orgId, runId, `${instance}.csv`, connectionId],
  )
  const { rows } = await db.query(`SELECT id FROM identity WHERE org_id = $1 AND external_id = $2`, [
    place.orgId,
    instance,
  ])
  return { id: rows[0].id as string, runId }
}

describe('updateIdentity', () => {
  it('stands over the source in the page, the lists and the credentials, with before and after in the trail', async () => {
    const id = await identity()
    await makeCredential(db, place, { identity_id: id })
    const seen = await getIdentity(security, { id })
    expect(seen).toMatchObject({ ...said, version: 1, criticality: null, exclusions: [], can: { update: true } })
    const rotation = { rule: 'rotation' as const, reason: 'the vendor cannot', until: inDays(30) }
    const done = await updateIdentity(security, {
      id,
      version: 1,
      description: '',
      environment: 'production',
      tags: { team: null, tier: 'break-glass' },
      criticality: 'high',
      exclusions: [rotation],
      reason: 'reviewed',
    })
    expect(done).toMatchObject({
      version: 2,
      description: null,
      environment: 'production',
      tags: { cost: '7', tier: 'break-glass' },
      traits: ['break_glass'],
      criticality: 'high',
      exclusions: [rotation],
      edited: { description: true, environment: true, tags: ['team', 'tier'] },
      sourceSays: said,
    })
    expect((await listIdentities(security, { environment: ['production'] })).items.map((row) => row.id)).toContain(id)
    expect((await listIdentities(security, { environment: ['staging'] })).items.map((row) => row.id)).not.toContain(id)
    const credentials = await listCredentials(security, { identity: id, environment: ['production'] })
    expect(credentials.total).toBe(1)
    expect(await eventsOf(id)).toEqual([
      {
        action: 'identity.update',
        reason: 'reviewed',
        before: {
          description: 'Deploys',
          environment: 'staging',
          tags: { team: 'web', tier: null },
          criticality: null,
          exclusions: {},
        },
        after: {
          description: null,
          environment: 'production',
          tags: { team: null, tier: 'break-glass' },
          criticality: 'high',
          exclusions: { rotation: { reason: rotation.reason, until: rotation.until } },
        },
      },
    ])
  })

  it('survives every import, says what the source says now, and goes back to it', async () => {
    const { id } = await importAs('acct-1', {
      name: 'robot',
      environment: 'staging',
      description: 'old',
      status: 'active',
    })
    const edit = { id, version: 1, environment: 'production', description: 'ours' }
    await updateIdentity(security, edit)
    const { runId } = await importAs('acct-1', {
      name: 'robot 2',
      environment: 'test',
      description: 'new',
      status: 'active',
    })
    const after = await getIdentity(security, { id })
    expect(after).toMatchObject({
      name: 'robot 2',
      environment: 'production',
      description: 'ours',
      sourceSays: { environment: 'test', description: 'new' },
      version: 2,
    })
    expect(after.tellers).toMatchObject([{ connector: 'csv', sourceName: 'acct-1', file: 'acct-1.csv', runId }])
    const back = await updateIdentity(security, { id, version: 2, useSource: ['environment'] })
    expect(back).toMatchObject({
      environment: 'test',
      description: 'ours',
      edited: { environment: false, description: true },
    })
    expect((await listIdentities(security, { environment: ['test'] })).items.map((row) => row.id)).toContain(id)
  })

  it('lets the first of two win: the second changes nothing and is told so', async () => {
    const id = await identity()
    const outcomes = await Promise.allSettled([
      updateIdentity(security, { id, version: 1, description: 'one' }),
      updateIdentity(admin, { id, version: 1, description: 'two' }),
    ])
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    const [lost] = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []))
    expect(lost).toMatchObject({ code: 'precondition_failed' })
    await expect(updateIdentity(security, { id, version: 1, description: 'late' })).rejects.toMatchObject({
      code: 'precondition_failed',
    })
    expect(await eventsOf(id)).toHaveLength(1)
    expect(await getIdentity(security, { id })).toMatchObject({ version: 2 })
  })

  it('leaves no trace when nothing changes', async () => {
    const id = await identity()
    const same = await updateIdentity(security, { id, version: 1, environment: 'staging', useSource: ['tags'] })
    expect(same.version).toBe(1)
    expect(await eventsOf(id)).toEqual([])
  })

  it('wants exceptions that end, within a year, with a reason, one for each rule', async () => {
    const id = await identity()
    const rotation = { rule: 'rotation' as const, reason: 'r', until: inDays(10) }
    for (const exclusions of [
      [{ ...rotation, until: inDays(-1) }],
      [{ ...rotation, until: inDays(400) }],
      [{ ...rotation, reason: ' ' }],
      [rotation, rotation],
    ]) {
      const refused = updateIdentity(security, { id, version: 1, exclusions })
      await expect(refused).rejects.toSatisfy((error: Error) =>
        /invalid_input|ZodError/.test(`${'code' in error ? error.code : error.name}`),
      )
    }
    await updateIdentity(security, { id, version: 1, exclusions: [rotation] })
    const ended = { ...rotation, until: inDays(-5) }
    await db.query(`UPDATE identity SET exclusions = $2 WHERE id = $1`, [id, JSON.stringify([ended])])
    const kept = await updateIdentity(security, { id, version: 2, criticality: 'low', exclusions: [ended] })
    expect(kept.exclusions).toEqual([ended])
  })

  it('keeps a problem that is excepted from being raised, until the exception ends', async () => {
    const id = await identity()
    const until = inDays(10)
    const found = (exceptedUntil: string | null) => [
      { rule: 'ownership', problem: 'Nobody answers for it.', exceptedUntil },
    ]
    const ofOwnership = async () =>
      (await getIdentity(security, { id })).findings.filter(({ rule }) => rule === 'ownership')
    expect(await ofOwnership()).toEqual(found(null))
    await updateIdentity(security, {
      id,
      version: 1,
      exclusions: [{ rule: 'ownership', reason: 'a shared robot', until }],
    })
    expect(await ofOwnership()).toEqual(found(until))
    await db.query(
      `UPDATE identity SET exclusions = jsonb_set(exclusions, '{0,until}', to_jsonb($2::text)) WHERE id = $1`,
      [id, inDays(-1)],
    )
    expect(await ofOwnership()).toEqual(found(null))
  })

  it('is for administrators, the security team and confirmed owners alone', async () => {
    const id = await identity()
    const asMia = contextOf(place.orgId, mia)
    const edit = { id, version: 1, description: 'x' }
    await expect(updateIdentity(auditor, edit)).rejects.toMatchObject({ code: 'forbidden' })
    await expect(updateIdentity(asMia, edit)).rejects.toMatchObject({ code: 'forbidden' })
    await expect(updateIdentity(stranger, edit)).rejects.toMatchObject({ code: 'not_found' })
    await expect(listIdentityHistory(stranger, { id })).rejects.toMatchObject({ code: 'not_found' })
    await expect(listIdentityHistory(asMia, { id })).rejects.toMatchObject({ code: 'forbidden' })
    const ownership = await makeOwnership(db, place.orgId, id, { owner_key: `user:${mia.userId}`, state: 'assigned' })
    await expect(updateIdentity(asMia, edit)).rejects.toMatchObject({ code: 'forbidden' })
    expect((await getIdentity(asMia, { id })).can.update).toBe(false)
    await db.query(`UPDATE ownership SET state = 'confirmed' WHERE id = $1`, [ownership])
    expect(await updateIdentity(asMia, edit)).toMatchObject({ description: 'x', can: { update: true } })
  })

  it('answers over HTTP with an ETag, wants If-Match, and 412 to one that is late', async () => {
    const id = await identity()
    const { endpoints } = await import('./endpoints')
    const found = endpoints.filter(({ path }) => path === '/api/v1/identities/{id}')
    const ask = async (method: string, headers: Record<string, string>, body?: object) => {
      const endpoint = found.find((candidate) => candidate.method === method)
      if (!endpoint) throw new Error(`no ${method}`)
      const request = new Request(`http://localhost:3000/api/v1/identities/${id}`, {
        method,
        headers: { 'content-type': 'application/json', ...headers },
        ...(body && { body: JSON.stringify(body) }),
      })
      const response = await handlerOf(endpoint, async () => security)(request, { params: Promise.resolve({ id }) })
      return { status: response.status, etag: response.headers.get('etag'), body: await response.json() }
    }
    expect(await ask('GET', {})).toMatchObject({ status: 200, etag: '"1"' })
    const edit = { environment: 'production' }
    for (const headers of [{}, { 'if-match': '*' }, { 'if-match': '1' }, { 'if-match': 'W/"1"' }] as Record<
      string,
      string
    >[]) {
      expect(await ask('PATCH', headers, edit)).toMatchObject({
        status: 400,
        body: { fields: { 'If-Match': expect.any(String) } },
      })
    }
    expect(await ask('PATCH', { 'if-match': '"1"' }, edit)).toMatchObject({ status: 200, etag: '"2"' })
    expect(await ask('PATCH', { 'if-match': '"1"' }, edit)).toMatchObject({
      status: 412,
      body: { code: 'precondition_failed' },
    })
  })
})

describe('listIdentityHistory', () => {
  it('merges what people did and what syncs brought by time, in pages, each entry once', async () => {
    const { id } = await importAs('acct-2', { name: 'first', environment: 'staging', status: 'active' })
    await updateIdentity(security, { id, version: 1, criticality: 'low' })
    const { runId } = await importAs('acct-2', { name: 'second', environment: 'test', status: 'disabled' })
    await updateIdentity(security, { id, version: 2, environment: 'production', reason: 'moved' })
    // Several at one and the same instant, of both sorts.
    const { rows } = await db.query(`SELECT max(occurred_at) + interval '1 hour' AS at FROM audit_event`)
    for (let n = 0; n < 5; n += 1) {
      await db.query(
        `INSERT INTO identity_change (org_id, identity_id, at, before, after)
         VALUES ($1, $2, $3, '{"kind": "bot"}', jsonb_build_object('kind', $4::text))`,
        [place.orgId, id, rows[0].at, `bot ${n}`],
      )
    }
    const whole = await listIdentityHistory(auditor, { id, limit: 100 })
    expect(whole.nextCursor).toBeNull()
    expect(whole.items).toHaveLength(8)
    expect(whole.items.slice(5)).toMatchObject([
      {
        event: { action: 'identity.update', actor: { label: 'Sam' }, reason: 'moved' },
        before: { environment: 'test' },
      },
      { sync: { runId, by: 'Ada', files: ['acct-2.csv'] }, before: { name: 'first' }, after: { name: 'second' } },
      { event: { action: 'identity.update' }, after: { criticality: 'low' } },
    ])
    for (const limit of [1, 2, 3]) {
      const paged: string[] = []
      let cursor: string | undefined
      do {
        const page = await listIdentityHistory(auditor, { id, limit, cursor })
        paged.push(...page.items.map((entry) => entry.id))
        cursor = page.nextCursor ?? undefined
      } while (cursor)
      expect(paged).toEqual(whole.items.map((entry) => entry.id))
    }
    const only = async (...field: HistoryField[]) => {
      const { items } = await listIdentityHistory(auditor, { id, field })
      return items.map(({ event, sync }) => (event ? 'event' : sync?.runId ? 'sync' : 'kind'))
    }
    expect(await only('environment')).toEqual(['event', 'sync'])
    expect(await only('criticality')).toEqual(['event'])
    expect(await only('state')).toEqual(['sync'])
    expect(await only('kind')).toEqual(['kind', 'kind', 'kind', 'kind', 'kind'])
    expect(await only('owner')).toEqual([])
    const page = await listIdentityHistory(auditor, { id, limit: 1 })
    await expect(
      listIdentityHistory(auditor, { id, field: ['name'], cursor: page.nextCursor ?? '' }),
    ).rejects.toMatchObject({ code: 'invalid_input' })
  })
})

describe('listIdentityCredentials', () => {
  it('pages through all of them, each with where it is kept, was used, and what came after it', async () => {
    const id = await identity()
    const ago = (days: number) => new Date(Date.now() - days * 86_400_000)
    const made: string[] = []
    for (let n = 0; n < 7; n += 1) {
      made.push(
        await makeCredential(db, place, {
          identity_id: id,
          issued_at: n < 2 ? null : ago(n),
          deleted_at: n === 6 ? ago(1) : null,
          status: n === 5 ? 'superseded' : 'active',
          fingerprint: `fp-${n}`,
          attributes: n === 4 ? { lastUsedService: 's3', lastUsedRegion: 'eu-west-1' } : {},
        }),
      )
    }
    const vault = await makeResource(db, place, 'vault', { kind: 'secret_store' })
    const [, , , , fourth = '', fifth = '', gone = ''] = made
    const edge = { kind: 'stores', from: { type: 'resource', id: vault }, to: { type: 'credential', id: fourth } }
    await makeEdge(db, place, edge)
    await db.query(
      `INSERT INTO sighting (org_id, source_id, external_id, name, place, fingerprint) VALUES ($1, $2, 's', 'API_KEY', 'a tag', 'fp-4')`,
      [place.orgId, place.sourceId],
    )
    const whole = await listIdentityCredentials(security, { id })
    expect(whole).toMatchObject({ total: 7, nextCursor: null })
    expect(whole.items.map((item) => item.id).slice(0, 2)).toEqual([fifth, fourth])
    expect(whole.items.at(-1)).toMatchObject({ id: gone, status: 'gone' })
    expect(whole.items[0]).toMatchObject({ supersededBy: { id: fourth } })
    expect(whole.items[1]).toMatchObject({
      supersededBy: null,
      stores: [{ id: vault, name: 'vault' }],
      storeCount: 1,
      sightings: [{ name: 'API_KEY', place: 'a tag' }],
      lastUsedWhere: 's3 in eu-west-1',
    })
    const paged: string[] = []
    let cursor: string | undefined
    do {
      const page = await listIdentityCredentials(security, { id, limit: 2, cursor })
      paged.push(...page.items.map((item) => item.id))
      cursor = page.nextCursor ?? undefined
    } while (cursor)
    expect(paged).toEqual(whole.items.map((item) => item.id))
    await expect(listIdentityCredentials(stranger, { id })).rejects.toMatchObject({ code: 'not_found' })
  })
})
