import http2 from 'node:http2'
import net, { type AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { testDatabase } from '../testing/database'
import { type Aim, checkAction, checkMany } from './check'
import { type DecisionPoint, decisionPoint } from './client'
import { planQuery } from './plan'
import type { Asker } from './principal'

const admin: Asker = { kind: 'user', id: 'ada', role: 'admin', teamIds: [] }
const member: Asker = { kind: 'user', id: 'mia', role: 'member', teamIds: ['payments'] }
const key: Asker = { kind: 'api_key', id: 'k1', ownerId: 'ada', role: 'admin', teamIds: [], scopes: ['inventory:read'] }
const worker: Asker = { kind: 'job', id: 'apply-import' }

function identity(id: string, ...ownerKeys: string[]): Aim {
  return { kind: 'identity', id, attr: { ownerKeys } }
}

beforeAll(async () => {
  // As served: the limit is what is tested here.
  process.env.DECISION_TIMEOUT_MS = '800'
  await testDatabase()
})

describe('checkAction', () => {
  it('allows what the role allows and names the decision', async () => {
    const decision = await checkAction(admin, 'assign_owner', identity('i1'))
    expect(decision.allowed).toBe(true)
    expect(decision.decisionId).toMatch(/\S{10,}/)
  })

  it('allows a member what they own, alone or through a team, and nothing else', async () => {
    expect((await checkAction(member, 'confirm_owner', identity('i1', 'user:mia'))).allowed).toBe(true)
    expect((await checkAction(member, 'read', identity('i1', 'team:payments'))).allowed).toBe(true)
    expect((await checkAction(member, 'read', identity('i1', 'team:search'))).allowed).toBe(false)
    expect((await checkAction(member, 'assign_owner', identity('i1', 'user:mia'))).allowed).toBe(false)
  })

  it('keeps an API key within its scopes', async () => {
    expect((await checkAction(key, 'read', identity('i1'))).allowed).toBe(true)
    expect((await checkAction(key, 'assign_owner', identity('i1'))).allowed).toBe(false)
  })

  it('lets the worker apply imports and no more', async () => {
    const run = { kind: 'import', id: 'r1', attr: { createdBy: 'ada' } }
    expect((await checkAction(worker, 'apply', run)).allowed).toBe(true)
    expect((await checkAction(worker, 'delete', run)).allowed).toBe(false)
    expect((await checkAction(worker, 'update', { kind: 'organization', id: 'o1', attr: {} })).allowed).toBe(false)
  })

  it('denies an action and a kind that no policy knows', async () => {
    expect((await checkAction(admin, 'obliterate', identity('i1'))).allowed).toBe(false)
    expect((await checkAction(admin, 'read', { kind: 'spaceship', id: 's1', attr: {} })).allowed).toBe(false)
  })
})

describe('checkMany', () => {
  it('answers for more targets than one call takes, in their order', async () => {
    const targets = Array.from({ length: 120 }, (_, n) => identity(`i${n}`, n % 3 === 0 ? 'user:mia' : 'user:other'))
    const can = await checkMany(member, ['read', 'assign_owner'], targets)
    expect(can).toHaveLength(120)
    can.forEach((row, n) => {
      expect(row).toEqual({ read: n % 3 === 0, assign_owner: false })
    })
  })
})

describe('a decision point that is down, slow or odd', () => {
  const opened: DecisionPoint[] = []
  const servers: { close: () => unknown }[] = []

  afterEach(() => {
    for (const pdp of opened.splice(0)) pdp.close()
    for (const server of servers.splice(0)) server.close()
  })

  async function listen(server: net.Server | http2.Http2Server): Promise<string> {
    servers.push(server)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return `127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  /** A gRPC server whose every answer is this message with this status. */
  function answering(message: Buffer, status = '0'): http2.Http2Server {
    const server = http2.createServer()
    server.on('stream', (stream) => {
      const frame = Buffer.alloc(5)
      frame.writeUInt32BE(message.length, 1)
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true })
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': status }))
      stream.on('error', () => {})
      stream.end(Buffer.concat([frame, message]))
    })
    return server
  }

  /** An address at which nobody listens any more. */
  async function refused(): Promise<string> {
    const server = net.createServer()
    const address = await listen(server)
    await new Promise((resolve) => server.close(resolve))
    servers.pop()
    return address
  }

  const cases: [string, () => Promise<string>][] = [
    ['a refused port', refused],
    [
      'a server that accepts and never answers',
      () =>
        listen(
          net.createServer((socket) => {
            servers.push({ close: () => socket.destroy() })
          }),
        ),
    ],
    ['a server that closes at once', () => listen(net.createServer((socket) => socket.destroy()))],
    [
      'a web server',
      () => listen(net.createServer((socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\ntrue'))),
    ],
    ['garbage for an answer', () => listen(answering(Buffer.from('{"effect":"EFFECT_ALLOW"}')))],
    ['an answer without results', () => listen(answering(Buffer.alloc(0)))],
    // Field 1 is the request's id, field 3 the call's: a well-formed answer to somebody else's question.
    ['an answer to another question', () => listen(answering(Buffer.from('\x0a\x05other\x1a\x06call-1')))],
    ['a failing server', () => listen(answering(Buffer.alloc(0), '13'))],
  ]

  it.each(cases)('%s: denied soon', async (_name, start) => {
    const pdp = decisionPoint(await start())
    opened.push(pdp)
    const down = { code: 'upstream_failed', message: expect.stringContaining('nothing was done') }
    for (const ask of [
      () => checkAction(admin, 'read', identity('i1'), pdp),
      () => planQuery(admin, 'list', 'identity', pdp),
    ]) {
      const started = performance.now()
      await expect(ask()).rejects.toMatchObject(down)
      expect(performance.now() - started).toBeLessThan(3000)
    }
    expect(await checkMany(admin, ['read'], [identity('i1'), identity('i2')], pdp)).toEqual([
      { read: false },
      { read: false },
    ])
  })

  it('is asked again after it comes back', async () => {
    const address = await refused()
    const pdp = decisionPoint(address)
    opened.push(pdp)
    await expect(checkAction(admin, 'read', identity('i1'), pdp)).rejects.toMatchObject({ code: 'upstream_failed' })
    const [host, port] = (process.env.CERBOS_ADDRESS ?? '').split(':')
    const relay = net.createServer((socket) => {
      const upstream = net.connect(Number(port), host)
      socket.on('error', () => upstream.destroy())
      upstream.on('error', () => socket.destroy())
      socket.pipe(upstream).pipe(socket)
      servers.push({ close: () => socket.destroy() })
    })
    servers.push(relay)
    await new Promise<void>((resolve) => relay.listen(Number(address.split(':')[1]), '127.0.0.1', resolve))
    await expect
      .poll(() => checkAction(admin, 'read', identity('i1'), pdp).catch(() => undefined), { timeout: 5000 })
      .toMatchObject({ allowed: true })
  })
})

afterAll(() => decisionPoint().close())
