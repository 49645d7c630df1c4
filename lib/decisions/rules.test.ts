import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { countGiven, expandBatch, isOfType, maskSecrets, policyOf, roleOf, tooDeep } from './rules'
import { Batch } from './schema'

const alice = { type: 'user', id: 'alice' }
const read = { name: 'read' }

describe('expandBatch', () => {
  const expand = (batch: unknown) => expandBatch(Batch.parse(batch))

  it('takes what stands above for what an evaluation leaves out, and replaces whole members', () => {
    const [first, second] = expand({
      ...{ subject: { ...alice, properties: { a: 1 } }, action: read, context: { at: 'top' } },
      evaluations: [
        { resource: { type: 'record', id: '1' } },
        { subject: { type: 'user', id: 'bob' }, resource: { type: 'record', id: '2' }, context: { at: 'own' } },
      ],
    })
    expect(first?.question).toEqual({
      ...{ subject: { ...alice, properties: { a: 1 } }, action: read, context: { at: 'top' } },
      resource: { type: 'record', id: '1' },
    })
    expect(second?.question).toMatchObject({ subject: { type: 'user', id: 'bob' }, context: { at: 'own' } })
    expect(second?.question?.subject.properties).toBeUndefined()
  })

  it('fills in a type or id that the evaluation leaves out, and nothing else of the member above', () => {
    const [only] = expand({
      ...{ subject: alice, action: read, resource: { type: 'record', id: '9', properties: { status: 'archived' } } },
      evaluations: [{ resource: { id: '1' } }],
    })
    expect(only?.question?.resource).toEqual({ type: 'record', id: '1' })
  })

  it('says which evaluation is not complete, and leaves the others', () => {
    const all = expand({ subject: alice, action: read, evaluations: [{ resource: { type: 'record', id: '1' } }, {}] })
    expect(all[0]?.question).toBeDefined()
    expect(all[1]?.error).toBe('resource: is missing')
  })
})

describe('countGiven', () => {
  const answers = (...decisions: boolean[]) => decisions.map((decision) => ({ decision }))

  it('stops behind the answer that settles the matter', () => {
    expect(countGiven(answers(true, false, true), 'execute_all')).toBe(3)
    expect(countGiven(answers(true, false, true), 'deny_on_first_deny')).toBe(2)
    expect(countGiven(answers(false, true, true), 'permit_on_first_permit')).toBe(2)
    expect(countGiven(answers(true, true), 'deny_on_first_deny')).toBe(2)
    expect(countGiven(answers(false, false), 'permit_on_first_permit')).toBe(2)
    expect(countGiven([], 'deny_on_first_deny')).toBe(0)
  })
})

describe('subjects', () => {
  it('have the role that follows from their kind, whatever the caller calls them', () => {
    expect(roleOf({ kind: 'ai_agent', isPerson: false, isTold: true })).toBe('agent')
    expect(roleOf({ kind: 'workload', isPerson: false, isTold: false })).toBe('workload')
    expect(roleOf({ kind: 'iam_role', isPerson: false, isTold: false })).toBe('service')
    expect(roleOf({ kind: null, isPerson: true, isTold: true })).toBe('person')
    expect(roleOf({ kind: null, isPerson: false, isTold: true })).toBe('entity')
    expect(roleOf({ kind: null, isPerson: false, isTold: false })).toBe('stranger')
  })

  it('are not what their type does not mean', () => {
    expect(isOfType('identity', 'bot')).toBe(true)
    expect(isOfType('agent', 'ai_agent')).toBe(true)
    expect(isOfType('agent', 'bot')).toBe(false)
    expect(isOfType('service', 'ai_agent')).toBe(false)
    expect(isOfType('user', 'service_account')).toBe(false)
  })
})

describe('policyOf', () => {
  it('takes the policy that the organization told of before those of the catalogue', () => {
    const told = new Map([['todo', ['can_read']]])
    expect(policyOf('todo', told)).toEqual({ policy: 'todo', actions: ['can_read'], isTold: true })
    expect(policyOf('mcp_server', told).policy).toBe('tool')
    expect(policyOf('bucket', told).policy).toBe('resource')
  })
})

describe('tooDeep', () => {
  it('finds the place where a document goes too deep, and takes what does not', () => {
    expect(tooDeep({ a: { b: 1 } }, 2)).toBeUndefined()
    expect(tooDeep({ a: { b: { c: 1 } } }, 2)).toBe('a.b')
    expect(tooDeep([[[[]]]], 3)).toBe('0.0.0')
    let deep: unknown = 1
    for (let level = 0; level < 20_000; level += 1) deep = [deep]
    expect(tooDeep(deep, 12)).toHaveLength('0.0.0.0.0.0.0.0.0.0.0.0'.length)
  })
})

describe('maskSecrets', () => {
  const addressWith = (secret: string) => ['postgresql://app', `${secret}@db/x`].join(':')

  it('masks by name and by form, and leaves the rest', () => {
    expect(
      maskSecrets({
        ...{ password: 'hunter2', api_key: 'abc', apiKey: 5, nested: { access_token: 'x', keep: 'this' } },
        ...{ url: addressWith('hunter2'), note: 'see ghp_abcdefghijklmnopqrstuvwx now', isSecret: false },
      }),
    ).toEqual({
      ...{
        password: '[masked]',
        api_key: '[masked]',
        apiKey: '[masked]',
        nested: { access_token: '[masked]', keep: 'this' },
      },
      ...{ url: addressWith('[masked]'), note: 'see [masked] now', isSecret: false },
    })
  })

  it('gives what the database takes, of anything', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 20 }), (text) => {
        const masked = JSON.stringify(maskSecrets(JSON.parse(text)))
        expect(masked.includes('\\u0000')).toBe(false)
        expect(masked.isWellFormed()).toBe(true)
      }),
    )
  })
})
