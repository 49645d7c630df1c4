import net from 'node:net'
import { Client as Directory } from 'ldapts'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Config } from '@/lib/connections/live'
import { createConnection } from '@/lib/connections/server/create-connection'
import { requestSync } from '@/lib/connections/server/request-sync'
import { syncConnection } from '@/lib/connections/server/sync-connection'
import { makeSecret, type Secret } from '@/lib/connectors/secret'
import { closePool } from '@/lib/platform/db/pool'
import { testDatabase } from '@/lib/platform/testing/database'
import { type TestOrganization, testOrganization } from '@/lib/platform/testing/organization'
import type { RunningSystem } from '@/lib/platform/testing/servers/running-system'
import { systemsUnderTest } from '@/lib/platform/testing/servers/systems'
import { applyRun } from './apply-run'
import { getRun } from './get-run'
import { previewRevocation } from './preview-revocation'
import { previewRotation } from './preview-rotation'
import { requestRevocation } from './request-revocation'
import { requestRotation } from './request-rotation'
import { resolveRun } from './update-run'

// Sources that lie, vanish, refuse, or have moved on: what becomes of the account, and what the page says.

let org: TestOrganization
let db: pg.Client
const started: RunningSystem[] = []

beforeAll(async () => {
  org = await testOrganization()
  db = new pg.Client({ connectionString: (await testDatabase()).superuserUrl })
  await db.connect()
})
afterAll(async () => {
  await db.end()
  for (const system of started) await system.stop()
  await closePool()
})

interface Source {
  system: RunningSystem
  liveId: string
  account: (name: string, secret: Secret) => Promise<string>
}

async function open(connector: string, port?: (real: number) => Promise<number>): Promise<Source | undefined> {
  const system = await systemsUnderTest.find((each) => each.connector === connector)?.start()
  if (!system || 'skipped' in system) return undefined
  started.push(system)
  const config = { ...system.config, ...(port ? { port: await port(Number(system.config.port)) } : {}) } as Config
  const made = await createConnection(org.as.admin, {
    ...{ connector, instance: `${connector}-${started.length}`, name: connector, config, intervalMinutes: null },
  })
  return {
    system,
    liveId: made.id,
    account: async (name, secret) => {
      const { identity } = await system.createAccount(name, secret)
      await syncConnection(org.job, { id: (await requestSync(org.as.admin, { id: made.id })).id })
      const { rows } = await db.query(`SELECT id FROM identity WHERE org_id = $1 AND external_id = $2`, [
        org.orgId,
        identity,
      ])
      return rows[0].id
    },
  }
}

async function rotate(identityId: string, secret: Secret, more: object = {}): Promise<{ id: string }> {
  const targets = [{ identityId, credentialId: null }]
  const { listHash } = await previewRotation(org.as.security, { targets })
  const order = await requestRotation(org.as.security, {
    ...{ targets, listHash, reason: 'due', secret: secret.reveal(), overlapHours: 0, holdHours: 0 },
    delivery: { way: 'reveal', userId: org.users.member.userId },
    ...more,
  })
  return { id: order.runs[0]?.id ?? '' }
}

const getsIn = ({ system }: Source, name: string, secret: Secret) =>
  system.openSession(name, secret).then(
    (session) => session.close().then(() => true),
    () => false,
  )

/** The wire to a server, which swallows the answer to whatever a word occurs in, once, and then breaks. */
async function losingAnswers(
  to: number,
  word: string,
): Promise<{ port: number; lost: () => number; close: () => void }> {
  let lost = 0
  const server = net.createServer((near) => {
    const far = net.connect({ host: '127.0.0.1', port: to })
    let isLost = false
    near.on('data', (data) => {
      far.write(data)
      if (lost > 0 || !data.includes(word)) return
      lost += 1
      isLost = true
      setTimeout(() => near.destroy(), 300)
    })
    far.on('data', (data) => isLost || near.write(data))
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      one.on('error', () => {})
      one.once('close', () => other.destroy())
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { port: (server.address() as net.AddressInfo).port, lost: () => lost, close: () => server.close() }
}

/** The wire to a server, which keeps the answers to whatever a word occurs in until it is let go. */
async function holdingAnswers(to: number, word: string) {
  let held: (() => void)[] | undefined
  const server = net.createServer((near) => {
    const far = net.connect({ host: '127.0.0.1', port: to })
    let isHeld = false
    near.on('data', (data) => {
      if (held && data.includes(word)) isHeld = true
      far.write(data)
    })
    far.on('data', (data) => (held && isHeld ? held.push(() => near.write(data)) : near.write(data)))
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      one.on('error', () => {})
      one.once('close', () => other.destroy())
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as net.AddressInfo).port,
    hold: () => {
      held = []
    },
    letGo: () => {
      for (const write of held ?? []) write()
      held = undefined
    },
    close: () => server.close(),
  }
}

describe('a source that is too slow to be looked through', () => {
  it('is not taken for one that has the account: a rotation waits until somebody has seen it', async () => {
    let wire: Awaited<ReturnType<typeof holdingAnswers>> | undefined
    const source = await open('postgresql', async (real) => {
      wire = await holdingAnswers(real, 'page AS MATERIALIZED')
      return wire.port
    })
    if (!source || !wire) throw new Error('the embedded PostgreSQL did not start')
    const secret = makeSecret()
    const run = await rotate(await source.account('svc_unseen', secret), secret)
    wire.hold()
    // Longer than anybody waits for one account, and shorter than the connector waits for one answer.
    setTimeout(wire.letGo, 25_000)
    await vi.waitFor(async () => {
      await applyRun(org.job, run)
      expect(await getRun(org.as.security, run)).toMatchObject({ link: { openedAt: null } })
    }, 90_000)
    const { steps } = await getRun(org.as.security, run)
    const looks = steps.find(({ step }) => step === 'prepare')?.attempts
    expect(looks).toMatchObject([
      { says: 'The source could not be looked through in time.' },
      { state: 'done', says: 'The account is there, and on.' },
    ])
    expect(await getsIn(source, 'svc_unseen', secret)).toBe(false)
    wire.close()
  }, 180_000)
})

describe('a source whose answer is lost after it acted', () => {
  it('is looked at before it is asked again: the secret is set once, and the page says so', async () => {
    let wire: Awaited<ReturnType<typeof losingAnswers>> | undefined
    const source = await open('postgresql', async (real) => {
      wire = await losingAnswers(real, 'ALTER ROLE')
      return wire.port
    })
    if (!source) throw new Error('the embedded PostgreSQL did not start')
    const secret = makeSecret()
    const run = await rotate(await source.account('svc_unheard', secret), secret)
    await vi.waitFor(async () => {
      await applyRun(org.job, run)
      expect(await getRun(org.as.security, run)).toMatchObject({ link: { openedAt: null } })
    }, 30_000)
    expect(wire?.lost()).toBe(1)
    const { steps, headline } = await getRun(org.as.security, run)
    const attempts = steps.find(({ step }) => step === 'issue')?.attempts
    expect(attempts).toMatchObject([{ state: 'failed' }, { state: 'done', says: 'It had been set already.' }])
    expect(headline).not.toBe('')
    expect(await getsIn(source, 'svc_unheard', secret)).toBe(false)
    wire?.close()
  }, 120_000)
})

describe('a source that is away for a day', () => {
  it('has a planned rotation wait, then asks a person, and goes on the next day', async () => {
    const source = await open('postgresql')
    if (!source) throw new Error('the embedded PostgreSQL did not start')
    const secret = makeSecret()
    const run = await rotate(await source.account('svc_patient', secret), secret)
    const moveTo = (port: unknown) =>
      db.query(`UPDATE live_connection SET config = jsonb_set(config, '{port}', $2) WHERE id = $1`, [
        source.liveId,
        JSON.stringify(port),
      ])
    await moveTo(9)
    // Two hours at a time: what is written moves back instead of the clock.
    for (let hours = 0; hours < 24; hours += 2) {
      await applyRun(org.job, run)
      await db.query(
        `UPDATE lifecycle_step SET intended_at = intended_at - interval '2 hours', ended_at = ended_at - interval '2 hours' WHERE run_id = $1`,
        [run.id],
      )
    }
    await applyRun(org.job, run)
    const parked = await getRun(org.as.security, run)
    expect(parked).toMatchObject({ state: 'parked', needs: { why: 'no_answer', step: 'prepare' }, effect: 'none' })
    expect(parked.headline).toMatch(/gave no answer after many tries/)
    expect(parked.needs?.choices.map(({ choice }) => choice)).toEqual(['retry', 'give_up'])
    expect(await getsIn(source, 'svc_patient', secret)).toBe(true)
    await moveTo(source.system.config.port)
    await resolveRun(org.as.security, { ...run, choice: 'retry', reason: 'It is back' })
    await applyRun(org.job, run)
    expect(await getRun(org.as.security, run)).toMatchObject({ state: 'waiting', link: { openedAt: null } })
  }, 120_000)
})

describe('a worker whose clock is wrong', () => {
  it('goes by that of the database: neither the overlap nor the link is over before its time', async () => {
    const source = await open('redis')
    if (!source) return
    const secret = makeSecret()
    const run = await rotate(await source.account('svc_skewed', secret), secret, { overlapHours: 1 })
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 6 * 3_600_000 })
    try {
      await applyRun(org.job, run)
    } finally {
      vi.useRealTimers()
    }
    const waiting = await getRun(org.as.security, run)
    expect(waiting).toMatchObject({ state: 'waiting', link: { openedAt: null } })
    expect(Date.parse(waiting.link?.expiresAt ?? '') - Date.now()).toBeLessThan(61 * 60_000)
    expect(Date.parse(waiting.link?.expiresAt ?? '') - Date.now()).toBeGreaterThan(50 * 60_000)
    expect(await getsIn(source, 'svc_skewed', secret)).toBe(true)
  }, 120_000)
})

describe('a source that has moved on since it was read', () => {
  it('keeps a rotation from putting a second secret beside one that nobody named', async () => {
    const source = await open('redis')
    if (!source) return
    const [secret, elsewhere] = [makeSecret(), makeSecret()]
    const identityId = await source.account('svc_moved', secret)
    const run = await rotate(identityId, secret)
    const admin = source.system.config
    const { createClient } = await import('@redis/client')
    const client = createClient({
      ...{ username: String(admin.user), password: String(admin.password), RESP: 2 },
      socket: { host: '127.0.0.1', port: Number(admin.port), reconnectStrategy: false },
    })
    await client.connect()
    await client.sendCommand(['ACL', 'SETUSER', 'svc_moved', `>${elsewhere.reveal()}`, `<${secret.reveal()}`])
    client.destroy()
    await applyRun(org.job, run)
    const ended = await getRun(org.as.security, run)
    expect(ended).toMatchObject({ state: 'rolled_back', held: [] })
    expect(ended.steps.at(0)?.attempts.at(-1)?.says).toMatch(/not at the source any more.*Nothing was changed/)
    expect(await getsIn(source, 'svc_moved', elsewhere)).toBe(true)
  }, 120_000)
})

describe('a directory whose policy refuses every new secret', () => {
  it('is given three, and then a person is asked; the old one works all the time', async () => {
    const source = await open('ldap')
    if (!source) return
    const secret = makeSecret()
    const identityId = await source.account('svc-strict', secret)
    const admin = new Directory({ url: `ldap://127.0.0.1:${Number(source.system.config.port)}` })
    await admin.bind('cn=admin,dc=example,dc=org', 'admin-of-the-tests')
    const { Change, Attribute } = await import('ldapts')
    const modification = new Attribute({ type: 'pwdCheckQuality', values: ['2'] })
    await admin.modify('cn=usual,dc=example,dc=org', [new Change({ operation: 'replace', modification })])
    await admin.unbind()
    const run = await rotate(identityId, secret)
    await applyRun(org.job, run)
    const parked = await getRun(org.as.security, run)
    expect(parked).toMatchObject({ state: 'parked', needs: { why: 'secret_refused', step: 'issue' } })
    expect(parked.headline).toMatch(/refused three different new secrets. The old one still works/)
    expect(parked.steps.find(({ step }) => step === 'issue')?.attempts).toHaveLength(3)
    expect(await getsIn(source, 'svc-strict', secret)).toBe(true)
  }, 120_000)
})

describe('a source that answers that it is done, and keeps the key', () => {
  it('is not believed: a login is tried, and a person is told that it still works', async () => {
    const source = await open('rabbitmq', async (real) => keepingEverything(real))
    if (!source) return
    const secret = makeSecret()
    const identityId = await source.account('svc-kept', secret)
    const targets = [{ identityId, credentialId: null }]
    const { listHash } = await previewRevocation(org.as.security, { targets })
    const order = await requestRevocation(org.as.security, {
      ...{ targets, listHash, reason: 'leaked', secret: secret.reveal(), isEmergency: true },
    })
    const run = { id: order.runs[0]?.id ?? '' }
    await vi.waitFor(async () => {
      await applyRun(org.job, run)
      expect(await getRun(org.as.security, run)).toMatchObject({ state: 'parked' })
    }, 90_000)
    const parked = await getRun(org.as.security, run)
    expect(parked).toMatchObject({ effect: 'still_allowed', tone: 'attention', needs: { why: 'still_allowed' } })
    expect(parked.headline).toMatch(/still works/)
    expect(parked.hops.find(({ hop }) => hop === 'source')).toMatchObject({ state: 'still_allowed', evidence: 'login' })
    expect(await getsIn(source, 'svc-kept', secret)).toBe(true)
  }, 180_000)
})

/** In front of a server: every change is answered as done, and none reaches it. */
async function keepingEverything(real: number): Promise<number> {
  const http = await import('node:http')
  const server = http.createServer((request, response) => {
    if (request.method !== 'GET') {
      request.resume()
      response.writeHead(204).end()
      return
    }
    const { method, url, headers } = request
    http
      .request({ host: '127.0.0.1', port: real, method, path: url, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(response)
      })
      .on('error', () => response.destroy())
      .end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  server.unref()
  return (server.address() as net.AddressInfo).port
}
