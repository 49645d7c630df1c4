import { describe, expect, it } from 'vitest'
import { isExpected, readVectors, scenarioOf } from './authzen-vectors.mjs'

const subject = { type: 'user', id: 'alice' }
const resource = { type: 'record', id: '101' }
const action = { name: 'view' }

describe('readVectors', () => {
  it('tells the endpoint by what is asked and expected', () => {
    const paths = readVectors({
      evaluation: [
        { request: { subject, action, resource }, expected: true },
        { request: { subject, action, resource }, expected: { decision: false } },
        { request: { subject, action, resource: { type: 'record' } }, expected: { results: [] } },
        { request: { subject: { type: 'user' }, action, resource }, expected: { results: [] } },
        { request: { subject, resource }, expected: { results: [] } },
      ],
      evaluations: [{ request: { subject, action, evaluations: [{ resource }] }, expected: [{ decision: true }] }],
    }).map(({ path }) => path.replace('/access/v1/', ''))
    expect(paths).toEqual([
      'evaluation',
      'evaluation',
      'search/resource',
      'search/subject',
      'search/action',
      'evaluations',
    ])
  })

  it('takes a bare list, and the properties of early drafts', () => {
    const [only] = readVectors([
      { request: { subject, action, resource: { ...resource, ownerID: 'a' } }, expected: true },
    ])
    expect(only?.request.resource).toEqual({ ...resource, properties: { ownerID: 'a' } })
  })

  it('refuses what holds none, so that nothing passes unseen', () => {
    for (const document of [{}, [], 'x', { evaluation: [] }, { evaluation: [{ request: {} }] }])
      expect(() => readVectors(document)).toThrow(/no vectors/)
  })
})

describe('isExpected', () => {
  it('compares decisions, in order for a batch and without order for a search', () => {
    expect(isExpected(true, { decision: true, context: {} })).toBe(true)
    expect(isExpected(true, { decision: 'true' })).toBe(false)
    expect(isExpected(false, undefined)).toBe(false)
    expect(
      isExpected([{ decision: true }, { decision: false }], { evaluations: [{ decision: true }, { decision: false }] }),
    ).toBe(true)
    expect(
      isExpected([{ decision: true }, { decision: false }], { evaluations: [{ decision: false }, { decision: true }] }),
    ).toBe(false)
    expect(isExpected([{ decision: true }], { evaluations: [] })).toBe(false)
    const found = [
      { type: 'record', id: '2' },
      { type: 'record', id: '1' },
    ]
    expect(isExpected({ results: [...found].reverse() }, { results: found })).toBe(true)
    expect(isExpected({ results: found }, { results: found.slice(1) })).toBe(false)
    expect(isExpected({ results: [] }, { results: found })).toBe(false)
    expect(isExpected({ decision: true }, { decision: false })).toBe(false)
  })
})

describe('scenarioOf', () => {
  it('knows the certification fixture by its records', () => {
    const of = (id: string) =>
      scenarioOf(readVectors([{ request: { subject, action, resource: { ...resource, id } }, expected: true }]))
    expect([of('101'), of('record-1')]).toEqual(['interop', 'certification'])
  })
})
