import { createHmac } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createConnection } from '@/lib/connections/server/create-connection'
import { closePool } from '@/lib/platform/db/pool'
import { env } from '@/lib/platform/env'
import { type TestOrganization, testOrganization } from '@/lib/platform/testing/organization'
import { systemsUnderTest } from '@/lib/platform/testing/servers/systems'
import { type ShopAccounts, startShopAccounts } from '@/lib/platform/testing/shop-accounts'
import { applyRun } from './apply-run'
import { getRun } from './get-run'
import { getOrder } from './list-orders'
import { previewRotation } from './preview-rotation'
import { readSigningKey } from './read-signing-key'
import { requestRotation } from './request-rotation'

let org: TestOrganization
let shop: ShopAccounts
let folder: string
const names = ['svc_a', 'svc_b', 'svc_c', 'svc_d', 'svc_e', 'svc_f']

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'deliveries-'))
  org = await testOrganization()
  Object.assign(env(), { DELIVERY_FOLDERS: [folder], OUTBOUND_LOOPBACK: true })
  shop = await startShopAccounts(org, names)
}, 120_000)

afterAll(async () => {
  await shop.stop()
  await closePool()
  await rm(folder, { recursive: true })
})

describe('a message', () => {
  let server: Server
  let url: string
  let answers: (message: Record<string, unknown>) => number
  const got: { headers: IncomingMessage['headers']; body: string }[] = []

  beforeAll(async () => {
    server = createServer((request, response) => {
      let body = ''
      request.on('data', (chunk) => {
        body += chunk
      })
      request.on('end', () => {
        got.push({ headers: request.headers, body })
        response.statusCode = answers(JSON.parse(body))
        response.end()
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(server.address() as { port: number }).port}/secrets?to=shop`
  })
  afterAll(() => server.close())

  it('is signed, says that it comes before anything is changed, and ends the old secret only when it was taken', async () => {
    const target = { identityId: shop.ids.get('svc_f') ?? '', credentialId: null }
    const { listHash } = await previewRotation(org.as.security, { targets: [target] })
    const old = shop.passwords.get('svc_f') ?? ''
    const ask = () =>
      requestRotation(org.as.security, {
        ...{
          targets: [target],
          listHash,
          reason: 'Due',
          delivery: { way: 'webhook', url },
          overlapHours: 0,
          holdHours: 0,
          secret: old,
        },
      })
    answers = () => 400
    const refused = (await ask()).runs[0]?.id ?? ''
    await applyRun(org.job, { id: refused })
    expect(await getRun(org.as.security, { id: refused })).toMatchObject({ state: 'rolled_back', effect: 'none' })
    expect(await shop.login('svc_f', old)).toBe(true)
    expect(got.some(({ body }) => 'secret' in JSON.parse(body).data)).toBe(false)
    answers = () => 204
    const id = (await ask()).runs[0]?.id ?? ''
    await applyRun(org.job, { id })
    expect(await getRun(org.as.security, { id })).toMatchObject({ state: 'done', effect: 'refused', held: [] })
    const { headers, body } = got.at(-1) ?? { headers: {}, body: '{}' }
    const message = JSON.parse(body)
    expect(message).toMatchObject({ type: 'credential.rotated', data: { runId: id, identity: 'svc_f' } })
    const told = (await readSigningKey(org.as.security, { url })).secret
    const key = Buffer.from(told.replace(/^whsec_/, ''), 'base64')
    await expect(readSigningKey(org.as.auditor, { url })).rejects.toMatchObject({ code: 'forbidden' })
    const signed = createHmac('sha256', key)
      .update(`${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`)
      .digest('base64')
    expect(headers['webhook-signature']).toBe(`v1,${signed}`)
    expect([await shop.login('svc_f', old), await shop.login('svc_f', message.data.secret)]).toEqual([false, true])
    const { rows } = await shop.db.query(
      `SELECT (SELECT string_agg(e::text, ' ') FROM lifecycle_event e WHERE e.run_id = $1) || (SELECT string_agg(s::text, ' ') FROM lifecycle_step s WHERE s.run_id = $1) AS told`,
      [id],
    )
    expect(rows[0].told).not.toContain(message.data.secret)
  })

  it('goes to no address inside that was not opened', async () => {
    Object.assign(env(), { OUTBOUND_LOOPBACK: false })
    const target = { identityId: shop.ids.get('svc_e') ?? '', credentialId: null }
    const { listHash } = await previewRotation(org.as.security, { targets: [target] })
    const before = got.length
    const order = await requestRotation(org.as.security, {
      ...{
        targets: [target],
        listHash,
        reason: 'Due',
        delivery: { way: 'webhook', url },
        overlapHours: 0,
        holdHours: 0,
      },
    })
    Object.assign(env(), { OUTBOUND_LOOPBACK: true })
    expect(order.runs).toHaveLength(1)
    const [run] = order.runs
    // The source is on loopback too: its connection is opened while that is allowed, the message is not sent.
    const blocked = url.replace('127.0.0.1', '169.254.169.254')
    await shop.db.query(
      `UPDATE lifecycle_order SET options = jsonb_set(options, '{delivery,url}', to_jsonb($2::text)) WHERE id = $1`,
      [order.id, blocked],
    )
    await applyRun(org.job, { id: run?.id ?? '' })
    expect(await getRun(org.as.security, { id: run?.id ?? '' })).toMatchObject({ state: 'rolled_back' })
    expect(got.length).toBe(before)
  })
})

describe('a place where programs read their secrets', () => {
  const places = [
    { connector: 'vault', account: 'svc_c', folder: 'secret', name: 'apps/{identity}-{id}', field: 'password' },
    { connector: 'kubernetes', account: 'svc_d', folder: 'shop', name: 'db-{id}', field: 'password' },
  ]
  it.each(places)(
    'gets it in $connector, where its other fields stay, and nothing is changed where it could not',
    async ({ connector, account, ...place }) => {
      const system = await systemsUnderTest.find((each) => each.connector === connector)?.start()
      if (!system || 'skipped' in system) throw new Error(`${connector} did not start`)
      try {
        const connect = (name: string, config: Record<string, unknown>) =>
          createConnection(org.as.admin, {
            ...{ connector, instance: name, name, intervalMinutes: null },
            config: config as Parameters<typeof createConnection>[1]['config'],
          })
        const [able, unable] = [
          await connect(connector, system.config),
          await connect(`${connector} weak`, system.powerless),
        ]
        const target = { identityId: shop.ids.get(account) ?? '', credentialId: null }
        const old = shop.passwords.get(account) ?? ''
        const rotate = async (connectionId: string, secret: string, delivery = {}) => {
          const { listHash } = await previewRotation(org.as.security, { targets: [target] })
          const order = await requestRotation(org.as.security, {
            ...{ targets: [target], listHash, reason: 'Due', overlapHours: 0, holdHours: 0, secret },
            delivery: { way: 'store', connectionId, ...place, ...delivery },
          })
          const id = order.runs[0]?.id ?? ''
          await applyRun(org.job, { id })
          return getRun(org.as.security, { id })
        }
        expect(await rotate(unable.id, old)).toMatchObject({ state: 'rolled_back', effect: 'none' })
        expect(await shop.login(account, old)).toBe(true)
        expect(await rotate(able.id, old, { field: 'user' })).toMatchObject({ state: 'done', effect: 'refused' })
        const first = await found(system.config, connector, placeOfTest(place.name, account))
        expect(await shop.login(account, first.user ?? '')).toBe(true)
        expect(await rotate(able.id, first.user ?? '')).toMatchObject({ state: 'done', effect: 'refused' })
        const held = await found(system.config, connector, placeOfTest(place.name, account))
        expect(held.user).toBe(first.user)
        expect([await shop.login(account, first.user ?? ''), await shop.login(account, held.password ?? '')]).toEqual([
          false,
          true,
        ])
      } finally {
        await system.stop()
      }
    },
  )

  const placeOfTest = (name: string, account: string) =>
    name.replace('{identity}', account).replace('{id}', shop.ids.get(account) ?? '')

  /** From outside: as a program reads it. */
  async function found(
    config: Record<string, unknown>,
    connector: string,
    name: string,
  ): Promise<Record<string, string>> {
    const base = `http://127.0.0.1:${config.port}`
    if (connector === 'kubernetes') {
      const answer = await fetch(`${base}/api/v1/namespaces/shop/secrets/${name}`, {
        headers: { authorization: `Bearer ${config.token}` },
      })
      const { data } = (await answer.json()) as { data: Record<string, string> }
      return Object.fromEntries(
        Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]),
      )
    }
    const body = JSON.stringify({ role_id: config.roleId, secret_id: config.secretId })
    const signedIn = (await (await fetch(`${base}/v1/auth/approle/login`, { method: 'POST', body })).json()) as {
      auth: { client_token: string }
    }
    const answer = await fetch(`${base}/v1/secret/data/${name}`, {
      headers: { 'x-vault-token': signedIn.auth.client_token },
    })
    return ((await answer.json()) as { data: { data: Record<string, string> } }).data.data
  }
})

describe('many at once', () => {
  it('go in waves, and none begins after one that did not end well', async () => {
    const targets = ['svc_a', 'svc_b', 'svc_c', 'svc_d', 'svc_e'].map((name) => ({
      identityId: shop.ids.get(name) ?? '',
      credentialId: null,
    }))
    const { listHash, targets: seen } = await previewRotation(org.as.security, { targets })
    const order = await requestRotation(org.as.security, {
      ...{ targets, listHash, reason: 'All of them', waveSize: 2, overlapHours: 0, holdHours: 0 },
      delivery: { way: 'file', path: path.join(folder, '{id}') },
    })
    expect(order).toMatchObject({ waveSize: 2, wave: 1, waves: 3 })
    const byWave = async (wave: number) =>
      (
        await shop.db.query(
          `SELECT id, identity_name AS name, state FROM lifecycle_run WHERE order_id = $1 AND wave = $2 ORDER BY id`,
          [order.id, wave],
        )
      ).rows
    const [first, second, third] = [await byWave(1), await byWave(2), await byWave(3)]
    expect([first.length, second.length, third.length]).toEqual([2, 2, 1])
    expect(seen).toHaveLength(5)
    for (const { id } of second) await applyRun(org.job, { id })
    for (const { id } of first) await applyRun(org.job, { id })
    expect(await getOrder(org.as.security, { id: order.id })).toMatchObject({ wave: 2, state: 'released' })
    // One of the second wave is gone at its source meanwhile.
    await shop.onServer(`DROP ROLE ${second[0].name}`)
    for (const { id } of second) await applyRun(org.job, { id })
    const ended = await getOrder(org.as.security, { id: order.id })
    expect(ended).toMatchObject({ state: 'done', counts: { done: 3, rolled_back: 1, cancelled: 1 } })
    expect(ended.problem).toBe('1 were not begun, because one before them did not end well.')
    // The third wave was left as it was, and none of the second was begun while the first was under way.
    expect(await shop.login(third[0].name, shop.passwords.get(third[0].name) ?? '')).toBe(true)
    expect(third[0].state).toBe('queued')
    const begun = await shop.db.query(
      `SELECT min(s.intended_at) FILTER (WHERE r.wave = 2) > max(s.ended_at) FILTER (WHERE r.wave = 1) AS after
       FROM lifecycle_run r JOIN lifecycle_step s ON s.run_id = r.id WHERE r.order_id = $1`,
      [order.id],
    )
    expect(begun.rows[0].after).toBe(true)
  })
})
