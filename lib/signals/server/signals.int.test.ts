import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { flushDecisions } from '@/lib/decisions/server/record-decisions'
import { answerAccess } from '@/lib/decisions/server/serve-access'
import { declareIncident } from '@/lib/incidents/server/create-incident'
import { contextForJob } from '@/lib/platform/auth/request-context'
import { decisionPoint } from '@/lib/platform/authz/client'
import { closePool } from '@/lib/platform/db/pool'
import { type AccessWorld, makeAccessWorld, newKey } from '@/lib/platform/testing/access-world'
import { testDatabase } from '@/lib/platform/testing/database'
import { testOrganization } from '@/lib/platform/testing/organization'
import { verificationEvent } from '../rules'
import { pushMethod } from '../schema'
import { createStream } from './create-stream'
import { getTransmitterKeys, issuerOf } from './get-transmitter'
import { getStream, listUndelivered } from './list-streams'
import { rotateSignalSecrets } from './rotate-signal-secrets'
import { recordSignals, sendSignals } from './send-signals'
import { deleteStream, resendUndelivered, updateStatus, updateStream } from './update-stream'
import { verifyStream } from './verify-stream'

const caep = 'https://schemas.openid.net/secevent/caep/event-type/'
let world: AccessWorld
let receiver: http.Server
let url: string
let received: { token: string; headers: http.IncomingHttpHeaders }[] = []
/** What the receiver answers; the last one stands. */
let answers: { status: number; body?: string; headers?: Record<string, string> }[] = []

beforeAll(async () => {
  world = await makeAccessWorld()
  receiver = http.createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      received.push({ token: Buffer.concat(chunks).toString(), headers: request.headers })
      const { status, body = '', headers = {} } = (answers.length > 1 ? answers.shift() : answers[0]) ?? { status: 202 }
      response.writeHead(status, headers).end(body)
    })
  })
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/events`
})

afterAll(async () => {
  await flushDecisions()
  decisionPoint().close()
  receiver.closeAllConnections()
  await new Promise((resolve) => receiver.close(resolve))
  await world.db.end()
  await closePool()
})

const job = () => contextForJob(world.org.orgId, 'signals')
const newStream = (more: Record<string, unknown> = {}) =>
  createStream(world.org.as.admin, {
    ...{ description: 'Gateway', aud: 'https://gateway.example', ...more },
    delivery: { method: pushMethod, endpoint_url: url, authorization_header: 'Bearer of-the-receiver' },
  })

/** One look of the worker; what came of it, as the receiver checks it. */
async function look() {
  received = []
  await recordSignals(job())
  await sendSignals(job())
  const keys = createLocalJWKSet((await getTransmitterKeys(world.org.orgId)) as unknown as JSONWebKeySet)
  const check = { issuer: issuerOf(world.org.orgId), audience: 'https://gateway.example', typ: 'secevent+jwt' }
  return Promise.all(received.map(async ({ token }) => (await jwtVerify(token, keys, check)).payload))
}

const typesOf = (payloads: Awaited<ReturnType<typeof look>>) =>
  payloads.flatMap(({ events }) => Object.keys(events as object)).map((type) => type.replace(caep, ''))

const setStatus = (status: string) =>
  world.db.query(`UPDATE identity SET status = $2 WHERE id = $1`, [world.service, status])

describe('a stream', () => {
  it('pushes signed events of what changed, each once', async () => {
    const { stream_id } = await newStream()
    await setStatus('disabled')
    await setStatus('active')
    await world.db.query(
      `UPDATE resource SET sensitivity = 'confidential', effective_sensitivity = 'confidential', first_seen_at = now() - interval '1 day' WHERE id = $1`,
      [world.bucket],
    )
    await world.db.query(`UPDATE ownership SET label = 'Somebody else' WHERE identity_id = $1`, [world.service])
    const incident = await declareIncident(world.org.as.admin, { title: 'Keys leak', severity: 'sev4' })
    const payloads = await look()
    expect(typesOf(payloads)).toEqual([
      ...['session-revoked', 'token-claims-change', 'token-claims-change', 'token-claims-change', 'risk-level-change'],
    ])
    expect(payloads[0]).toMatchObject({
      jti: expect.any(String),
      sub_id: { format: 'complex', tenant: { id: world.org.orgId }, user: { format: 'opaque', id: world.service } },
    })
    expect(payloads[2]).toMatchObject({
      sub_id: { resource: { id: world.bucket } },
      events: { [`${caep}token-claims-change`]: { claims: { sensitivity: 'confidential' } } },
    })
    expect(received[0]?.headers).toMatchObject({
      ...{ 'content-type': 'application/secevent+jwt', authorization: 'Bearer of-the-receiver' },
    })
    expect(await look()).toEqual([])
    await world.db.query(
      `UPDATE incident SET state = 'ended', ended_at = now(), ended_by = 'Ada', learned = 'x' WHERE id = $1`,
      [incident.id],
    )
    expect(typesOf(await look())).toEqual(['risk-level-change'])
    expect(await getStream(world.org.as.admin, { stream_id })).toMatchObject({ waiting: 0, undelivered: 0 })
    await deleteStream(world.org.as.admin, { stream_id })
  })

  it('tells of a revocation when the decision point refuses, when it is verified, and of an ended grant', async () => {
    const { stream_id } = await newStream()
    const { orgId } = world.org
    const order = await world.db.query(
      `INSERT INTO lifecycle_order (org_id, kind, state, reason, list, list_hash, target_count, requested_key, requested_by, expires_at)
       VALUES ($1, 'revocation', 'waiting', 'leaked', '[{}]', 'h', 1, 'user:x', 'Mia', now() + interval '1 day') RETURNING id`,
      [orgId],
    )
    const live = await world.db.query(
      `INSERT INTO live_connection (org_id, connector, name, instance, config, secrets, created_by, created_by_label)
       VALUES ($1, 'postgresql', 'Stock', 'stock', '{}', '\\x00', 'ada', 'Ada') RETURNING id`,
      [orgId],
    )
    const run = await world.db.query(
      `INSERT INTO lifecycle_run (org_id, order_id, kind, live_connection_id, connector, source_id, identity_id, identity_ref, identity_name, subject, plan)
       VALUES ($1, $2, 'revocation', $3, 'postgresql', $4, $5, 'svc', 'svc', 'svc', '{}') RETURNING id`,
      [orgId, order.rows[0].id, live.rows[0].id, world.place.sourceId, world.service],
    )
    expect(await look()).toEqual([])
    await world.db.query(`UPDATE lifecycle_order SET state = 'released' WHERE id = $1`, [order.rows[0].id])
    expect(typesOf(await look())).toEqual(['session-revoked'])
    await world.db.query(`UPDATE lifecycle_run SET verified_at = now() WHERE id = $1`, [run.rows[0].id])
    expect((await look())[0]?.events).toMatchObject({ [`${caep}session-revoked`]: { initiating_entity: 'system' } })
    await world.db.query(`UPDATE lifecycle_run SET state = 'cancelled', ended_at = now() WHERE id = $1`, [
      run.rows[0].id,
    ])
    expect(typesOf(await look())).toEqual(['token-claims-change'])
    const grant = await world.db.query(
      `INSERT INTO access_grant (org_id, mode, state, task, subject_kind, subject_id, subject_name, requester_id, requester_name, requester_keys,
         subject_keys, party_keys, tier, seconds, needed, list_hash, impact, lapses_at)
       VALUES ($1, 'runtime', 'approved', 'look', 'identity', $2, 'svc', $2, 'x', '{}', '{}', '{}', 'ordinary', 900, 1, 'h', '{}', now() + interval '1 day') RETURNING id`,
      [orgId, world.service],
    )
    const [{ id }] = grant.rows
    await world.db.query(
      `UPDATE access_grant SET state = 'active', started_at = now(), ends_at = now() WHERE id = $1`,
      [id],
    )
    await world.db.query(
      `UPDATE access_grant SET state = 'ended', ended_at = now(), end_reason = 'expired' WHERE id = $1`,
      [id],
    )
    const [started, ended] = await look()
    expect(started?.events).toMatchObject({ [`${caep}token-claims-change`]: { claims: { grant: id } } })
    expect(ended).toMatchObject({
      sub_id: { session: { id } },
      events: { [`${caep}session-revoked`]: { initiating_entity: 'policy' } },
    })
    await deleteStream(world.org.as.admin, { stream_id })
  })

  it('sends the events alone that were asked for, and none while it is off', async () => {
    const { stream_id } = await newStream({ events_requested: [`${caep}session-revoked`] })
    const { admin } = world.org.as
    await setStatus('disabled')
    await setStatus('active')
    expect(typesOf(await look())).toEqual(['session-revoked'])
    await updateStatus(admin, { stream_id, status: 'paused' })
    await setStatus('disabled')
    expect(await look()).toEqual([])
    await updateStatus(admin, { stream_id, status: 'enabled' })
    expect(typesOf(await look())).toEqual(['session-revoked'])
    await updateStatus(admin, { stream_id, status: 'disabled', reason: 'moved away' })
    await setStatus('active')
    await setStatus('disabled')
    await updateStatus(admin, { stream_id, status: 'enabled' })
    expect(await look()).toEqual([])
    await setStatus('active')
    await verifyStream(admin, { stream_id, state: 'abc' })
    expect((await look()).map(({ events }) => events)).toEqual([{ [verificationEvent]: { state: 'abc' } }])
    await deleteStream(admin, { stream_id })
  })

  it('tries again what is refused for now, gives up what is refused for good, shows it, and sends it again', async () => {
    const { stream_id } = await newStream()
    const { admin } = world.org.as
    answers = [{ status: 503, headers: { 'retry-after': '7' } }]
    await verifyStream(admin, { stream_id, state: 'one' })
    await verifyStream(admin, { stream_id, state: 'two' })
    // One try for both: what waits behind a receiver that is away is not tried, nor counted.
    expect(await look()).toHaveLength(1)
    const { rows } = await world.db.query(
      `SELECT attempts, next_at - now() > interval '5 seconds' AS later FROM signal_delivery WHERE stream_id = $1 AND state = 'waiting' ORDER BY id`,
      [stream_id],
    )
    expect(rows).toEqual([
      { attempts: 1, later: true },
      { attempts: 0, later: true },
    ])
    expect(await look()).toEqual([])
    expect(await getStream(admin, { stream_id })).toMatchObject({ waiting: 2, problem: 'The receiver answered 503' })
    const due = () =>
      world.db.query(`UPDATE signal_delivery SET next_at = now() WHERE stream_id = $1 AND state = 'waiting'`, [
        stream_id,
      ])
    answers = [{ status: 400, body: '{"err":"invalid_audience","description":"not for me"}' }, { status: 202 }]
    await due()
    expect(await look()).toHaveLength(2)
    const [dead, ...others] = (await listUndelivered(admin, { stream_id })).items
    expect([dead?.says, others]).toEqual(['The receiver answered 400: invalid_audience, not for me', []])
    answers = [{ status: 500 }]
    await world.db.query(
      `UPDATE signal_delivery SET state = 'waiting', ended_at = NULL, next_at = now(), attempts = 8 WHERE id = $1`,
      [dead?.id],
    )
    expect(await look()).toHaveLength(1)
    expect((await listUndelivered(admin, { stream_id })).items).toHaveLength(1)
    answers = [{ status: 202 }]
    expect(await resendUndelivered(admin, { stream_id })).toEqual({ resent: 1 })
    const [again] = await look()
    expect(again?.jti).toBe(dead?.id)
    expect(await getStream(admin, { stream_id })).toMatchObject({ undelivered: 0, waiting: 0, problem: null })
    await deleteStream(admin, { stream_id })
  })

  it('goes nowhere where this installation does not go, and keeps its authorization to itself', async () => {
    const { admin, member } = world.org.as
    const made = await createStream(admin, {
      description: 'Inside',
      delivery: {
        method: pushMethod,
        endpoint_url: 'http://169.254.169.254/latest',
        authorization_header: 'Bearer canary-7',
      },
    })
    const { stream_id } = made
    await verifyStream(admin, { stream_id })
    await look()
    const { problem } = await getStream(admin, { stream_id })
    expect(problem).toMatch(/does not connect to/)
    expect(JSON.stringify([made, problem])).not.toContain('canary-7')
    const { rows } = await world.db.query(`SELECT sealed FROM signal_stream WHERE id = $1`, [stream_id])
    expect(rows[0].sealed.includes('canary')).toBe(false)
    const elsewhere = { method: pushMethod, endpoint_url: 'https://elsewhere.example/' } as const
    await expect(updateStream(admin, { stream_id, delivery: elsewhere })).rejects.toMatchObject({
      code: 'invalid_input',
    })
    await updateStream(admin, { stream_id, delivery: { ...elsewhere, authorization_header: null } })
    await expect(createStream(member, { description: 'x', delivery: elsewhere })).rejects.toMatchObject({
      code: 'forbidden',
    })
    await expect(getStream((await testOrganization()).as.admin, { stream_id })).rejects.toMatchObject({
      code: 'not_found',
    })
    expect(await rotateSignalSecrets(job())).toMatchObject({ rewrapped: 0 })
    await deleteStream(admin, { stream_id })
  })
})

describe('waiting for changes', () => {
  const ask = async (query: Record<string, string>, token = world.token) => {
    const { status, body } = await answerAccess({
      ...{ method: 'GET', path: '/access/v1/changes', query: new URLSearchParams(query), peer: undefined },
      header: (name) => (name === 'authorization' ? `Bearer ${token}` : null),
      body: async () => new Uint8Array(),
    })
    return { status, body: JSON.parse(body) }
  }

  it('answers within half a second of a change, and tells each once', async () => {
    const { body: begun } = await ask({ subject_id: world.service })
    expect(begun.changes).toEqual([])
    const waiting = ask({ subject_id: 'svc-orders', cursor: begun.cursor, wait: '10' })
    await new Promise((resolve) => setTimeout(resolve, 300))
    const changedAt = performance.now()
    await setStatus('disabled')
    const { body } = await waiting
    expect(performance.now() - changedAt).toBeLessThan(500)
    expect(body.changes).toMatchObject([
      {
        kind: 'status',
        subject: { type: 'identity', id: world.service },
        detail: { before: 'active', after: 'disabled' },
      },
    ])
    await setStatus('active')
    const { body: next } = await ask({ subject_id: world.service, cursor: body.cursor })
    expect(next.changes).toHaveLength(1)
    expect((await ask({ subject_id: world.service, cursor: next.cursor })).body.changes).toEqual([])
  })

  it('loses nothing of a transaction that ends after a later one', async () => {
    const late = new pg.Client({ connectionString: (await testDatabase()).superuserUrl })
    await late.connect()
    await late.query('BEGIN')
    await late.query(
      `UPDATE resource SET sensitivity = 'restricted', effective_sensitivity = 'restricted' WHERE id = $1`,
      [world.bucket],
    )
    const { body: begun } = await ask({})
    await setStatus('disabled')
    const { body: first } = await ask({ cursor: begun.cursor })
    await late.query('COMMIT')
    await late.end()
    const { body: second } = await ask({ cursor: first.cursor, wait: '2' })
    expect([first, second].map(({ changes }) => changes.map(({ kind }: { kind: string }) => kind))).toEqual([
      ['status'],
      ['sensitivity'],
    ])
    await setStatus('active')
  })

  it('lets a caller wait for itself alone unless it may ask about anybody', async () => {
    const { token } = await newKey(world.org, ['decisions:ask'])
    expect((await ask({ subject_id: world.service }, token)).status).toBe(403)
    expect((await ask({}, token)).status).toBe(403)
  })

  it('begins anew where a cursor is of another time, and refuses what is none', async () => {
    const cursor = (at: number, from = '1:1:') =>
      Buffer.from(JSON.stringify([from, null, '0', at])).toString('base64url')
    expect((await ask({ cursor: cursor(Date.now() - 8 * 86_400_000) })).body.start_over).toBe(true)
    expect((await ask({ cursor: cursor(Date.now(), '1:99999999999:') })).body.start_over).toBe(true)
    expect((await ask({ cursor: 'nonsense' })).status).toBe(400)
    expect((await ask({ wait: '1000' })).status).toBe(400)
  })
})
