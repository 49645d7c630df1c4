import { randomUUID } from 'node:crypto'
import { fstatSync, readdirSync } from 'node:fs'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { hashApiKey } from '../auth/api-key-actor'
import { closePool } from '../db/pool'
import { readSpooled } from '../files/spool'
import { testDatabase } from '../testing/database'
import { type Endpoint, endpoint } from './endpoint'
import { serve } from './serve'

let db: pg.Client
let orgId: string

async function keyOf(membership: string, ...scopes: string[]): Promise<string> {
  const token = `bwk_${randomUUID().replaceAll('-', '')}`
  await db.query(
    `INSERT INTO api_key (org_id, name, prefix, last_four, token_hash, scopes, owner_id, expires_at)
     VALUES ($1, 'test', 'bwk_0000', '0000', $2, $3, $4, now() + interval '1 hour')`,
    [orgId, hashApiKey(token), scopes, membership],
  )
  return token
}

/** Makes a person with a role and gives the membership. */
async function memberWith(role: string): Promise<string> {
  const { rows } = await db.query(
    `WITH person AS (
       INSERT INTO user_account (email, name) VALUES (gen_random_uuid() || '@example.org', 'Ada') RETURNING id
     )
     INSERT INTO membership (org_id, user_id, role) SELECT $1, id, $2 FROM person RETURNING id`,
    [orgId, role],
  )
  return rows[0].id
}

const keyWith = async (...scopes: string[]) => keyOf(await memberWith('admin'), ...scopes)

beforeAll(async () => {
  db = new pg.Client({ connectionString: (await testDatabase()).superuserUrl })
  await db.connect()
  const { rows } = await db.query(
    `INSERT INTO organization (name, slug) VALUES ('Upload', 'upload-' || gen_random_uuid()) RETURNING id`,
  )
  orgId = rows[0].id
})

afterAll(async () => {
  await db.end()
  await closePool()
})

const facts = { operationId: 'testThing', summary: 'Test', tags: ['test'] as [string] }

interface Sent {
  token: string
  body: FormData | string
  headers?: Record<string, string>
}

function send(target: Endpoint, { token, body, headers = {} }: Sent): Promise<Response> {
  const all = { authorization: `Bearer ${token}`, ...headers }
  const request = new Request(`http://localhost:3000${target.path}`, { method: 'POST', headers: all, body })
  return serve(target)(request, { params: Promise.resolve({}) })
}

describe('an endpoint that takes files', () => {
  let kept: number | undefined
  const upload = endpoint({
    ...facts,
    method: 'POST',
    path: '/api/v1/uploads',
    scope: 'imports:write',
    body: 'multipart',
    maxBodyBytes: 2000,
    response: z.object({ names: z.array(z.string()), text: z.string() }),
    run: async (_ctx, { body }) => {
      const [first] = body.files
      kept = first?.fd
      const text = first === undefined ? '' : Buffer.from(readSpooled(first)).toString('utf8')
      return { names: body.files.map(({ name }) => name), text }
    },
  })
  const form = (size: number) => {
    const data = new FormData()
    data.append('files', new File(['x'.repeat(size)], 'a.json'))
    return data
  }

  it('takes files as a form, within the limit', async () => {
    const token = await keyWith('imports:write')
    expect(await (await send(upload, { token, body: form(3) })).json()).toEqual({ names: ['a.json'], text: 'xxx' })
    expect(() => fstatSync(kept ?? -1)).toThrow('EBADF')
    expect((await send(upload, { token, body: form(3000) })).status).toBe(400)
    expect((await send(upload, { token, body: '{}', headers: { 'content-type': 'application/json' } })).status).toBe(
      400,
    )
    const headers = { 'idempotency-key': randomUUID() }
    await send(upload, { token, body: form(3), headers })
    const again = await send(upload, { token, body: form(3), headers })
    expect(again.headers.get('idempotency-replayed')).toBe('true')
    expect((await send(upload, { token, body: form(4), headers })).status).toBe(409)
  })

  it('tells a body that breaks off or is cut from one that is no form, and keeps nothing of it', async () => {
    const token = await keyWith('imports:write')
    const start = '--x\r\ncontent-disposition: form-data; name="files"; filename="a.json"\r\n\r\n{'
    const answer = async (body: ReadableStream | string, more: Record<string, string> = {}) => {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'multipart/form-data; boundary=x', ...more }
      const init = { method: 'POST', headers, body, duplex: 'half' } as RequestInit
      const request = new Request('http://localhost:3000/api/v1/uploads', init)
      const response = await serve(upload)(request, { params: Promise.resolve({}) })
      return [response.status, ((await response.json()) as { detail: string }).detail]
    }
    const open = readdirSync('/dev/fd').length
    const broken = new ReadableStream({
      start: (controller) => controller.enqueue(new TextEncoder().encode(start)),
      pull: (controller) => controller.error(new Error('aborted')),
    })
    expect(await answer(broken)).toEqual([400, expect.stringContaining('broke off')])
    expect(await answer(start)).toEqual([400, expect.stringContaining('multipart/form-data')])
    // What a request says of its length is not believed.
    expect(await answer(start + 'y'.repeat(3000), { 'content-length': '10' })).toEqual([
      400,
      expect.stringContaining('larger than'),
    ])
    expect(await answer(start, { 'content-length': '3000' })).toEqual([400, expect.stringContaining('larger than')])
    expect(readdirSync('/dev/fd').length).toBe(open)
  })

  it('refuses files of those who may not import without reading a byte of them', async () => {
    for (const [role, scope] of [
      ['member', 'imports:write'],
      ['reviewer', 'imports:write'],
      ['auditor', 'imports:write'],
      ['admin', 'imports:read'],
    ] as const) {
      let read = 0
      const body = new ReadableStream(
        {
          pull(controller) {
            read += 1
            controller.enqueue(new Uint8Array(1000))
          },
        },
        { highWaterMark: 0 },
      )
      const headers = {
        authorization: `Bearer ${await keyOf(await memberWith(role), scope)}`,
        'content-type': 'multipart/form-data; boundary=x',
      }
      const init = { method: 'POST', headers, body, duplex: 'half' } as RequestInit
      const response = await serve(upload)(new Request('http://localhost:3000/api/v1/uploads', init), {
        params: Promise.resolve({}),
      })
      expect([role, response.status, read]).toEqual([role, 403, 0])
    }
  })
})
