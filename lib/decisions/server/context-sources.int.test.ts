import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { contextForJob } from '@/lib/platform/auth/request-context'
import { decisionPoint } from '@/lib/platform/authz/client'
import { closePool } from '@/lib/platform/db/pool'
import { type AccessWorld, makeAccessWorld } from '@/lib/platform/testing/access-world'
import { testDatabase } from '@/lib/platform/testing/database'
import { UpdateDirectoryInput } from '../schema'
import { getDirectory } from './get-directory'
import { flushDecisions } from './record-decisions'
import { rotateSourceSecrets } from './rotate-source-secrets'
import { updateDirectory } from './update-directory'

let world: AccessWorld
let tickets: http.Server
let url: string
let asked: { body: Record<string, unknown>; authorization: string | undefined }[] = []
/** What the ticket system answers, and after how many milliseconds. */
let answer: { body: unknown; status?: number; afterMs?: number } = { body: {} }
let database: { host: string; port: number; database: string }

beforeAll(async () => {
  world = await makeAccessWorld()
  tickets = http.createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      asked.push({ body: JSON.parse(Buffer.concat(chunks).toString()), authorization: request.headers.authorization })
      const { body, status = 200, afterMs = 0 } = answer
      setTimeout(() => response.writeHead(status).end(JSON.stringify(body)), afterMs)
    })
  })
  await new Promise<void>((resolve) => tickets.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(tickets.address() as AddressInfo).port}/tickets`
  const own = new URL((await testDatabase()).superuserUrl)
  database = { host: own.hostname, port: Number(own.port), database: own.pathname.slice(1) }
  await world.db.query(`DROP ROLE IF EXISTS roster_reader`)
  await world.db.query(`CREATE ROLE roster_reader LOGIN PASSWORD 'canary-of-the-roster'`)
  await world.db.query(
    `CREATE TABLE public.roster (type text, id text, shift text, "onCall" boolean, since timestamptz)`,
  )
  await world.db.query(
    `INSERT INTO public.roster VALUES ('service_account', $1, 'night', true, '2026-03-02T09:14:00Z')`,
    [world.service],
  )
  await world.db.query(`GRANT SELECT ON public.roster TO roster_reader`)
})

beforeEach(() => {
  asked = []
  answer = { body: {} }
})

afterAll(async () => {
  await flushDecisions()
  decisionPoint().close()
  tickets.closeAllConnections()
  await new Promise((resolve) => tickets.close(resolve))
  await world.db.query('DROP TABLE public.roster')
  await world.db.query('DROP OWNED BY roster_reader')
  await world.db.query('DROP ROLE roster_reader')
  await world.db.end()
  await closePool()
})

const declare = (...sources: Record<string, unknown>[]) =>
  updateDirectory(world.org.as.admin, UpdateDirectoryInput.parse({ types: [], entities: [], sources }))

const ticketSource = (more: Record<string, unknown> = {}) => ({
  ...{ kind: 'ticket', name: 'desk', url, timeoutMs: 300, whenAbsent: 'unknown', ...more },
})
const rosterSource = (more: Record<string, unknown> = {}) => ({
  ...{ kind: 'sql', name: 'roster', ...database, tls: 'off', user: 'roster_reader', secret: 'canary-of-the-roster' },
  ...{ types: ['service_account'], timeoutMs: 500, whenAbsent: 'deny' },
  query: `SELECT r.* FROM roster r JOIN unnest($1::text[], $2::text[]) n(type, id) USING (type, id)`,
  ...more,
})

/** An answer, and what the policy saw. */
async function ask(context: Record<string, unknown> = {}) {
  const { body } = await world.ask('evaluation', world.question({ context }))
  await flushDecisions()
  const { rows } = await world.db.query(`SELECT facts FROM decision WHERE id = $1`, [body.context.id])
  const { context: seen, subject } = rows[0].facts
  return { decision: body.decision, reason: body.context.reason, seen, live: subject.live, sources: subject.sources }
}

describe('a ticket system', () => {
  it('is asked for the ticket that a question names, and tells its state', async () => {
    await declare(ticketSource({ secret: 'Bearer canary-of-the-desk' }))
    expect((await ask()).seen.ticketState).toBe('none')
    expect(asked).toEqual([])
    answer = { body: { tickets: { 'OPS-1': { state: 'Open', title: 'x' }, 'OPS-2': 'closed' } } }
    expect((await ask({ ticket: { id: 'OPS-1' } })).seen.ticketState).toBe('open')
    expect((await ask({ ticket: 'OPS-2' })).seen.ticketState).toBe('closed')
    expect((await ask({ ticket: 'OPS-3' })).seen.ticketState).toBe('not_found')
    expect(asked[0]).toEqual({ body: { tickets: ['OPS-1'] }, authorization: 'Bearer canary-of-the-desk' })
  })

  it('is not made up by what the caller says', async () => {
    await declare()
    const { seen, live } = await ask({ ticket: { id: 'OPS-1', state: 'open' }, ticketState: 'open' })
    expect([seen.ticketState, live.unknown]).toEqual(['unknown', ['onCall']])
  })

  it('that is late, wrong or away means no, or that nobody knows, as declared', async () => {
    const ways = [{ body: {}, afterMs: 600 }, { body: {}, status: 500 }, { body: { tickets: 'none' } }]
    for (const way of ways) {
      answer = way
      await declare(ticketSource())
      const { decision, seen } = await ask({ ticket: 'OPS-1' })
      expect([decision, seen.ticketState, seen.sources.desk]).toEqual([true, 'unknown', 'absent'])
      await declare(ticketSource({ whenAbsent: 'deny' }))
      expect((await ask({ ticket: 'OPS-1' })).reason).toBe('source_absent')
    }
  })

  it('tells who is on call, for as long as it is fresh', async () => {
    await declare(ticketSource({ tellsOnCall: true, freshSeconds: 60 }))
    answer = { body: { on_call: [world.service] } }
    const { live } = await ask()
    expect([live.onCall, live.unknown]).toEqual([true, []])
    answer = { body: { on_call: [] } }
    expect((await ask()).live.onCall).toBe(true)
    expect(asked).toHaveLength(1)
    await declare(ticketSource({ tellsOnCall: true }))
    expect((await ask()).live.onCall).toBe(false)
  })
})

describe('a database', () => {
  it('tells what it knows of those who are asked about', async () => {
    await declare(rosterSource())
    const { decision, live, sources } = await ask()
    expect([decision, live.onCall]).toEqual([true, true])
    expect(sources.roster).toEqual({ shift: 'night', onCall: true, since: '2026-03-02T09:14:00.000Z' })
  })

  it('is written to by nobody', async () => {
    await world.db.query('GRANT INSERT, DELETE ON public.roster TO roster_reader')
    await declare(rosterSource({ query: `WITH gone AS (DELETE FROM roster RETURNING *) SELECT * FROM gone` }))
    expect((await ask()).reason).toBe('source_absent')
    expect((await world.db.query('SELECT count(*)::int AS n FROM roster')).rows[0].n).toBe(1)
  })

  it.each([
    ['that takes too long', { query: `SELECT type, id FROM roster, pg_sleep(2)`, timeoutMs: 100 }],
    ['that refuses the login', { secret: 'wrong' }],
    ['whose query is wrong', { query: 'SELECT nothing' }],
    ['whose rows name nobody', { query: 'SELECT shift FROM roster' }],
    ['where this installation does not go', { host: '10.255.255.1', tls: 'off' }],
  ])('%s means no within a second', async (_what, more) => {
    await declare(rosterSource(more))
    const began = performance.now()
    const { body } = await world.ask('evaluation', world.question())
    expect([body.decision, body.context.reason]).toEqual([false, 'source_absent'])
    expect(performance.now() - began).toBeLessThan(1000)
    await declare(rosterSource())
    expect((await ask()).decision).toBe(true)
  })
})

describe('secrets of sources', () => {
  it('are kept as long as they go where they went, and shown to nobody', async () => {
    const { admin } = world.org.as
    const shown = await declare(rosterSource())
    expect([JSON.stringify(shown).includes('canary'), shown.sources[0]?.hasSecret]).toEqual([false, true])
    const { rows } = await world.db.query(`SELECT sealed FROM access_source WHERE org_id = $1`, [world.org.orgId])
    expect(rows[0].sealed.includes('canary')).toBe(false)
    await declare(rosterSource({ secret: undefined, timeoutMs: 400 }))
    expect((await ask()).decision).toBe(true)
    await expect(declare(rosterSource({ secret: undefined, host: 'elsewhere.example' }))).rejects.toMatchObject({
      fields: { 'sources.0.secret': expect.any(String) },
    })
    expect((await getDirectory(admin)).sources[0]).toMatchObject({ kind: 'sql', host: database.host, hasSecret: true })
    expect(await rotateSourceSecrets(contextForJob(world.org.orgId, 'keys-rotate'))).toEqual({
      rewrapped: 0,
      current: 1,
    })
    await declare(rosterSource({ secret: null }))
    expect((await getDirectory(admin)).sources[0]?.hasSecret).toBe(false)
    const { rows: told } = await world.db.query(
      `SELECT after::text FROM audit_event WHERE org_id = $1 AND action = 'decision.directory.update'`,
      [world.org.orgId],
    )
    expect(JSON.stringify(told)).not.toContain('canary')
    await declare()
  })
})
