import { describe, expect, it } from 'vitest'
import { mapRequest } from './map-request'
import { MappingError } from './resolve-mapping'

const token = { sub: 'mia@demo.example', client_id: 'agent-7', aud: 'https://tools.example/mcp', roles: ['treasury'] }
const caller = { token, subjectClaim: 'sub', serverId: 'https://tools.example/mcp' }
const call = (args: Record<string, unknown>, mapping?: unknown) =>
  mapRequest({ method: 'tools/call', params: { name: 'refund', arguments: args } }, caller, { mapping })

describe('what is asked of a message without a mapping', () => {
  it('names the caller by the token, the method and what it touches', () => {
    expect(call({})).toEqual({
      ask: 'evaluation',
      body: {
        subject: { type: 'identity', id: 'mia@demo.example' },
        action: { name: 'tools/call' },
        resource: { type: 'tool', id: 'refund' },
        context: { agent: 'agent-7' },
      },
    })
    expect(mapRequest({ method: 'tools/list' }, caller)).toMatchObject({
      body: { resource: { type: 'mcp_server', id: 'https://tools.example/mcp' } },
    })
    expect(mapRequest({ method: 'resources/read', params: { uri: 'file:///a' } }, caller)).toMatchObject({
      body: { resource: { type: 'resource', id: 'file:///a' } },
    })
    const ref = { type: 'ref/prompt', name: 'letter' }
    expect(mapRequest({ method: 'completion/complete', params: { ref } }, caller)).toMatchObject({
      body: { resource: { type: 'prompt', id: 'letter' } },
    })
  })

  it('is nothing for a ping and for notifications, and refused for a method that nobody knows', () => {
    expect(mapRequest({ method: 'ping' }, caller)).toEqual({ ask: 'nothing' })
    expect(mapRequest({ method: 'notifications/cancelled' }, caller)).toEqual({ ask: 'nothing' })
    for (const method of ['vendor/dump', 'toString', '__proto__', 'resources/templates/list'])
      expect(mapRequest({ method, params: {} }, caller)).toMatchObject({ ask: 'refuse' })
  })

  it('tells the chain of those who act, and marks what the server says of its tool as its word', () => {
    const act = { sub: 'agent-7', act: { sub: 'planner' } }
    const asked = mapRequest(
      { method: 'tools/call', params: { name: 'x' } },
      { ...caller, token: { ...token, act } },
      {
        hints: { readOnly: true },
      },
    )
    expect(asked).toMatchObject({
      body: { context: { actors: ['agent-7', 'planner'], untrusted: { tool_hints: { readOnly: true } } } },
    })
  })

  it('cannot be made without a subject or without the thing', () => {
    expect(() => mapRequest({ method: 'tools/list' }, { ...caller, token: {} })).toThrow(MappingError)
    expect(() => mapRequest({ method: 'tools/call', params: {} }, caller)).toThrow('params.name is no text')
  })
})

describe('a mapping that a server declares', () => {
  it('is filled in from the message and the token', () => {
    const mapping = {
      evaluation: {
        subject: { type: "$token.roles.exists(r, r == 'treasury') ? 'treasurer' : 'user'", id: '$token.sub' },
        action: { name: "$params.arguments.currency == 'EUR' ? 'transfer' : 'transfer_abroad'" },
        resource: {
          type: 'account',
          id: '$params.arguments.from',
          properties: { size: "$params.arguments.amount > 10000 ? 'high' : 'usual'", price: '$$50', n: '$1 + 1' },
        },
        context: { agent: 'somebody else', missing: '$token.?tenant' },
      },
    }
    expect(call({ currency: 'EUR', from: 'DE1', amount: 10_001 }, mapping)).toEqual({
      ask: 'evaluation',
      body: {
        subject: { type: 'treasurer', id: 'mia@demo.example' },
        action: { name: 'transfer' },
        resource: { type: 'account', id: 'DE1', properties: { size: 'high', price: '$50', n: 2 } },
        // The token's word stands above the server's.
        context: { agent: 'agent-7' },
      },
    })
  })

  it('may ask several things at once, for one subject', () => {
    const part = (name: string, id: string) => ({ action: { name }, resource: { type: 'object', id } })
    const evaluations = [part('read', '$params.arguments.from'), part('write', '$params.arguments.to')]
    expect(call({ from: '/a', to: '/b' }, { evaluations: { evaluations } })).toEqual({
      ask: 'evaluations',
      body: {
        subject: { type: 'identity', id: 'mia@demo.example' },
        context: { agent: 'agent-7' },
        evaluations: [part('read', '/a'), part('write', '/b')],
      },
    })
    const smuggled = [{ ...part('read', '/a'), subject: { type: 'identity', id: 'root' } }]
    expect(() => call({}, { evaluations: { evaluations: smuggled } })).toThrow('may not name a subject')
  })

  it('cannot speak for somebody else', () => {
    const as = (id: string) => ({
      evaluation: { subject: { id }, action: { name: 'a' }, resource: { type: 't', id: 'i' } },
    })
    expect(() => call({ who: 'root' }, as('$params.arguments.who'))).toThrow('other than that of the token')
    expect(() => call({}, as('root'))).toThrow('other than that of the token')
    expect(call({ who: token.sub }, as('$params.arguments.who'))).toMatchObject({ ask: 'evaluation' })
  })

  it.each([
    ['nothing of the two', { evaluate: {} }],
    ['both', { evaluation: {}, evaluations: {} }],
    ['a text', 'evaluation'],
    ['no resource', { evaluation: { action: { name: 'a' } } }],
    [
      'a field that is missing',
      { evaluation: { action: { name: 'a' }, resource: { type: 't', id: '$params.arguments.no' } } },
    ],
    [
      'a name that is not there',
      { evaluation: { action: { name: '$process.env.HOME' }, resource: { type: 't', id: 'i' } } },
    ],
    ['no expression', { evaluation: { action: { name: '$((' }, resource: { type: 't', id: 'i' } } }],
    [
      'one that is endless',
      { evaluation: { action: { name: `$${'1+'.repeat(2000)}1` }, resource: { type: 't', id: 'i' } } },
    ],
  ])('is refused with %s', (_, mapping) => {
    expect(() => call({}, mapping)).toThrow(/^COAZ mapping error/)
  })

  it('is refused when it is too deep', () => {
    let deep: unknown = 'x'
    for (let level = 0; level < 40; level += 1) deep = { deep }
    const mapping = { evaluation: { action: { name: 'a' }, resource: { type: 't', id: 'i', properties: deep } } }
    expect(() => call({}, mapping)).toThrow('deeper than 16')
  })
})
