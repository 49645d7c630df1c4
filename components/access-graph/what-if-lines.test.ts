import { describe, expect, it } from 'vitest'
import type { PathStep } from '@/lib/access-graph/blast-radius'
import { noChanges } from './what-if-address'
import {
  candidatesOf,
  type Effect,
  lastCredentialWords,
  linesAsCsv,
  linesAsText,
  linesOf,
  problemsOf,
  revocationOf,
  withAnswer,
} from './what-if-lines'

const node = (type: 'identity' | 'role' | 'resource', name: string) => ({
  type,
  id: null,
  name,
  externalId: `arn:${name}`,
  kind: null,
})
const step = (edgeId: string | null, kind: 'member_of' | 'grants', from: string, to: string): PathStep => ({
  kind,
  from: node('identity', from),
  to: node(kind === 'grants' ? 'resource' : 'role', to),
  edgeId,
  basis: 'entitlement',
  level: kind === 'grants' ? 'admin' : null,
  condition: null,
  notEvaluable: null,
  lastUsedAt: null,
  source: { id: 's', name: 'production', system: 'aws' },
})
const joins = step('e1', 'member_of', 'bot', 'deployers')
const holds = step('e2', 'grants', 'deployers', 'vault')
const other = step('e3', 'grants', 'deployers', 'bucket')
const parts = {
  steps: new Map([
    ['e1', joins],
    ['e2', holds],
  ]),
  credentials: new Map([
    ['c1', { id: 'c1', name: '=key', holder: 'bot', identityId: 'i1', system: 'aws', source: 'production' }],
  ]),
}
const changes = {
  ...noChanges,
  cutEdges: ['e1', 'gone'],
  cutCredentials: ['c1'],
  shorten: [{ credentialId: 'c2', expiresAt: '2026-12-01T00:00:00.000Z' }],
  lower: [{ edgeId: 'e2', privilege: 'read' as const }],
}

describe('changes in words', () => {
  const lines = linesOf(changes, parts)

  it('name whose a credential is, for a revocation of it', () => {
    expect(lines.map(({ kind, identityId }) => [kind, identityId])).toEqual([
      ['cutCredential', 'i1'],
      ['shorten', null],
      ...lines.slice(2).map(({ kind }) => [kind, null]),
    ])
  })

  it('become a revocation of exactly the credentials that are cut and still there', () => {
    expect(revocationOf(lines)).toEqual([{ identityId: 'i1', credentialId: 'c1' }])
    expect(revocationOf(linesOf(changes, { ...parts, gone: new Set(['c1']) }))).toEqual([])
    expect(revocationOf(linesOf({ ...noChanges, cutEdges: ['e1'] }, parts))).toEqual([])
  })

  it('say what to do with what, and what is not known here', () => {
    expect(lines.map(({ verb, about }) => `${verb}: ${about}`)).toEqual([
      'Revoke: credential =key of bot',
      'Let end on 1 Dec 2026: a credential that is not known here',
      'Remove: bot has deployers',
      'Remove: a step that is not known here',
      'Lower to read: deployers administers vault',
    ])
    expect(lines.map(({ isKnown }) => isKnown)).toEqual([true, false, true, false, true])
  })

  it('are a text for a ticket, with the ids at the source', () => {
    const text = linesAsText(lines, 'bot', 'https://bailiwick.example/inventory/1', undefined)
    expect(text).toContain('3. Remove: bot has deployers (in production, aws)\n   arn:bot -> arn:deployers')
    expect(text).toContain('id gone')
    expect(text).toMatch(/Figures and progress: https:\/\/bailiwick\.example\/inventory\/1$/)
  })

  it('are a CSV that no spreadsheet runs', () => {
    const rows = linesAsCsv(lines).split('\r\n')
    expect(rows[0]).toBe('change,about,system,source,from,to,last_used,done,id')
    expect(rows[1]).toBe(`Revoke,credential =key of bot,aws,production,'=key,bot,unknown,no,c1`)
    expect(rows.at(-1)).toBe('')
    expect(
      linesAsCsv(
        linesOf(
          { ...noChanges, cutEdges: ['x'] },
          { ...parts, steps: new Map([['x', step('x', 'member_of', 'a "b", c', 'd')]]) },
        ),
      ),
    ).toContain('"a ""b"", c has d"')
  })
})

describe('what an answer tells of its changes', () => {
  const answer = {
    steps: [other],
    credentials: [
      {
        id: 'c2',
        name: 'deploy',
        holder: 'bot',
        source: { name: 'production', system: 'aws' },
        expiresAt: null,
        neverExpires: true,
        lastUsedAt: '2026-11-02T08:00:00.000Z',
      },
    ],
    gone: ['e1'],
  } as unknown as Parameters<typeof withAnswer>[1]

  it('names what the page has not loaded, and what is done', () => {
    const lines = linesOf({ ...changes, cutEdges: ['e1', 'e3'] }, withAnswer(parts, answer))
    expect(lines.every(({ isKnown }) => isKnown)).toBe(true)
    expect(lines.filter(({ isDone }) => isDone).map(({ id }) => id)).toEqual(['e1'])
    const text = linesAsText(lines, 'bot', 'https://bailiwick.example/', undefined)
    expect(text).toContain('Let end on 1 Dec 2026: credential deploy of bot (in production, aws)')
    expect(text).toContain('last used 2 Nov 2026')
    expect(text).toContain('done: its source no longer tells of it')
  })

  it('says which change cannot be worked out', () => {
    const problems = problemsOf(changes, { 'cutEdges.1': 'No.', 'lower.0.privilege': 'Higher.', other: 'Else.' })
    expect([...problems]).toEqual([
      ['gone', 'No.'],
      ['e2', 'Higher.'],
    ])
  })
})

describe('the end of the last live credential', () => {
  const figures = (score: number, resources: number) => ({ score, resources }) as Effect['before']
  const effect = (lastCredential: Effect['lastCredential'], resources = 12): Effect => ({
    ...{ before: figures(40, resources), after: figures(0, resources), lastCredential },
    ...{ lostTotal: 0, losers: [], losersTotal: 0 },
  })

  it('is said in words, with its last use as far as that is known', () => {
    expect(lastCredentialWords(effect(null))).toBeUndefined()
    const known = lastCredentialWords(effect({ endsAt: null, lastUsedAt: '2026-11-02T08:00:00.000Z' }))
    expect(known?.title).toBe('Its last live credential: whoever uses it loses all 12 resources')
    expect(known?.detail).toContain('Last used 2 Nov 2026.')
    const short = lastCredentialWords(effect({ endsAt: '2026-12-01T00:00:00.000Z', lastUsedAt: null }, 1))
    expect(short?.title).toBe(
      'Its last live credential lasts until 1 Dec 2026: then whoever uses it loses the one resource',
    )
    expect(short?.detail).toContain('When it was last used is not known.')
    expect(lastCredentialWords(effect({ endsAt: null, lastUsedAt: null }, 0))?.title).toContain('can sign in no more')
  })

  it('stands in the ticket in place of "0 resources less"', () => {
    const text = linesAsText([], 'bot', 'https://bailiwick.example/', effect({ endsAt: null, lastUsedAt: null }))
    expect(text).toContain('Blast radius 40.0 now, 0.0 then.\nIts last live credential: whoever uses it loses all 12')
    expect(text).not.toContain('0 resources less')
    expect(linesAsText([], 'bot', 'https://bailiwick.example/', effect(null))).toContain('0 resources less')
  })
})

describe('candidatesOf', () => {
  it('puts first what most paths go through, and counts a path once', () => {
    const found = candidatesOf([
      [joins, holds],
      [joins, other],
      [joins, step(null, 'grants', 'x', 'y')],
    ])
    expect(found.map(({ edgeId, paths }) => [edgeId, paths])).toEqual([
      ['e1', 3],
      ['e2', 1],
      ['e3', 1],
    ])
  })
})
